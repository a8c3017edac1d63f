/* responses_write.c: blocks and failures as OpenAI's Responses say them (DESIGN 3a.5, features 3.7): HTTP 200, status "incomplete",
 * incomplete_details.reason "content_filter".
 *
 * Where nothing of an answer was passed on, the message is an assistant's message of two parts: text, which is what `output_text` of the
 * SDKs and front ends show, and refusal, which is where programs look. A request for JSON (text.format) gets the refusal alone: the SDKs
 * parse every text, and would raise at ours as at broken JSON.
 *
 * Half-way through a stream the text is the model's and stays a prefix of what the model said (RULINGS R2): the open part and its item are
 * closed, their repetitions hold what was delivered, and the message follows as a refusal in an item of its own. A call of a tool that is
 * open stays open and is not in the answer: agents run what output_item.done brings, and half a command is another command.
 *
 * A stream that breaks ends with response.failed (RULINGS R42). */
#include "dialect/responses.h"

#define STR(b, text) bawn_buf_str(b, text)

typedef struct {
    bawn_buf *b;
    const bawn_conversation *request, *answer;          /* answer: NULL in streams */
    const bawn_story *told;                             /* NULL: nothing */
    bawn_slice id, message, status;
    const char *code;                                   /* of a failure; NULL: a refusal */
    uint64_t now_ns, event;                             /* number of the next event */
    bawn_buf items;                                     /* of the answer, a list without brackets */
} ending;

/* All or nothing: what a failed writer has written is taken back. */
static bool done(ending *e, size_t start)
{
    bool ok = !e->b->failed && !e->items.failed;

    bawn_buf_free(&e->items);
    if (!ok) {
        e->b->len = start;
        e->b->failed = true;
    }
    return ok;
}

static void key_add(bawn_buf *b, const char *key, bawn_slice text)
{
    STR(b, key);
    bawn_json_write_string(b, text);
}

static void list_add(bawn_buf *list, bawn_slice json)
{
    if (list->len > 0)
        bawn_buf_byte(list, ',');
    bawn_buf_add(list, json);
}

