/* ask_bedrock.c: Converse, read. Its blocks are unions, told apart by their one member; images are bytes of a format; a schema of an
 * answer is a string of JSON. Model and stream stand in the path. */
#include "translate/inner.h"

/* The one member of a union that is there: its value, and its key. 0: it has none, or several. */
static uint32_t member_of(bawn_slice *key, bawn_tr_reader *r, uint32_t object)
{
    uint32_t found = 0;

    if (bawn_tr_type(r, object) != BAWN_JSON_OBJECT)
        return 0;
    for (uint32_t at = object + 1; at < r->json->tokens[object].next; at = r->json->tokens[at + 1].next) {
        if (bawn_tr_type(r, at + 1) == BAWN_JSON_NULL)
            continue;
        if (found)
            return 0;
        found = at + 1;
        *key = bawn_json_raw(r->json, at);
    }
    return found;
}

static bool image(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object)
{
    static const struct { const char *format; bawn_slice media; } formats[] = {
        { "png", { "image/png", 9 } }, { "jpeg", { "image/jpeg", 10 } }, { "gif", { "image/gif", 9 } }, { "webp", { "image/webp", 10 } } };
    bawn_tr_value format, bytes;
    uint32_t source;

    p->kind = BAWN_TR_IMAGE;
    if (!bawn_tr_need(&format, r, object, "format") || !bawn_tr_object(&source, r, object, "source"))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(formats); i++)
        if (bawn_slice_is(format.raw, formats[i].format))
            p->more = formats[i].media;
    if (p->more.len == 0)
        return bawn_tr_refuse(r, format.token, NULL, "expected png, jpeg, gif or webp.");
    if (!source)
        return bawn_tr_refuse(r, object, "source", "expected an object with bytes.");
    if (!bawn_tr_need(&bytes, r, source, "bytes"))
        return false;
    p->text = bytes.raw;
    return true;
}

static bool call(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object)
{
    return bawn_tr_call(p, r, object, "toolUseId") && (p->more.len > 0 || bawn_tr_refuse(r, object, "input", "expected an object."));
}

static bool thought(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object)
{
    bawn_tr_value text, signature;
    uint32_t inner;

    p->kind = BAWN_TR_THOUGHT;
    if (!bawn_tr_object(&inner, r, object, "reasoningText") || !inner)
        return inner ? false : bawn_tr_refuse(r, object, NULL, "a thought that is not to be read cannot be translated.");
    if (!bawn_tr_need(&text, r, inner, "text") || !bawn_tr_string(&signature, r, inner, "signature"))
        return false;
    p->text = text.raw;
    p->more = signature.raw;
    return true;
}

/* Marked for guardrails: they have looked, and to a model it is text. */
static bool guarded(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object)
{
    bawn_tr_value text;
    uint32_t inner;

    if (!bawn_tr_object(&inner, r, object, "text") || !inner)
        return inner ? false : bawn_tr_refuse(r, object, NULL, "a block of this kind cannot be translated to the upstream's API.");
    if (!bawn_tr_need(&text, r, inner, "text"))
        return false;
    p->text = text.raw;
    return true;
}

static bool text(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token)
{
    p->text = bawn_json_raw(r->json, token);
    return bawn_tr_type(r, token) == BAWN_JSON_STRING || bawn_tr_refuse(r, token, NULL, "expected a string.");
}

static bool json(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token)
{
    bawn_tr_whole(r, token);
    p->text = bawn_tr_json(r->json, token);
    p->json = true;
    return true;
}

static bool result(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object);

enum { IN_SYSTEM = 1, IN_USER = 2, IN_ASSISTANT = 4, IN_RESULT = 8 };

