/* ask_anthropic.c: Anthropic's Messages, read and written. What tools answered stands in the user's turn here, system texts beside the
 * messages. An assistant's tool calls have their arguments as JSON, and each text is a block. */
#include "translate/inner.h"

#include <stdlib.h>

#define STR(b, text) bawn_buf_str(b, text)

/* ---- reading: blocks ------------------------------------------------------------------------------------------------ */
static bool text_block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    bawn_tr_value text;

    if (!bawn_tr_need(&text, r, block, "text"))
        return false;
    p->text = text.raw;
    return true;
}

static bool image_block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    bawn_tr_value type, data, media;
    uint32_t source;

    p->kind = BAWN_TR_IMAGE;
    if (!bawn_tr_object(&source, r, block, "source") || !source)
        return source ? false : bawn_tr_refuse(r, block, "source", "expected an object.");
    if (!bawn_tr_need(&type, r, source, "type"))
        return false;
    bool address = bawn_slice_is(type.raw, "url");
    if (!address && !bawn_slice_is(type.raw, "base64"))
        return bawn_tr_refuse(r, type.token, NULL, "expected base64 or url; the upstream has no files of Anthropic's.");
    if (!bawn_tr_need(&data, r, source, address ? "url" : "data") || (!address && !bawn_tr_need(&media, r, source, "media_type")))
        return false;
    p->text = data.raw;
    p->more = address ? BAWN_NIL : media.raw;
    return true;
}

static bool call_block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    return bawn_tr_call(p, r, block, "id") && (p->more.len > 0 || bawn_tr_refuse(r, block, "input", "expected an object."));
}

static bool thought_block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    bawn_tr_value text, signature;

    p->kind = BAWN_TR_THOUGHT;
    if (!bawn_tr_need(&text, r, block, "thinking") || !bawn_tr_string(&signature, r, block, "signature"))
        return false;
    p->text = text.raw;
    p->more = signature.raw;
    return true;
}

/* A block of that list's, or a string: what may be said in a tool's result. */
static bool result_content(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    uint32_t token = bawn_tr_take(r, block, "content");
    bawn_tr_value type;

    if (!(p->parts = bawn_tr_array(r, token ? bawn_tr_count(r, token) + 1 : 0, sizeof *p->parts)))
        return false;
    if (token && bawn_tr_type(r, token) == BAWN_JSON_STRING)
        p->parts[p->n++] = (bawn_tr_part){ .token = token, .text = bawn_json_raw(r->json, token) };
    else if (token && bawn_tr_type(r, token) != BAWN_JSON_ARRAY)
        return bawn_tr_refuse(r, token, NULL, "expected a string or a list of blocks.");
    for BAWN_TR_EACH(r, item, token && bawn_tr_type(r, token) == BAWN_JSON_ARRAY ? token : 0) {
        bawn_tr_part *inner = &p->parts[p->n++];
        *inner = (bawn_tr_part){ .token = item };
        bawn_tr_use(r, item);
        if (!bawn_tr_need(&type, r, item, "type"))
            return false;
        if (!bawn_slice_is(type.raw, "text"))
            return bawn_tr_refuse(r, item, NULL, "a tool's result may hold text alone in the upstream's API.");
        if (!text_block(inner, r, item))
            return false;
    }
    return true;
}

static bool result_block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    bawn_tr_value id;

    p->kind = BAWN_TR_RESULT;
    if (!bawn_tr_need(&id, r, block, "tool_use_id") || !bawn_tr_flag(&p->failed, r, block, "is_error"))
        return false;
    p->id = id.raw;
    return result_content(p, r, block);
}

typedef bool (*block_reader)(bawn_tr_part *, bawn_tr_reader *, uint32_t);

