/* The framing of AWS's streams: every type of header, every kind of damage, every cutting. keeps: T15 */
#include "help.h"

#include "dialect/eventstream.h"

#include <zlib.h>

/* ---- bytes as the specification says, by a hand of their own ------------------------------------------------------- */
static void put_number(bawn_buf *out, uint64_t v, unsigned bytes)
{
    while (bytes-- > 0)
        bawn_buf_byte(out, (char)(v >> 8 * bytes));
}

static void put_crc(bawn_buf *out, size_t from)
{
    put_number(out, crc32(0, (const unsigned char *)out->ptr + from, (unsigned)(out->len - from)), 4);
}

/* A message whose lengths are these, whatever its headers and payload are. */
static void put_claimed(bawn_buf *out, uint32_t total, uint32_t n_headers, bawn_slice headers, bawn_slice payload)
{
    size_t begin = out->len;

    put_number(out, total, 4);
    put_number(out, n_headers, 4);
    put_crc(out, begin);
    bawn_buf_add(out, headers);
    bawn_buf_add(out, payload);
    put_crc(out, begin);
}

static void put_message(bawn_buf *out, bawn_slice headers, const char *payload)
{
    bawn_slice p = bawn_slice_str(payload);

    put_claimed(out, (uint32_t)(16 + headers.len + p.len), (uint32_t)headers.len, headers, p);
}

static void put_typed(bawn_buf *out, const char *name, unsigned type, bawn_slice value)
{
    bawn_buf_byte(out, (char)strlen(name));
    bawn_buf_str(out, name);
    bawn_buf_byte(out, (char)type);
    bawn_buf_add(out, value);
}

static void put_string(bawn_buf *out, const char *name, const char *value)
{
    bawn_buf_byte(out, (char)strlen(name));
    bawn_buf_str(out, name);
    bawn_buf_byte(out, 7);
    put_number(out, strlen(value), 2);
    bawn_buf_str(out, value);
}

static void put_event_headers(bawn_buf *out, const char *event)
{
    put_string(out, ":event-type", event);
    put_string(out, ":content-type", "application/json");
    put_string(out, ":message-type", "event");
}

/* ---- hearing ------------------------------------------------------------------------------------------------------- */
typedef struct { bawn_buf log; bool failed, cut; } heard;

static void write_down(bawn_buf *log, const bawn_eventstream_message *m)
{
    static const char *const types[] = { "event", "exception", "error" };

    bawn_buf_fmt(log, "(%s %.*s", types[m->type], (int)m->name.len, m->name.ptr);
    bawn_buf_fmt(log, "|%.*s|%.*s", (int)m->content_type.len, m->content_type.ptr, (int)m->error_message.len, m->error_message.ptr);
    bawn_buf_fmt(log, "|%zu|", m->headers.len);
    bawn_buf_add(log, m->payload);
    bawn_buf_str(log, ")");
}

static void hear_piece(heard *h, bawn_eventstream *s, bawn_slice bytes, bool last)
{
    char *piece = memcpy(malloc(bytes.len), bytes.ptr, bytes.len);         /* so that reads past the end are seen */
    bawn_eventstream_message m;

    if (bawn_eventstream_feed(s, bawn_slice_of(piece, bytes.len), last)) {
        free(piece);                                                       /* ours is a copy */
        while (bawn_eventstream_next(s, &m))
            write_down(&h->log, &m);
    } else {
        free(piece);
    }
    h->failed = bawn_eventstream_failed(s);
    h->cut = bawn_eventstream_cut(s);
}

/* Fed in pieces of 1 + (random % most) bytes; most 0: at once. */
static heard hear(bawn_slice stream, size_t max, unsigned most, unsigned *seed)
{
    bawn_eventstream *s = bawn_eventstream_new(max);
    heard h = { 0 };

    for (size_t at = 0, n; at < stream.len && !h.failed; at += n) {
        n = most ? 1 + (size_t)rand_r(seed) % most : stream.len;
        n = n < stream.len - at ? n : stream.len - at;
        hear_piece(&h, s, bawn_slice_of(stream.ptr + at, n), at + n == stream.len);
    }
    bawn_eventstream_free(s);
    return h;
}