static bool block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token, unsigned place)
{
    static const struct { const char *key; bool (*read)(bawn_tr_part *, bawn_tr_reader *, uint32_t); unsigned places; } kinds[] = {
        { "text", text, IN_SYSTEM | IN_USER | IN_ASSISTANT | IN_RESULT }, { "guardContent", guarded, IN_SYSTEM | IN_USER },
        { "image", image, IN_USER | IN_RESULT }, { "toolUse", call, IN_ASSISTANT }, { "toolResult", result, IN_USER },
        { "reasoningContent", thought, IN_ASSISTANT }, { "json", json, IN_RESULT },
    };
    bawn_slice key;
    uint32_t value = member_of(&key, r, token);

    *p = (bawn_tr_part){ .token = token };
    bawn_tr_use(r, token);
    if (!value)
        return bawn_tr_refuse(r, token, NULL, "expected a block with one member.");
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_slice_is(key, kinds[i].key) && (kinds[i].places & place)) {
            bawn_tr_use(r, value);
            return kinds[i].read(p, r, value);
        }
    return bawn_tr_refuse(r, value, NULL, "a block of this kind cannot be translated to the upstream's API.");
}

static bool is_mark(const bawn_tr_reader *r, uint32_t token) { return bawn_json_get(r->json, token, "cachePoint") != 0; }

/* Points of a cache are no blocks: what stands in them has a row that drops it. */
static bool blocks(bawn_tr_part **parts, size_t *n, bawn_tr_reader *r, uint32_t list, unsigned place)
{
    if (!(*parts = bawn_tr_array(r, bawn_tr_count(r, list), sizeof **parts)))
        return false;
    for BAWN_TR_EACH(r, item, list) {
        if (is_mark(r, item))
            continue;
        if (!block(&(*parts)[(*n)++], r, item, place))
            return false;
    }
    return true;
}

static bool result(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object)
{
    bawn_tr_value id, status;
    uint32_t list;

    p->kind = BAWN_TR_RESULT;
    if (!bawn_tr_need(&id, r, object, "toolUseId") || !bawn_tr_string(&status, r, object, "status") ||
        !bawn_tr_list(&list, r, object, "content"))
        return false;
    p->id = id.raw;
    p->failed = bawn_slice_is(status.raw, "error");
    if (status.there && !p->failed && !bawn_slice_is(status.raw, "success"))
        return bawn_tr_refuse(r, status.token, NULL, "expected success or error.");
    return blocks(&p->parts, &p->n, r, list, IN_RESULT);
}

static bool messages(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t list, system, content;
    bawn_tr_value role;

    if (!bawn_tr_list(&system, r, 0, "system") || !bawn_tr_list(&list, r, 0, "messages") ||
        !(a->messages = bawn_tr_array(r, bawn_tr_count(r, list) + 1, sizeof *a->messages)))
        return false;
    if (system) {
        a->messages[0] = (bawn_tr_message){ .role = BAWN_TR_SYSTEM, .token = system };
        if (!blocks(&a->messages[0].parts, &a->messages[0].n, r, system, IN_SYSTEM))
            return false;
        a->n_messages = a->messages[0].n > 0;
    }
    for BAWN_TR_EACH(r, item, list) {
        bawn_tr_message *m = &a->messages[a->n_messages++];
        *m = (bawn_tr_message){ .token = item };
        bawn_tr_use(r, item);
        if (!bawn_tr_need(&role, r, item, "role") || !bawn_tr_list(&content, r, item, "content"))
            return false;
        m->role = bawn_slice_is(role.raw, "user") ? BAWN_TR_USER : BAWN_TR_ASSISTANT;
        if (m->role == BAWN_TR_ASSISTANT && !bawn_slice_is(role.raw, "assistant"))
            return bawn_tr_refuse(r, role.token, NULL, "expected user or assistant.");
        if (!blocks(&m->parts, &m->n, r, content, m->role == BAWN_TR_USER ? IN_USER : IN_ASSISTANT))
            return false;
    }
    return true;
}

