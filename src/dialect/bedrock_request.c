/* bedrock_request.c: bodies of converse, invoke and count-tokens -> conversation. A body of invoke is the model's own: Anthropic's
 * is read as Messages; of others every string is the caller's. */
#include <inttypes.h>

#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/requests.h"

#define SYSTEM_MESSAGE (UINT32_MAX - 1)               /* the system prompt's number among messages */

static bool messages(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (bawn_walk_type(w, token) != BAWN_JSON_ARRAY)
        return bawn_walk_refuse(w, "messages", "a list of messages", token);
    w->out->n_messages = w->json->tokens[token].count;
    return true;
}

static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, token, "role");

    p->message = index;
    return bawn_request_role(p, w->json, role, 3) ||
           bawn_request_invalid(w, role ? role : UINT32_MAX, "user or assistant", "messages.%" PRIu32 ".role", index);
}

static bool system_prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    p->message = SYSTEM_MESSAGE;
    return true;
}

static bool tool_result(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    bawn_request_by_tool(p);
    return true;
}

/* A model's own body in base64 would have to be read like one of invoke, and is counted for nobody's sake: ask with converse. */
static bool count_body(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_refuse(w, "input.invokeModel", "input.converse: this gateway counts no bodies of other forms", token);
}

/* The member of that value, and a comma beside it: what is left without is an object still. */
static bawn_span member_of(const bawn_json *j, uint32_t value)
{
    bawn_span key = bawn_walk_value(j, value - 1), span = { key.begin, j->tokens[value].end };
    size_t before = span.begin, behind = span.end;

    while (before > 0 && bawn_is_space((unsigned char)j->text.ptr[before - 1]))
        before--;
    while (behind < j->text.len && bawn_is_space((unsigned char)j->text.ptr[behind]))
        behind++;
    if (before > 0 && j->text.ptr[before - 1] == ',')
        span.begin = before - 1;
    else if (behind < j->text.len && j->text.ptr[behind] == ',')
        span.end = behind + 1;
    return span;
}

/* AWS's own, unless it has the name of one of ours. */
static bool guardrail(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_conversation *out = w->out;
    bawn_slice trace = BAWN_NIL;

    (void)p, (void)index;
    if (bawn_walk_type(w, token) != BAWN_JSON_OBJECT)
        return bawn_walk_refuse(w, "guardrailConfig", "an object", token);
    out->guardrail_wire = member_of(w->json, token);
    if (!bawn_walk_string(&out->guardrail, w, bawn_json_get(w->json, token, "guardrailIdentifier")) ||
        !bawn_walk_string(&out->guardrail_version, w, bawn_json_get(w->json, token, "guardrailVersion")) ||
        !bawn_walk_string(&trace, w, bawn_json_get(w->json, token, "trace")))
        return false;
    out->guardrail_trace = trace.len > 0 && !bawn_slice_is(trace, "disabled");
    return true;
}

const bawn_hook_row bawn_bedrock_request_hooks[] = {
    { "ask.guardrailConfig", guardrail }, { "ask.messages", messages }, { "ask.messages[]", message }, { "ask.system", system_prompt },
    { "ask.messages[].content[].toolResult", tool_result }, { "count.input.converse.messages", messages },
    { "count.input.converse.messages[]", message }, { "count.input.converse.system", system_prompt },
    { "count.input.converse.messages[].content[].toolResult", tool_result }, { "count.input.invokeModel", count_body },
};
const size_t bawn_bedrock_n_request_hooks = BAWN_COUNT(bawn_bedrock_request_hooks);

bool bawn_bedrock_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bool own = op == BAWN_OP_INVOKE || op == BAWN_OP_INVOKE_STREAM;
    bawn_place start = bawn_request_start();
    bawn_walk w;

    bawn_walk_begin(&w, bawn_bedrock_trie(), out, j, arena, err);
    if (!bawn_request_is_object(j, err))
        return false;
    if (own && bawn_json_get(j, 0, "anthropic_version")) {
        if (!bawn_anthropic_read_request(out, j, arena, err))
            return false;
        out->native = true;
    } else {
        out->opaque = own;
        start.message = own ? 0 : UINT32_MAX;
        if (!bawn_walk_run(&w, own ? "native" : op == BAWN_OP_COUNT_TOKENS ? "count" : "ask", start))
            return false;
    }
    out->stream = op == BAWN_OP_CONVERSE_STREAM || op == BAWN_OP_INVOKE_STREAM;
    return true;
}
