/* event.c: one decision as one line of JSON, the schema of docs/event.md written down in its order.
 *
 * Nothing that comes from outside can break the line: text that is not UTF-8 has each bad byte replaced by U+FFFD, and
 * a string ends at MAX_STRING written bytes, between two characters. When the whole is over 32 KiB, findings,
 * unguarded fields and tools are cut by a quarter until it fits, and what was cut is counted. */
#include "base/json.h"
#include "record/record.h"

enum { MAX_EVENT = 32 * 1024, MAX_STRING = 512, MAX_MATCH = 2048, MAX_ITEMS = 64 };

typedef struct { size_t findings, unguarded, tools; } counts;

static const char *const action_names[] = { "allow", "observe", "mask", "block" };
static const char *const side_names[] = { "input", "output" };

/* ---- values ------------------------------------------------------------------------------------------------ */
static void raw(bawn_buf *out, const char *text)
{
    bawn_buf_add(out, bawn_slice_str(text));
}

/* How many bytes one byte becomes in a JSON string (json_write.c). */
static size_t cost(unsigned char c)
{
    bool short_escape = c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f';

    return short_escape ? 2 : c < 0x20 ? 6 : 1;
}

/* The longest beginning of valid text that is written within `room` bytes and ends between two characters. */
static bawn_slice cut(bawn_slice text, size_t room)
{
    size_t i = 0, used = 0;

    if (text.len * 6 <= room)
        return text;
    while (i < text.len && used + cost((unsigned char)text.ptr[i]) <= room)
        used += cost((unsigned char)text.ptr[i++]);
    return bawn_slice_of(text.ptr, bawn_utf8_floor(text, i));
}

/* keeps: the event is always valid JSON, whatever a client put into a path or an upstream into an id */
static void string(bawn_buf *out, bawn_slice text, size_t room)
{
    if (!text.ptr) {
        raw(out, "null");
        return;
    }
    if (text.len > room + 4)                               /* a character cut here is beyond the room anyway */
        text.len = room + 4;
    bawn_buf_byte(out, '"');
    for (;;) {
        size_t valid = bawn_utf8_valid_prefix(text), begin = out->len;
        bawn_slice piece = cut(bawn_slice_of(text.ptr, valid), room);

        bawn_json_write_escaped(out, piece);
        if (piece.len < valid || valid == text.len || room - (out->len - begin) < 3)
            break;
        raw(out, "\xEF\xBF\xBD");
        room -= out->len - begin;
        text = bawn_slice_of(text.ptr + valid + 1, text.len - valid - 1);
    }
    bawn_buf_byte(out, '"');
}

/* True for what is written as it is: printable ASCII without quote and backslash. */
static bool is_plain(bawn_slice text)
{
    bool plain = true;

    for (size_t i = 0; i < text.len; i++)
        plain &= text.ptr[i] >= 0x20 && text.ptr[i] < 0x7F && text.ptr[i] != '"' && text.ptr[i] != '\\';
    return plain;
}

/* Key and quoted text in one go: most of an event is this, and its time is that of the look-ups for room. */
static void quoted(bawn_buf *out, const char *key, bawn_slice text)
{
    size_t n = strlen(key);
    char *p;

    if (!bawn_buf_reserve(out, n + text.len + 2))
        return;
    p = out->ptr + out->len;
    memcpy(p, key, n);
    p[n] = '"';
    memcpy(p + n + 1, text.ptr, text.len);
    p[n + 1 + text.len] = '"';
    out->len += n + text.len + 2;
}

static void text_field(bawn_buf *out, const char *key, bawn_slice text)
{
    if (text.len && text.len <= MAX_STRING && is_plain(text)) {
        quoted(out, key, text);
        return;
    }
    raw(out, key);
    string(out, text.len ? text : BAWN_NIL, MAX_STRING);
}

/* A word of our own: nothing in it needs an escape. */
static void word_field(bawn_buf *out, const char *key, const char *word)
{
    if (word && *word) {
        quoted(out, key, bawn_slice_str(word));
        return;
    }
    raw(out, key);
    raw(out, "null");
}

static void count_field(bawn_buf *out, const char *key, uint64_t n)
{
    raw(out, key);
    bawn_buf_u64(out, n);
}

