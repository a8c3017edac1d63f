/* canonical.c: raw -> canonical as a transducer (RULINGS R5, R6, R7).
 *
 * The text is read in units. A unit is one white space character; or a token (what stands between white space, cut
 * after 256 bytes where no character joins with the one before); or a few of them that belong together: letters
 * apart by one space each, words written upside down, text behind a RIGHT-TO-LEFT OVERRIDE. What a unit is, and what
 * becomes of it, depends only on the text from its begin on (at most LOOK_AHEAD bytes), on the LOOK_BACK raw bytes
 * before it, and on a few words of state. A unit whose end is not seen yet waits; nothing else does. Hence the output
 * cannot depend on how the text was cut.
 *
 * Most tokens are ordinary: one scan over the class table says so, and they stay literal. The others go through
 * fold.c, escapes.c, apart.c, seam.c and leet.c; white space through gap.c. Time is linear; memory is the output's and about 100 kB. */
#include "text/unit.h"

/* ---- writing ------------------------------------------------------------------------------------------------ */
void bawn_unit_flush(bawn_canonical *c, bawn_window *w, size_t to)
{
    if (to > w->done)
        bawn_sink_literal(&c->sink, bawn_slice_of(w->t + w->done, to - w->done), w->raw + w->done);
    w->done = to;
}

void bawn_unit_change(bawn_canonical *c, bawn_window *w, size_t begin, size_t end, bawn_slice with)
{
    bawn_unit_flush(c, w, begin);
    bawn_sink_changed(&c->sink, with, w->raw + begin, w->raw + end);
    w->done = end;
}

/* ---- tokens ------------------------------------------------------------------------------------------------- */
/* False: it may go on beyond the window. Runs of ASCII take the short loop. */
bool bawn_unit_scan(bawn_token *k, const bawn_window *w, size_t at)
{
    const uint8_t *t = (const uint8_t *)w->t;
    uint32_t any = 0, before = 0, bits = 0;
    size_t i = at, len, soft = w->n - at > TOKEN_SOFT ? at + TOKEN_SOFT : w->n;

    k->alphabet = UINT32_MAX;
    for (;;) {
        for (; i < soft && t[i] < 0x80; i++) {
            bits = bawn_text_ascii[t[i]];
            if ((bits & C_SPACE) || (t[i] == '\\' && w->json))
                goto whole;
            any |= bits;
            before = 0;
        }
        if (i >= w->n)
            break;
        bits = bawn_unit_class(t + i, &len);
        if ((bits & C_SPACE) || (i - at >= TOKEN_SOFT && (!(bits & C_GLUE) || i - at + len > TOKEN_HARD)))
            goto whole;
        any |= bits | ((bits & before & C_MARK) ? C_WORK : 0u);
        before = bits;
        if (bits & C_LATIN && len > 1) {
            size_t p = i;
            k->alphabet &= bawn_text_alphabet(bawn_utf8_next(bawn_slice_of(w->t, w->n), &p));
            any |= C_ALPHABET;
        } else if (bits == 0 && len == 4) {
            any |= C_PICTURE;
        }
        i += len;
    }
    *k = (bawn_token){ i, any, k->alphabet };
    return w->final;
whole:
    *k = (bawn_token){ i, any, k->alphabet };
    return true;
}

static uint32_t alphabets(const bawn_canonical *c) { return c->alphabets[0] & c->alphabets[1] & c->alphabets[2]; }

static void remember_alphabet(bawn_canonical *c, uint32_t mask)
{
    if (mask == UINT32_MAX || mask == 0)
        return;
    memmove(c->alphabets + 1, c->alphabets, (ALPHABETS - 1) * sizeof *c->alphabets);
    c->alphabets[0] = mask;
}

static bawn_slice before_of(const bawn_window *w, size_t at)
{
    size_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;
    return bawn_slice_of(w->t + from, at - from);
}

/* Whether the token's code points have to be looked at. A word of nothing but look-alikes (the Russian "a") is common
 * in its own script: what stands before decides at once. */
