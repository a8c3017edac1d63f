/* A growing text; see channel.h. Raw text is kept from BAWN_BEHIND and a margin before the oldest open thing; its
 * canonical view is begun when a flag first says that it could differ, a little before that place, where it still
 * equals the raw text. */
#include "engine/channel_inner.h"

#include "engine/failures.h"

#define KEEP 2048               /* bytes kept behind everything that is open: more than BAWN_BEHIND and a run */
#define LAG BAWN_LAG            /* bytes by which boundaries inside long tokens and spaceless scripts lag */

bool bawn_channel_new(bawn_channel **out, const bawn_judging *judging, const bawn_tokens *tokens)
{
    bawn_channel *c = bawn_malloc(sizeof *c);
    *out = c;
    if (!c)
        return false;
    *c = (bawn_channel){ .judging = *judging, .tokens = tokens && !bawn_tokens_empty(tokens) ? tokens : NULL };
    c->judging.streaming = true;
    c->judging.failed = false;
    c->raw.kind = BAWN_VIEW_RAW;
    c->canonical.kind = BAWN_VIEW_CANONICAL;
    return true;
}

void bawn_channel_free(bawn_channel *c)
{
    if (!c)
        return;
    bawn_view_free(&c->raw);
    bawn_view_free(&c->canonical);
    bawn_canonical_free(c->maker);
    bawn_buf_free(&c->canonical_text);
    bawn_text_map_free(&c->map);
    bawn_runs_free(&c->runs);
    bawn_finds_free(&c->finds);
    bawn_buf_free(&c->text);
    bawn_free(c);
}

static unsigned char byte_at(const bawn_channel *c, size_t i) { return (unsigned char)c->text.ptr[i - c->base]; }

/* ---- safe boundaries ------------------------------------------------------------------------------------------- */
static bool is_joint(unsigned char b) { return bawn_is_digit(b) || b == '(' || b == ')' || b == '+'; }

/* The last letter or digit before b is a single one: it may be the first of letters apart (decode_letters.c, whose SIGNS this is). */
static bool behind_single(const bawn_channel *c, size_t b)
{
    enum { SIGNS = 17 };
    size_t i = b;
    while (i > c->base && b - i < SIGNS && !bawn_is_alnum(byte_at(c, i - 1)))
        i--;
    return i > c->base && bawn_is_alnum(byte_at(c, i - 1)) && (i - 1 == c->base || !bawn_is_alnum(byte_at(c, i - 2)));
}

/* Whether text may be parted right behind the white space at b - 1. Reads the byte at b. */
static bool behind_space(const bawn_channel *c, size_t b)
{
    if (b < c->base + 2 || b >= length(c) || !bawn_is_space(byte_at(c, b - 1)))
        return false;
    size_t end = b - 1, begin = end;                            /* of the word before the space */
    unsigned char last = byte_at(c, end - 1);
    if (is_joint(byte_at(c, b)) && (is_joint(last) || bawn_is_upper(last)))
        return false;                                           /* inside a number, or between its letters and it */
    while (begin > c->base && end - begin < 2 && !bawn_is_space(byte_at(c, begin - 1)))
        begin--;
    return end - begin != 1 && !behind_single(c, b);
}

static bool before_wide(const bawn_channel *c, size_t b)
{
    size_t i = b - c->base;
    return b < length(c) && byte_at(c, b) >= 0xE0 &&
           bawn_text_no_space_script(bawn_utf8_next(bawn_buf_slice(&c->text), &i));
}

/* The blanks before b stand behind a lone character of a script without spaces: they may part the letters of one word, which
 * the canonical view joins. */
static bool behind_lone_wide(const bawn_channel *c, size_t b)
{
    size_t end = b;
    while (end > c->base && bawn_is_space(byte_at(c, end - 1)))
        end--;
    if (end < c->base + 3 || byte_at(c, end - 3) < 0xE0 || !before_wide(c, end - 3))
        return false;
    return end - 3 == c->base || bawn_is_space(byte_at(c, end - 4));
}

/* The largest boundary <= at, not below the gate. Boundaries are places in the text, whoever asks: behind white
 * space; before a character of a script without spaces; and every LAG bytes inside a stretch that has neither. With
 * `lag` (for the gate) the last two kinds, and blanks behind a lone character of such a script, count only when the text has gone on by LAG bytes, more than the longest
 * anchor, so that none stands inside an anchor not seen whole. *stretch: the last boundary of the first two kinds. */