static void number_field(bawn_buf *out, const char *key, int64_t n)
{
    if (n < 0)
        word_field(out, key, NULL);
    else
        count_field(out, key, (uint64_t)n);
}

static void bool_field(bawn_buf *out, const char *key, bool value)
{
    raw(out, key);
    raw(out, value ? "true" : "false");
}

/* A score in [0, 1] with at most four decimals; what is not a number is 0. */
static void score_field(bawn_buf *out, const char *key, float score)
{
    unsigned n = score >= 1.0f ? 10000 : score > 0.0f ? (unsigned)(score * 10000.0f + 0.5f) : 0;
    char text[6] = { '0', '.' };
    size_t len = 6;

    raw(out, key);
    if (n == 0 || n == 10000) {
        bawn_buf_byte(out, n ? '1' : '0');
        return;
    }
    for (size_t i = 5; i > 1; i--, n /= 10)
        text[i] = (char)('0' + n % 10);
    while (text[len - 1] == '0')
        len--;
    bawn_buf_add(out, bawn_slice_of(text, len));
}

/* ---- groups ------------------------------------------------------------------------------------------------ */
/* OpenTelemetry's names (semantic conventions 1.41) for what we call dialect and operation. */
static const char *const providers[][2] = {
    { "openai", "openai" }, { "anthropic", "anthropic" }, { "bedrock", "aws.bedrock" },
};
static const char *const operations[][2] = {
    { "chat", "chat" }, { "responses", "chat" }, { "messages", "chat" }, { "converse", "chat" }, { "invoke", "chat" },
    { "completions", "text_completion" }, { "embeddings", "embeddings" }, { "tools/call", "execute_tool" },
};

static const char *convention(const char *const table[][2], size_t n, bawn_slice ours)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_slice_is(ours, table[i][0]))
            return table[i][1];
    return NULL;
}

static void head(bawn_buf *out, const bawn_event *e)
{
    char time[27];

    raw(out, "{\"schema\":1,\"id\":\"");
    bawn_buf_add(out, bawn_slice_of(e->id, sizeof e->id));
    bawn_time_rfc3339(time, e->time_ns);
    raw(out, "\",\"time\":\"");
    bawn_buf_add(out, bawn_slice_of(time, sizeof time));
    word_field(out, "\",\"type\":", e->type);
    text_field(out, ",\"node\":", e->node);
    number_field(out, ",\"worker\":", e->worker);
    text_field(out, ",\"trace_id\":", e->trace_id);
    text_field(out, ",\"span_id\":", e->span_id);
}

static void who_and_where(bawn_buf *out, const bawn_event *e)
{
    text_field(out, ",\"identity\":{\"kind\":", e->identity_kind);
    text_field(out, ",\"subject\":", e->subject);
    text_field(out, ",\"key_id\":", e->key_id);
    text_field(out, ",\"trust\":", e->trust);
    text_field(out, ",\"client.address\":", e->client_address);
    text_field(out, "},\"route\":{\"listener\":", e->listener);
    text_field(out, ",\"dialect\":", e->dialect);
    text_field(out, ",\"operation\":", e->operation);
    text_field(out, ",\"upstream\":", e->upstream);
    bool_field(out, ",\"stream\":", e->stream);
    text_field(out, "},\"http\":{\"request.method\":", e->method);
    text_field(out, ",\"url.path\":", e->path);
    number_field(out, ",\"response.status_code\":", e->status > 0 ? e->status : -1);
}

static void finish_reasons(bawn_buf *out, const bawn_event *e)
{
    raw(out, ",\"response.finish_reasons\":");
    if (e->n_finish == 0) {
        raw(out, "null");
        return;
    }
    for (size_t i = 0; i < e->n_finish && i < BAWN_COUNT(e->finish_reasons); i++)
        text_field(out, i ? "," : "[", e->finish_reasons[i]);
    bawn_buf_byte(out, ']');
}

