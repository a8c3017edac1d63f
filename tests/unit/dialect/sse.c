/* The framer: the events of a stream do not depend on how it was cut. keeps: T24 */
#include "help.h"

typedef struct { bawn_buf log; bool failed; } heard;

static void listen(heard *h, bawn_sse *s)
{
    bawn_sse_event e;

    while (bawn_sse_next(s, &e)) {
        bawn_buf_str(&h->log, e.comment ? "#" : "(");
        bawn_buf_add(&h->log, e.name);
        bawn_buf_str(&h->log, "|");
        bawn_buf_add(&h->log, e.data);
        bawn_buf_str(&h->log, ")");
    }
    h->failed = h->failed || bawn_sse_failed(s);
}

/* Fed in pieces of 1 + (random % most) bytes; most 0: at once. */
static heard hear(bawn_slice stream, size_t max, unsigned most, unsigned *seed)
{
    bawn_sse *s = bawn_sse_new(max);
    heard h = { 0 };

    for (size_t at = 0; at < stream.len;) {
        size_t n = most ? 1 + (size_t)rand_r(seed) % most : stream.len;
        char *piece;

        n = n < stream.len - at ? n : stream.len - at;
        piece = memcpy(malloc(n), stream.ptr + at, n);           /* so that reads past the end are seen */
        if (bawn_sse_feed(s, bawn_slice_of(piece, n), at + n == stream.len))
            listen(&h, s);
        else
            h.failed = true;
        free(piece);
        at += n;
    }
    bawn_sse_free(s);
    return h;
}

static void expect(const char *stream, const char *events)
{
    unsigned seed = 1;

    for (unsigned most = 0; most < 9; most++) {
        heard h = hear(bawn_slice_str(stream), 1000, most, &seed);

        assert_false(h.failed);
        assert_slice(bawn_buf_slice(&h.log), events);
        bawn_buf_free(&h.log);
    }
}

static void streams_are_read_as_the_standard_says(void **state)
{
    (void)state;
    expect("data: a\n\n", "(|a)");
    expect("data:a\r\n\r\n", "(|a)");
    expect("data: a\r\ndata: b\r\n\r\n", "(|a\nb)");
    expect("data: a\rdata: b\r\r", "(|a\nb)");
    expect("data: a\r\rdata: b\r\r", "(|a)(|b)");
    expect("\xEF\xBB\xBF" "data: a\n\n", "(|a)");
    expect("data: \xEF\xBB\xBF" "a\n\n", "(|\xEF\xBB\xBF" "a)");
    expect("\xEF\xBB" "data: a\n\n", "");                               /* a field of another name */
    expect("data: a\ndata: b\ndata: c\n\n", "(|a\nb\nc)");
    expect("data\n\ndata\ndata\n\ndata:\n\n", "(|)(|\n)(|)");
    expect("data:  a\n\n", "(| a)");
    expect("event: x\ndata: a\n\ndata: b\n\n", "(x|a)(|b)");
    expect("data: a\nevent: name\ndata: b\n\n", "(name|a\nb)");         /* joining must not run over the name */
    expect("event: x\n\ndata: b\n\n", "(|b)");                          /* no data: no event, the name is forgotten */
    expect(": hello\n\n:x\ndata: 1\n: y\ndata: 2\n\n", "#|hello)#|x)#|y)(|1\n2)");
    expect("id: 7\nretry: 9\nfoo\ndata: a: b\n\n", "(|a: b)");
    expect("data: a\n\ndata: unfinished\n", "(|a)");
    expect("data: a\n\ndata: unfinished", "(|a)");
    expect("Data: a\n\n data: b\n\n", "");
    expect("\n\n\r\n\r\r", "");
    expect("data: a\n\r\ndata: b\r\n\n", "(|a)(|b)");
}

static void an_unfinished_event_is_told(void **state)
{
    static const struct { const char *stream; bool cut; } all[] = {
        { "data: a\n\n", false }, { "data: a\r\n\r\n", false }, { "data: a\n", true }, { "data: a", true }, { "event: x\n", true },
        { ": c\n", false }, { "", false },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        bawn_sse *s = bawn_sse_new(100);
        bawn_sse_event e;

        assert_true(bawn_sse_feed(s, bawn_slice_str(all[i].stream), true));
        while (bawn_sse_next(s, &e))
            ;
        assert_int_equal(bawn_sse_cut(s), all[i].cut);
        bawn_sse_free(s);
    }
}