static void assert_heard(const bawn_buf *stream, size_t max, const char *messages, bool failed)
{
    unsigned seed = 1;

    for (unsigned most = 0; most < 12; most++) {
        heard h = hear(bawn_buf_slice(stream), max, most, &seed);

        assert_slice(bawn_buf_slice(&h.log), messages);
        assert_int_equal(h.failed, failed);
        bawn_buf_free(&h.log);
    }
}

/* One message of these headers (its own bytes) fails; one of the same and a proper begin is not the cause. */
static void assert_headers_fail(bawn_buf *headers)
{
    bawn_buf stream = { 0 }, sound = { 0 };

    put_event_headers(&sound, "ok");
    put_message(&stream, bawn_buf_slice(&sound), "1");
    put_message(&stream, bawn_buf_slice(headers), "2");
    put_message(&stream, bawn_buf_slice(&sound), "3");
    assert_heard(&stream, 1000, "(event ok|application/json||72|1)", true);
    bawn_buf_free(&stream);
    bawn_buf_free(&sound);
    bawn_buf_clear(headers);
}

static void assert_headers_hold(bawn_buf *headers, const char *messages)
{
    bawn_buf stream = { 0 };

    put_message(&stream, bawn_buf_slice(headers), "p");
    assert_heard(&stream, 1000, messages, false);
    bawn_buf_free(&stream);
    bawn_buf_clear(headers);
}

/* ---- what is read -------------------------------------------------------------------------------------------------- */
/* The two example messages of AWS's own test vectors for this encoding: an empty one, and one of a header of each
 * integer type, are without a :message-type and therefore refused here; their checksums are the ones that we compute. */
static void checksums_are_those_of_the_published_vectors(void **state)
{
    static const char empty[] = "\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8\xff";
    static const char int32[] = "\x00\x00\x00\x2d\x00\x00\x00\x10\x41\xc4\x24\xb8\x0a" "event-type\x04\x00\x00\xa0\x0c"
                                "{'foo':'bar'}\x36\xf4\x80\xa0";
    bawn_buf out = { 0 };

    (void)state;
    assert_true(bawn_eventstream_write(&out, BAWN_NIL, BAWN_NIL));
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_slice_of(empty, sizeof empty - 1)));
    bawn_buf_clear(&out);
    assert_true(bawn_eventstream_write(&out, BAWN_LIT("\x0a" "event-type\x04\x00\x00\xa0\x0c"), BAWN_LIT("{'foo':'bar'}")));
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_slice_of(int32, sizeof int32 - 1)));
    bawn_buf_free(&out);
}

static void the_three_types_of_message_are_read(void **state)
{
    bawn_buf h = { 0 }, stream = { 0 };

    (void)state;
    put_event_headers(&h, "contentBlockDelta");
    put_message(&stream, bawn_buf_slice(&h), "{\"delta\":{}}");
    bawn_buf_clear(&h);
    put_string(&h, ":exception-type", "throttlingException");
    put_string(&h, ":content-type", "application/json");
    put_string(&h, ":message-type", "exception");
    put_message(&stream, bawn_buf_slice(&h), "{\"message\":\"slow\"}");
    bawn_buf_clear(&h);
    put_string(&h, ":message-type", "error");
    put_string(&h, ":error-code", "InternalFailure");
    put_string(&h, ":error-message", "An internal error");
    put_message(&stream, bawn_buf_slice(&h), "");
    assert_heard(&stream, 1000,
                 "(event contentBlockDelta|application/json||87|{\"delta\":{}})"
                 "(exception throttlingException|application/json||97|{\"message\":\"slow\"})"
                 "(error InternalFailure||An internal error|87|)",
                 false);
    bawn_buf_free(&h);
    bawn_buf_free(&stream);
}

static void headers_of_every_type_are_passed_over(void **state)
{
    static const struct { unsigned type; bawn_slice value; } all[] = {
        { 0, { "", 0 } }, { 1, { "", 0 } }, { 2, { "\x80", 1 } }, { 3, { "\0\1", 2 } }, { 4, { "abcd", 4 } }, { 5, { "abcdefgh", 8 } },
        { 6, { "\0\0", 2 } }, { 6, { "\0\3\xff\0\xfe", 5 } }, { 7, { "\0\0", 2 } }, { 7, { "\0\2\xc3\xa9", 4 } },
        { 8, { "\0\0\1\2\3\4\5\6", 8 } }, { 9, { "0123456789abcdef", 16 } },
    };
    bawn_buf h = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++)
        for (int before = 0; before < 2; before++) {
            char expected[80];

            if (before)
                put_typed(&h, "x", all[i].type, all[i].value);
            put_event_headers(&h, "e");
            if (!before)
                put_typed(&h, "x", all[i].type, all[i].value);
            snprintf(expected, sizeof expected, "(event e|application/json||%zu|p)", h.len);
            assert_headers_hold(&h, expected);
        }
    bawn_buf_free(&h);
}

