/* ask_openai.c: chat completions, read and written. A tool's answer is a message of its own here, and a block of the user's turn in the
 * other APIs: answers that follow each other are one turn there. Its API has no place for a tool's failure; the model is told by the
 * word "Error: " before what the tool said. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

/* ---- reading: content --------------------------------------------------------------------------------------------- */
/* data:image/png;base64,AAAA, or an address. */
static bool image_url(bawn_tr_part *p, bawn_tr_reader *r, bawn_tr_value url)
{
    size_t comma = bawn_slice_find(url.raw, BAWN_LIT(";base64,"));

    if (!bawn_slice_starts(url.raw, BAWN_LIT("data:"))) {
        p->text = url.raw;
        return true;
    }
    if (comma == url.raw.len || r->json->tokens[url.token].escaped)
        return bawn_tr_refuse(r, url.token, NULL, "expected a data URL in base64, or an address.");
    p->more = bawn_slice_of(url.raw.ptr + 5, comma - 5);
    p->text = bawn_slice_of(url.raw.ptr + comma + 8, url.raw.len - comma - 8);
    return true;
}

static bool image(bawn_tr_part *p, bawn_tr_reader *r, uint32_t part)
{
    bawn_tr_value url;
    uint32_t object = bawn_tr_take(r, part, "image_url");

    p->kind = BAWN_TR_IMAGE;
    if (!object || bawn_tr_type(r, object) != BAWN_JSON_OBJECT)
        return bawn_tr_refuse(r, object ? object : part, object ? NULL : "image_url", "expected an object with a url.");
    return bawn_tr_need(&url, r, object, "url") && image_url(p, r, url);
}

static bool part_of(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token, bool images)
{
    bawn_tr_value type, text;

    bawn_tr_use(r, token);
    *p = (bawn_tr_part){ .token = token };
    if (bawn_tr_type(r, token) != BAWN_JSON_OBJECT)
        return bawn_tr_refuse(r, token, NULL, "expected an object with a type.");
    if (!bawn_tr_need(&type, r, token, "type"))
        return false;
    if (bawn_slice_is(type.raw, "image_url") && images)
        return image(p, r, token);
    if (!bawn_slice_is(type.raw, "text") && !bawn_slice_is(type.raw, "refusal"))
        return bawn_tr_refuse(r, token, NULL, "a part of this type cannot be translated to the upstream's API.");
    if (!bawn_tr_need(&text, r, token, bawn_slice_is(type.raw, "text") ? "text" : "refusal"))
        return false;
    p->text = text.raw;
    return true;
}

/* Appends what stands at `key`: a string, or a list of parts. */
static bool content(bawn_tr_part *out, size_t *n, bawn_tr_reader *r, uint32_t message, bool images)
{
    uint32_t token = bawn_tr_take(r, message, "content");

    if (!token)
        return true;
    if (bawn_tr_type(r, token) == BAWN_JSON_STRING) {
        out[(*n)++] = (bawn_tr_part){ .token = token, .text = bawn_json_raw(r->json, token) };
        return true;
    }
    if (bawn_tr_type(r, token) != BAWN_JSON_ARRAY)
        return bawn_tr_refuse(r, token, NULL, "expected a string or a list of parts.");
    for BAWN_TR_EACH(r, item, token)
        if (!part_of(&out[(*n)++], r, item, images))
            return false;
    return true;
}

/* ---- reading: messages --------------------------------------------------------------------------------------------- */
static bool call_of(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token)
{
    bawn_tr_value type, id, name, arguments;
    uint32_t function;

    bawn_tr_use(r, token);
    *p = (bawn_tr_part){ .kind = BAWN_TR_CALL, .token = token };
    if (!bawn_tr_string(&type, r, token, "type") || !bawn_tr_object(&function, r, token, "function"))
        return false;
    if (!function || (type.there && !bawn_slice_is(type.raw, "function")))
        return bawn_tr_refuse(r, token, NULL, "expected the call of a function; no other can be translated.");
    if (!bawn_tr_need(&id, r, token, "id") || !bawn_tr_need(&name, r, function, "name") ||
        !bawn_tr_need(&arguments, r, function, "arguments") || !bawn_tr_unquote(&arguments, r))
        return false;
    p->id = id.raw;
    p->name = name.raw;
    p->more = arguments.raw;
    return true;
}