static void the_limit_does_not_depend_on_the_cuts(void **state)
{
    unsigned seed = 3;

    (void)state;
    for (size_t size = 15; size < 26; size++) {
        char stream[200];

        sprintf(stream, "data: ok\n\ndata: %.*s\ndata:b\n\ndata: late\n\n", (int)size - 12, "xxxxxxxxxxxxxxxxxxxxxxxxxxx");
        for (unsigned most = 0; most < 20; most++) {
            heard h = hear(bawn_slice_str(stream), 20, most, &seed);

            assert_int_equal(h.failed, size > 20);
            assert_true(bawn_slice_starts(bawn_buf_slice(&h.log), BAWN_LIT("(|ok)")));
            assert_int_equal(bawn_slice_find(bawn_buf_slice(&h.log), BAWN_LIT("late")) < h.log.len, size <= 20);
            bawn_buf_free(&h.log);
        }
    }
}

static void comments_may_go_on_for_ever(void **state)
{
    bawn_sse *s = bawn_sse_new(100);
    bawn_sse_event e;

    (void)state;
    assert_true(bawn_sse_feed(s, BAWN_LIT("data: a\n"), false));
    for (int i = 0; i < 1000; i++) {
        assert_true(bawn_sse_feed(s, BAWN_LIT(": keep-alive\n"), false));
        assert_true(bawn_sse_next(s, &e));
        assert_true(e.comment);
        assert_false(bawn_sse_next(s, &e));
    }
    assert_true(bawn_sse_feed(s, BAWN_LIT("data: b\n\n"), false));
    assert_true(bawn_sse_next(s, &e));
    assert_slice(e.data, "a\nb");
    bawn_sse_free(s);
}

/* Random streams of all that matters, in random cuts, against the same stream at once. */
static void any_cutting_gives_the_same_events(void **state)
{
    static const char *const parts[] = { "data: ", "data:", "data", "event: e", "event", ": c", ":", "\n", "\r", "\r\n", "\n\n",
                                         "\r\n\r\n", "x", " ", "id: 1", "\xEF\xBB\xBF", "hello there" };
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char stream[800] = "";
        heard whole, cut;
        size_t max = 5 + (size_t)rand_r(&seed) % 60;

        for (int n = rand_r(&seed) % 40; n > 0; n--)
            strcat(stream, parts[(size_t)rand_r(&seed) % BAWN_COUNT(parts)]);
        whole = hear(bawn_slice_str(stream), max, 0, &seed);
        cut = hear(bawn_slice_str(stream), max, 1 + (unsigned)rand_r(&seed) % 12, &seed);
        assert_int_equal(whole.failed, cut.failed);
        if (!bawn_slice_eq(bawn_buf_slice(&whole.log), bawn_buf_slice(&cut.log)))
            fail_msg("\"%s\": \"%.*s\" at once, \"%.*s\" in pieces", stream, (int)whole.log.len, whole.log.ptr, (int)cut.log.len,
                     cut.log.ptr);
        bawn_buf_free(&whole.log);
        bawn_buf_free(&cut.log);
    }
}

static void out_of_memory_is_a_failure(void **state)
{
    bawn_sse *s = bawn_sse_new(1000);
    bawn_sse_event e;

    (void)state;
    bawn_malloc_fail_at = 1;
    assert_false(bawn_sse_feed(s, BAWN_LIT("data: a\n\n"), false));
    bawn_malloc_fail_at = 0;
    assert_true(bawn_sse_failed(s));
    assert_false(bawn_sse_next(s, &e));
    assert_false(bawn_sse_feed(s, BAWN_LIT("data: a\n\n"), false));
    bawn_sse_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_read_as_the_standard_says),
        cmocka_unit_test(an_unfinished_event_is_told),
        cmocka_unit_test(the_limit_does_not_depend_on_the_cuts),
        cmocka_unit_test(comments_may_go_on_for_ever),
        cmocka_unit_test(any_cutting_gives_the_same_events),
        cmocka_unit_test(out_of_memory_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