/* ---- parameters -------------------------------------------------------------------------------------------------------- */
static bool tool(bawn_tr_tool *t, bawn_tr_reader *r, uint32_t token)
{
    bawn_tr_value name, schema;
    uint32_t spec, input;

    bawn_tr_use(r, token);
    if (!bawn_tr_object(&spec, r, token, "toolSpec") || !spec)
        return spec ? false : bawn_tr_refuse(r, token, NULL, "expected a toolSpec; no other tool can be translated.");
    if (!bawn_tr_need(&name, r, spec, "name") || !bawn_tr_string(&t->description, r, spec, "description") ||
        !bawn_tr_object(&input, r, spec, "inputSchema") || !bawn_tr_flag(&t->strict, r, spec, "strict"))
        return false;
    if (!input)
        return bawn_tr_refuse(r, spec, "inputSchema", "expected an object.");
    if (!bawn_tr_tree(&schema, r, input, "json", BAWN_JSON_OBJECT) || !schema.there)
        return schema.there ? false : bawn_tr_refuse(r, input, "json", "expected an object.");
    t->name = name.raw;
    t->schema = bawn_tr_json(r->json, schema.token);
    return true;
}

static bool choice(bawn_tr_ask *a, bawn_tr_reader *r, uint32_t config)
{
    bawn_tr_value name;
    bawn_slice key;
    uint32_t object, value;

    if (!bawn_tr_object(&object, r, config, "toolChoice"))
        return false;
    if (!object)
        return true;
    if (!(value = member_of(&key, r, object)))
        return bawn_tr_refuse(r, object, NULL, "expected one of auto, any, tool.");
    a->choice = bawn_slice_is(key, "auto") ? BAWN_TR_AUTO : bawn_slice_is(key, "any") ? BAWN_TR_ANY
                : bawn_slice_is(key, "tool") ? BAWN_TR_ONE : BAWN_TR_UNSAID;
    if (a->choice == BAWN_TR_UNSAID)
        return bawn_tr_refuse(r, value, NULL, "expected one of auto, any, tool.");
    bawn_tr_use(r, value);
    if (a->choice != BAWN_TR_ONE)
        return true;
    if (!bawn_tr_need(&name, r, value, "name"))
        return false;
    a->chosen = name.raw;
    return true;
}

static bool tools(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t config, list;

    if (!bawn_tr_object(&config, r, 0, "toolConfig"))
        return false;
    if (!config)
        return true;
    if (!bawn_tr_list(&list, r, config, "tools") || !(a->tools = bawn_tr_array(r, bawn_tr_count(r, list), sizeof *a->tools)))
        return false;
    for BAWN_TR_EACH(r, item, list)
        if (!is_mark(r, item) && !tool(&a->tools[a->n_tools++], r, item))
            return false;
    return choice(a, r, config);
}

static bool schema_of(bawn_tr_ask *a, bawn_tr_reader *r, uint32_t format)
{
    bawn_tr_value type, schema;
    uint32_t structure, inner = 0;

    if (!bawn_tr_need(&type, r, format, "type") || !bawn_tr_object(&structure, r, format, "structure") ||
        (structure && !bawn_tr_object(&inner, r, structure, "jsonSchema")))
        return false;
    if (!bawn_slice_is(type.raw, "json_schema") || !inner)
        return bawn_tr_refuse(r, format, NULL, "expected json_schema with a schema.");
    if (!bawn_tr_need(&schema, r, inner, "schema") || !bawn_tr_unquote(&schema, r))
        return false;
    a->schema = schema.raw;
    return true;
}

static bool format(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t config, text_format = 0;

    return bawn_tr_object(&config, r, 0, "outputConfig") && (!config || bawn_tr_object(&text_format, r, config, "textFormat")) &&
           (!text_format || schema_of(a, r, text_format));
}

bool bawn_tr_ask_bedrock(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t config;

    if (!messages(a, r) || !tools(a, r) || !format(a, r) || !bawn_tr_object(&config, r, 0, "inferenceConfig"))
        return false;
    return !config || (bawn_tr_number(&a->limit, r, config, "maxTokens") && bawn_tr_number(&a->temperature, r, config, "temperature") &&
                       bawn_tr_number(&a->top_p, r, config, "topP") && bawn_tr_stops(a, r, config, "stopSequences"));
}