static void generation(bawn_buf *out, const bawn_event *e)
{
    word_field(out, "},\"gen_ai\":{\"operation.name\":", convention(operations, BAWN_COUNT(operations), e->operation));
    word_field(out, ",\"provider.name\":", convention(providers, BAWN_COUNT(providers), e->dialect));
    text_field(out, ",\"request.model\":", e->request_model);
    text_field(out, ",\"response.model\":", e->response_model);
    text_field(out, ",\"response.id\":", e->response_id);
    finish_reasons(out, e);
    text_field(out, ",\"conversation.id\":", e->conversation_id);
    number_field(out, ",\"usage.input_tokens\":", e->input_tokens);
    number_field(out, ",\"usage.output_tokens\":", e->output_tokens);
}

static void policy_and_verdict(bawn_buf *out, const bawn_event *e)
{
    word_field(out, "},\"policy\":{\"hash\":", e->policy_hash);
    text_field(out, ",\"guardrail\":", e->guardrail);
    text_field(out, ",\"version\":", e->version);
    text_field(out, ",\"engine\":", e->engine);
    word_field(out, ",\"patterns\":", e->patterns_hash);
    word_field(out, ",\"weights\":", NULL);                 /* learned guards are not built yet */
    word_field(out, ",\"mode\":", e->mode);
    word_field(out, "},\"verdict\":{\"action\":", e->action);
    text_field(out, ",\"reason\":", e->reason);
    bool_field(out, ",\"enforced\":", e->enforced);
    word_field(out, ",\"side\":", e->side);
    count_field(out, ",\"delivered_characters\":", e->delivered_characters);
}

static void coverage(bawn_buf *out, const bawn_event *e, size_t n)
{
    raw(out, "},\"coverage\":{");
    for (int side = BAWN_INPUT; side <= BAWN_OUTPUT; side++) {
        raw(out, side == BAWN_INPUT ? "\"input\":" : ",\"output\":");
        count_field(out, "{\"guarded\":", e->guarded[side]);
        if (e->total_known)
            count_field(out, ",\"total\":", e->total[side]);
        else
            word_field(out, ",\"total\":", NULL);
        bawn_buf_byte(out, '}');
    }
    raw(out, ",\"unguarded\":[");
    for (size_t i = 0; i < n; i++) {
        text_field(out, i ? ",{\"path\":" : "{\"path\":", e->unguarded[i].path);
        count_field(out, ",\"characters\":", e->unguarded[i].characters);
        word_field(out, ",\"reason\":", e->unguarded[i].reason);
        bawn_buf_byte(out, '}');
    }
    bawn_buf_byte(out, ']');
    if (n < e->n_unguarded)
        count_field(out, ",\"unguarded_dropped\":", e->n_unguarded - n);
}

static const char *action_name(bawn_action action)
{
    return action_names[action <= BAWN_BLOCK ? action : BAWN_BLOCK];
}

static void label(bawn_buf *out, const char *key, bawn_slice id)
{
    raw(out, key);
    bawn_buf_byte(out, '[');
    if (id.len)
        string(out, id, MAX_STRING);
    bawn_buf_byte(out, ']');
}

static void finding(bawn_buf *out, const bawn_event_finding *f)
{
    bawn_slice hash = f->match_hash[0] ? bawn_slice_of(f->match_hash, sizeof f->match_hash) : BAWN_NIL;

    word_field(out, "{\"side\":", side_names[f->side == BAWN_OUTPUT]);
    text_field(out, ",\"path\":", f->path);
    text_field(out, ",\"origin\":", f->origin);
    text_field(out, ",\"guard\":", f->guard);
    text_field(out, ",\"kind\":", f->kind);
    count_field(out, ",\"begin\":", f->span.begin);
    count_field(out, ",\"end\":", f->span.end);
    score_field(out, ",\"score\":", f->score);
    word_field(out, ",\"confidence\":", f->confidence);
    word_field(out, ",\"view\":", f->view);
    word_field(out, ",\"action\":", action_name(f->action));
    label(out, ",\"owasp\":", f->owasp);
    label(out, ",\"atlas\":", f->atlas);
    text_field(out, ",\"match\":{\"hash\":", hash);
    raw(out, ",\"text\":");
    string(out, f->match_text.len ? f->match_text : BAWN_NIL, MAX_MATCH);
    raw(out, "}}");
}

