/* responses_event.c: events of a stream of Responses -> conversation.
 *
 * An item is added, its parts come in deltas, and then all of it is said again, more than once: `...done` has the part, content_part.done
 * the part, output_item.done the item, and the last event the whole answer. What is added and what comes in deltas is running text, one
 * channel a part; each repetition is a text of its own, judged as a whole, so that it gets what the same text got before, and nothing
 * that stands only there passes unseen. An event of an item that is not open is refused: its text would be judged apart from what the
 * client joins it to. */
#include <stdio.h>

#include "dialect/answers.h"
#include "dialect/pointer.h"
#include "dialect/responses.h"

typedef enum { PLAIN, BEGIN, END, ADDED, CLOSED, PART, DELTA, DONE } shape;

#define REPETITIONS (65536 / BAWN_STREAM_ITEMS - 1)    /* with items, they fill a channel's 16 bits */

typedef struct {
    const char *name;
    shape shape;
    const char *index;                  /* the member that numbers the part; NULL: the text is the item's arguments */
    uint16_t channel;                   /* of the text, in the part where there is one */
    bool json;                          /* it holds JSON */
    const char *path;                   /* in an item */
} kind;

static const kind kinds[] = {
    { "response.created", BEGIN, NULL, 0, false, NULL },
    { "response.completed", END, NULL, 0, false, NULL },
    { "response.incomplete", END, NULL, 0, false, NULL },
    { "response.failed", END, NULL, 0, false, NULL },
    { "response.output_item.added", ADDED, NULL, 0, false, "" },
    { "response.output_item.done", CLOSED, NULL, 0, false, "" },
    { "response.content_part.added", PART, "content_index", 0, false, "content" },
    { "response.content_part.done", PART, "content_index", 0, false, "content" },
    { "response.reasoning_summary_part.added", PART, "summary_index", 0, false, "summary" },
    { "response.reasoning_summary_part.done", PART, "summary_index", 0, false, "summary" },
    { "response.output_text.delta", DELTA, "content_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.output_text.done", DONE, "content_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.refusal.delta", DELTA, "content_index", BAWN_CHANNEL_REFUSAL, false, "refusal" },
    { "response.refusal.done", DONE, "content_index", BAWN_CHANNEL_REFUSAL, false, "refusal" },
    { "response.reasoning_text.delta", DELTA, "content_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.reasoning_text.done", DONE, "content_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.reasoning_summary_text.delta", DELTA, "summary_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.reasoning_summary_text.done", DONE, "summary_index", BAWN_CHANNEL_CONTENT, false, "text" },
    { "response.function_call_arguments.delta", DELTA, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, true, "arguments" },
    { "response.function_call_arguments.done", DONE, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, true, "arguments" },
    { "response.mcp_call_arguments.delta", DELTA, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, true, "arguments" },
    { "response.mcp_call_arguments.done", DONE, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, true, "arguments" },
    { "response.custom_tool_call_input.delta", DELTA, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, false, "input" },
    { "response.custom_tool_call_input.done", DONE, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, false, "input" },
    { "response.code_interpreter_call_code.delta", DELTA, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, false, "code" },
    { "response.code_interpreter_call_code.done", DONE, NULL, BAWN_CHANNEL_TOOL_ARGUMENTS, false, "code" },
    { "response.shell_call_command.added", DELTA, "command_index", BAWN_CHANNEL_CALL_ARGUMENTS, false, "action/commands" },
    { "response.shell_call_command.delta", DELTA, "command_index", BAWN_CHANNEL_CALL_ARGUMENTS, false, "action/commands" },
    { "response.shell_call_command.done", DONE, "command_index", BAWN_CHANNEL_CALL_ARGUMENTS, false, "action/commands" },
    { "response.shell_call_output_content.delta", DELTA, "command_index", BAWN_CHANNEL_STDOUT, false, "output" },
    { "response.shell_call_output_content.done", DONE, "command_index", BAWN_CHANNEL_STDOUT, false, "output" },
};

