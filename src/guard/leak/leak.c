/* Finds system texts and canary tokens in answers (OWASP LLM07; arXiv 2604.23887: filtering outputs outside the model is
 * what held). RULINGS R38: runs of at least 8 words find 99 to 100 % of verbatim leaks, whole-text similarity 7.5 %.
 *
 * Three words in a row that also stand in a row in a system text locate a place there; from it, text and prompt are
 * read side by side. A run may skip or change at most two words and must hold min_words words that are equal. Reading goes
 * in four ways: words forwards or backwards, letters forwards or backwards, because models are asked to spell backwards.
 * A character of a script without spaces counts half a word. What stands between words (quotes, bullets, lines,
 * Markdown) does not matter.
 *
 * Nothing leaves before it is decided: the text from an open run's first word on is held, else the last two words and
 * the word that may still grow. Reading begins anew there, so cuts change nothing. A long leak is reported in pieces of
 * PIECE words. Cost: one hash a word, one look into a table that fits the first cache. */
#include "guard/guard.h"
#include "guard/leak/prompt.h"

#define PIECE 64        /* words of one finding, at most: bounds what is held */
#define CHAIN 16        /* places tried per shingle */
#define SLACK 2         /* words skipped or changed in one run */
#define GAP 4           /* bytes between two letters of a canary */

enum { SYSTEM_PROMPT, CANARY };

/* One reading of the prompt: which hashes, which way. */
typedef struct { const bawn_leak_prompt *prompt; uint32_t begin, end, need; unsigned way; int step; } reading;
typedef struct { size_t begin, end; int64_t place; uint32_t points, words; bool open; reading with; } run;

static uint32_t prompt_word(const reading *r, int64_t i) { return r->prompt->words[r->way][i]; }
static bool within(const reading *r, int64_t i) { return i >= r->begin && i < r->end; }

/* The text's words from `at` on, at most n. A word that may grow counts as none, with `open`. */
static unsigned look(leak_word *out, bool *open, unsigned n, size_t at, bawn_slice text, bool final)
{
    unsigned k = 0;
    *open = false;
    while (k < n) {
        bool grows;
        if (!leak_word_next(&out[k], &grows, &at, text)) {
            *open = !final;
            break;
        }
        if (grows && !final) {
            *open = true;
            break;
        }
        k++;
    }
    return k;
}

/* After a difference: the smallest skips (a in the text, b in the prompt, at most `slack` each) behind which two words
 * are equal again. False: none. */
static bool resume(unsigned *skip_text, int64_t *i, const reading *r, const leak_word *w, unsigned n, unsigned slack)
{
    for (unsigned total = 1; total <= 2 * slack; total++)
        for (unsigned a = 0; a <= slack && a <= total; a++) {
            unsigned b = total - a;
            int64_t j = *i + (int64_t)b * r->step;
            if (b > slack || a + 1 >= n || !within(r, j) || !within(r, j + r->step))
                continue;
            if (w[a].hash == prompt_word(r, j) && w[a + 1].hash == prompt_word(r, j + r->step)) {
                *skip_text = a;
                *i = j;
                return true;
            }
        }
    return false;
}

/* Reads text from `at` and prompt from place i side by side, as far as they agree. */
static run follow(const reading *r, int64_t i, size_t at, bawn_slice text, bool final)
{
    run out = { .begin = at, .end = at, .with = *r };
    unsigned slack = SLACK;

    while (out.words < PIECE) {
        leak_word w[SLACK + 2];
        bool open;
        unsigned n = look(w, &open, 1, at, text, final);
        if (n == 0) {
            out.open = open && within(r, i);
            break;
        }
        if (!within(r, i) || w[0].hash != prompt_word(r, i)) {
            unsigned skip = 0;
            int64_t j = i;
            if (slack == 0 || !(within(r, i) || within(r, i + r->step)))
                break;
            n = look(w, &open, SLACK + 2, at, text, final);
            out.open = open;
            if (open || !resume(&skip, &j, r, w, n, slack))
                break;
            unsigned prompt_skip = (unsigned)((j - i) * r->step);
            slack -= skip > prompt_skip ? skip : prompt_skip;
            i = j;
            w[0] = w[skip];
        }
        out.words++;
        out.points += w[0].single ? 1 : 2;
        at = out.end = w[0].end;
        i += r->step;
    }
    out.place = i;
    return out;
}