static size_t boundary_before(const bawn_channel *c, size_t at, bool lag, size_t *stretch)
{
    size_t top = !lag ? at : length(c) > LAG ? length(c) - LAG : 0, b = at;

    while (b > c->gate && !(behind_space(c, b) && (b <= top || !behind_lone_wide(c, b))) && !(b <= top && before_wide(c, b)))
        b--;
    *stretch = b > c->gate ? b : c->stretch;
    if (top > at)
        top = at;
    if (top < *stretch + LAG)
        return b;
    b = *stretch + (top - *stretch) / LAG * LAG;
    while (b > c->gate && !bawn_utf8_is_start(byte_at(c, b)))
        b--;
    return b > c->gate ? b : c->gate;
}

/* ---- the views ------------------------------------------------------------------------------------------------- */
static bool fail(bawn_channel *c)
{
    c->failed = true;
    return false;
}

/* Begins the canonical view at a word's begin well before the flagged text, where it equals the raw text. */
static bool begin_canonical(bawn_channel *c, size_t flagged)
{
    size_t at = flagged > c->base + BAWN_BEHIND ? flagged - BAWN_BEHIND : c->base;

    while (at > c->base && !bawn_is_space(byte_at(c, at - 1)))
        at--;
    c->maker = bawn_canonical_new();
    if (c->maker && bawn_place_is_json(c->judging.place))
        bawn_canonical_reads_json(c->maker);
    c->canonical_offset = c->canonical_fed = at;
    c->canonical.offset = c->canonical.base = at;
    c->canonical.hits_done = c->canonical.runs_from = c->canonical_runs_from = at;
    for (size_t i = 0; i < BAWN_SCANNERS; i++)
        c->canonical.scans_from[i] = at;
    c->canonical.map = &c->map;
    c->canonical.canonical = c->maker;
    return c->maker != NULL;
}

static bool feed_canonical(bawn_channel *c, size_t new_from, bool last)
{
    if (!c->maker && !(c->flags & BAWN_TEXT_CANONICAL))
        return true;
    if (!c->maker && !begin_canonical(c, new_from))
        return fail(c);
    bawn_slice fresh = { c->text.ptr + (c->canonical_fed - c->base), length(c) - c->canonical_fed };
    if (!bawn_canonical_feed(c->maker, &c->canonical_text, &c->map, &c->differs, fresh, last))
        return fail(c);
    c->canonical_fed = length(c);
    c->canonical.text = bawn_buf_slice(&c->canonical_text);
    return true;
}

/* While the canonical view does not differ, the raw one stands for both: it must not read on where that one may read
 * otherwise ("my name is John" and a fullwidth letter), or what is open in it would be decided too early. */
static bool step_raw(bawn_channel *c, bool last)
{
    size_t end = length(c), read = c->raw.base + c->raw.text.len;

    if (c->maker && !c->differs && !last) {
        end = c->canonical_offset + bawn_canonical_settled(c->maker);
        end = end > read ? end : read;
    }
    c->raw.base = c->base;
    c->raw.text = bawn_slice_of(c->text.ptr, end - c->base);
    return bawn_view_step(&c->raw, &c->judging, c->flags, last);
}

static bool step_canonical(bawn_channel *c, bool last)
{
    return !c->differs || bawn_view_step(&c->canonical, &c->judging, BAWN_TEXT_NON_ASCII | BAWN_TEXT_CONTROL | BAWN_TEXT_RUN, last);
}

/* Goes past the encoded runs of a view that have come whole, and judges them unless all are another view's too. */
static bool step_runs(bawn_channel *c, const bawn_view *v, size_t *from, bool *open, bool judge, bool last)
{
    size_t at = *from > v->base ? *from - v->base : 0;      /* what was forgotten had no sign of any */
    bawn_span run;
    bawn_code code;

    while (bawn_decode_find(&run, &code, open, &at, v->text, last) == 1)
        if (judge && !bawn_runs_judge(&c->runs, &c->judging, v, run, code))
            return fail(c);
    *from = v->base + at;
    return true;
}