static void the_content_type_may_be_absent(void **state)
{
    bawn_buf h = { 0 };

    (void)state;
    put_string(&h, ":message-type", "event");
    put_string(&h, ":event-type", "e");
    assert_headers_hold(&h, "(event e|||38|p)");
    bawn_buf_free(&h);
}

/* ---- what is refused ----------------------------------------------------------------------------------------------- */
static void each_damage_of_headers_is_a_failure(void **state)
{
    static const struct { unsigned type; bawn_slice value; } bad[] = {
        { 2, { "", 0 } }, { 3, { "a", 1 } }, { 4, { "abc", 3 } }, { 5, { "abcdefg", 7 } }, { 8, { "abcdefg", 7 } },
        { 9, { "0123456789abcde", 15 } },                                               /* values that are cut off */
        { 6, { "", 0 } }, { 6, { "\0", 1 } }, { 6, { "\0\2a", 3 } }, { 7, { "\0", 1 } }, { 7, { "\0\2a", 3 } }, { 7, { "\xff\xff", 2 } },
        { 7, { "\0\1\xff", 3 } }, { 7, { "\0\3\xed\xa0\x80", 5 } },                     /* no UTF-8 */
        { 10, { "", 0 } }, { 10, { "abcdefgh", 8 } }, { 127, { "", 0 } }, { 255, { "", 0 } }, /* no types */
    };
    bawn_buf h = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(bad); i++) {
        put_event_headers(&h, "e");
        put_typed(&h, "x", bad[i].type, bad[i].value);
        assert_headers_fail(&h);
    }
    put_event_headers(&h, "e");
    bawn_buf_add(&h, BAWN_LIT("\x05name"));                                             /* the name is cut off */
    assert_headers_fail(&h);
    put_event_headers(&h, "e");
    bawn_buf_add(&h, BAWN_LIT("\x04name"));                                             /* the type is missing */
    assert_headers_fail(&h);
    put_event_headers(&h, "e");
    bawn_buf_add(&h, BAWN_LIT("\0\0"));                                                 /* a header without a name */
    assert_headers_fail(&h);
    put_event_headers(&h, "e");
    bawn_buf_add(&h, BAWN_LIT("\1\xff\0"));                                             /* a name in no UTF-8 */
    assert_headers_fail(&h);
    bawn_buf_free(&h);
}

static void a_header_twice_is_a_failure(void **state)
{
    bawn_buf h = { 0 };

    (void)state;
    put_event_headers(&h, "e");
    put_string(&h, ":event-type", "e");
    assert_headers_fail(&h);
    put_event_headers(&h, "e");
    put_typed(&h, "x", 0, BAWN_NIL);
    put_typed(&h, "x", 1, BAWN_NIL);
    assert_headers_fail(&h);
    put_event_headers(&h, "e");
    put_typed(&h, "x", 0, BAWN_NIL);
    put_typed(&h, "X", 0, BAWN_NIL);                                                    /* another name */
    assert_headers_hold(&h, "(event e|application/json||77|p)");
    bawn_buf_free(&h);
}

static void headers_are_counted(void **state)
{
    bawn_buf h = { 0 };
    char name[8];

    (void)state;
    for (size_t n = BAWN_EVENTSTREAM_N_HEADERS_MAX; n < BAWN_EVENTSTREAM_N_HEADERS_MAX + 2; n++) {
        put_event_headers(&h, "e");
        for (size_t i = 3; i < n; i++) {
            snprintf(name, sizeof name, "%02zu", i);
            put_typed(&h, name, 0, BAWN_NIL);
        }
        if (n > BAWN_EVENTSTREAM_N_HEADERS_MAX)
            assert_headers_fail(&h);
        else
            assert_headers_hold(&h, "(event e|application/json||187|p)");
    }
    bawn_buf_free(&h);
}