static bool block(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token, bawn_tr_role role)
{
    static const struct { const char *type; block_reader read; unsigned roles; } kinds[] = {
        { "text", text_block, 1u << BAWN_TR_SYSTEM | 1u << BAWN_TR_USER | 1u << BAWN_TR_ASSISTANT },
        { "image", image_block, 1u << BAWN_TR_USER },         { "tool_result", result_block, 1u << BAWN_TR_USER },
        { "tool_use", call_block, 1u << BAWN_TR_ASSISTANT },  { "thinking", thought_block, 1u << BAWN_TR_ASSISTANT },
    };
    bawn_tr_value type;

    *p = (bawn_tr_part){ .token = token };
    bawn_tr_use(r, token);
    if (!bawn_tr_need(&type, r, token, "type"))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_slice_is(type.raw, kinds[i].type) && (kinds[i].roles & 1u << role))
            return kinds[i].read(p, r, token);
    return bawn_tr_refuse(r, token, NULL, "a block of type %.*s cannot be translated to the upstream's API.",
                          (int)(type.raw.len < 40 ? type.raw.len : 40), type.raw.ptr);
}

/* A string or a list of blocks, at `key`. */
static bool message(bawn_tr_message *m, bawn_tr_reader *r, uint32_t object, const char *key)
{
    uint32_t token = bawn_tr_take(r, object, key);

    if (!token || !(m->parts = bawn_tr_array(r, bawn_tr_count(r, token) + 1, sizeof *m->parts)))
        return token ? false : bawn_tr_refuse(r, object, key, "expected a string or a list of blocks.");
    if (bawn_tr_type(r, token) == BAWN_JSON_STRING) {
        m->parts[m->n++] = (bawn_tr_part){ .token = token, .text = bawn_json_raw(r->json, token) };
        return true;
    }
    if (bawn_tr_type(r, token) != BAWN_JSON_ARRAY)
        return bawn_tr_refuse(r, token, NULL, "expected a string or a list of blocks.");
    for BAWN_TR_EACH(r, item, token)
        if (!block(&m->parts[m->n++], r, item, m->role))
            return false;
    return true;
}

static bool messages(bawn_tr_ask *a, bawn_tr_reader *r)
{
    static const char *const roles[] = { [BAWN_TR_SYSTEM] = "system", [BAWN_TR_USER] = "user", [BAWN_TR_ASSISTANT] = "assistant" };
    uint32_t list, system = bawn_json_get(r->json, 0, "system");
    bawn_tr_value role;

    if (!bawn_tr_list(&list, r, 0, "messages") || !(a->messages = bawn_tr_array(r, bawn_tr_count(r, list) + 1, sizeof *a->messages)))
        return false;
    if (system && bawn_tr_type(r, system) != BAWN_JSON_NULL) {
        bool empty = bawn_tr_type(r, system) == BAWN_JSON_ARRAY && bawn_tr_count(r, system) == 0;
        a->messages[0] = (bawn_tr_message){ .role = BAWN_TR_SYSTEM, .token = system };
        a->n_messages += !empty;
        if (!empty && !message(&a->messages[0], r, 0, "system"))
            return false;
    }
    for BAWN_TR_EACH(r, item, list) {
        bawn_tr_message *m = &a->messages[a->n_messages++];
        *m = (bawn_tr_message){ .token = item, .role = BAWN_TR_SYSTEM };
        bawn_tr_use(r, item);
        if (!bawn_tr_need(&role, r, item, "role"))
            return false;
        while (m->role <= BAWN_TR_ASSISTANT && !bawn_slice_is(role.raw, roles[m->role]))
            m->role++;
        if (m->role > BAWN_TR_ASSISTANT)
            return bawn_tr_refuse(r, role.token, NULL, "expected user or assistant.");
        if (!message(m, r, item, "content"))
            return false;
    }
    return true;
}

/* ---- reading: parameters ------------------------------------------------------------------------------------------------ */
static bool tool(bawn_tr_tool *t, bawn_tr_reader *r, uint32_t token)
{
    bawn_tr_value type, name, schema;

    bawn_tr_use(r, token);
    if (!bawn_tr_string(&type, r, token, "type"))
        return false;
    if (type.there && !bawn_slice_is(type.raw, "custom"))
        return bawn_tr_refuse(r, type.token, NULL, "tools that Anthropic's servers know are not there on this upstream.");
    if (!bawn_tr_need(&name, r, token, "name") || !bawn_tr_string(&t->description, r, token, "description") ||
        !bawn_tr_tree(&schema, r, token, "input_schema", BAWN_JSON_OBJECT) || !bawn_tr_flag(&t->strict, r, token, "strict"))
        return false;
    t->name = name.raw;
    t->schema = schema.there ? bawn_tr_json(r->json, schema.token) : BAWN_NIL;
    return schema.there || bawn_tr_refuse(r, token, "input_schema", "expected an object.");
}