static bool assistant(bawn_tr_message *m, bawn_tr_reader *r, uint32_t token, uint32_t calls)
{
    bawn_tr_value refusal;

    if (!content(m->parts, &m->n, r, token, false) || !bawn_tr_string(&refusal, r, token, "refusal"))
        return false;
    if (refusal.there)
        m->parts[m->n++] = (bawn_tr_part){ .token = refusal.token, .text = refusal.raw };
    for BAWN_TR_EACH(r, item, calls)
        if (!call_of(&m->parts[m->n++], r, item))
            return false;
    return true;
}

static bool result(bawn_tr_part *p, bawn_tr_reader *r, uint32_t token, size_t most)
{
    bawn_tr_value id;

    *p = (bawn_tr_part){ .kind = BAWN_TR_RESULT, .token = token, .parts = bawn_tr_array(r, most, sizeof *p) };
    if (!p->parts || !bawn_tr_need(&id, r, token, "tool_call_id"))
        return false;
    p->id = id.raw;
    return content(p->parts, &p->n, r, token, false);
}

static bool message(bawn_tr_message *m, bawn_tr_reader *r, uint32_t token)
{
    uint32_t inner = bawn_json_get(r->json, token, "content"), calls = 0;
    size_t most = (inner ? bawn_tr_count(r, inner) : 0) + 2;
    bawn_tr_value role;

    bawn_tr_use(r, token);
    if (!bawn_tr_need(&role, r, token, "role"))
        return false;
    bool says = bawn_slice_is(role.raw, "assistant");
    if (says && !bawn_tr_list(&calls, r, token, "tool_calls"))
        return false;
    *m = (bawn_tr_message){ .token = token, .parts = bawn_tr_array(r, most + bawn_tr_count(r, calls), sizeof *m->parts) };
    if (!m->parts)
        return false;
    m->role = says ? BAWN_TR_ASSISTANT : BAWN_TR_USER;
    if (says)
        return assistant(m, r, token, calls);
    if (bawn_slice_is(role.raw, "tool")) {
        m->results = true;
        m->n = 1;
        return result(&m->parts[0], r, token, most);
    }
    if (bawn_slice_is(role.raw, "system") || bawn_slice_is(role.raw, "developer"))
        m->role = BAWN_TR_SYSTEM;
    else if (!bawn_slice_is(role.raw, "user"))
        return bawn_tr_refuse(r, role.token, NULL, "expected one of system, developer, user, assistant, tool.");
    return content(m->parts, &m->n, r, token, m->role == BAWN_TR_USER);
}

static bool messages(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t list;

    if (!bawn_tr_list(&list, r, 0, "messages") || !(a->messages = bawn_tr_array(r, bawn_tr_count(r, list), sizeof *a->messages)))
        return false;
    for BAWN_TR_EACH(r, item, list)
        if (!message(&a->messages[a->n_messages++], r, item))
            return false;
    return true;
}

/* ---- reading: parameters --------------------------------------------------------------------------------------------- */
static bool tool(bawn_tr_tool *t, bawn_tr_reader *r, uint32_t token)
{
    bawn_tr_value type, name, schema;
    uint32_t function;

    bawn_tr_use(r, token);
    if (!bawn_tr_string(&type, r, token, "type") || !bawn_tr_object(&function, r, token, "function"))
        return false;
    if (!function || (type.there && !bawn_slice_is(type.raw, "function")))
        return bawn_tr_refuse(r, token, NULL, "expected a function; no other tool can be translated.");
    if (!bawn_tr_need(&name, r, function, "name") || !bawn_tr_string(&t->description, r, function, "description") ||
        !bawn_tr_tree(&schema, r, function, "parameters", BAWN_JSON_OBJECT) || !bawn_tr_flag(&t->strict, r, function, "strict"))
        return false;
    t->name = name.raw;
    t->schema = schema.there ? bawn_tr_json(r->json, schema.token) : BAWN_NIL;
    return true;
}