bool bawn_unit_wants_fold(const bawn_canonical *c, const bawn_window *w, const bawn_token *k, size_t at)
{
    if ((k->any & C_WORK) || ((k->any & C_LOOK) && (k->any & C_LATIN)))
        return true;
    if ((k->any & C_LOOK) && (k->any & C_ALNUM) && !(k->any & C_OTHER) && bawn_fold_latin_before(before_of(w, at)))
        return true;
    return (k->any & C_ALPHABET) && !(k->alphabet & alphabets(c));
}
/* Two signs at least, or a digit beside letters; escapes, emphasis, tags; words joined by signs. */
static bool wants_bytes(const bawn_window *w, const bawn_token *k, size_t at)
{
    enum { JOINED_LEN = 18 };
    unsigned signs = 0;
    if ((k->any & (C_ESCAPE | C_EDGE)) || (k->end > at + 1 && w->t[k->end - 1] == '-'))
        return true;
    if ((k->any & (C_DIGIT | C_SIGN)) && (k->any & C_LATIN) && k->end - at > 1)
        return true;
    if ((k->any & C_PICTURE) || (k->end - at >= JOINED_LEN && (k->any & C_LATIN)))
        return true;
    if (!(k->any & C_APART) || k->end - at < 5)
        return false;
    for (size_t i = at; i < k->end && signs < 2; i++)
        signs += (bawn_text_byte(w->t[i]) & C_APART) != 0;
    return signs > 1;
}

void bawn_unit_fold(bawn_canonical *c, const bawn_window *w, size_t at, size_t end)
{
    bawn_fold_token(&c->fold, bawn_slice_of(w->t + at, end - at), before_of(w, at), alphabets(c));
}

/* ---- units of several tokens ---------------------------------------------------------------------------------- */
/* Words upside down stand in turned order too: the unit is all of them, with spaces between. */
static bool reach_turned(size_t *end, const bawn_window *w, size_t at)
{
    size_t i = *end, len = 0;
    if (bawn_fold_turned(bawn_slice_of(w->t + at, *end - at)) != 2)
        return true;
    for (;;) {
        bawn_token k;
        bool near = w->n - at < LOOK_AHEAD;
        if (i >= w->n)
            return w->final || !near;
        if (!(bawn_unit_class((const uint8_t *)w->t + i, &len) & C_SPACE) || w->t[i] == '\n')
            return true;
        i += len;
        if (!bawn_unit_scan(&k, w, i) && near)
            return false;
        int turned = k.end > i && k.end - at <= UNIT_MAX ? bawn_fold_turned(bawn_slice_of(w->t + i, k.end - i)) : 0;
        if (turned == 0)
            return true;
        i = k.end;
        *end = turned == 2 ? i : *end;
    }
}

/* ---- one token ---------------------------------------------------------------------------------------------------- */
/* Takes the signs out of i.g.n.o.r.e; remembers where each byte came from. */
static bool join_apart(bawn_canonical *c)
{
    bawn_apart found;
    bawn_slice t = bawn_slice_of(c->fold.out, c->fold.len);
    size_t to = 0, at = 0;
    if (t.len > BAWN_FOLD_RAW)
        return false;
    while (bawn_apart_find(&found, bawn_slice_of(t.ptr, t.len), at, c->apart_before || to < at)) {
        char sign = 0;
        for (; at < found.end; at++) {
            size_t end = found.begin;
            bawn_utf8_next(t, &end);
            sign = at < found.begin ? 0 : sign ? sign : t.ptr[end];
            if (at >= found.begin && sign && t.ptr[at] == sign)
                continue;
            c->from[to] = (uint16_t)at;
            c->fold.out[to++] = t.ptr[at];
        }
    }
    if (at == 0)
        return false;
    for (; at < t.len; at++) {
        c->from[to] = (uint16_t)at;
        c->fold.out[to++] = t.ptr[at];
    }
    c->fold.len = to;
    return true;
}

static void write_joined(bawn_canonical *c, bawn_window *w, size_t at, size_t end)
{
    for (size_t i = 0, k; i < c->fold.len; i = k) {
        for (k = i + 1; k < c->fold.len && c->from[k] == c->from[k - 1] + 1; k++)
            ;
        if (at + c->from[i] > w->done)
            bawn_unit_change(c, w, w->done, at + c->from[i], BAWN_NIL);
        bawn_unit_flush(c, w, at + c->from[k - 1] + 1u);
    }
    if (w->done < end)
        bawn_unit_change(c, w, w->done, end, BAWN_NIL);
}

