/* views.h: helpers of the text room's tests. */
#ifndef VIEWS_H
#define VIEWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "text/text.h"

typedef struct { bawn_buf out; bawn_text_map map; bool differs; bawn_canonical *maker; } view;

static inline view view_new(void)
{
    view v = { .maker = bawn_canonical_new() };
    assert_non_null(v.maker);
    return v;
}
static inline void view_feed(view *v, bawn_slice raw, bool final)
{
    assert_true(bawn_canonical_feed(v->maker, &v->out, &v->map, &v->differs, raw, final));
}
static inline view view_of(bawn_slice raw)
{
    view v = view_new();
    view_feed(&v, raw, true);
    assert_int_equal(bawn_canonical_settled(v.maker), raw.len);
    return v;
}
static inline void view_free(view *v)
{
    bawn_canonical_free(v->maker);
    bawn_text_map_free(&v->map);
    bawn_buf_free(&v->out);
}

/* The map of a whole view: spans inside raw, rising, at code points. */
static inline void view_check_map(const view *v, bawn_slice raw)
{
    bawn_span last = { 0, 0 };
    for (size_t i = 0; i < v->out.len; i++) {
        size_t end = i + 1;
        if (!bawn_utf8_is_start((unsigned char)v->out.ptr[i]))
            continue;
        while (end < v->out.len && !bawn_utf8_is_start((unsigned char)v->out.ptr[end]))
            end++;
        bawn_span s = bawn_text_map_span(&v->map, (bawn_span){ i, end });
        assert_true(s.begin < s.end && s.end <= raw.len);
        assert_true(s.begin >= last.begin && s.end >= last.end);
        assert_true(bawn_utf8_is_start((unsigned char)raw.ptr[s.begin]));
        assert_true(s.end == raw.len || bawn_utf8_is_start((unsigned char)raw.ptr[s.end]));
        last = s;
    }
}

static size_t view_failures;      /* tables of cases are gone through to the end, then judged */
static inline void view_is(const char *raw, const char *want)
{
    bawn_slice text = bawn_slice_str(raw);
    view v = view_of(text);
    if (!bawn_slice_is(bawn_buf_slice(&v.out), want)) {
        fprintf(stderr, "raw:  %s\nwant: %s\ngot:  %.*s\n", raw, want, (int)v.out.len, v.out.ptr);
        view_failures++;
    }
    assert_int_equal(v.differs, !bawn_slice_eq(bawn_buf_slice(&v.out), text));
    view_check_map(&v, text);
    if (v.differs)
        assert_true(bawn_text_flags(text) & BAWN_TEXT_CANONICAL);
    view_free(&v);
}

static inline void views_were_right(void)
{
    size_t n = view_failures;
    view_failures = 0;
    assert_int_equal(n, 0);
}

#endif