static void text_of(reading *r, uint32_t i)
{
    uint32_t t = 0;
    while (r->prompt->texts[t].end <= i)
        t++;
    r->begin = t > 0 ? r->prompt->texts[t - 1].end : 0;
    r->end = r->prompt->texts[t].end;
    r->need = r->prompt->texts[t].need;
}

/* The best run that begins with these three words. *open: one that is short of `need` may still grow. */
static bool best_run(run *best, bool *open, const bawn_leak_prompt *prompt, const leak_word w[3], bawn_slice text, bool final)
{
    uint32_t code = leak_code(w[0].hash, w[1].hash, w[2].hash);
    bool found = false;
    *open = false;
    if (!(prompt->filter[leak_filter(code, prompt->mask)] & leak_bit(code)))
        return false;
    uint32_t node = prompt->slots[leak_slot(code, prompt->mask)];
    for (unsigned tries = 0; node > 0 && tries < CHAIN; tries++, node = prompt->next[node - 1]) {
        uint32_t i = node - 1 < prompt->n ? node - 1 : node - 1 - prompt->n;
        reading r = { .prompt = prompt, .way = node - 1 >= prompt->n };
        const uint32_t *words = prompt->words[r.way] + i;
        if (words[1] != w[1].hash)
            continue;
        for (int step = 1; step >= -1; step -= 2) {
            int64_t first = step > 0 ? i : (int64_t)i + 2;
            if (prompt->words[r.way][first] != w[0].hash || prompt->words[r.way][first + 2 * step] != w[2].hash)
                continue;
            r.step = step;
            text_of(&r, i);
            run got = follow(&r, first, w[0].begin, text, final);
            *open |= got.open;
            if (got.points >= r.need && (!found || got.end > best->end)) {
                *best = got;
                found = true;
            }
        }
    }
    return found;
}

/* How far the two searches are ahead of the next call's begin, and where in the prompt a run goes on that was cut at
 * PIECE words: what follows it is a leak however short. */
typedef struct { uint32_t words, canaries; bool going; int8_t step; uint8_t way; uint32_t begin, end; int64_t place; } progress;
_Static_assert(sizeof(progress) <= 64, "a scan's state");

/* Goes on with a run that was cut. False: its end is not there yet. */
static bool go_on(bawn_probe *p, const bawn_leak_prompt *prompt, progress *now, size_t *at)
{
    reading r = { .prompt = prompt, .begin = now->begin, .end = now->end, .way = now->way, .step = now->step };
    leak_word first;
    bool grows;
    size_t next = *at;

    run got = follow(&r, now->place, *at, p->text, p->final);
    if (got.open)
        return false;
    now->going = got.words == PIECE;
    now->place = got.place;
    if (got.words > 0 && leak_word_next(&first, &grows, &next, p->text))
        bawn_probe_found(p, SYSTEM_PROMPT, first.begin, got.end, 0.95f);
    *at = got.end;
    return true;
}

static void cut(progress *now, const run *best)
{
    const reading *r = &best->with;
    now->going = best->words == PIECE;
    now->begin = r->begin;
    now->end = r->end;
    now->step = (int8_t)r->step;
    now->way = (uint8_t)r->way;
    now->place = best->place;
}

