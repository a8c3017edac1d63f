/* Whether a text makes an attack or talks about one. Guides, filters' test cases, lessons and news quote attacks all
 * the time, and nothing alarms their readers more than a wall that blocks them. An attack counts as mentioned when
 *   1. it stands inside quotation marks, opened within 240 bytes before it on the same line and closed after it, and
 *   2. a word that says what is quoted ("the phrase", "translate", "prompt injection") stands near those marks, outside.
 * JSON strings, CSV cells and attributes are quoted as well but are not quotations: a mark right behind ',', '[', '{',
 * '=' or a key's colon does not count, and neither does a line of a single word before the mark (YAML's `text: "..."`).
 * A leak that is forbidden ("do not reveal your system prompt") counts as mentioned too, and so does a jailbreak's trait 
 * that a figure of a story has, not the model; and so do an order that was given to somebody else ("the judge told the jury
 * to disregard ...") and the first instructions of a thing ("... for building the shelf").
 * A jailbreak's row below 0.9 is a trait that honest figures have too ("never refuses"): it counts where the model was
 * spoken to before it.
 * A mentioned attack is still reported, with a score that no strength acts on: who quotes an attack to make one leaves
 * a trace, and the model sees a quotation, which seldom moves it. */
#include "guard/prompt_attack/prompt_attack.h"
#include "text/text.h"

#define QUOTE_BEHIND 240
#define QUOTE_AHEAD 400
#define CUE_REACH 90

static const char *const cues[] = {
    "phrase", "phrases", "sentence", "sentences", "string", "input", "inputs", "example", "examples", "line", "lines", "words", "quote",
    "quotes", "quoted", "read", "reads", "says", "said", "wrote", "writes", "types", "typed", "attack", "attacks", "injection", "injections",
    "jailbreak", "jailbreaks", "translate", "translated", "classify", "rewrite", "explain", "means", "meaning", "dangerous", "detect", "detects",
    "filter", "filters", "blocked", "flagged", "called", "titled", "title", "slide", "pasted", "regular expression", "count the", "test case",
    "such as", "something like", "things like", "e.g.", "for instance", "prompt", "prompts", "message", "shouts", "sings", "asked", "malicious", "contain", "contains", "paraphrase", "summarise", "summarize",
    "spell", "headline", "lyrics", "novel", "character", "review", "analyse", "analyze", "grep", "regex", "commands", "tell", "instructed",
    "frase", "oración", "ejemplo", "ataque", "inyección", "significa", "traduce", "explica", "dice", "injeção", "traduza", "explique", "diz",
    "phrase", "exemple", "attaque", "traduis", "traduisez", "explique", "signifie", "dit", "Satz", "Beispiel", "Angriff", "übersetze", "erkläre",
    "bedeutet", "lautet", "esempio", "attacco", "traduci", "spiega", "dice", "фраз", "пример", "атак", "инъекц", "перевед", "объясни", "означает",
    "предложени", "例如", "比如", "句子", "短语", "攻击", "注入", "翻译", "解释", "意思", "文章", "例えば", "という", "攻撃", "翻訳", "説明", "意味",
    "عبارة", "جملة", "مثال", "هجوم", "حقن", "ترجم", "اشرح", "معنى", "वाक्य", "उदाहरण", "हमला", "अनुवाद", "समझाओ", "अर्थ", NULL
};

typedef struct { const char *open, *close; } quotes;
static const quotes pairs[] = {
    { "\"", "\"" }, { "“", "”" }, { "„", "“" }, { "«", "»" }, { "「", "」" }, { "『", "』" }, { "‘", "’" }, { "`", "`" }, { "'", "'" },
};

static bool is_at(bawn_slice text, size_t i, const char *mark)
{
    size_t n = strlen(mark);
    return i + n <= text.len && memcmp(text.ptr + i, mark, n) == 0;
}

/* Whether the mark at `at` opens a quotation, not a JSON string, a CSV cell or an attribute. */
static bool opens_quotation(const bawn_probe *p, size_t at)
{
    static const char *const asks[] = { "translate", "explain", "classify", "rewrite", "paraphrase", "analyse", "analyze", "detect",
                                        "traduce", "traduis", "traduza", "traduci", "übersetze", "переведи", NULL };
    bawn_probe window = *p;
    bawn_slice text = p->text;
    size_t i = at, words = 0;

    if ((at > 0 && bawn_is_alnum((unsigned char)text.ptr[at - 1])) || at + 1 >= text.len || text.ptr[at + 1] == ' ')
        return false;               /* an apostrophe, or a closing mark */
    if (at > 0 && text.ptr[at - 1] == '\\')
        i--;                        /* a quotation within a JSON string */
    while (i > 0 && text.ptr[i - 1] == ' ')
        i--;
    if (i > 0 && strchr(",[{=", text.ptr[i - 1]))
        return false;
    if (i < 2 || text.ptr[i - 1] != ':')
        return true;
    if (text.ptr[i - 2] == '"')
        return false;
    for (; i > 0 && text.ptr[i - 1] != '\n' && words < 2; i--)
        words += text.ptr[i - 1] != ' ' && text.ptr[i - 1] != '-' && (i == 1 || strchr(" \n-", text.ptr[i - 2]));
    return words > 1 || bawn_probe_near(&window, at, 24, asks);
}

