/* say_openai.c: answers of chat completions, whole and as chunks, read and written. Thoughts stand in `reasoning_content`, as servers of
 * this API that have them write it. What no other API can say (audio, annotations, calls of the old form, several choices) is refused. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

/* ---- reading ------------------------------------------------------------------------------------------------------ */
static bool says_something(const bawn_tr_reader *r, uint32_t token)
{
    return token && bawn_tr_type(r, token) != BAWN_JSON_NULL && (bawn_tr_type(r, token) < BAWN_JSON_ARRAY || bawn_tr_count(r, token) > 0);
}

/* Of a message or delta: nothing stands in it that would be lost. */
static bool is_plain(bawn_tr_reader *r, uint32_t said)
{
    static const char *const keys[] = { "function_call", "audio", "annotations", "reasoning_details" };

    for (size_t i = 0; i < BAWN_COUNT(keys); i++) {
        uint32_t token = bawn_json_get(r->json, said, keys[i]);
        if (says_something(r, token))
            return bawn_tr_refuse(r, token, NULL, "it cannot be said in the client's API.");
    }
    return true;
}

/* The one choice of an answer or a chunk. *choice is 0 where there is none. */
static bool only_choice(uint32_t *choice, bawn_tr_reader *r)
{
    uint32_t list, index, logprobs;
    uint64_t n = 0;

    *choice = 0;
    if (!bawn_tr_list(&list, r, 0, "choices"))
        return false;
    if (bawn_tr_count(r, list) == 0)
        return true;
    *choice = list + 1;
    index = bawn_tr_take(r, *choice, "index");
    logprobs = bawn_json_get(r->json, *choice, "logprobs");
    if (bawn_tr_count(r, list) > 1 || (index && (!bawn_json_u64(&n, r->json, index) || n != 0)))
        return bawn_tr_refuse(r, list, NULL, "expected one choice: the client's API has one answer.");
    return !says_something(r, logprobs) || bawn_tr_refuse(r, logprobs, NULL, "it cannot be said in the client's API.");
}

static bool reason(bawn_tr_reason *out, bawn_tr_value *stopped, bawn_tr_reader *r, uint32_t choice)
{
    uint32_t token = bawn_tr_take(r, choice, "finish_reason"), stop = bawn_tr_take(r, choice, "stop_reason");

    if (!token)
        return true;
    *out = bawn_tr_reason_find(&bawn_dialect_openai, r->json, token);
    if (*out == BAWN_TR_OPEN)
        return bawn_tr_refuse(r, token, NULL, "it cannot be said in the client's API.");
    if (*out == BAWN_TR_END && stop && bawn_tr_type(r, stop) == BAWN_JSON_STRING) {     /* some servers say at which sequence */
        *out = BAWN_TR_STOPPED;
        *stopped = (bawn_tr_value){ bawn_json_raw(r->json, stop), stop, true };
    }
    return true;
}

/* A forced call ends with "stop" in this API; to the other ones it is a call. */
static bawn_tr_reason reason_with(bawn_tr_reason reason, bool called, bool refused)
{
    if (reason != BAWN_TR_END)
        return reason;
    return refused ? BAWN_TR_FILTERED : called ? BAWN_TR_CALLS : reason;
}

static bool thought_of(bawn_tr_value *out, bawn_tr_reader *r, uint32_t said)
{
    return bawn_tr_string(out, r, said, "reasoning_content") && (out->raw.len > 0 || bawn_tr_string(out, r, said, "reasoning"));
}

static bool calls_of(bawn_tr_say *s, bawn_tr_reader *r, uint32_t list)
{
    bawn_tr_value id, name, arguments;
    uint32_t function;

    for BAWN_TR_EACH(r, item, list) {
        if (!bawn_tr_object(&function, r, item, "function"))
            return false;
        if (!function)
            return bawn_tr_refuse(r, item, NULL, "expected the call of a function; no other can be said in the client's API.");
        if (!bawn_tr_need(&id, r, item, "id") || !bawn_tr_need(&name, r, function, "name") ||
            !bawn_tr_need(&arguments, r, function, "arguments") || !bawn_tr_unquote(&arguments, r))
            return false;
        s->parts[s->n++] = (bawn_tr_part){ .kind = BAWN_TR_CALL, .token = item, .id = id.raw, .name = name.raw, .more = arguments.raw };
    }
    return true;
}