/* A view offset as a raw one, for holding: the raw begin of what stands there. */
static size_t raw_of(const bawn_channel *c, size_t view_offset)
{
    size_t end = c->canonical.base + c->canonical_text.len;
    if (view_offset >= end)
        return c->canonical_offset + bawn_canonical_settled(c->maker);
    return bawn_view_to_raw(&c->canonical, (bawn_span){ view_offset, view_offset + 1 }).begin;
}

/* The first raw byte that something undecided may begin with. */
static size_t hold_of(const bawn_channel *c)
{
    size_t hold = least(bawn_view_hold(&c->raw), length(c));
    if (c->run_open)
        hold = least(hold, c->runs_from);
    if (c->maker)
        hold = least(hold, c->canonical_offset + bawn_canonical_settled(c->maker));
    if (c->maker && c->canonical_run_open)
        hold = least(hold, raw_of(c, c->canonical_runs_from));
    if (c->differs)
        hold = least(hold, raw_of(c, bawn_view_hold(&c->canonical)));
    return hold;
}

/* ---- the verdict and the gate -------------------------------------------------------------------------------------- */
static bool before(const bawn_found *a, const bawn_found *b)
{
    if (a->span.end != b->span.end)
        return a->span.end < b->span.end;
    if (a->span.begin != b->span.begin)
        return a->span.begin < b->span.begin;
    return a->guard != b->guard ? a->guard < b->guard : a->pattern < b->pattern;
}

static const bawn_found *deciding(const bawn_channel *c)
{
    const bawn_found *best = NULL;
    for (size_t i = c->live; i < c->finds.n; i++)
        if (c->finds.items[i].action == BAWN_BLOCK && (!best || before(&c->finds.items[i], best)))
            best = &c->finds.items[i];
    return best;
}

/* Where delivery ends: before the deciding finding, and before every blocking one that overlaps it. */
static size_t block_begin(const bawn_channel *c, const bawn_found *best)
{
    size_t begin = best->span.begin, old;
    do {
        old = begin;
        for (size_t i = c->live; i < c->finds.n; i++) {
            const bawn_found *f = &c->finds.items[i];
            if (f->action == BAWN_BLOCK && f->span.begin < begin && f->span.end > begin)
                begin = f->span.begin;
        }
    } while (begin != old);
    return begin;
}

/* A place inside a finding that is masked or blocked is no place to part: go back to its begin. */
static size_t outside_finds(const bawn_channel *c, size_t at)
{
    size_t old;
    do {
        old = at;
        for (size_t i = c->live; i < c->finds.n; i++) {
            const bawn_found *f = &c->finds.items[i];
            if (f->action >= BAWN_MASK && f->span.begin < at && f->span.end > at)
                at = f->span.begin;
            if (f->action == BAWN_BLOCK && f->span.begin < at && f->span.end >= at)
                at = f->span.begin;
        }
    } while (at != old);
    return at;
}

/* What else is known of the text behind the block hangs on how much of it has come: it is nobody's. */
static void drop_behind(bawn_channel *c, bawn_found best)
{
    size_t n = c->live;

    for (size_t i = c->live; i < c->finds.n; i++)
        if (c->finds.items[i].span.begin < best.span.begin || c->finds.items[i].span.end <= best.span.end)
            c->finds.items[n++] = c->finds.items[i];
    c->finds.n = n;
}

/* Decides a block once nothing that begins before it, or ends before it, is open any more. */
static void decide(bawn_channel *c, size_t hold)
{
    const bawn_found *best = deciding(c);
    size_t stretch;

    if (!best || (!c->ended && (hold < best->span.begin || (c->differs && hold + BAWN_MATCH_WIDTH < best->span.end))))
        return;
    c->blocked = true;
    c->cut = block_begin(c, best);
    for (size_t old = SIZE_MAX; c->cut != old;) {       /* a boundary before the block may stand inside a mask before it */
        old = c->cut;
        c->cut = boundary_before(c, outside_finds(c, c->cut), false, &stretch);
    }
    drop_behind(c, *best);
}

static size_t placeholder_hold(bawn_channel *c, size_t at)
{
    bawn_span span;
    bawn_slice value;
    size_t open, from = c->gate > c->base ? c->gate - c->base : 0;

    if (!c->tokens)
        return at;
    while (bawn_tokens_find(&span, &value, &open, c->tokens, bawn_buf_slice(&c->text), from)) {
        if (span.begin + c->base < at && span.end + c->base > at)
            at = span.begin + c->base;
        from = span.end;
    }
    return least(at, open + c->base);
}