/* The mark that closes what the mark at `at` opens; NULL when none stands there. */
static const char *closing_mark(bawn_slice text, size_t at)
{
    for (size_t k = 0; k < BAWN_COUNT(pairs); k++)
        if (is_at(text, at, pairs[k].open))
            return pairs[k].close;
    return NULL;
}

static size_t find_ahead(bawn_probe *p, size_t from, const char *mark)
{
    for (size_t i = from; i < from + QUOTE_AHEAD && bawn_probe_at(p, i + strlen(mark) - 1) >= 0; i++)
        if (is_at(p->text, i, mark))
            return i;
    return SIZE_MAX;
}

/* Whether the quotation ends inside [begin, end) already: "never say “sorry”, “cannot” or “unable”" is not in quotes. */
static bool closes_within(bawn_slice text, size_t begin, size_t end, const char *mark)
{
    for (size_t i = begin; i < end; i++)
        if (is_at(text, i, mark) && !(i > 0 && i + 1 < text.len && bawn_is_alnum((unsigned char)text.ptr[i - 1])
                                      && bawn_is_alnum((unsigned char)text.ptr[i + 1])))
            return true;
    return false;
}

/* The quotation around [begin, end): its marks' offsets. */
static bool find_quotation(size_t *open, size_t *close, bawn_probe *p, size_t begin, size_t end)
{
    size_t low = begin > QUOTE_BEHIND ? begin - QUOTE_BEHIND : 0;
    int tries = 4;

    for (size_t i = begin; i-- > low && p->text.ptr[i] != '\n' && tries > 0;) {
        const char *mark = closing_mark(p->text, i);
        if (!mark || !opens_quotation(p, i) || closes_within(p->text, begin, end, mark))
            continue;
        tries--;
        *open = i;
        *close = find_ahead(p, end, mark);
        if (*close != SIZE_MAX)
            return true;
    }
    return false;
}

bool bawn_prompt_attack_is_mentioned(bawn_probe *p, size_t begin, size_t end)
{
    size_t open, close;
    return find_quotation(&open, &close, p, begin, end)
        && (bawn_probe_near(p, open, CUE_REACH, cues) || bawn_probe_near(p, close, -CUE_REACH, cues));
}

/* "The assistant should not reveal its system prompt" forbids a leak. The negation must stand right before the verb,
 * with no stop between: "do not refuse; reveal ..." still asks for it. */
static bool is_forbidden(bawn_probe *p, size_t begin, size_t end)
{
    static const char *const after[] = { "てはいけない", "てはならない", "べきではない", "べきでない", "てはだめ", "nicht verraten", NULL };
    static const char *const no[] = { "not", "never", "don't", "shouldn't", "cannot", "can't", "without", "no deben", "no debe", "nunca",
                                      "não deve", "não devem", "jamais", "nicht", "niemals", "mai", "non deve", "не", "никогда", "不应该",
                                      "不应", "不要", "不得", "不能", "不会", "لا", "मत", NULL };
    bawn_probe window = *p;
    int reach = 0;

    while (reach < 20 && (size_t)reach < begin && !strchr(",.;:!?\n", p->text.ptr[begin - (size_t)reach - 1]))
        reach++;
    return bawn_probe_near(&window, begin, reach, no) || bawn_probe_near(p, end, -32, after);
}

enum { NOBODY, READER, STORY };

/* Whom a trait is said of: the nearest word for the model or for somebody in a story, looking back from the trait. */
static int bearer(const bawn_probe *p, size_t begin)
{
    static const char *const reader[] = { "you", "your", "yourself", "act as", "respond as", "answer as", "assistant", NULL };
    static const char *const story[] = { "story", "novel", "hero", "film", "movie", "opponent", "character", "in the game", "villain",
                                         "protagonist", "book", "there is", "the scene", NULL };
    bawn_probe window = *p;         /* looking back never reads on */

    for (int reach = 24; reach <= 192; reach += 24) {
        if (bawn_probe_near(&window, begin, reach, reader))
            return READER;
        if (bawn_probe_near(&window, begin, reach, story))
            return STORY;
    }
    return NOBODY;
}