static const char *const choices[] = { [BAWN_TR_AUTO] = "auto", [BAWN_TR_NONE] = "none", [BAWN_TR_ANY] = "any", [BAWN_TR_ONE] = "tool" };

static bool choice(bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_value type, name;
    uint32_t object;

    if (!bawn_tr_object(&object, r, 0, "tool_choice"))
        return false;
    if (!object)
        return true;
    if (!bawn_tr_need(&type, r, object, "type") || !bawn_tr_flag(&a->single, r, object, "disable_parallel_tool_use"))
        return false;
    for (bawn_tr_choice c = BAWN_TR_AUTO; c <= BAWN_TR_ONE; c++)
        if (bawn_slice_is(type.raw, choices[c]))
            a->choice = c;
    if (a->choice == BAWN_TR_UNSAID)
        return bawn_tr_refuse(r, type.token, NULL, "expected auto, any, tool or none.");
    if (a->choice != BAWN_TR_ONE)
        return true;
    if (!bawn_tr_need(&name, r, object, "name"))
        return false;
    a->chosen = name.raw;
    return true;
}

static bool tools(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t list;

    if (!bawn_tr_list(&list, r, 0, "tools") || !(a->tools = bawn_tr_array(r, bawn_tr_count(r, list), sizeof *a->tools)))
        return false;
    for BAWN_TR_EACH(r, item, list)
        if (!tool(&a->tools[a->n_tools++], r, item))
            return false;
    return a->n_tools == 0 || choice(a, r);
}

static bool format(bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_value type, schema;
    uint32_t config, object;

    if (!bawn_tr_object(&config, r, 0, "output_config") || (config && !bawn_tr_object(&object, r, config, "format")))
        return false;
    if (!config || !object)
        return true;
    if (!bawn_tr_need(&type, r, object, "type") || !bawn_tr_tree(&schema, r, object, "schema", BAWN_JSON_OBJECT))
        return false;
    if (!bawn_slice_is(type.raw, "json_schema") || !schema.there)
        return bawn_tr_refuse(r, object, NULL, "expected json_schema with a schema.");
    a->schema = bawn_tr_json(r->json, schema.token);
    return true;
}

bool bawn_tr_stops(bawn_tr_ask *a, bawn_tr_reader *r, uint32_t object, const char *key)
{
    if (!bawn_tr_list(&a->stops_token, r, object, key) ||
        !(a->stops = bawn_tr_array(r, bawn_tr_count(r, a->stops_token), sizeof *a->stops)))
        return false;
    for BAWN_TR_EACH(r, item, a->stops_token) {
        bawn_tr_use(r, item);
        if (bawn_tr_type(r, item) != BAWN_JSON_STRING)
            return bawn_tr_refuse(r, item, NULL, "expected a string.");
        a->stops[a->n_stops++] = bawn_json_raw(r->json, item);
    }
    return true;
}

bool bawn_tr_ask_anthropic(bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_value model;
    uint32_t metadata;

    if (!bawn_tr_need(&model, r, 0, "model") || !bawn_tr_object(&metadata, r, 0, "metadata") ||
        (metadata && !bawn_tr_string(&a->user, r, metadata, "user_id")))
        return false;
    a->model = model.raw;
    return bawn_tr_number(&a->limit, r, 0, "max_tokens") && messages(a, r) && tools(a, r) && format(a, r) &&
           bawn_tr_stops(a, r, 0, "stop_sequences") && bawn_tr_flag(&a->stream, r, 0, "stream") &&
           bawn_tr_number(&a->temperature, r, 0, "temperature") && bawn_tr_number(&a->top_p, r, 0, "top_p");
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */
static bool is_id(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!bawn_is_alnum((unsigned char)s.ptr[i]) && s.ptr[i] != '_' && s.ptr[i] != '-')
            return false;
    return s.len > 0;
}