static size_t behind_window(const bawn_channel *c, size_t at)
{
    uint64_t window = c->judging.guardrail->window;
    if (window == 0)
        return at;
    if (window == UINT64_MAX || length(c) < window)
        return c->gate;
    return least(at, length(c) - (size_t)window);       /* characters are at least as many bytes: never less behind */
}

static void move_gate(bawn_channel *c, size_t hold)
{
    size_t at = behind_window(c, least(hold, length(c))), stretch = c->stretch;

    for (size_t old = SIZE_MAX; at != old && at > c->gate;) {
        old = at;
        at = boundary_before(c, placeholder_hold(c, outside_finds(c, bawn_channel_part(c, at))), true, &stretch);
    }
    if (at > c->gate) {
        c->gate = at;
        c->stretch = stretch;
    }
}

/* ---- feeding -------------------------------------------------------------------------------------------------------------- */
static void forget_canonical(bawn_channel *c)
{
    const bawn_view *v = &c->canonical;
    size_t low = least(least(v->hits_done, bawn_view_hold(v)), c->canonical_runs_from), n = 0;

    if (!c->differs)                                    /* not judged yet: only its tail will matter */
        low = c->canonical_run_open ? c->canonical_runs_from : v->base + c->canonical_text.len;
    if (low < v->base + 2 * KEEP)
        return;
    low = v->base + bawn_utf8_floor(bawn_buf_slice(&c->canonical_text), low - KEEP - v->base);
    while (n + 1 < c->map.n && c->map.marks[n + 1].view + c->canonical_offset <= low)
        n++;
    memmove(c->map.marks, c->map.marks + n, (c->map.n - n) * sizeof *c->map.marks);
    c->map.n -= n;
    bawn_buf_drop_front(&c->canonical_text, low - v->base);
    if (!c->differs) {
        c->canonical.hits_done = c->canonical.runs_from = low;
        if (c->canonical_runs_from < low)
            c->canonical_runs_from = low;
        for (size_t i = 0; i < BAWN_SCANNERS; i++)
            c->canonical.scans_from[i] = low;
    }
    c->canonical.base = low;
    c->canonical.text = bawn_buf_slice(&c->canonical_text);
}

/* What has left needs no second look: moved to the front. */
static void retire_finds(bawn_channel *c)
{
    for (size_t i = c->live; i < c->finds.n; i++)
        if (c->finds.items[i].span.end <= c->rendered) {
            bawn_found t = c->finds.items[i];
            c->finds.items[i] = c->finds.items[c->live];
            c->finds.items[c->live++] = t;
        }
}

/* A copy for the record, as long as there is room: what it may show is bounded. */
static bawn_slice keep(struct bawn_kept *k, bawn_slice value)
{
    bool ok = true;

    value.len = bawn_utf8_floor(value, least(value.len, BAWN_KEPT_VALUE));
    if (!k || value.len > k->left)
        return BAWN_NIL;
    k->left -= value.len;
    return bawn_arena_copy(k->arena, value, &ok);
}

/* What begins before `below` is known to the record by a hash (docs/event.md): its text may be forgotten now. */
static void hash_finds(bawn_channel *c, size_t below)
{
    const bawn_wall *wall = c->judging.worker->wall;
    for (size_t i = 0; i < c->finds.n; i++) {
        bawn_found *f = &c->finds.items[i];
        if (f->hashed || f->span.begin >= below || f->span.begin < c->base || f->span.end > length(c))
            continue;
        bawn_slice value = { c->text.ptr + (f->span.begin - c->base), f->span.end - f->span.begin };
        bawn_value_hash(f->hash, bawn_slice_of((const char *)wall->hash_key, 32),
                        bawn_slice_str(bawn_wall_kind(wall, f->kind)->code), value);
        f->hashed = true;
        f->text = keep(c->judging.kept, value);
    }
}

/* Forgets text far enough behind everything that may still look at it. */
static void forget(bawn_channel *c, size_t hold)
{
    size_t low = least(c->rendered, least(c->gate, hold));

    retire_finds(c);
    if (c->maker && !c->let_go) {
        forget_canonical(c);
        low = least(low, c->canonical_fed);
    }
    if (low < c->base + 2 * KEEP)
        return;
    low = c->base + bawn_utf8_floor(bawn_buf_slice(&c->text), low - KEEP - c->base);
    hash_finds(c, low);
    bawn_runs_forget(&c->runs, low);
    bawn_buf_drop_front(&c->text, low - c->base);
    c->base = low;
}