/* Scans from `at`; returns where to go on when there is more text. */
static size_t scan_words(bawn_probe *p, const bawn_leak_prompt *prompt, progress *now, size_t at)
{
    leak_word w[3];
    size_t next = at;
    unsigned have = 0;

    for (;;) {
        bool open = false;
        while (now->going)
            if (!go_on(p, prompt, now, &next))
                return next;
        while (have < 3) {
            bool grows, some = leak_word_next(&w[have], &grows, &next, p->text);
            if (!some || (grows && !p->final))
                return p->final || (!some && have == 0) ? p->text.len : w[0].begin;
            have++;
        }
        run best = { .end = 0 };
        bool found = best_run(&best, &open, prompt, w, p->text, p->final);
        if (open)
            return w[0].begin;
        w[0] = w[1];
        w[1] = w[2];
        have = 2;
        if (found) {
            bawn_probe_found(p, SYSTEM_PROMPT, best.begin, best.end, 0.95f);
            cut(now, &best);
            next = best.end;
            have = 0;
        }
    }
}

/* ---- canaries ------------------------------------------------------------------------------------------------------ */
/* Reads the token at i, from its front or its back; between two of its characters up to GAP bytes may stand that are no
 * letters or digits, for models are asked to list letters. The end of what was read; *whole: all of the token. */
static size_t read_canary(bool *whole, const leak_canary *c, bool back, bawn_slice text, size_t i)
{
    size_t k = 0, gap = 0;

    for (; k < c->len && i < text.len; i++) {
        if (bawn_lower(text.ptr[i]) == c->token[back ? c->len - 1u - k : k])
            k++, gap = 0;
        else if (k == 0 || gap++ == GAP || bawn_is_alnum((unsigned char)text.ptr[i]))
            break;
    }
    *whole = k == c->len;
    return k > 0 ? i : 0;
}

static size_t scan_canaries(bawn_probe *p, const bawn_leak_prompt *prompt, size_t at)
{
    if (prompt->n_canaries == 0)
        return p->text.len;
    for (size_t i = at; (i = bawn_match_find_byte(&prompt->ends, p->text, i)) < p->text.len; i++)
        for (uint32_t t = 0; t < 2 * prompt->n_canaries; t++) {
            bool whole;
            size_t end = read_canary(&whole, &prompt->canaries[t / 2], t & 1, p->text, i);
            if (whole) {
                bawn_probe_found(p, CANARY, i, end, 0.95f);
                i = end - 1;
                break;
            }
            if (end == p->text.len && !p->final)
                return i;
        }
    return p->text.len;
}

static void scan(bawn_probe *p)
{
    const bawn_leak_prompt *prompt = p->settings;
    progress now = { 0 };

    p->end = p->text.len;
    if (!prompt)
        return;
    if (p->state)
        memcpy(&now, p->state, sizeof now);
    size_t words = p->begin + now.words, canaries = p->begin + now.canaries;
    if (prompt->n > 0)
        words = scan_words(p, prompt, &now, words);
    else
        words = p->text.len;
    canaries = scan_canaries(p, prompt, canaries);
    p->end = words < canaries ? words : canaries;
    now.words = (uint32_t)(words - p->end);
    now.canaries = (uint32_t)(canaries - p->end);
    if (p->state)
        memcpy(p->state, &now, sizeof now);
}

static const bawn_kind kinds[] = {
    { "leak.SYSTEM_PROMPT", "LLM07", "AML.T0056", BAWN_ALLOW, BAWN_BLOCK, "a run of words of a system text, in order, backwards or spelled backwards" },
    { "leak.CANARY", "LLM07", "AML.T0056", BAWN_ALLOW, BAWN_BLOCK, "a canary token that was planted in a system text" },
};

const bawn_guard bawn_guard_leak = {
    .guard = "leak", .id = "leak.prompt",
    .doc = "Runs of words that also stand in a row in the exchange's system texts (min_words, default 8), read forwards and backwards, "
           "and planted tokens.",
    .places = BAWN_IN_OUTPUT, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds), .scan = scan,
};