static bawn_slice after_of(const bawn_window *w, size_t end)
{
    return bawn_slice_of(w->t + end, w->n - end < SIGHT ? w->n - end : SIGHT);
}

/* Whether what stands behind the token, folded by now, and has a say, is in sight: what it folds to can be an edge. */
static bool in_sight(const bawn_canonical *c, const bawn_window *w, const bawn_token *k, size_t end)
{
    const bawn_fold *f = &c->fold;
    return w->final || w->n - end >= BAWN_SEAM_SIGHT ||
           !((k->any & (C_EDGE | C_WORK)) || (f->len > 0 && f->out[f->len - 1] == '-'));
}

/* Folds the words of a token, one by one where it was parted. */
static bool fold_leet(bawn_fold *f, bool near)
{
    bool leet = false;
    for (size_t at = 0, end; at < f->len; at = end + 1) {
        const char *blank = memchr(f->out + at, ' ', f->len - at);
        end = blank ? (size_t)(blank - f->out) : f->len;
        leet |= bawn_leet_fold(f->out + at, end - at, near || leet);
    }
    return leet;
}

/* What the neighbours say of the token: 1, 0, or -1: not in sight yet. */
static int near_leet(const bawn_canonical *c, const bawn_window *w, size_t end)
{
    bawn_slice token = { c->fold.out, c->fold.len };
    if (c->leet_left > 0)
        return 1;
    return bawn_leet_hangs(token) ? bawn_leet_ahead(token, after_of(w, end), w->final) : 0;
}

/* Whether the token has accents and stands in English: 1, 0, or -1: not in sight yet. */
static int foreign_accents(const bawn_window *w, const bawn_token *k, size_t at, size_t end)
{
    if (!(k->any & C_ALPHABET) || (k->any & C_OTHER))
        return 0;
    return bawn_accents_in_english(before_of(w, at), after_of(w, end), w->final);
}

/* The steps of one token whose end is in sight, over fold->out. *marked: it is read otherwise than it stands, so that
 * only some may read it; WAIT: a neighbour is not in sight. */
typedef struct { bool same, joined, leet, marked; } outcome;

static bool undo_all(outcome *o, bawn_canonical *c, const bawn_window *w, const bawn_token *k, size_t at, size_t *end)
{
    bawn_fold *f = &c->fold;
    bawn_slice after = after_of(w, *end);
    int near = foreign_accents(w, k, at, *end);
    if (near < 0)
        return false;
    o->marked = near > 0 && !bawn_slice_is_ascii(bawn_slice_of(f->out, f->len)) && bawn_fold_accents(f);
    o->same = f->len == *end - at && memcmp(f->out, w->t + at, f->len) == 0;
    if (k->any & C_ESCAPE)
        o->marked |= bawn_escapes_undo(f->out, &f->len);
    o->joined = join_apart(c);
    if (k->any & (C_EDGE | C_WORK))
        o->marked |= bawn_seam_undo(f->out, &f->len, before_of(w, at), after);
    o->marked |= !o->joined && bawn_seam_part(f->out, &f->len);
    size_t hyphen = bawn_seam_hyphen(bawn_slice_of(f->out, f->len), after);
    if (hyphen > 0) {
        f->len--;
        *end += hyphen;
        o->marked = true;
    }
    if ((near = near_leet(c, w, *end)) < 0)
        return false;
    o->leet = fold_leet(f, near > 0);
    o->marked |= o->leet;
    return true;
}

static size_t slow_unit(bawn_canonical *c, bawn_window *w, size_t at, const bawn_token *k)
{
    size_t end = k->end, view;
    bawn_fold *f = &c->fold;
    outcome o = { 0 };
    bool fold = bawn_unit_wants_fold(c, w, k, at) || (k->any & C_ALPHABET);

    if (fold) {
        if ((k->any & C_WORK) && !reach_turned(&end, w, at))
            return WAIT;
        bawn_unit_fold(c, w, at, end);
    } else {
        memcpy(f->out, w->t + at, end - at);
        f->len = end - at;
    }
    if (!in_sight(c, w, k, end) || !undo_all(&o, c, w, k, at, &end))
        return WAIT;
    if (fold)
        remember_alphabet(c, f->alphabet);
    bawn_unit_flush(c, w, at);
    view = c->sink.view;
    if (o.marked || !o.same)
        bawn_unit_change(c, w, at, end, bawn_slice_of(f->out, f->len));
    else if (o.joined)
        write_joined(c, w, at, end);
    if (o.marked && c->sink.view > view)
        bawn_sink_leet(&c->sink, view, c->sink.view);
    c->leet_left = o.leet ? LEET_TOKENS : c->leet_left - (c->leet_left > 0);
    c->apart_before = o.joined;
    return end - at;
}