static uint32_t look_for_flags(bawn_channel *c, size_t from)
{
    size_t low = from > c->base + 64 ? from - 64 : c->base;
    return bawn_text_flags(bawn_slice_of(c->text.ptr + (low - c->base), length(c) - low));
}

static bool judge_new(bawn_channel *c, size_t from, bool last)
{
    uint32_t flags = look_for_flags(c, from);
    c->flags |= flags & (BAWN_TEXT_CANONICAL | BAWN_TEXT_DECODABLE);
    if (!feed_canonical(c, from, last) || !step_raw(c, last))
        return false;
    c->runs.text = bawn_buf_slice(&c->text);
    c->runs.base = c->base;
    if ((c->flags & BAWN_TEXT_DECODABLE) && !step_runs(c, &c->raw, &c->runs_from, &c->run_open, true, last))
        return false;
    if (!step_canonical(c, last))
        return false;
    if (!c->differs && (!c->maker || !(c->flags & BAWN_TEXT_DECODABLE)))
        return true;
    /* While the canonical view does not differ its runs are the raw ones; where the last of them ends may still hang on
     * what the maker keeps back. */
    return step_runs(c, &c->canonical, &c->canonical_runs_from, &c->canonical_run_open, c->differs, last);
}

/* Judges what has come, or lets it go where every guard of it may drop out. */
static bool judge_or_let_go(bawn_channel *c, size_t from, bool last)
{
    if (c->let_go || (judge_new(c, from, last) && !c->judging.failed))
        return true;
    return c->let_go = bawn_failures_note_all(&c->judging, BAWN_OUT_OF_MEMORY);
}

/* What is known now decides: a block, and how far the text may leave. */
static void settle(bawn_channel *c)
{
    bawn_except_drop(&c->judging, bawn_buf_slice(&c->text), c->base, c->live);
    size_t open = bawn_channel_fit(c), hold = c->let_go ? length(c) : least(open, hold_of(c));

    decide(c, hold);
    if (c->blocked)
        c->gate = c->cut;
    else if (c->ended)
        c->gate = length(c);
    else if (c->let_go)
        c->gate = placeholder_hold(c, length(c));
    else
        move_gate(c, hold);
    bawn_channel_settled(c, hold);
    forget(c, hold);
}

bool bawn_channel_feed(bawn_channel *c, bawn_slice text, bool last)
{
    size_t from = length(c);

    if (c->failed || c->ended || c->blocked)
        return !c->failed;
    if (!bawn_buf_add(&c->text, text))
        return fail(c);
    uint64_t characters = bawn_utf8_count(text);
    c->judging.finds = &c->finds;
    if (!judge_or_let_go(c, from, last))
        return fail(c);
    c->characters += characters;
    c->guarded += bawn_judging_is_whole(&c->judging) ? characters : 0;
    c->ended = last;
    settle(c);
    return true;
}

bool bawn_channel_let_go(bawn_channel *c, bawn_failure why)
{
    if (c->failed || c->ended || c->blocked)
        return !c->failed;
    c->judging.finds = &c->finds;
    if (!c->let_go) {                           /* what hangs on text that has not come is decided as if none came */
        (void)judge_new(c, length(c), true);
        if (!bawn_failures_note_all(&c->judging, why))
            return fail(c);
        c->let_go = true;
        settle(c);
    }
    c->gate = c->blocked ? c->cut : length(c);  /* nor is a placeholder waited for */
    return true;
}

size_t bawn_channel_length(const bawn_channel *c) { return length(c); }
size_t bawn_channel_gate(const bawn_channel *c) { return c->failed ? c->rendered : c->gate; }
const bawn_finds *bawn_channel_finds(bawn_channel *c)
{
    hash_finds(c, SIZE_MAX);
    return &c->finds;
}

uint64_t bawn_channel_characters(const bawn_channel *c) { return c->characters; }
uint64_t bawn_channel_guarded(const bawn_channel *c) { return c->guarded; }

bool bawn_channel_blocked(const bawn_channel *c, size_t *cut)
{
    *cut = c->cut;
    return c->blocked;
}

bool bawn_channel_failed(const bawn_channel *c) { return c->failed; }