/* An event that is not in the list: text of it is judged value by value, and pieces of a text that nobody knows as one text. */
static const kind other = { NULL, PLAIN, NULL, BAWN_CHANNEL_REASONING_DETAILS, false, NULL };

static const kind *kind_of(const bawn_json *j, uint32_t type)
{
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_json_is(j, type, kinds[i].name))
            return &kinds[i];
    return &other;
}

static bool is_done(const kind *k)
{
    return bawn_slice_ends(bawn_slice_str(k->name), BAWN_LIT(".done"));
}

/* Repetitions are told apart while they are held: the next number, or 0 for what is none. */
static uint32_t repetition_of(bawn_stream_state *s, const kind *k)
{
    bool first = k->shape == DELTA || k->shape == ADDED || (k->shape == PART && !is_done(k));

    return first ? 0 : 1 + s->run++ % REPETITIONS;
}

/* ---- where an event belongs -------------------------------------------------------------------------------------------------- */
static bool number(uint32_t *out, const bawn_json *j, const char *key, uint32_t limit, uint32_t fallback)
{
    uint32_t token = bawn_json_get(j, 0, key);
    uint64_t n = fallback;

    if (token && !bawn_json_u64(&n, j, token))
        return false;
    *out = (uint32_t)n;
    return n < limit;
}

static bool bit(const uint64_t *set, uint32_t i) { return set[i / 64] >> (i % 64) & 1; }
static void set_bit(uint64_t *set, uint32_t i) { set[i / 64] |= (uint64_t)1 << (i % 64); }

/* Whether the event may come now. */
static bool is_in_order(const bawn_stream_state *s, const kind *k, uint32_t item)
{
    bool open = bit(s->added, item) && !bit(s->closed, item);

    switch (k->shape) {
    case PLAIN:
        return true;
    case BEGIN:
        return !s->begun;
    case ADDED:
        return s->begun && !bit(s->added, item);
    case END:
        return s->begun;
    default:
        return s->begun && open;
    }
}

static void advance(bawn_stream_state *s, bawn_conversation *out, const kind *k, uint32_t item)
{
    static const bawn_mark marks[] = { [BEGIN] = BAWN_MARK_BEGIN, [END] = BAWN_MARK_END, [ADDED] = BAWN_MARK_OPEN,
                                       [CLOSED] = BAWN_MARK_CLOSE, [DONE] = BAWN_MARK_NONE };

    out->mark = marks[k->shape];
    out->block = item;
    bawn_stream_advance(s, out->mark, item);
    if (k->shape == ADDED)
        set_bit(s->added, item);
    if (k->shape == CLOSED)
        set_bit(s->closed, item);
}

/* ---- its texts --------------------------------------------------------------------------------------------------------------- */
static void prefix_of(char out[64], const kind *k, uint32_t item, uint32_t index)
{
    if (!k->path || k->path[0] == 0)
        snprintf(out, 64, "/output/%u", item);
    else if (k->shape == PART || !k->index)
        snprintf(out, 64, k->index ? "/output/%u/%s/%u" : "/output/%u/%s", item, k->path, index);
    else if (strcmp(k->index, "command_index") == 0)
        snprintf(out, 64, "/output/%u/%s/%u", item, k->path, index);
    else
        snprintf(out, 64, "/output/%u/%s/%u/%s", item, strcmp(k->index, "summary_index") == 0 ? "summary" : "content", index, k->path);
}

/* "/delta" -> "/output/2/content/0/text": where it would stand in a whole answer. */
static bool whole_path(bawn_field *f, const char *prefix, bawn_arena *arena)
{
    static const char *const steps[] = { "/delta", "/item", "/part", "/text", "/refusal", "/arguments", "/input", "/code", "/command" };

    if (bawn_slice_starts(f->path, BAWN_LIT("/response/"))) {
        f->path = bawn_slice_of(f->path.ptr + 9, f->path.len - 9);
        return true;
    }
    for (size_t i = 0; i < BAWN_COUNT(steps); i++)
        if (bawn_slice_starts(f->path, bawn_slice_str(steps[i])))
            return bawn_pointer_rebase(&f->path, strlen(steps[i]), prefix, arena);
    return true;
}