static bool message(bawn_tr_say *s, bawn_tr_reader *r, uint32_t said)
{
    bawn_tr_value texts[3];
    uint32_t list;

    if (!is_plain(r, said) || !thought_of(&texts[0], r, said) || !bawn_tr_string(&texts[1], r, said, "content") ||
        !bawn_tr_string(&texts[2], r, said, "refusal") || !bawn_tr_list(&list, r, said, "tool_calls") ||
        !(s->parts = bawn_tr_array(r, 3 + bawn_tr_count(r, list), sizeof *s->parts)))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (texts[i].raw.len > 0)
            s->parts[s->n++] = (bawn_tr_part){ .kind = i ? BAWN_TR_TEXT : BAWN_TR_THOUGHT, .text = texts[i].raw };
    if (!calls_of(s, r, list))
        return false;
    s->reason = reason_with(s->reason, list && bawn_tr_count(r, list) > 0, texts[2].raw.len > 0);
    return true;
}

static bool facts(bawn_tr_value *id, bawn_tr_value *model, uint64_t *created, bawn_tr_reader *r)
{
    uint32_t token = bawn_tr_take(r, 0, "created");

    if (token)
        (void)bawn_json_u64(created, r->json, token);           /* a date that is none is not said */
    return bawn_tr_string(id, r, 0, "id") && bawn_tr_string(model, r, 0, "model");
}

bool bawn_tr_said_openai(bawn_tr_say *s, bawn_tr_reader *r)
{
    bawn_tr_value id, model;
    uint32_t choice, said, usage;

    if (!facts(&id, &model, &s->created, r) || !only_choice(&choice, r))
        return false;
    s->id = id.raw;
    s->model = model.raw;
    if (!choice)
        return bawn_tr_refuse(r, 0, "choices", "expected one choice.");
    if (!reason(&s->reason, &s->stopped, r, choice) || !bawn_tr_object(&said, r, choice, "message") ||
        !bawn_tr_object(&usage, r, 0, "usage"))
        return false;
    if (s->reason == BAWN_TR_OPEN || !said)
        return bawn_tr_refuse(r, choice, said ? "finish_reason" : "message", "found nothing.");
    return message(s, r, said) && bawn_tr_counts_openai(&s->counts, r, usage);
}

/* ---- reading: chunks ------------------------------------------------------------------------------------------------ */
static bool call_piece(bawn_translation *t, bawn_tr_reader *r, uint32_t item, uint32_t position)
{
    bawn_tr_piece p = { .kind = BAWN_TR_CALL };
    bawn_tr_value id, name, arguments = { .there = false };
    uint32_t index = bawn_tr_take(r, item, "index"), function;
    uint64_t n = position;

    if ((index && !bawn_json_u64(&n, r->json, index)) || n > t->n_calls)
        return bawn_tr_refuse(r, item, "index", "expected the number of a call that has begun, or the next one.");
    if (!bawn_tr_object(&function, r, item, "function") || !bawn_tr_string(&id, r, item, "id"))
        return false;
    p.call = (uint32_t)n;
    p.begins = n == t->n_calls;
    if (!function)
        return bawn_tr_refuse(r, item, "function", "found nothing; only functions can be said in the client's API.");
    if (!bawn_tr_string(&name, r, function, "name") || !bawn_tr_string(&arguments, r, function, "arguments"))
        return false;
    if (p.begins && (id.raw.len == 0 || name.raw.len == 0))
        return bawn_tr_refuse(r, item, NULL, "a call begins without its id or name.");
    p.id = id.raw;
    p.name = name.raw;
    p.text = arguments.raw;
    t->n_calls += p.begins;
    t->called = true;
    return bawn_tr_tell_piece(t, r, arguments.token, &p);
}