static bool choice(bawn_tr_ask *a, bawn_tr_reader *r)
{
    static const char *const names[] = { [BAWN_TR_AUTO] = "auto", [BAWN_TR_NONE] = "none", [BAWN_TR_ANY] = "required" };
    uint32_t token = bawn_tr_take(r, 0, "tool_choice"), function;
    bawn_tr_value type, name;

    if (!token)
        return true;
    if (bawn_tr_type(r, token) == BAWN_JSON_OBJECT) {
        if (!bawn_tr_string(&type, r, token, "type") || !bawn_tr_object(&function, r, token, "function"))
            return false;
        if (!function)
            return bawn_tr_refuse(r, token, NULL, "expected auto, none, required or a function; no other choice can be translated.");
        if (!bawn_tr_need(&name, r, function, "name"))
            return false;
        a->choice = BAWN_TR_ONE;
        a->chosen = name.raw;
        return true;
    }
    for (bawn_tr_choice c = BAWN_TR_AUTO; c <= BAWN_TR_ANY; c++)
        if (bawn_json_is(r->json, token, names[c]))
            a->choice = c;
    return a->choice != BAWN_TR_UNSAID || bawn_tr_refuse(r, token, NULL, "expected auto, none, required or a function.");
}

static bool tools(bawn_tr_ask *a, bawn_tr_reader *r)
{
    bool several = true;
    uint32_t list;

    if (!bawn_tr_list(&list, r, 0, "tools") || !(a->tools = bawn_tr_array(r, bawn_tr_count(r, list), sizeof *a->tools)))
        return false;
    for BAWN_TR_EACH(r, item, list)
        if (!tool(&a->tools[a->n_tools++], r, item))
            return false;
    if (a->n_tools == 0)
        return true;                            /* a choice of nothing is refused, since nobody takes it */
    if (!bawn_tr_flag(&several, r, 0, "parallel_tool_calls") || !choice(a, r))
        return false;
    a->single = !several;
    return true;
}

static bool format(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t object, inner;
    bawn_tr_value type, schema;

    if (!bawn_tr_object(&object, r, 0, "response_format"))
        return false;
    if (!object)
        return true;
    if (!bawn_tr_need(&type, r, object, "type"))
        return false;
    if (bawn_slice_is(type.raw, "text"))
        return true;
    if (!bawn_slice_is(type.raw, "json_schema"))
        return bawn_tr_refuse(r, type.token, NULL, "expected text or json_schema; the upstream's API has no JSON without a schema.");
    if (!bawn_tr_object(&inner, r, object, "json_schema") || !inner)
        return inner ? false : bawn_tr_refuse(r, object, "json_schema", "expected an object with a schema.");
    if (!bawn_tr_tree(&schema, r, inner, "schema", BAWN_JSON_OBJECT) || !schema.there)
        return schema.there ? false : bawn_tr_refuse(r, inner, "schema", "expected an object.");
    a->schema = bawn_tr_json(r->json, schema.token);
    return true;
}

static bool stop(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t token = bawn_json_get(r->json, 0, "stop");

    if (!token || bawn_tr_type(r, token) != BAWN_JSON_STRING)
        return bawn_tr_stops(a, r, 0, "stop");
    bawn_tr_use(r, token);
    if (!(a->stops = bawn_tr_array(r, 1, sizeof *a->stops)))
        return false;
    a->stops[a->n_stops++] = bawn_json_raw(r->json, token);
    a->stops_token = token;
    return true;
}

static bool stream(bawn_tr_ask *a, bawn_tr_reader *r)
{
    uint32_t options;
    bool counts = false;

    return bawn_tr_flag(&a->stream, r, 0, "stream") && bawn_tr_object(&options, r, 0, "stream_options") &&
           (!options || bawn_tr_flag(&counts, r, options, "include_usage"));      /* those counts are written by this gateway */
}

bool bawn_tr_ask_openai(bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_value model;

    if (!bawn_tr_need(&model, r, 0, "model") || !bawn_tr_number(&a->limit, r, 0, "max_completion_tokens"))
        return false;
    a->model = model.raw;
    return (a->limit.there || bawn_tr_number(&a->limit, r, 0, "max_tokens")) && messages(a, r) && tools(a, r) && format(a, r) &&
           stop(a, r) && stream(a, r) && bawn_tr_number(&a->temperature, r, 0, "temperature") &&
           bawn_tr_number(&a->top_p, r, 0, "top_p") && bawn_tr_number(&a->top_k, r, 0, "top_k") &&
           bawn_tr_string(&a->user, r, 0, "user");
}