static bool write_id(bawn_buf *b, const char *key, const bawn_tr_part *p, bawn_tr_reader *r)
{
    bawn_tr_quoted(b, key, p->id);
    return is_id(p->id) || bawn_tr_refuse(r, p->token, NULL, "the call's id must consist of letters, digits, _ and - in the upstream's API.");
}

static bool write_text(bawn_buf *b, const bawn_tr_part *p)
{
    if (!p->json) {
        bawn_tr_quoted(b, "{\"type\":\"text\",\"text\":", p->text);
        return STR(b, "}");
    }
    STR(b, "{\"type\":\"text\",\"text\":");
    bawn_json_write_string(b, p->text);
    return STR(b, "}");
}

static bool write_image(bawn_buf *b, const bawn_tr_part *p)
{
    STR(b, "{\"type\":\"image\",\"source\":{\"type\":");
    if (p->more.len > 0) {
        bawn_tr_quoted(b, "\"base64\",\"media_type\":", p->more);
        bawn_tr_quoted(b, ",\"data\":", p->text);
    } else {
        bawn_tr_quoted(b, "\"url\",\"url\":", p->text);
    }
    return STR(b, "}}");
}

static bool write_result(bawn_buf *b, const bawn_tr_part *p, bawn_tr_reader *r)
{
    if (!write_id(b, "{\"type\":\"tool_result\",\"tool_use_id\":", p, r))
        return false;
    if (p->n == 1 && p->parts[0].kind == BAWN_TR_TEXT && !p->parts[0].json) {
        bawn_tr_quoted(b, ",\"content\":", p->parts[0].text);
        return STR(b, p->failed ? ",\"is_error\":true}" : "}");
    }
    STR(b, ",\"content\":[");
    for (size_t i = 0; i < p->n; i++) {
        STR(b, i ? "," : "");
        (void)(p->parts[i].kind == BAWN_TR_TEXT ? write_text(b, &p->parts[i]) : write_image(b, &p->parts[i]));
    }
    return STR(b, p->failed ? "],\"is_error\":true}" : "]}");
}

static bool write_part(bawn_buf *b, const bawn_tr_part *p, bawn_tr_reader *r)
{
    switch (p->kind) {
    case BAWN_TR_TEXT:
        return write_text(b, p);
    case BAWN_TR_IMAGE:
        return write_image(b, p);
    case BAWN_TR_RESULT:
        return write_result(b, p, r);
    case BAWN_TR_CALL:
        if (!write_id(b, "{\"type\":\"tool_use\",\"id\":", p, r))
            return false;
        bawn_tr_quoted(b, ",\"name\":", p->name);
        STR(b, ",\"input\":");
        bawn_buf_add(b, p->more);
        return STR(b, "}");
    default:
        if (p->more.len == 0)
            return bawn_tr_refuse(r, p->token, NULL, "the upstream takes thoughts only as it signed them; leave it out.");
        bawn_tr_quoted(b, "{\"type\":\"thinking\",\"thinking\":", p->text);
        bawn_tr_quoted(b, ",\"signature\":", p->more);
        return STR(b, "}");
    }
}

/* All messages of one turn, [from, to). */
static bool write_turn(bawn_buf *b, const bawn_tr_ask *a, size_t from, size_t to, bawn_tr_reader *r)
{
    const bawn_tr_message *m = &a->messages[from];
    bool first = true;

    STR(b, m->role == BAWN_TR_USER ? "{\"role\":\"user\",\"content\":" : "{\"role\":\"assistant\",\"content\":");
    if (to == from + 1 && m->n == 1 && m->parts[0].kind == BAWN_TR_TEXT && !m->parts[0].json) {
        bawn_tr_quoted(b, "", m->parts[0].text);
        return STR(b, "}");
    }
    STR(b, "[");
    for (; from < to; from++)
        for (size_t i = 0; i < a->messages[from].n; i++, first = false) {
            STR(b, first ? "" : ",");
            if (!write_part(b, &a->messages[from].parts[i], r))
                return false;
        }
    return STR(b, "]}");
}