static bool delta(bawn_translation *t, bawn_tr_reader *r, uint32_t said)
{
    bawn_tr_value texts[3];
    uint32_t list, position = 0;

    if (!is_plain(r, said) || !thought_of(&texts[0], r, said) || !bawn_tr_string(&texts[1], r, said, "content") ||
        !bawn_tr_string(&texts[2], r, said, "refusal") || !bawn_tr_list(&list, r, said, "tool_calls"))
        return false;
    t->refused = t->refused || texts[2].raw.len > 0;
    for (size_t i = 0; i < 3; i++) {
        bawn_tr_piece p = { .kind = i ? BAWN_TR_TEXT : BAWN_TR_THOUGHT, .text = texts[i].raw };
        if (p.text.len > 0 && !bawn_tr_tell_piece(t, r, texts[i].token, &p))
            return false;
    }
    for BAWN_TR_EACH(r, item, list)
        if (!call_piece(t, r, item, position++))
            return false;
    return true;
}

bool bawn_tr_event_openai(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_value id, model, stopped = { .there = false };
    bawn_tr_reason why = BAWN_TR_OPEN;
    uint32_t choice, said, usage;

    if (bawn_tr_take(r, 0, "error")) {
        bawn_tr_tell_error(t, bawn_tr_error_status(r->json), bawn_tr_error_message(r->json));
        return true;
    }
    if (!facts(&id, &model, &t->created, r) || !only_choice(&choice, r) || !bawn_tr_object(&usage, r, 0, "usage") ||
        !bawn_tr_counts_openai(&t->counts, r, usage))
        return false;
    if (!choice)
        return true;
    if (!bawn_tr_tell_begin(t, r, id.raw, model.raw) || !bawn_tr_object(&said, r, choice, "delta") ||
        (said && !delta(t, r, said)) || !reason(&why, &stopped, r, choice))
        return false;
    if (why == BAWN_TR_OPEN)
        return true;
    t->reason = reason_with(why, t->called, t->refused);
    if (stopped.there && t->reason == BAWN_TR_STOPPED) {
        t->has_stopped = true;
        bawn_buf_clear(&t->stopped);
        return bawn_buf_add(&t->stopped, stopped.raw) || bawn_tr_memory(r);
    }
    return true;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------ */
static void joined(bawn_buf *b, const char *key, const bawn_tr_say *s, bawn_tr_kind kind)
{
    STR(b, key);
    STR(b, "\"");
    for (size_t i = 0; i < s->n; i++)
        if (s->parts[i].kind == kind)
            bawn_buf_add(b, s->parts[i].text);
    STR(b, "\"");
}

static bool has(const bawn_tr_say *s, bawn_tr_kind kind)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->parts[i].kind == kind)
            return true;
    return false;
}

void bawn_tr_say_openai(bawn_buf *b, const bawn_tr_say *s)
{
    bool first = true;

    bawn_tr_quoted(b, "{\"id\":", s->id);
    STR(b, ",\"object\":\"chat.completion\",\"created\":");
    bawn_buf_u64(b, s->created);
    bawn_tr_quoted(b, ",\"model\":", s->model);
    STR(b, ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\"");
    if (has(s, BAWN_TR_THOUGHT))
        joined(b, ",\"reasoning_content\":", s, BAWN_TR_THOUGHT);
    if (has(s, BAWN_TR_TEXT))
        joined(b, ",\"content\":", s, BAWN_TR_TEXT);
    else
        STR(b, ",\"content\":null");
    STR(b, ",\"refusal\":null");
    for (size_t i = 0; i < s->n; i++) {
        if (s->parts[i].kind != BAWN_TR_CALL)
            continue;
        bawn_tr_quoted(b, first ? ",\"tool_calls\":[{\"id\":" : ",{\"id\":", s->parts[i].id);
        bawn_tr_quoted(b, ",\"type\":\"function\",\"function\":{\"name\":", s->parts[i].name);
        STR(b, ",\"arguments\":");
        bawn_json_write_string(b, s->parts[i].more);
        STR(b, "}}");
        first = false;
    }
    STR(b, first ? "}" : "]}");
    bawn_tr_quoted(b, ",\"logprobs\":null,\"finish_reason\":", bawn_slice_str(bawn_tr_reason_name(&bawn_dialect_openai, s->reason)));
    STR(b, "}],\"usage\":");
    bawn_tr_counts_write(b, &bawn_dialect_openai, &s->counts);
    STR(b, "}");
}