static void a_message_that_does_not_say_what_it_is_is_a_failure(void **state)
{
    bawn_buf h = { 0 };

    (void)state;
    assert_headers_fail(&h);                                                            /* no headers */
    put_string(&h, ":event-type", "e");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "event");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "event");
    put_string(&h, ":event-type", "");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "event");
    put_string(&h, ":exception-type", "e");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "exception");
    put_string(&h, ":event-type", "e");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "error");
    put_string(&h, ":error-message", "e");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "Event");
    put_string(&h, ":event-type", "e");
    assert_headers_fail(&h);
    put_typed(&h, ":message-type", 6, BAWN_LIT("\0\5event"));                           /* bytes, no string */
    put_string(&h, ":event-type", "e");
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "event");
    put_typed(&h, ":event-type", 6, BAWN_LIT("\0\1e"));
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "event");
    put_string(&h, ":event-type", "e");
    put_typed(&h, ":content-type", 0, BAWN_NIL);
    assert_headers_fail(&h);
    put_string(&h, ":message-type", "error");
    put_string(&h, ":error-code", "e");
    put_typed(&h, ":error-message", 4, BAWN_LIT("abcd"));
    assert_headers_fail(&h);
    bawn_buf_free(&h);
}

/* A prelude alone, whose checksum holds, so that the lengths decide. */
static void assert_prelude(uint32_t total, uint32_t headers, size_t max, bool failed)
{
    bawn_eventstream *s = bawn_eventstream_new(max);
    bawn_eventstream_message m;
    bawn_buf prelude = { 0 };

    put_number(&prelude, total, 4);
    put_number(&prelude, headers, 4);
    put_crc(&prelude, 0);
    assert_true(bawn_eventstream_feed(s, bawn_slice_of(prelude.ptr, 11), false));
    assert_false(bawn_eventstream_next(s, &m));
    assert_false(bawn_eventstream_failed(s));
    assert_true(bawn_eventstream_feed(s, bawn_slice_of(prelude.ptr + 11, 1), false));
    assert_false(bawn_eventstream_next(s, &m));
    if (bawn_eventstream_failed(s) != failed)
        fail_msg("lengths %u and %u: %s", total, headers, failed ? "taken" : "refused");
    assert_int_equal(bawn_eventstream_feed(s, BAWN_LIT("x"), false), !failed);
    bawn_buf_free(&prelude);
    bawn_eventstream_free(s);
}

static void lengths_are_judged_by_the_prelude_alone(void **state)
{
    uint32_t headers = BAWN_EVENTSTREAM_HEADERS_MAX, payload = BAWN_EVENTSTREAM_PAYLOAD_MAX;

    (void)state;
    assert_prelude(16, 0, 0, false);
    assert_prelude(15, 0, 0, true);
    assert_prelude(12, 0, 0, true);
    assert_prelude(0, 0, 0, true);
    assert_prelude(17, 0, 0, true);                                                     /* a payload of one byte */
    assert_prelude(17, 0, 1, false);
    assert_prelude(17, 1, 0, false);
    assert_prelude(17, 2, 0, true);                                                     /* headers longer than the message */
    assert_prelude(16, UINT32_MAX, 100, true);
    assert_prelude(16 + 100, 0, 100, false);
    assert_prelude(16 + 101, 0, 100, true);
    assert_prelude(16 + 101, 1, 100, false);
    assert_prelude(16 + headers, headers, 0, false);
    assert_prelude(16 + headers + 1, headers + 1, 0, true);
    assert_prelude(16 + payload, 0, SIZE_MAX, false);
    assert_prelude(16 + payload + 1, 0, SIZE_MAX, true);                                /* a larger maximum is that */
    assert_prelude(16 + headers + payload, headers, SIZE_MAX, false);
    assert_prelude(UINT32_MAX, 0, SIZE_MAX, true);
    assert_prelude(UINT32_MAX, UINT32_MAX - 16, SIZE_MAX, true);
}

static void nothing_is_set_aside_for_what_a_prelude_claims(void **state)
{
    bawn_eventstream *s = bawn_eventstream_new(SIZE_MAX);
    bawn_eventstream_message m;
    bawn_buf prelude = { 0 };

    (void)state;
    put_number(&prelude, 16u << 20, 4);
    put_number(&prelude, 0, 4);
    put_crc(&prelude, 0);
    assert_true(bawn_eventstream_feed(s, bawn_buf_slice(&prelude), false));
    bawn_malloc_fail_at = 1;                                                            /* of the next allocation */
    assert_false(bawn_eventstream_next(s, &m));
    assert_true(bawn_eventstream_feed(s, BAWN_LIT("0123456789"), false));
    bawn_malloc_fail_at = 0;
    assert_false(bawn_eventstream_failed(s));
    bawn_buf_free(&prelude);
    bawn_eventstream_free(s);
}