static bool write_messages(bawn_buf *b, const bawn_tr_ask *a, size_t from, bawn_tr_reader *r)
{
    STR(b, ",\"messages\":[");
    for (size_t i = from, to; i < a->n_messages; i = to) {
        to = i + 1;
        if (a->messages[i].role == BAWN_TR_SYSTEM)
            return bawn_tr_refuse(r, a->messages[i].token, NULL, "in the upstream's API system texts stand before all messages; this one comes later.");
        while (a->messages[i].results && to < a->n_messages && a->messages[to].results)
            to++;
        STR(b, i > from ? "," : "");
        if (!write_turn(b, a, i, to, r))
            return false;
    }
    return STR(b, "]");
}

static size_t write_system(bawn_buf *b, const bawn_tr_ask *a)
{
    size_t n = 0, blocks = 0;

    for (; n < a->n_messages && a->messages[n].role == BAWN_TR_SYSTEM; n++)
        for (size_t i = 0; i < a->messages[n].n; i++) {
            STR(b, blocks++ ? "," : ",\"system\":[");
            write_text(b, &a->messages[n].parts[i]);
        }
    STR(b, blocks ? "]" : "");
    return n;
}

static void write_tools(bawn_buf *b, const bawn_tr_ask *a)
{
    bawn_tr_choice c = a->choice == BAWN_TR_UNSAID && a->single ? BAWN_TR_AUTO : a->choice;

    for (size_t i = 0; i < a->n_tools; i++) {
        const bawn_tr_tool *t = &a->tools[i];
        bawn_tr_quoted(b, i ? ",{\"name\":" : ",\"tools\":[{\"name\":", t->name);
        if (t->description.there)
            bawn_tr_quoted(b, ",\"description\":", t->description.raw);
        STR(b, ",\"input_schema\":");
        bawn_buf_add(b, t->schema.len > 0 ? t->schema : BAWN_LIT("{\"type\":\"object\",\"properties\":{}}"));
        STR(b, t->strict ? ",\"strict\":true}" : "}");
    }
    STR(b, a->n_tools ? "]" : "");
    if (c == BAWN_TR_UNSAID)
        return;
    STR(b, ",\"tool_choice\":{\"type\":\"");
    STR(b, choices[c]);
    STR(b, "\"");
    if (c == BAWN_TR_ONE)
        bawn_tr_quoted(b, ",\"name\":", a->chosen);
    STR(b, a->single && c != BAWN_TR_NONE ? ",\"disable_parallel_tool_use\":true}" : "}");
}

/* Whether a number is at most 1. Long ones are, or are not to be had. */
static bool is_small(bawn_slice number)
{
    char text[40];

    if (number.len >= sizeof text)
        return false;
    memcpy(text, number.ptr, number.len);
    text[number.len] = 0;
    return strtod(text, NULL) <= 1.0;
}

static bool write_parameters(bawn_buf *b, const bawn_tr_ask *a, bawn_tr_reader *r)
{
    const bawn_tr_keyed numbers[] = {
        { ",\"temperature\":", &a->temperature }, { ",\"top_p\":", &a->top_p }, { ",\"top_k\":", &a->top_k } };

    STR(b, ",\"max_tokens\":");
    bawn_buf_add(b, a->limit.there ? a->limit.raw : BAWN_LIT(BAWN_TRANSLATE_MAX_TOKENS));
    if (a->temperature.there && !is_small(a->temperature.raw))
        return bawn_tr_refuse(r, a->temperature.token, NULL, "the upstream's API takes temperatures from 0 to 1.");
    bawn_tr_numbers(b, numbers, BAWN_COUNT(numbers));
    bawn_tr_strings(b, ",\"stop_sequences\":[", a->stops, a->n_stops);
    if (a->user.there) {
        bawn_tr_quoted(b, ",\"metadata\":{\"user_id\":", a->user.raw);
        STR(b, "}");
    }
    if (a->schema.len > 0) {
        STR(b, ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":");
        bawn_buf_add(b, a->schema);
        STR(b, "}}");
    }
    return STR(b, a->stream ? ",\"stream\":true" : "");
}

bool bawn_tr_write_anthropic(bawn_buf *b, const bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_quoted(b, "{\"model\":", a->model);
    size_t systems = write_system(b, a);
    if (!write_messages(b, a, systems, r))
        return false;
    write_tools(b, a);
    if (!write_parameters(b, a, r))
        return false;
    STR(b, "}");
    return !b->failed || bawn_tr_memory(r);
}