/* A sign alone between words goes, with the blank behind it. SIZE_MAX: it stays. */
static size_t lonely_unit(bawn_canonical *c, bawn_window *w, size_t at, const bawn_token *k)
{
    bawn_slice token = { w->t + at, k->end - at };
    if (token.len > BAWN_SEAM_LONELY || c->mode != PLAIN)
        return SIZE_MAX;
    if (!w->final && w->n - k->end < BAWN_SEAM_SIGHT)
        return WAIT;
    if (!bawn_seam_lonely(token, before_of(w, at), after_of(w, k->end)))
        return SIZE_MAX;
    bawn_unit_change(c, w, at, k->end + 1, BAWN_NIL);
    bawn_sink_leet(&c->sink, c->sink.view - 1, c->sink.view);
    return k->end + 1 - at;
}

static bool may_be_one(const bawn_window *w, size_t at, const bawn_token *k)
{
    size_t len = k->end - at;
    if (len > ONE_MAX || !(k->any & C_ALNUM) || (len > 8 && !(k->any & C_WORK)))
        return false;
    return len < 2 || !(bawn_is_alnum((unsigned char)w->t[at]) && bawn_is_alnum((unsigned char)w->t[at + 1]));
}

static size_t token_unit(bawn_canonical *c, bawn_window *w, size_t at)
{
    bawn_token k;
    if (!bawn_unit_scan(&k, w, at))
        return WAIT;
    bawn_gap_reset(&c->gap, false);
    size_t len = k.any & C_ALNUM ? SIZE_MAX : lonely_unit(c, w, at, &k);
    if (len != SIZE_MAX)
        return len;
    len = may_be_one(w, at, &k) ? bawn_unit_spaced(c, w, at) : SIZE_MAX;
    if (len != SIZE_MAX)
        return len;
    len = k.end - at;
    int accents = foreign_accents(w, &k, at, k.end);
    if (accents < 0)
        return WAIT;
    if (accents > 0 || bawn_unit_wants_fold(c, w, &k, at) || wants_bytes(w, &k, at)) {
        len = slow_unit(c, w, at, &k);
        if (len == WAIT)
            return WAIT;
    } else {
        if (k.any & C_ALPHABET)
            remember_alphabet(c, k.alphabet);
        c->leet_left -= c->leet_left > 0;
        c->apart_before = false;
    }
    c->mode = PLAIN;
    return len;
}

/* An escape of the JSON text: no part of a token, so that what stands on either side of it keeps its own place. */
static size_t json_unit(bawn_canonical *c, bawn_window *w, size_t at)
{
    char to[4];
    size_t n, len = bawn_escapes_json(to, &n, bawn_slice_of(w->t + at, w->n - at), w->final);
    if (len == 0)
        return WAIT;
    if (n == 1 && len == 1)
        return len;                                           /* a backslash that is none stays */
    bool white = n == 1 && bawn_is_space((unsigned char)to[0]);
    bawn_unit_change(c, w, at, at + len, bawn_slice_of(to, white && c->gap.n > 0 ? 0 : n));
    if (white)
        c->gap.n = (uint8_t)(c->gap.n + (c->gap.n < UINT8_MAX)); /* of white space so written the first stays */
    else
        bawn_gap_reset(&c->gap, false);
    c->mode = PLAIN;
    c->apart_before = false;
    return len;
}