/* ---- writing: chunks ------------------------------------------------------------------------------------------------------ */
static bawn_buf *chunk(bawn_translation *t, const char *choices)
{
    bawn_buf *b = bawn_tr_event(t, "");

    bawn_tr_quoted(b, "{\"id\":", bawn_buf_slice(&t->id));
    STR(b, ",\"object\":\"chat.completion.chunk\",\"created\":");
    bawn_buf_u64(b, t->created);
    bawn_tr_quoted(b, ",\"model\":", bawn_buf_slice(&t->model));
    STR(b, ",\"choices\":[");
    STR(b, choices);
    return b;
}

static void chunk_ends(bawn_translation *t, const char *end)
{
    STR(&t->data, end);
    bawn_tr_event_ends(t);
}

#define OPEN_END ",\"logprobs\":null,\"finish_reason\":null}]}"

static void begin(bawn_translation *t)
{
    chunk(t, "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}");
    chunk_ends(t, OPEN_END);
}

static void open(bawn_translation *t, const bawn_tr_piece *p)
{
    if (p->kind != BAWN_TR_CALL)
        return;
    bawn_buf *b = chunk(t, "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":");
    bawn_buf_u64(b, p->call);
    bawn_tr_quoted(b, ",\"id\":", p->id);
    bawn_tr_quoted(b, ",\"type\":\"function\",\"function\":{\"name\":", p->name);
    chunk_ends(t, ",\"arguments\":\"\"}}]}" OPEN_END);
}

static void piece(bawn_translation *t, const bawn_tr_piece *p)
{
    if (p->text.len == 0)
        return;                                         /* a signature: nobody could send it back */
    if (p->kind == BAWN_TR_CALL) {
        bawn_buf *b = chunk(t, "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":");
        bawn_buf_u64(b, p->call);
        bawn_tr_quoted(b, ",\"function\":{\"arguments\":", p->text);
        chunk_ends(t, "}}]}" OPEN_END);
        return;
    }
    bawn_tr_quoted(chunk(t, "{\"index\":0,\"delta\":"), p->kind == BAWN_TR_TEXT ? "{\"content\":" : "{\"reasoning_content\":", p->text);
    chunk_ends(t, "}" OPEN_END);
}

static void close(bawn_translation *t) { (void)t; }

static void end(bawn_translation *t)
{
    bawn_buf *b = chunk(t, "{\"index\":0,\"delta\":{},\"logprobs\":null");

    bawn_tr_quoted(b, ",\"finish_reason\":", bawn_slice_str(bawn_tr_reason_name(&bawn_dialect_openai, t->reason)));
    chunk_ends(t, "}]}");
    if (t->pair.include_usage) {
        b = chunk(t, "],\"usage\":");
        bawn_tr_counts_write(b, &bawn_dialect_openai, &t->counts);
        chunk_ends(t, "}");
    }
    STR(bawn_tr_event(t, ""), "[DONE]");
    bawn_tr_event_ends(t);
}

static void error(bawn_translation *t, int status, bawn_slice message)
{
    bawn_tr_error_write(bawn_tr_event(t, ""), &status, &bawn_dialect_openai, message);
    bawn_tr_event_ends(t);
}

const bawn_tr_voice bawn_tr_voice_openai = { begin, open, piece, close, end, error };