static bool is_delta(const bawn_field *f) { return bawn_slice_is(f->path, "/delta") || bawn_slice_is(f->path, "/command"); }

/* What the table cannot know of a field: which text a delta goes on with, and which field is a repetition. */
static bool settle(bawn_conversation *out, const kind *k, const bawn_place *at, uint32_t index, bawn_arena *arena)
{
    char prefix[64];

    prefix_of(prefix, k, at->choice % BAWN_STREAM_ITEMS, index);
    for (size_t i = 0; i < out->n_fields; i++) {
        bawn_field *f = &out->fields[i];
        if ((k->shape == DELTA || k->shape == PLAIN) && is_delta(f) && !f->key) {
            f->kind = k->json ? BAWN_F_ARGUMENTS : BAWN_F_TEXT;
            uint32_t field = k->channel < BAWN_CHANNEL_TOOL_ARGUMENTS ? BAWN_CHANNEL_PARTS + 16 * at->call + k->channel : k->channel;
            f->channel = at->choice << 16 | field;
        }
        f->copy = at->choice >= BAWN_STREAM_ITEMS || bawn_channel_choice(f->channel) >= BAWN_STREAM_ITEMS;
        if (k->shape == PLAIN && is_delta(f))
            f->copy = false;
        if (k->path || bawn_slice_starts(f->path, BAWN_LIT("/response/")))
            if (!whole_path(f, prefix, arena))
                return false;
    }
    return true;
}

/* The texts that end with it. */
static void end_texts(bawn_conversation *out, const kind *k, uint32_t item, uint32_t part)
{
    uint32_t first = k->index ? BAWN_CHANNEL_PARTS + 16 * part : BAWN_CHANNEL_TOOL_ARGUMENTS, n = k->index ? 16 : 2;

    out->ends_run = k->shape == CLOSED;
    out->run = item;
    if (is_done(k) && k->shape != CLOSED) {
        out->ends_from = item << 16 | first;
        out->ends_to = out->ends_from + n;
    }
}

static bool read(bawn_walk *w, bawn_conversation *out, bawn_stream_state *s, const kind *k)
{
    uint32_t *repetition = w->extra, item, index = 0;
    bawn_place at = { .part = true };

    if (!number(&item, w->json, "output_index", BAWN_STREAM_ITEMS, k->shape == ADDED ? s->next : s->block) ||
        !number(&index, w->json, k->index ? k->index : "content_index", BAWN_RESPONSES_PARTS, 0))
        return bawn_answer_invalid(w->err, "an event whose numbers are none, or too large");
    if (!is_in_order(s, k, item) || (k == &other && !s->begun && bawn_slice_starts(out->type, BAWN_LIT("response."))))
        return bawn_answer_invalid(w->err, "an event where none of its type may come");
    at.call = k->index ? index + (strcmp(k->index, "summary_index") == 0 ? BAWN_RESPONSES_PARTS : 0) : 0;
    at.part = k->index != NULL;
    *repetition = repetition_of(s, k);
    at.choice = *repetition * BAWN_STREAM_ITEMS + item;
    advance(s, out, k, item);
    end_texts(out, k, item, at.call);
    out->indivisible = k->shape != DELTA;
    if (!bawn_answer_walk(w, "event", at))
        return false;
    if (k->shape == PLAIN)
        at.choice = item;
    return settle(out, k, &at, index, w->arena) || bawn_walk_memory(w);
}

bool bawn_responses_event(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t repetition = 0, type;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_responses_trie(), out, j, arena, err);
    w.extra = &repetition;
    out->named = out->nameless = true;
    if (!bawn_answer_type(&type, j, err))
        return false;
    out->error = bawn_json_is(j, type, "error");
    return bawn_walk_text(&out->type, &w, type) && read(&w, out, s, kind_of(j, type));
}