/* ---- writing ------------------------------------------------------------------------------------------------------------ */
static void write_text(bawn_buf *b, const bawn_tr_part *p)
{
    if (p->json)
        bawn_json_write_escaped(b, p->text);
    else
        bawn_buf_add(b, p->text);
}

static void write_part(bawn_buf *b, const bawn_tr_part *p)
{
    if (p->kind == BAWN_TR_TEXT) {
        STR(b, "{\"type\":\"text\",\"text\":\"");
        write_text(b, p);
        STR(b, "\"}");
        return;
    }
    STR(b, "{\"type\":\"image_url\",\"image_url\":{\"url\":\"");
    if (p->more.len > 0) {
        STR(b, "data:");
        bawn_buf_add(b, p->more);
        STR(b, ";base64,");
    }
    bawn_buf_add(b, p->text);
    STR(b, "\"}}");
}

/* One text is a string, which every server reads. */
static void write_content(bawn_buf *b, const bawn_tr_part *parts, size_t n)
{
    STR(b, ",\"content\":");
    if (n == 1 && parts[0].kind == BAWN_TR_TEXT) {
        STR(b, "\"");
        write_text(b, &parts[0]);
        STR(b, "\"");
        return;
    }
    STR(b, "[");
    for (size_t i = 0; i < n; i++) {
        STR(b, i ? "," : "");
        write_part(b, &parts[i]);
    }
    STR(b, "]");
}

static bool write_result(bawn_buf *b, const bawn_tr_part *p, bawn_tr_reader *r)
{
    bawn_tr_quoted(b, "{\"role\":\"tool\",\"tool_call_id\":", p->id);
    STR(b, ",\"content\":");
    STR(b, p->n > 1 ? "[" : p->failed ? "\"Error: " : "\"");
    for (size_t i = 0; i < p->n; i++) {
        if (p->parts[i].kind != BAWN_TR_TEXT)
            return bawn_tr_refuse(r, p->parts[i].token, NULL, "a tool's result may hold text alone in the upstream's API.");
        if (p->n == 1) {
            write_text(b, &p->parts[i]);
            continue;
        }
        STR(b, i ? "," : p->failed ? "{\"type\":\"text\",\"text\":\"Error: \"}," : "");
        write_part(b, &p->parts[i]);
    }
    return STR(b, p->n > 1 ? "]}" : "\"}");
}

static bool write_call(bawn_buf *b, const bawn_tr_part *p, bool first)
{
    bawn_tr_quoted(b, first ? ",\"tool_calls\":[{\"id\":" : ",{\"id\":", p->id);
    bawn_tr_quoted(b, ",\"type\":\"function\",\"function\":{\"name\":", p->name);
    STR(b, ",\"arguments\":");
    bawn_json_write_string(b, p->more);
    return STR(b, "}}");
}

/* Thoughts, then words, then calls: in that order alone they keep it. */
static bool write_assistant(bawn_buf *b, const bawn_tr_message *m, bawn_tr_reader *r)
{
    size_t thoughts = 0, words = 0, i;

    STR(b, "{\"role\":\"assistant\"");
    for (; thoughts < m->n && m->parts[thoughts].kind == BAWN_TR_THOUGHT; thoughts++) {
        if (m->parts[thoughts].more.len > 0)
            return bawn_tr_refuse(r, m->parts[thoughts].token, NULL, "a signed thought has no place in the upstream's API; leave it out.");
        if (thoughts > 0)
            return bawn_tr_refuse(r, m->parts[thoughts].token, NULL, "the upstream's API has one thought a message.");
        bawn_tr_quoted(b, ",\"reasoning_content\":", m->parts[thoughts].text);
    }
    while (thoughts + words < m->n && m->parts[thoughts + words].kind == BAWN_TR_TEXT)
        words++;
    if (words > 0)
        write_content(b, m->parts + thoughts, words);
    else
        STR(b, ",\"content\":null");
    for (i = thoughts + words; i < m->n; i++) {
        if (m->parts[i].kind != BAWN_TR_CALL)
            return bawn_tr_refuse(r, m->parts[i].token, NULL, "in the upstream's API an assistant's text stands before its calls, and only text.");
        write_call(b, &m->parts[i], i == thoughts + words);
    }
    return STR(b, i > thoughts + words ? "]}" : "}");
}

