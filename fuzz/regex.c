/* Fuzz target: what is read off an expression of a policy's author. The first line is the expression, the rest a text. The
 * readers of its source must come to an end and stay inside it; and where the expression compiles and matches at the end
 * of the text, the match holds one literal of each required part, begins with an anchor, is no wider than was said, and
 * has one of the signs: a literal that is guessed wrong is an attack that is never looked for. keeps: T15, T17 */
#include "failing.h"

#include "match/literals.h"
#include "match/match.h"

#define LONGEST 400     /* of an expression */

/* Lower case (of ASCII), a run of white space as one space. */
static void fold(bawn_buf *out, bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = bawn_is_space((unsigned char)s.ptr[i]) ? ' ' : bawn_lower(s.ptr[i]);
        if (c != ' ' || out->len == 0 || out->ptr[out->len - 1] != ' ')
            bawn_buf_byte(out, c);
    }
}

/* Where it stands in the folded text; a literal of other scripts, which have cases of their own, is not looked for. */
static size_t find(bawn_slice folded, const bawn_match_literal *l)
{
    bawn_buf b = { 0 };
    if (l->flags & BAWN_L_SPACE_BEFORE)
        bawn_buf_byte(&b, ' ');
    fold(&b, l->text);
    if (l->flags & BAWN_L_SPACE_AFTER)
        bawn_buf_byte(&b, ' ');
    size_t at = bawn_slice_is_ascii(l->text) ? bawn_slice_find(folded, bawn_buf_slice(&b)) : 0;
    bawn_buf_free(&b);
    return at;
}

static bool holds_one(bawn_slice folded, const bawn_match_literal *items, size_t n, bool at_begin)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = find(folded, &items[i]);
        if (at_begin ? at <= (items[i].flags & BAWN_L_SPACE_BEFORE ? 1u : 0u) : at < folded.len)
            return true;
    }
    return false;
}

static void check_match(const char *regex, bawn_slice text, size_t begin, bawn_arena *arena)
{
    static bawn_required parts[BAWN_REQUIRED_PARTS];
    bawn_match_literal anchors[64];
    bawn_match_bytes signs;
    size_t n;
    bawn_buf folded = { 0 }, match = { 0 };
    uint32_t width = bawn_match_width(regex, 0, NULL);
    bawn_slice matched = { text.ptr + begin, text.len - begin };

    fold(&folded, text);
    fold(&match, matched);
    if (width > 0 && matched.len > width)
        fail_msg("/%s/ is %u wide and matched %zu bytes", regex, width, matched.len);
    if (bawn_match_required(parts, regex, arena))
        for (size_t p = 0; p < BAWN_REQUIRED_PARTS; p++)
            if (parts[p].n > 0 && !holds_one(bawn_buf_slice(&folded), parts[p].items, parts[p].n, false))
                fail_msg("/%s/ matches \"%.*s\", which holds nothing of its part %zu", regex, (int)matched.len, matched.ptr, p);
    if (matched.len > 0 && bawn_match_anchors(anchors, &n, BAWN_COUNT(anchors), regex, 0, arena) &&
        !holds_one(bawn_buf_slice(&match), anchors, n, true))
        fail_msg("/%s/ matches \"%.*s\", which begins with none of its %zu anchors", regex, (int)matched.len, matched.ptr, n);
    if (matched.len > 0 && bawn_match_signs(&signs, regex, 0) && bawn_match_find_byte(&signs, matched, 0) == matched.len)
        fail_msg("/%s/ matches \"%.*s\", which has none of its signs", regex, (int)matched.len, matched.ptr);
    bawn_buf_free(&folded);
    bawn_buf_free(&match);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bawn_required parts[BAWN_REQUIRED_PARTS];
    bawn_slice all = { (const char *)data, size };
    size_t line = bawn_slice_find(all, BAWN_LIT("\n")), n, begin;
    bawn_match_literal anchors[64];
    bawn_match_bytes signs;
    char regex[LONGEST + 1];

    if (line > LONGEST || size == 0 || memchr(data, 0, line) || bawn_utf8_valid_prefix(all) < size)
        return 0;
    memcpy(regex, data, line);
    regex[line] = 0;
    bawn_arena *arena = bawn_arena_new(1024, 1u << 24);
    bawn_match_begins *begins = bawn_match_begins_new(1);
    bawn_slice text = line < size ? bawn_slice_of(all.ptr + line + 1, size - line - 1) : BAWN_NIL;
    assert_true(arena && begins);
    bawn_match_required(parts, regex, arena);
    bawn_match_anchors(anchors, &n, BAWN_COUNT(anchors), regex, 0, arena);
    bawn_match_signs(&signs, regex, 0);
    if (text.len > 0 && bawn_match_begin(&begin, begins, 0, regex, 0, text, text.len) && bawn_match_width(regex, 0, NULL))
        check_match(regex, text, begin, arena);
    bawn_match_begins_free(begins);
    bawn_arena_free(arena);
    return 0;
}