static void every_bit_that_flips_is_seen(void **state)
{
    bawn_buf stream = { 0 }, headers = { 0 };
    size_t first;

    (void)state;
    put_event_headers(&headers, "messageStart");
    put_message(&stream, bawn_buf_slice(&headers), "first");
    first = stream.len;
    put_typed(&headers, "n", 4, BAWN_LIT("abcd"));
    put_message(&stream, bawn_buf_slice(&headers), "{\"role\":\"assistant\"}");
    for (size_t bit = first * 8; bit < stream.len * 8; bit++)
        for (unsigned most = 0; most < 2; most++) {
            unsigned seed = 1;
            heard h;

            stream.ptr[bit / 8] ^= (char)(1 << bit % 8);
            h = hear(bawn_buf_slice(&stream), 1000, most, &seed);
            assert_slice(bawn_buf_slice(&h.log), "(event messageStart|application/json||82|first)");
            if (!h.failed)
                fail_msg("bit %zu of byte %zu flipped: nothing was seen", bit % 8, bit / 8 - first);
            bawn_buf_free(&h.log);
            stream.ptr[bit / 8] ^= (char)(1 << bit % 8);
        }
    assert_heard(&stream, 1000,
                 "(event messageStart|application/json||82|first)"
                 "(event messageStart|application/json||89|{\"role\":\"assistant\"})",
                 false);
    bawn_buf_free(&stream);
    bawn_buf_free(&headers);
}

/* ---- cutting ------------------------------------------------------------------------------------------------------- */
static void an_unfinished_message_is_told_at_every_byte(void **state)
{
    bawn_buf stream = { 0 }, headers = { 0 };
    size_t first;

    (void)state;
    put_event_headers(&headers, "e");
    put_message(&stream, bawn_buf_slice(&headers), "1");
    first = stream.len;
    put_message(&stream, bawn_buf_slice(&headers), "22");
    for (size_t end = 1; end <= stream.len; end++)
        for (size_t at = 0; at < end; at++) {                                           /* in two pieces, of every size */
            bawn_eventstream *s = bawn_eventstream_new(1000);
            heard h = { 0 };

            if (at > 0)
                hear_piece(&h, s, bawn_slice_of(stream.ptr, at), false);
            hear_piece(&h, s, bawn_slice_of(stream.ptr + at, end - at), true);
            assert_false(h.failed);
            assert_int_equal(h.cut, end != first && end != stream.len);
            assert_slice(bawn_buf_slice(&h.log), end < first ? "" : end < stream.len ? "(event e|application/json||71|1)" :
                         "(event e|application/json||71|1)(event e|application/json||71|22)");
            bawn_buf_free(&h.log);
            bawn_eventstream_free(s);
        }
    bawn_buf_free(&stream);
    bawn_buf_free(&headers);
}

static void put_random(bawn_buf *stream, unsigned *seed)
{
    static const char *const names[] = { "chunk", "metadata", "messageStop" };
    bawn_buf h = { 0 };
    char payload[300];
    size_t n = (size_t)rand_r(seed) % sizeof payload, begin = stream->len;

    memset(payload, 'a' + rand_r(seed) % 26, sizeof payload);
    payload[n] = 0;
    put_event_headers(&h, names[rand_r(seed) % 3]);
    if (rand_r(seed) % 12 == 0)
        put_typed(&h, "x", 7, BAWN_LIT("\0\1"));                                        /* cut off */
    put_message(stream, bawn_buf_slice(&h), payload);
    if (rand_r(seed) % 12 == 0)
        stream->ptr[begin + (size_t)rand_r(seed) % (stream->len - begin)] ^= 4;
    bawn_buf_free(&h);
}