static bool write_message(bawn_buf *b, const bawn_tr_message *m, bawn_tr_reader *r)
{
    size_t results = 0;

    if (m->role == BAWN_TR_ASSISTANT)
        return write_assistant(b, m, r);
    for (; results < m->n && m->parts[results].kind == BAWN_TR_RESULT; results++) {
        STR(b, results ? "," : "");
        if (!write_result(b, &m->parts[results], r))
            return false;
    }
    for (size_t i = results; i < m->n; i++)
        if (m->parts[i].kind != BAWN_TR_TEXT && m->parts[i].kind != BAWN_TR_IMAGE)
            return bawn_tr_refuse(r, m->parts[i].token, NULL, "in the upstream's API tools' results stand before what else is said.");
    if (results == m->n && results > 0)
        return true;
    STR(b, results ? "," : "");
    STR(b, m->role == BAWN_TR_SYSTEM ? "{\"role\":\"system\"" : "{\"role\":\"user\"");
    write_content(b, m->parts + results, m->n - results);
    return STR(b, "}");
}

static void write_tools(bawn_buf *b, const bawn_tr_ask *a)
{
    static const char *const names[] = { [BAWN_TR_AUTO] = "\"auto\"", [BAWN_TR_NONE] = "\"none\"", [BAWN_TR_ANY] = "\"required\"" };

    for (size_t i = 0; i < a->n_tools; i++) {
        const bawn_tr_tool *t = &a->tools[i];
        bawn_tr_quoted(b, i ? ",{\"type\":\"function\",\"function\":{\"name\":" : ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":", t->name);
        if (t->description.there)
            bawn_tr_quoted(b, ",\"description\":", t->description.raw);
        STR(b, ",\"parameters\":");
        bawn_buf_add(b, t->schema.len > 0 ? t->schema : BAWN_LIT("{\"type\":\"object\",\"properties\":{}}"));
        STR(b, t->strict ? ",\"strict\":true}}" : "}}");
    }
    STR(b, a->n_tools ? "]" : "");
    if (a->choice == BAWN_TR_ONE) {
        bawn_tr_quoted(b, ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":", a->chosen);
        STR(b, "}}");
    } else if (a->choice != BAWN_TR_UNSAID) {
        STR(b, ",\"tool_choice\":");
        STR(b, names[a->choice]);
    }
    STR(b, a->single ? ",\"parallel_tool_calls\":false" : "");
}

static bool write_parameters(bawn_buf *b, const bawn_tr_ask *a, bawn_tr_reader *r)
{
    const bawn_tr_keyed numbers[] = {
        { ",\"max_tokens\":", &a->limit }, { ",\"temperature\":", &a->temperature }, { ",\"top_p\":", &a->top_p } };

    bawn_tr_numbers(b, numbers, BAWN_COUNT(numbers));
    if (a->n_stops > 4)
        return bawn_tr_refuse(r, a->stops_token, NULL, "found more than 4 of them, which is the most in the upstream's API.");
    bawn_tr_strings(b, ",\"stop\":[", a->stops, a->n_stops);
    if (a->user.there)
        bawn_tr_quoted(b, ",\"user\":", a->user.raw);
    if (a->schema.len > 0) {
        STR(b, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":");
        bawn_buf_add(b, a->schema);
        STR(b, "}}");
    }
    return STR(b, a->stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
}

bool bawn_tr_write_openai(bawn_buf *b, const bawn_tr_ask *a, bawn_tr_reader *r)
{
    bawn_tr_quoted(b, "{\"model\":", a->model);
    STR(b, ",\"messages\":[");
    for (size_t i = 0; i < a->n_messages; i++) {
        STR(b, i ? "," : "");
        if (!write_message(b, &a->messages[i], r))
            return false;
    }
    STR(b, "]");
    write_tools(b, a);
    if (!write_parameters(b, a, r))
        return false;
    STR(b, "}");
    return !b->failed || bawn_tr_memory(r);
}
