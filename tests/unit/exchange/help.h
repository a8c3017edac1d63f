/* help.h: exchanges at a desk, driven step by step; property/drive.h obeys and writes down. */
#ifndef BAWN_TEST_EXCHANGE_H
#define BAWN_TEST_EXCHANGE_H

#include "property/drive.h"

#define UPSTREAMS "version: 1\nupstreams:\n  main: {dialect: openai, url: http://127.0.0.1:9/v1, models: [m-*]}\n" \
    "  other: {dialect: openai, url: http://127.0.0.1:9/base/v1/, models: [big]}\n"
#define GUARDED "guardrails:\n  g:\n    word_filters: {custom: [{words: [bluefalcon], action: block}]}\n" \
    "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}}}\n" \
    "    blocked_input_message: {en: No., de: Nein.}\n"

/* The body of a chat request with one user message, whose text is JSON already escaped. */
static inline const char *chat(const char *text)
{
    static char body[8192];
    snprintf(body, sizeof body, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}", text);
    return body;
}

/* A whole chat exchange with attributes. */
static inline void talk(run *r, desk *k, const char *uri, const bawn_attribute *a, size_t n, const char *request, const char *type,
                        const char *reply)
{
    bawn_exchange *x = drive_new(k->worker, "POST", uri, a, n);
    *r = (run){ 0 };
    bawn_buf_str(&r->request, request);
    drive_feed(r, x, BAWN_INPUT, bawn_slice_str(request), NULL, 0);
    if (!r->local && reply) {
        bool whole = strcmp(type, "application/json") == 0;
        if (whole)
            bawn_buf_str(&r->answer, reply);
        assert_true(bawn_exchange_response(x, 200, bawn_slice_str(type), NOW + 4));
        drive_steps(r, x, BAWN_OUTPUT, bawn_slice_str(reply), NOW + 4);
        drive_feed(r, x, BAWN_OUTPUT, bawn_slice_str(reply), NULL, 0);
    }
    if (r->ended)
        check_order(r);
    bawn_exchange_free(x);
}

static inline void ask(run *r, desk *k, const char *request)
{
    talk(r, k, "/v1/chat/completions", NULL, 0, request, NULL, NULL);
}

/* ---- streams ------------------------------------------------------------------------------------------------------- */
#define EVENT(text) "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define FINISH "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define STREAM "{\"model\":\"m-1\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"

static inline void stream(run *r, desk *k, const char *reply)
{
    talk(r, k, "/v1/chat/completions", NULL, 0, STREAM, "text/event-stream", reply);
}

/* As far as the head of the answer. */
static inline bawn_exchange *begin_stream(run *r, desk *k)
{
    bawn_exchange *x = drive_new(k->worker, "POST", "/v1/chat/completions", NULL, 0);
    *r = (run){ 0 };
    drive_feed(r, x, BAWN_INPUT, BAWN_LIT(STREAM), NULL, 0);
    assert_true(bawn_exchange_response(x, 200, BAWN_LIT("text/event-stream"), NOW));
    return x;
}

/* ---- what was written ---------------------------------------------------------------------------------------------- */
static inline bool has(const bawn_buf *b, const char *what)
{
    return bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(what)) < b->len;
}

static inline void expect(const bawn_buf *b, const char *what)
{
    if (!has(b, what))
        fail_msg("without %s: %.*s", what, (int)b->len, b->ptr);
}

#endif
