/* Where a hit begins. Vectorscan tells only ends (start-of-match costs dear, RULINGS R10), so the few hits are matched
 * once more by PCRE2, anchored at the hit's end, in the last BAWN_MATCH_WIDTH bytes, under a match limit. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "match/match.h"

bool bawn_match_expression(bawn_buf *out, unsigned *hs_flags, const char *regex, uint8_t flags);

struct bawn_match_begins {
    pcre2_code **codes;             /* by rule id, NULL until first used */
    size_t n;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

bawn_match_begins *bawn_match_begins_new(size_t n_rules)
{
    bawn_match_begins *b = bawn_malloc(sizeof *b);
    if (!b)
        return NULL;
    *b = (bawn_match_begins){ .n = n_rules };
    b->codes = bawn_malloc((n_rules + 1) * sizeof(pcre2_code *));
    b->data = pcre2_match_data_create(16, NULL);
    b->limits = pcre2_match_context_create(NULL);
    if (!b->codes || !b->data || !b->limits) {
        b->n = 0;
        bawn_match_begins_free(b);
        return NULL;
    }
    memset(b->codes, 0, (n_rules + 1) * sizeof(pcre2_code *));
    pcre2_set_match_limit(b->limits, 200000);
    return b;
}

void bawn_match_begins_free(bawn_match_begins *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n; i++)
        pcre2_code_free(b->codes[i]);
    pcre2_match_data_free(b->data);
    pcre2_match_context_free(b->limits);
    bawn_free(b->codes);
    bawn_free(b);
}

static pcre2_code *code_of(bawn_match_begins *b, uint32_t id, const char *regex, uint8_t flags)
{
    bawn_buf e = { 0 };
    unsigned hs_flags;
    int error;
    PCRE2_SIZE where;

    if (id >= b->n)
        return NULL;
    if (b->codes[id])
        return b->codes[id];
    if (bawn_match_expression(&e, &hs_flags, regex, flags)) {
        uint32_t options = PCRE2_ENDANCHORED | ((flags & BAWN_P_CASE) ? 0 : PCRE2_CASELESS);
        if (!bawn_slice_is_ascii(bawn_slice_str(regex)))
            options |= PCRE2_UTF | PCRE2_NO_UTF_CHECK;
        b->codes[id] = pcre2_compile((PCRE2_SPTR)e.ptr, PCRE2_ZERO_TERMINATED, options, &error, &where, NULL);
    }
    bawn_buf_free(&e);
    return b->codes[id];
}

bool bawn_match_begin(size_t *begin, bawn_match_begins *b, uint32_t id, const char *regex, uint8_t flags,
                      bawn_slice text, size_t end)
{
    pcre2_code *code = code_of(b, id, regex, flags);
    size_t low = end > BAWN_MATCH_WIDTH ? end - BAWN_MATCH_WIDTH : 0;
    size_t before;

    if (!code)
        *begin = SIZE_MAX;
    if (!code || end > text.len)
        return false;
    low = bawn_utf8_floor(text, low);
    before = bawn_utf8_floor(text, low > 8 ? low - 8 : 0);  /* context: \b and look-behinds see what stands before */
    int rc = pcre2_match(code, (PCRE2_SPTR)(text.ptr + before), end - before, low - before, PCRE2_NO_UTF_CHECK, b->data,
                         b->limits);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        *begin = SIZE_MAX;
    if (rc < 0)
        return false;
    *begin = before + pcre2_get_ovector_pointer(b->data)[0];
    return true;
}