/* ---- the transducer --------------------------------------------------------------------------------------------------- */
/* Works through the window from `at` on; returns where it stopped. */
static size_t drive(bawn_canonical *c, const char *t, size_t n, size_t at, bool final)
{
    bawn_window w = { t, n, final, c->settled - at, at, c->json };
    size_t step, len;
    while (at < n) {
        if (c->mode == PLAIN && c->leet_left == 0 && (len = bawn_text_plain_prefix(t + at, n - at)) > 0) {
            at += len;                                        /* ordinary words: nothing to be done, many at once */
            c->settled += len;
            c->apart_before = false;
            continue;
        }
        if (t[at] == ' ' && c->mode == PLAIN && c->gap.n == 0) {
            c->gap.n = 1;                                     /* one blank, or the first: it stays */
            c->settled++;
            at++;
            continue;
        }
        bool space = (bawn_unit_class((const uint8_t *)t + at, &len) & C_SPACE) != 0;
        step = c->json && t[at] == '\\' ? json_unit(c, &w, at) : space ? bawn_unit_space(c, &w, at) : token_unit(c, &w, at);
        if (step == WAIT)
            break;
        at += step;
        c->settled += step;
    }
    bawn_unit_flush(c, &w, at);
    return at;
}

/* Keeps the LOOK_BACK bytes before `at` and all from there on. `t` may be the hold itself. */
static void keep(bawn_canonical *c, const char *t, size_t n, size_t at)
{
    size_t from = bawn_utf8_ceil(bawn_slice_of(t, at), at > LOOK_BACK ? at - LOOK_BACK : 0);
    memmove(c->hold, t + from, n - from);
    c->hold_len = n - from;
    c->hold_at = at - from;
}

bool bawn_canonical_feed(bawn_canonical *c, bawn_buf *out, bawn_text_map *map, bool *differs, bawn_slice raw, bool final)
{
    size_t used = 0, at;
    c->sink.out = out;
    c->sink.map = map;
    c->sink.differs = differs;
    /* Through the hold, until what waited is done and enough of the new bytes is behind us to look back in. */
    while (raw.ptr && (c->hold_len > 0 || raw.len < LOOK_BACK) && used < raw.len) {
        size_t take = sizeof c->hold - c->hold_len, had = c->hold_len, left = raw.len - used;
        take = take < left ? take : left;
        while (take < left && !bawn_utf8_is_start((unsigned char)raw.ptr[used + take]))
            take--;
        memcpy(c->hold + had, raw.ptr + used, take);
        used += take;
        at = drive(c, c->hold, had + take, c->hold_at, final && used == raw.len);
        if (used < raw.len && at >= had + LOOK_BACK) {
            used -= had + take - at;
            c->hold_len = 0;
            break;
        }
        keep(c, c->hold, had + take, at);
        if (used == raw.len)
            return !c->sink.failed;
    }
    if (raw.ptr && raw.len > used) {
        at = drive(c, raw.ptr, raw.len, used, final);
        keep(c, raw.ptr, raw.len, at);
    } else if (final && c->hold_len > c->hold_at) {
        at = drive(c, c->hold, c->hold_len, c->hold_at, true);
        keep(c, c->hold, c->hold_len, at);
    }
    return !c->sink.failed;
}

size_t bawn_canonical_settled(const bawn_canonical *c) { return c->settled; }

bool bawn_canonical_leet(const bawn_canonical *c, bawn_span view) { return bawn_sink_is_leet(&c->sink, view); }

void bawn_canonical_reads_json(bawn_canonical *c) { c->json = true; }

void bawn_canonical_reset(bawn_canonical *c)
{
    bawn_sink_reset(&c->sink);
    c->settled = c->hold_len = c->hold_at = 0;
    c->mode = PLAIN;
    c->sign = 0;
    c->leet_left = 0;
    c->apart_before = c->json = false;
    bawn_gap_reset(&c->gap, true);
    for (size_t i = 0; i < ALPHABETS; i++)
        c->alphabets[i] = UINT32_MAX;
}

bawn_canonical *bawn_canonical_new(void)
{
    bawn_canonical *c = bawn_malloc(sizeof *c);
    if (!c)
        return NULL;
    c->sink = (bawn_sink){ 0 };
    bawn_canonical_reset(c);
    return c;
}

void bawn_canonical_free(bawn_canonical *c)
{
    if (!c)
        return;
    bawn_free(c->sink.leet);
    bawn_free(c);
}