/* Random streams, some of them damaged, in random cuts, against the same stream at once. */
static void any_cutting_gives_the_same_messages(void **state)
{
    unsigned seed = 11, failures = 0;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t max = 100 + (size_t)rand_r(&seed) % 300;
        bawn_buf stream = { 0 };
        heard whole, cut;

        for (int n = 1 + rand_r(&seed) % 6; n > 0; n--)
            put_random(&stream, &seed);
        stream.len -= (size_t)rand_r(&seed) % 2 * ((size_t)rand_r(&seed) % stream.len);
        whole = hear(bawn_buf_slice(&stream), max, 0, &seed);
        cut = hear(bawn_buf_slice(&stream), max, 1 + (unsigned)rand_r(&seed) % 200, &seed);
        assert_int_equal(whole.failed, cut.failed);
        assert_true(whole.failed || whole.cut == cut.cut);
        assert_true(bawn_slice_eq(bawn_buf_slice(&whole.log), bawn_buf_slice(&cut.log)));
        failures += whole.failed;
        bawn_buf_free(&whole.log);
        bawn_buf_free(&cut.log);
        bawn_buf_free(&stream);
    }
    assert_in_range(failures, 400, 1800);                                               /* both happen */
}

/* ---- what is written ----------------------------------------------------------------------------------------------- */
static void what_is_written_is_what_aws_would_write(void **state)
{
    bawn_buf out = { 0 }, expected = { 0 }, headers = { 0 };

    (void)state;
    put_event_headers(&headers, "contentBlockDelta");
    put_message(&expected, bawn_buf_slice(&headers), "{}");
    bawn_buf_clear(&headers);
    put_string(&headers, ":exception-type", "validationException");
    put_string(&headers, ":content-type", "application/json");
    put_string(&headers, ":message-type", "exception");
    put_message(&expected, bawn_buf_slice(&headers), "{\"message\":\"no\"}");
    assert_true(bawn_eventstream_write_event(&out, BAWN_LIT("contentBlockDelta"), BAWN_LIT("{}")));
    assert_true(bawn_eventstream_write_exception(&out, BAWN_LIT("validationException"), BAWN_LIT("{\"message\":\"no\"}")));
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_buf_slice(&expected)));
    bawn_buf_free(&out);
    bawn_buf_free(&expected);
    bawn_buf_free(&headers);
}

static void an_edited_message_keeps_its_headers_byte_for_byte(void **state)
{
    bawn_eventstream *s = bawn_eventstream_new(1000);
    bawn_buf headers = { 0 }, stream = { 0 }, out = { 0 }, expected = { 0 };
    bawn_eventstream_message m;

    (void)state;
    put_typed(&headers, "odd", 9, BAWN_LIT("0123456789abcdef"));
    put_event_headers(&headers, "chunk");
    put_typed(&headers, "when", 8, BAWN_LIT("\0\0\1\2\3\4\5\6"));
    put_message(&stream, bawn_buf_slice(&headers), "ada@example.com");
    put_message(&expected, bawn_buf_slice(&headers), "<EMAIL_1>");
    assert_true(bawn_eventstream_feed(s, bawn_buf_slice(&stream), true));
    assert_true(bawn_eventstream_next(s, &m));
    assert_true(bawn_eventstream_write(&out, m.headers, BAWN_LIT("<EMAIL_1>")));
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_buf_slice(&expected)));
    bawn_buf_clear(&out);
    assert_true(bawn_eventstream_write(&out, m.headers, m.payload));                    /* unedited: the same bytes */
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_buf_slice(&stream)));
    bawn_eventstream_free(s);
    bawn_buf_free(&headers);
    bawn_buf_free(&stream);
    bawn_buf_free(&out);
    bawn_buf_free(&expected);
}

static void what_is_too_long_is_not_written(void **state)
{
    char *bytes = calloc(1, BAWN_EVENTSTREAM_PAYLOAD_MAX + 1);
    bawn_slice payload = { bytes, BAWN_EVENTSTREAM_PAYLOAD_MAX }, headers = { bytes, BAWN_EVENTSTREAM_HEADERS_MAX };
    bawn_buf out = { 0 };

    (void)state;
    bawn_buf_str(&out, "before");
    payload.len++;
    assert_false(bawn_eventstream_write(&out, BAWN_NIL, payload));
    assert_false(bawn_eventstream_write_event(&out, BAWN_LIT("e"), payload));
    payload.len--;
    headers.len++;
    assert_false(bawn_eventstream_write(&out, headers, BAWN_NIL));
    headers.len--;
    assert_false(bawn_eventstream_write_event(&out, bawn_slice_of(bytes, 65536), BAWN_NIL));
    assert_false(bawn_eventstream_write_exception(&out, BAWN_NIL, BAWN_NIL));
    assert_false(out.failed);
    assert_slice(bawn_buf_slice(&out), "before");
    assert_true(bawn_eventstream_write(&out, headers, payload));
    assert_int_equal(out.len, 6 + 16 + headers.len + payload.len);
    bawn_buf_free(&out);
    free(bytes);
}