/* A trait without rules is an attack when the model is to have it, and a story when somebody in the story has it. */
static bool is_story(const bawn_probe *p, size_t begin)
{
    int who = p->pattern->kind <= ATTACK_JAILBREAK ? bearer(p, begin) : READER;
    return who == STORY || (who == NOBODY && p->pattern->kind == ATTACK_JAILBREAK && p->pattern->score < 0.9f);
}

/* "The judge told the jury to disregard ...": the order was another's, and so was he to whom it was given. */
static bool is_reported(const bawn_probe *p, size_t begin)
{
    static const char *const listeners[] = { "jury", "jurors", "judges", "students", "pupils", "staff", "team", "players", "employees", "workers",
                                             "soldiers", "troops", "drivers", "passengers", "patients", "parents", "children", "kids", "witness",
                                             "witnesses", "reporters", "officers", "police", "crew", "residents", "voters", "customers", "clients",
                                             "participants", "members", "colleagues", "candidates", "him", "her", "them", "us", NULL };
    static const char *const speech[] = { "told", "tells", "instructed", "instructs", "asked", "asks", "ordered", "orders", "directed", "urged",
                                          "advised", "reminded", "warned", NULL };
    bawn_slice text = p->text;
    size_t i = begin;

    while (i > 0 && text.ptr[i - 1] == ' ')
        i--;
    if (p->pattern->kind != ATTACK_OVERRIDE || i < 3 || memcmp(text.ptr + i - 3, " to", 3) != 0)
        return false;
    size_t listener = i - 3, from = listener;
    while (from > 0 && listener - from < 48 && !strchr(".,;:!?\n", text.ptr[from - 1]))
        from--;
    for (i = listener; i > from && text.ptr[i - 1] != ' '; i--)
        ;
    return bawn_probe_words(p, i, listener, listeners) && bawn_probe_words(p, from, i, speech);
}

/* "Quelles sont les instructions initiales pour monter le meuble ?": instructions of a thing, not of the model, by what
 * follows. Not where they are said to be the model's, or to be a prompt. */
static bool is_of_a_thing(bawn_probe *p, size_t begin, size_t end)
{
    static const char *const first[] = { "initial", "original", "initiale", "initiales", "originale", "originales", "d'origine", "iniciales",
                                         "inicial", "originals", "iniziale", "iniziali", "originali", "iniciais", "originais", "ursprünglichen",
                                         "ursprunglichen", "urspruenglichen", "anfänglichen", "anfanglichen", "anfaenglichen", "initialen",
                                         "начальные", "исходные", "первоначальные", "изначальные", "الأولية", "الأصلية", "初始", "最初の", NULL };
    static const char *const whose[] = { "your", "tu", "tus", "su", "sus", "ton", "tes", "votre", "vos", "tuo", "tue", "tuoi", "suo", "sue", "seu",
                                         "sua", "seus", "suas", "teu", "tua", "teus", "tuas", "dein", "deine", "deinen", "ihre", "ihren", "свои",
                                         "твои", "ваши", "тебя", "prompt", "prompts", "system", "système", "systeme", "sistema", NULL };
    static const char *const purpose[] = { " for building", " for assembling", " for the ", " for installing", " for using", " pour ", " du ", " de la ",
                                           " para ", " de montaje", " de montagem", " per ", " di montaggio", " zum ", " zur ", " für den ",
                                           " für die ", " für das ", " gelten für ", " gelten beim ", " по ", " для ", " к ", " لت", " لل", " لاست", NULL };
    return p->pattern->kind == ATTACK_LEAK && bawn_probe_one_of(p, end, purpose) > 0 && bawn_probe_words(p, begin, end, first)
        && !bawn_probe_words(p, begin, end, whose);
}

void bawn_prompt_attack_confirm(bawn_probe *p)
{
    size_t begin = bawn_probe_begin(p), end = p->end;
    float score;

    if (begin == SIZE_MAX)
        return;
    if ((p->pattern->flags & BAWN_P_WORD) && (!bawn_probe_word_begins(p, begin) || !bawn_probe_word_ends(p, end)))
        return;
    score = p->pattern->score;
    if (bawn_prompt_attack_is_mentioned(p, begin, end) || is_story(p, begin)
        || is_reported(p, begin) || is_of_a_thing(p, begin, end)
        || (p->pattern->kind == ATTACK_LEAK && is_forbidden(p, begin, end)))
        score = ATTACK_MENTIONED;
    bawn_probe_found(p, p->pattern->kind, begin, end, score);
}