static void findings(bawn_buf *out, const bawn_event *e, size_t n)
{
    raw(out, "},\"findings\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            bawn_buf_byte(out, ',');
        finding(out, &e->findings[i]);
    }
    count_field(out, "],\"findings_dropped\":", e->n_findings - n);
}

static void guard_list(bawn_buf *out, const char *key, const bawn_event_guard *list, size_t n)
{
    raw(out, key);
    for (size_t i = 0; i < n; i++) {
        text_field(out, i ? ",{\"guard\":" : "{\"guard\":", list[i].guard);
        word_field(out, ",\"code\":", list[i].code);
        bawn_buf_byte(out, '}');
    }
}

static void guards_and_tools(bawn_buf *out, const bawn_event *e, size_t n_tools)
{
    raw(out, ",\"guards\":{\"ran\":[");
    for (size_t i = 0; i < e->n_ran; i++)
        text_field(out, i ? "," : "", e->ran[i]);
    guard_list(out, "],\"failed\":[", e->failed, e->n_failed);
    guard_list(out, "],\"skipped\":[", e->skipped, e->n_skipped);
    raw(out, "]},\"tools\":[");
    for (size_t i = 0; i < n_tools; i++) {
        text_field(out, i ? ",{\"name\":" : "{\"name\":", e->tools[i].name);
        text_field(out, ",\"call_id\":", e->tools[i].call_id);
        word_field(out, ",\"origin\":", e->tools[i].origin);
        word_field(out, ",\"action\":", action_name(e->tools[i].action));
        text_field(out, ",\"reason\":", e->tools[i].reason);
        bawn_buf_byte(out, '}');
    }
    bawn_buf_byte(out, ']');
    if (n_tools < e->n_tools)
        count_field(out, ",\"tools_dropped\":", e->n_tools - n_tools);
}

static void tail(bawn_buf *out, const bawn_event *e)
{
    number_field(out, ",\"latency_us\":{\"total\":", e->us_total);
    number_field(out, ",\"identity\":", e->us_identity);
    number_field(out, ",\"parse\":", e->us_parse);
    number_field(out, ",\"views\":", e->us_views);
    number_field(out, ",\"bytes\":", e->us_bytes);
    number_field(out, ",\"tokens\":", e->us_tokens);
    number_field(out, ",\"upstream_first_byte\":", e->us_upstream);
    number_field(out, ",\"held_max\":", e->us_held_max);
    number_field(out, ",\"record\":", e->us_record);
    count_field(out, "},\"bytes\":{\"request\":", e->bytes_request);
    count_field(out, ",\"response\":", e->bytes_response);
    word_field(out, "},\"end\":", e->end);
    bawn_buf_byte(out, '}');
}

static void whole(bawn_buf *out, const bawn_event *e, const counts *n)
{
    head(out, e);
    who_and_where(out, e);
    generation(out, e);
    policy_and_verdict(out, e);
    coverage(out, e, n->unguarded);
    findings(out, e, n->findings);
    guards_and_tools(out, e, n->tools);
    tail(out, e);
}

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

bool bawn_event_write(bawn_buf *out, const bawn_event *e)
{
    counts n = { at_most(e->n_findings, MAX_ITEMS), at_most(e->n_unguarded, MAX_ITEMS),
                 at_most(e->n_tools, MAX_ITEMS) };
    size_t begin = out->len;

    bawn_buf_reserve(out, 4096);                           /* an ordinary event grows the buffer once */
    for (;;) {
        whole(out, e, &n);
        if (out->failed || out->len - begin <= MAX_EVENT)
            return !out->failed;
        out->len = begin;
        if (n.findings <= 1 && n.unguarded == 0 && n.tools == 0)
            return false;                                  /* only tables of our own could be this long */
        n.findings = n.findings > 1 ? n.findings * 3 / 4 : n.findings;
        n.unguarded = n.unguarded * 3 / 4;
        n.tools = n.tools * 3 / 4;
    }
}

void bawn_event_hash(char out[18], bawn_slice key, bawn_slice kind, bawn_slice text)
{
    uint8_t hash[8];

    bawn_value_hash(hash, key, kind, text);
    out[0] = 'k';
    out[1] = ':';
    bawn_hex(out + 2, hash, sizeof hash);
}
