/* The managed word list: profanity in sixteen languages (Bedrock's managed word list PROFANITY). Off until a policy turns
 * it on, because what is rude is a matter of house style; harm is another guard's affair.
 *
 * Each word is a literal, found as a whole word only, so that Scunthorpe, cockpit, assess, Dickens and shiitake pass; the
 * lists therefore name the inflections. What is written with look-alike letters, digits or dots between the letters is
 * undone by the views; a star for a letter (f*ck) is a row. Languages without spaces (zh, ja) know no word boundaries: their rows are phrases of two or more
 * characters that mean nothing else, or words that count where they stand alone.
 *
 * A word that is an honest one in another language or place (Swedish "slut" is an end, Kloten a town, harami a dish, Troia
 * Troy) is left out or stands in phrases only: the list does not know which language it reads. */
#include "guard/guard.h"
#include "text/text.h"

enum { PROFANITY };
static const bawn_kind kinds[] = {
    [PROFANITY] = { "words.PROFANITY", "LLM05", "AML.T0048", BAWN_ALLOW, BAWN_ALLOW,
                    "Profanity of the managed list; the policy turns it on" },
};

/* A word between spaces is found, the same letters inside a longer word are not. */
#define W(word) { word, PROFANITY, BAWN_P_LITERAL | BAWN_P_WORD, 0.95f, LANG, "... " word " ...", "mmm" word "mmm" },
/* Of a script without spaces, where no letter stands beside it. */
#define A(word, miss) { word, PROFANITY, BAWN_P_LITERAL | BAWN_P_WORD, 0.95f, LANG, "(" word "!)", miss },
/* Without word boundaries: the near miss is written out. */
#define H(word, miss) { word, PROFANITY, BAWN_P_LITERAL, 0.95f, LANG, "(" word ")", miss },

static const bawn_pattern patterns[] = {
#define LANG "en"
#include "guard/words/profanity/en.inc"
#undef LANG
#define LANG "es"
#include "guard/words/profanity/es.inc"
#undef LANG
#define LANG "fr"
#include "guard/words/profanity/fr.inc"
#undef LANG
#define LANG "de"
#include "guard/words/profanity/de.inc"
#undef LANG
#define LANG "pt"
#include "guard/words/profanity/pt.inc"
#undef LANG
#define LANG "it"
#include "guard/words/profanity/it.inc"
#undef LANG
#define LANG "ru"
#include "guard/words/profanity/ru.inc"
#undef LANG
#define LANG "zh"
#include "guard/words/profanity/zh.inc"
#undef LANG
#define LANG "ja"
#include "guard/words/profanity/ja.inc"
#undef LANG
#define LANG "ar"
#include "guard/words/profanity/ar.inc"
#undef LANG
#define LANG "hi"
#include "guard/words/profanity/hi.inc"
#undef LANG
#define LANG "nl"
#include "guard/words/profanity/nl.inc"
#undef LANG
#define LANG "pl"
#include "guard/words/profanity/pl.inc"
#undef LANG
#define LANG "tr"
#include "guard/words/profanity/tr.inc"
#undef LANG
#define LANG "sv"
#include "guard/words/profanity/sv.inc"
#undef LANG
#define LANG "uk"
#include "guard/words/profanity/uk.inc"
#undef LANG
};

static bool is_letter_at(bawn_probe *p, size_t i)
{
    enum { LONGEST = 4 };
    if (i + LONGEST > p->text.len)
        bawn_probe_at(p, i + LONGEST - 1);
    return i < p->text.len && bawn_text_is_letter(bawn_utf8_next(p->text, &i));
}

static bool is_letter_before(const bawn_probe *p, size_t i)
{
    size_t at = i > 0 ? bawn_utf8_floor(p->text, i - 1) : 0;
    return i > 0 && bawn_text_is_letter(bawn_utf8_next(p->text, &at));
}

static void confirm(bawn_probe *p)
{
    size_t begin = bawn_probe_begin(p);
    bool whole = p->pattern->flags & BAWN_P_WORD, unspaced = strcmp(p->pattern->lang, "ja") == 0 || strcmp(p->pattern->lang, "zh") == 0;
    if (begin == SIZE_MAX || (whole && !(bawn_probe_word_begins(p, begin) && bawn_probe_word_ends(p, p->end))))
        return;
    if (whole && unspaced && (is_letter_before(p, begin) || is_letter_at(p, p->end)))
        return;
    bawn_probe_found(p, p->pattern->kind, begin, p->end, p->pattern->score);
}

const bawn_guard bawn_guard_words_profanity = {
    .guard = "words", .id = "words.profanity",
    .doc = "Finds profanity of a managed list in sixteen languages, as whole words. Off until the policy turns it on.",
    .places = BAWN_IN_ALL & ~BAWN_IN_SYSTEM, .views = BAWN_VIEW_ALL,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