static void the_largest_message_is_read_in_small_pieces(void **state)
{
    bawn_buf headers = { 0 }, stream = { 0 };
    char *payload = calloc(1, BAWN_EVENTSTREAM_PAYLOAD_MAX);
    bawn_eventstream *s = bawn_eventstream_new(SIZE_MAX);
    bawn_eventstream_message m;
    size_t n = 0;

    (void)state;
    put_event_headers(&headers, "chunk");
    assert_true(bawn_eventstream_write(&stream, bawn_buf_slice(&headers), bawn_slice_of(payload, BAWN_EVENTSTREAM_PAYLOAD_MAX)));
    for (size_t at = 0, piece; at < stream.len; at += piece) {
        piece = 1000 < stream.len - at ? 1000 : stream.len - at;
        assert_true(bawn_eventstream_feed(s, bawn_slice_of(stream.ptr + at, piece), false));
        while (bawn_eventstream_next(s, &m))
            n += m.payload.len;
    }
    assert_int_equal(n, BAWN_EVENTSTREAM_PAYLOAD_MAX);
    bawn_eventstream_free(s);
    bawn_buf_free(&headers);
    bawn_buf_free(&stream);
    free(payload);
}

/* ---- memory -------------------------------------------------------------------------------------------------------- */
static void out_of_memory_is_a_failure(void **state)
{
    bawn_eventstream *s;
    bawn_eventstream_message m;
    bawn_buf out = { 0 };

    (void)state;
    bawn_malloc_fail_at = 1;
    assert_null(bawn_eventstream_new(1000));
    bawn_malloc_fail_at = 0;
    s = bawn_eventstream_new(1000);
    bawn_malloc_fail_at = 1;
    assert_false(bawn_eventstream_feed(s, BAWN_LIT("abc"), false));
    bawn_malloc_fail_at = 0;
    assert_true(bawn_eventstream_failed(s));
    assert_false(bawn_eventstream_next(s, &m));
    assert_false(bawn_eventstream_feed(s, BAWN_LIT("abc"), false));
    bawn_eventstream_free(s);
    for (size_t at = 1; at < 4; at++) {
        bool ok;

        bawn_buf_free(&out);
        bawn_malloc_fail_at = at;
        ok = bawn_eventstream_write_event(&out, BAWN_LIT("e"), BAWN_LIT("{}"));
        bawn_malloc_fail_at = 0;
        assert_int_equal(out.failed, !ok);
        assert_int_equal(out.len > 0, ok);
    }
    bawn_buf_free(&out);
    bawn_eventstream_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_those_of_the_published_vectors),
        cmocka_unit_test(the_three_types_of_message_are_read),
        cmocka_unit_test(headers_of_every_type_are_passed_over),
        cmocka_unit_test(the_content_type_may_be_absent),
        cmocka_unit_test(each_damage_of_headers_is_a_failure),
        cmocka_unit_test(a_header_twice_is_a_failure),
        cmocka_unit_test(headers_are_counted),
        cmocka_unit_test(a_message_that_does_not_say_what_it_is_is_a_failure),
        cmocka_unit_test(lengths_are_judged_by_the_prelude_alone),
        cmocka_unit_test(nothing_is_set_aside_for_what_a_prelude_claims),
        cmocka_unit_test(every_bit_that_flips_is_seen),
        cmocka_unit_test(an_unfinished_message_is_told_at_every_byte),
        cmocka_unit_test(any_cutting_gives_the_same_messages),
        cmocka_unit_test(what_is_written_is_what_aws_would_write),
        cmocka_unit_test(an_edited_message_keeps_its_headers_byte_for_byte),
        cmocka_unit_test(what_is_too_long_is_not_written),
        cmocka_unit_test(the_largest_message_is_read_in_small_pieces),
        cmocka_unit_test(out_of_memory_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