/* ---- the answer as a whole ----------------------------------------------------------------------------------------------------------- */
static void usage_add(bawn_buf *b, const bawn_conversation *answer)
{
    int64_t in = answer && answer->input_tokens > 0 ? answer->input_tokens : 0;
    int64_t out = answer && answer->output_tokens > 0 ? answer->output_tokens : 0;

    STR(b, "{\"input_tokens\":");
    bawn_buf_u64(b, (uint64_t)in);
    STR(b, ",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":");
    bawn_buf_u64(b, (uint64_t)out);
    STR(b, ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":");
    bawn_buf_u64(b, (uint64_t)in + (uint64_t)out);
    STR(b, "}");
}

/* What the end changes of it. */
static void changed_add(ending *e)
{
    key_add(e->b, "\"status\":", e->status);
    STR(e->b, ",\"incomplete_details\":");
    STR(e->b, bawn_slice_is(e->status, "incomplete") ? "{\"reason\":\"content_filter\"}" : "null");
    STR(e->b, ",\"error\":");
    if (e->code && bawn_slice_is(e->status, "failed")) {
        key_add(e->b, "{\"code\":", bawn_slice_str(e->code));
        key_add(e->b, ",\"message\":", e->message);
        STR(e->b, "}");
    } else {
        STR(e->b, "null");
    }
    STR(e->b, ",\"output\":[");
    bawn_buf_add(e->b, bawn_buf_slice(&e->items));
    STR(e->b, "]");
}

static bool is_changed(bawn_slice key)
{
    static const char *const keys[] = { "status", "incomplete_details", "error", "output", "output_text" };

    for (size_t i = 0; i < BAWN_COUNT(keys); i++)
        if (bawn_slice_is(key, keys[i]))
            return true;
    return false;
}

/* The members of an object besides those that are written anew, each with a comma before it. */
static void others_add(bawn_buf *b, bawn_slice object, bool (*leaves_out)(bawn_slice key))
{
    bawn_json j = { 0 };

    if (!bawn_json_parse(&j, object, 128, NULL)) {
        b->failed = true;
        return;
    }
    for (uint32_t key = 1; key < j.tokens[0].next; key = j.tokens[key + 1].next) {
        bawn_span at = bawn_walk_value(&j, key + 1);
        if (leaves_out(bawn_json_raw(&j, key)))
            continue;
        STR(b, ",\"");
        bawn_buf_add(b, bawn_json_raw(&j, key));
        STR(b, "\":");
        bawn_buf_add(b, bawn_slice_of(object.ptr + at.begin, at.end - at.begin));
    }
    bawn_json_free(&j);
}

static void made_add(ending *e)
{
    const bawn_conversation *a = e->answer;

    STR(e->b, ",\"id\":\"");
    if (a && a->id.len > 0) {
        bawn_json_write_escaped(e->b, a->id);
    } else {
        STR(e->b, "resp_");
        bawn_json_write_escaped(e->b, e->id);
    }
    STR(e->b, "\",\"object\":\"response\",\"created_at\":");
    bawn_buf_u64(e->b, e->now_ns / 1000000000u);
    key_add(e->b, ",\"model\":", a && a->model.len > 0 ? a->model : e->request->model);
    STR(e->b, ",\"instructions\":null,\"metadata\":{},\"parallel_tool_calls\":true,\"temperature\":null,\"tool_choice\":\"auto\","
              "\"tools\":[],\"top_p\":null,\"usage\":");
    if (bawn_slice_is(e->status, "in_progress"))
        STR(e->b, "null");
    else
        usage_add(e->b, a);
}

static void response_add(ending *e)
{
    STR(e->b, "{");
    changed_add(e);
    if (e->told && e->told->begun)
        others_add(e->b, bawn_buf_slice(&e->told->response), is_changed);
    else
        made_add(e);
    STR(e->b, "}");
}

/* ---- our own message --------------------------------------------------------------------------------------------------------------------- */
static void text_part_add(bawn_buf *b, bawn_slice text)
{
    key_add(b, "{\"type\":\"output_text\",\"text\":", text);
    STR(b, ",\"annotations\":[],\"logprobs\":[]}");
}

static void refusal_part_add(bawn_buf *b, bawn_slice text)
{
    key_add(b, "{\"type\":\"refusal\",\"refusal\":", text);
    STR(b, "}");
}

static void message_id_add(bawn_buf *b, const ending *e)
{
    STR(b, "\"msg_");
    bawn_json_write_escaped(b, e->id);
    STR(b, "\"");
}

/* text: whether its message is a text as well. */
static void message_add(bawn_buf *b, const ending *e, bool begins, bool text)
{
    STR(b, "{\"id\":");
    message_id_add(b, e);
    STR(b, ",\"type\":\"message\",\"role\":\"assistant\",\"status\":");
    STR(b, begins ? "\"in_progress\",\"content\":[" : "\"incomplete\",\"content\":[");
    if (!begins && text) {
        text_part_add(b, e->message);
        STR(b, ",");
    }
    if (!begins)
        refusal_part_add(b, e->message);
    STR(b, "]}");
}

static void message_to_items(ending *e, bool text)
{
    if (e->items.len > 0)
        STR(&e->items, ",");
    message_add(&e->items, e, false, text);
}

/* ---- events -------------------------------------------------------------------------------------------------------------------------------- */
static void event_begin(ending *e, const char *name)
{
    STR(e->b, "event: ");
    STR(e->b, name);
    STR(e->b, "\ndata: {\"type\":\"");
    STR(e->b, name);
    STR(e->b, "\",\"sequence_number\":");
    bawn_buf_u64(e->b, e->event++);
}

static void event_end(ending *e) { STR(e->b, "}\n\n"); }

static void item_event_begin(ending *e, const char *name, uint32_t item)
{
    event_begin(e, name);
    STR(e->b, ",\"output_index\":");
    bawn_buf_u64(e->b, item);
}

static void part_event_begin(ending *e, const char *name, uint32_t item, const char *index, uint32_t part, bawn_slice item_id)
{
    item_event_begin(e, name, item);
    STR(e->b, ",\"");
    STR(e->b, index);
    STR(e->b, "\":");
    bawn_buf_u64(e->b, part);
    key_add(e->b, ",\"item_id\":", item_id);
}

static void life_event(ending *e, const char *name, const char *status)
{
    e->status = bawn_slice_str(status);
    event_begin(e, name);
    STR(e->b, ",\"response\":");
    response_add(e);
    event_end(e);
}

/* A part of ours, from its begin to its end; `refusal`: else it is text. */
static void whole_part(ending *e, uint32_t item, uint32_t part, bool refusal, bawn_slice item_id)
{
    static const char *const names[][3] = {
        { "response.output_text.delta", "response.output_text.done", ",\"text\":" },
        { "response.refusal.delta", "response.refusal.done", ",\"refusal\":" },
    };
    void (*add)(bawn_buf *, bawn_slice) = refusal ? refusal_part_add : text_part_add;

    part_event_begin(e, "response.content_part.added", item, "content_index", part, item_id);
    STR(e->b, ",\"part\":");
    add(e->b, BAWN_NIL);
    event_end(e);
    part_event_begin(e, names[refusal][0], item, "content_index", part, item_id);
    key_add(e->b, ",\"delta\":", e->message);
    STR(e->b, refusal ? "" : ",\"logprobs\":[]");
    event_end(e);
    part_event_begin(e, names[refusal][1], item, "content_index", part, item_id);
    key_add(e->b, names[refusal][2], e->message);
    STR(e->b, refusal ? "" : ",\"logprobs\":[]");
    event_end(e);
    part_event_begin(e, "response.content_part.done", item, "content_index", part, item_id);
    STR(e->b, ",\"part\":");
    add(e->b, e->message);
    event_end(e);
}

static void message_events(ending *e, uint32_t item, bool text)
{
    bawn_buf id = { 0 };

    STR(&id, "msg_");
    bawn_buf_add(&id, e->id);
    item_event_begin(e, "response.output_item.added", item);
    STR(e->b, ",\"item\":");
    message_add(e->b, e, true, text);
    event_end(e);
    if (text)
        whole_part(e, item, 0, false, bawn_buf_slice(&id));
    whole_part(e, item, text, true, bawn_buf_slice(&id));
    item_event_begin(e, "response.output_item.done", item);
    STR(e->b, ",\"item\":");
    message_add(e->b, e, false, text);
    event_end(e);
    message_to_items(e, text);
    e->b->failed = e->b->failed || id.failed;
    bawn_buf_free(&id);
}

/* ---- closing what is open -------------------------------------------------------------------------------------------------------------------- */
static bool is(const bawn_story_part *p, const char *kind) { return strcmp(p->kind, kind) == 0; }

static void delivered_part_add(bawn_buf *b, const bawn_story_part *p)
{
    bawn_slice text = bawn_buf_slice(&p->text);

    if (is(p, "output_text")) {
        text_part_add(b, text);
    } else if (is(p, "refusal")) {
        refusal_part_add(b, text);
    } else {
        key_add(b, "{\"type\":", bawn_slice_str(p->kind));
        key_add(b, ",\"text\":", text);
        STR(b, "}");
    }
}

/* The event that says the text again. A text that is to be JSON and is half of it would be parsed by the SDKs, which raise: it has none. */
static const char *said_again(const ending *e, const bawn_story_part *p)
{
    static const char *const names[][2] = {
        { "output_text", "response.output_text.done" }, { "refusal", "response.refusal.done" },
        { "reasoning_text", "response.reasoning_text.done" }, { "summary_text", "response.reasoning_summary_text.done" },
    };

    for (size_t k = e->request->structured ? 1 : 0; k < BAWN_COUNT(names); k++)
        if (is(p, names[k][0]))
            return names[k][1];
    return NULL;
}

static void close_part(ending *e, const bawn_story_part *p, uint32_t item, bawn_slice item_id)
{
    const char *index = p->summary ? "summary_index" : "content_index", *again = said_again(e, p);

    if (again) {
        part_event_begin(e, again, item, index, p->number, item_id);
        key_add(e->b, is(p, "refusal") ? ",\"refusal\":" : ",\"text\":", bawn_buf_slice(&p->text));
        STR(e->b, is(p, "output_text") ? ",\"logprobs\":[]" : "");
        event_end(e);
    }
    part_event_begin(e, p->summary ? "response.reasoning_summary_part.done" : "response.content_part.done", item, index, p->number,
                     item_id);
    STR(e->b, ",\"part\":");
    delivered_part_add(e->b, p);
    event_end(e);
}

static bool is_item_changed(bawn_slice key)
{
    return bawn_slice_is(key, "status") || bawn_slice_is(key, "content") || bawn_slice_is(key, "summary");
}

static void parts_add(bawn_buf *b, const bawn_story_item *i, bool summary)
{
    const bawn_buf *ended = summary ? &i->summaries : &i->content;
    bool some = ended->len > 0;

    bawn_buf_add(b, bawn_buf_slice(ended));
    for (size_t k = 0; k < BAWN_STORY_PARTS; k++) {
        if (!i->parts[k].used || i->parts[k].summary != summary)
            continue;
        STR(b, some ? "," : "");
        delivered_part_add(b, &i->parts[k]);
        some = true;
    }
}

static void delivered_item_add(bawn_buf *b, const bawn_story_item *i, bool reasoning)
{
    STR(b, "{\"status\":\"incomplete\",\"content\":[");
    parts_add(b, i, false);
    STR(b, "]");
    if (reasoning) {
        STR(b, ",\"summary\":[");
        parts_add(b, i, true);
        STR(b, "]");
    }
    others_add(b, bawn_buf_slice(&i->item), is_item_changed);
    STR(b, "}");
}

static bool is_whole(const bawn_story_item *i)
{
    for (size_t k = 0; k < BAWN_STORY_PARTS; k++)
        if (i->parts[k].used && i->parts[k].lost)
            return false;
    return true;
}

static void close_item(ending *e, const bawn_story_item *i)
{
    bawn_json j = { 0 };
    bool read = bawn_json_parse(&j, bawn_buf_slice(&i->item), 128, NULL) && bawn_json_is_object(&j);
    uint32_t type = read ? bawn_json_get(&j, 0, "type") : 0, id = read ? bawn_json_get(&j, 0, "id") : 0;
    bool reasoning = type && bawn_json_is(&j, type, "reasoning");
    bawn_buf item = { 0 };

    if (reasoning || (type && bawn_json_is(&j, type, "message"))) {
        for (size_t k = 0; k < BAWN_STORY_PARTS; k++)
            if (i->parts[k].used)
                close_part(e, &i->parts[k], i->index, id && j.tokens[id].type == BAWN_JSON_STRING ? bawn_json_raw(&j, id) : BAWN_NIL);
        delivered_item_add(&item, i, reasoning);
        item_event_begin(e, "response.output_item.done", i->index);
        STR(e->b, ",\"item\":");
        bawn_buf_add(e->b, bawn_buf_slice(&item));
        event_end(e);
        list_add(&e->items, bawn_buf_slice(&item));
    }
    e->b->failed = e->b->failed || item.failed;
    bawn_buf_free(&item);
    bawn_json_free(&j);
}

/* ---- members of the dialect -------------------------------------------------------------------------------------------------------------------- */
static ending begin(bawn_buf *b, const bawn_conversation *request, const bawn_story *told, bawn_slice id, bawn_slice message,
                    uint64_t now_ns)
{
    ending e = { .b = b, .request = request, .told = told, .id = id, .message = message, .now_ns = now_ns,
                 .event = told ? told->next_event : 0 };

    if (!told || !told->begun)
        life_event(&e, "response.created", "in_progress");
    if (told)
        bawn_buf_add(&e.items, bawn_buf_slice(&told->items));
    return e;
}

bool bawn_responses_stream_refusal(bawn_buf *b, const bawn_conversation *request, const bawn_story *told, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns)
{
    size_t start = b->len;
    ending e = begin(b, request, told, id, message, now_ns);
    uint32_t items = told ? told->next_item : 0;

    for (size_t i = 0; told && i < BAWN_STORY_OPEN; i++)
        if (told->open[i].used && is_whole(&told->open[i]))
            close_item(&e, &told->open[i]);
    message_events(&e, items, items == 0 && !request->structured);
    life_event(&e, "response.incomplete", "incomplete");
    return done(&e, start);
}

bool bawn_responses_broken(bawn_buf *b, const bawn_conversation *request, const bawn_story *told, int code, bawn_slice message,
                           bawn_slice id, uint64_t now_ns)
{
    size_t start = b->len;
    ending e = begin(b, request, told, id, message, now_ns);

    e.code = bawn_error_code_name(code);
    life_event(&e, "response.failed", "failed");
    return done(&e, start);
}

bool bawn_responses_refused_answer(bawn_buf *b, const bawn_conversation *request, const bawn_conversation *answer, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns)
{
    size_t start = b->len;
    ending e = { .b = b, .request = request, .answer = answer, .id = id, .message = message, .now_ns = now_ns,
                 .status = BAWN_LIT("incomplete") };

    message_to_items(&e, !request->structured);
    response_add(&e);
    return done(&e, start);
}

bool bawn_responses_refusal(bawn_buf *b, bawn_slice *content_type, const bawn_conversation *request, bawn_slice id, bawn_slice message,
                            uint64_t now_ns)
{
    *content_type = request->stream ? BAWN_LIT("text/event-stream") : BAWN_LIT("application/json");
    if (!request->stream)
        return bawn_responses_refused_answer(b, request, NULL, id, message, now_ns);
    return bawn_responses_stream_refusal(b, request, NULL, id, message, now_ns);
}
