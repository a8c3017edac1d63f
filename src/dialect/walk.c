/* walk.c: body -> fields. A value is known (a node of the trie), deep (below a row of kind DEEP) or unknown. Whatever
 * is not known to be without text is text: unknown fields, keys of deep ones, ids that do not look like ids, values
 * whose type is not what the table expects. So a mistake in the table costs a report, never a hole. */
#include "dialect/walk.h"

#include "dialect/pointer.h"
#include "dialect/shape.h"

enum { TABLE, DEEP, UNKNOWN };

typedef struct { uint32_t token; uint16_t node; uint8_t mode; bawn_place place; } target; /* a value about to be seen */

bool bawn_walk_memory(bawn_walk *w)
{
    return bawn_error_set(w->err, BAWN_E_NO_MEMORY, "the body has too many fields for the memory of one exchange");
}

bool bawn_walk_refuse(bawn_walk *w, const char *param, const char *expected, uint32_t token)
{
    static const char *const names[] = { "null", "false", "true", "a number", "a string", "a list", "an object" };
    uint8_t type = token == UINT32_MAX ? BAWN_JSON_NULL : w->json->tokens[token].type;

    bawn_error_set(w->err, BAWN_E_INVALID_REQUEST, "'%s': found %s, expected %s", param,
                   token == UINT32_MAX ? "nothing" : names[type], expected);
    return bawn_error_at(w->err, param, 0, 0);
}

/* A server that takes "true" or 1 for true would stream what we take for whole: only the JSON words. */
bool bawn_walk_flag(bool *out, bawn_walk *w, const char *param, uint32_t token)
{
    uint8_t type = w->json->tokens[token].type;

    *out = type == BAWN_JSON_TRUE;
    return type <= BAWN_JSON_TRUE || bawn_walk_refuse(w, param, "true or false", token);
}

bool bawn_walk_grow(bawn_walk *w, void **array, size_t *cap, size_t n, size_t size)
{
    size_t more = *cap ? *cap * 2 : 16;
    void *grown;

    if (n < *cap)
        return true;
    if (!(grown = bawn_arena_alloc(w->arena, more * size)))
        return bawn_walk_memory(w);
    if (n > 0)
        memcpy(grown, *array, n * size);
    *array = grown;
    *cap = more;
    return true;
}

bool bawn_walk_text(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    bawn_json_map map;

    return bawn_json_decode(out, &map, w->json, token, w->arena) || bawn_walk_memory(w);
}

bool bawn_walk_string(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    return token == 0 || bawn_walk_type(w, token) != BAWN_JSON_STRING || bawn_walk_text(out, w, token);
}

bawn_span bawn_walk_value(const bawn_json *j, uint32_t token)
{
    const bawn_json_token *t = &j->tokens[token];
    uint32_t quote = t->type == BAWN_JSON_STRING;

    return (bawn_span){ t->begin - quote, t->end + quote };
}

/* Most values need no pointer (ids, numbers): the last step is written when somebody asks. */
static void settle(bawn_walk *w)
{
    if (!w->stepped)
        return;
    w->stepped = false;
    w->path_len = w->name.ptr ? bawn_pointer_key(w->path, w->path_len, w->name)
                              : bawn_pointer_index(w->path, w->path_len, w->number);
}

bool bawn_walk_path(bawn_slice *out, bawn_walk *w)
{
    char *copy;

    settle(w);
    if (!(copy = bawn_arena_alloc(w->arena, w->path_len + 1)))
        return bawn_walk_memory(w);
    memcpy(copy, w->path, w->path_len);
    *out = (bawn_slice){ copy, w->path_len };
    return true;
}

bool bawn_walk_unguarded(bawn_walk *w, uint32_t *entry, bawn_slice path, uint64_t characters, const char *reason)
{
    bawn_conversation *o = w->out;

    if (!bawn_walk_grow(w, (void **)&o->unguarded, &w->cap_unguarded, o->n_unguarded, sizeof(*o->unguarded)))
        return false;
    o->unguarded[o->n_unguarded++] = (bawn_unguarded){ path, characters, reason };
    if (entry)
        *entry = (uint32_t)o->n_unguarded;
    return true;
}

static bool copy_add(bawn_walk *w, bawn_copy copy)
{
    bawn_conversation *o = w->out;

    if (!bawn_walk_grow(w, (void **)&o->copies, &w->cap_copies, o->n_copies, sizeof(*o->copies)))
        return false;
    o->copies[o->n_copies++] = copy;
    return true;
}

bool bawn_walk_copy(bawn_walk *w, bawn_span wire, uint32_t choice)
{
    return copy_add(w, (bawn_copy){ wire, choice, "null", false });
}

bool bawn_walk_erase(bawn_walk *w, bawn_span wire, const char *with, bool always)
{
    return copy_add(w, (bawn_copy){ wire, UINT32_MAX, with, always });
}

bool bawn_walk_call(bawn_walk *w, const bawn_call *call)
{
    bawn_conversation *o = w->out;

    if (!bawn_walk_grow(w, (void **)&o->calls, &w->cap_calls, o->n_calls, sizeof(*o->calls)))
        return false;
    o->calls[o->n_calls++] = *call;
    return true;
}

bool bawn_walk_choice(bawn_walk *w, bawn_choice **out, uint32_t index)
{
    bawn_conversation *o = w->out;

    for (size_t i = o->n_open; i > 0 && i + 8 > o->n_open; i--)      /* repeats, if any, stand close by */
        if (o->choices[i - 1].index == index) {
            *out = &o->choices[i - 1];
            return true;
        }
    if (!bawn_walk_grow(w, (void **)&o->choices, &w->cap_choices, o->n_open, sizeof(*o->choices)))
        return false;
    *out = &o->choices[o->n_open++];
    **out = (bawn_choice){ .index = index };
    return true;
}

static uint32_t channel_of(const bawn_place *p)
{
    uint32_t field = p->channel;

    if (field == BAWN_CHANNEL_TOOL_ARGUMENTS || field == BAWN_CHANNEL_TOOL_NAME)
        field += 2 * p->call;
    else if (p->part && field < BAWN_CHANNEL_TOOL_ARGUMENTS && field != BAWN_CHANNEL_OTHER && field != BAWN_CHANNEL_ALTERNATIVES)
        field += BAWN_CHANNEL_PARTS + 16 * p->call;
    return p->choice << 16 | field;
}

/* A string's text; of a list or object its JSON, as it stands. */
static bool text_of(bawn_field *f, bawn_walk *w, uint32_t token)
{
    f->raw = w->json->tokens[token].type != BAWN_JSON_STRING;
    f->map = (bawn_json_map){ 0 };
    if (!f->raw)
        return bawn_json_decode(&f->text, &f->map, w->json, token, w->arena) || bawn_walk_memory(w);
    f->text = bawn_json_raw(w->json, token);
    return true;
}

/* One text: the value at hand, or its key. */
static bool emit(bawn_walk *w, const bawn_place *p, uint32_t token, bawn_field_kind kind)
{
    bawn_conversation *o = w->out;
    const bawn_json_token *t = &w->json->tokens[token];
    bawn_field *f;

    if (!bawn_walk_grow(w, (void **)&o->fields, &w->cap_fields, o->n_fields, sizeof(*o->fields)))
        return false;
    f = &o->fields[o->n_fields];
    if (!text_of(f, w, token))
        return false;
    if (!bawn_walk_path(&f->path, w))
        return false;
    f->wire = (bawn_span){ t->begin, t->end };
    f->role = p->role;
    f->origin = p->origin;
    f->kind = kind;
    f->channel = channel_of(p);
    f->message = p->message;
    f->answer = p->answer;
    f->key = t->key;
    f->copy = false;
    if (p->report)
        o->unguarded[p->report - 1].characters += t->ascii && !t->escaped ? f->text.len : bawn_utf8_count(f->text);
    o->n_fields++;
    return true;
}

/* A picture, sound or file: its bytes are not read; an address is text as well. */
static bool media(bawn_walk *w, const bawn_place *p, uint32_t token)
{
    bawn_slice raw = bawn_json_raw(w->json, token), path = BAWN_NIL;
    bool data = bawn_slice_eq_nocase(bawn_slice_of(raw.ptr, raw.len < 5 ? raw.len : 5), BAWN_LIT("data:")) ||
                bawn_shape_base64(raw);

    return bawn_walk_path(&path, w) && bawn_walk_unguarded(w, NULL, path, data ? raw.len : 0, "unsupported_media") &&
           (data || emit(w, p, token, BAWN_F_DEEP));
}

/* A text that nobody asked to have judged. */
static bool skipped(bawn_walk *w, const bawn_place *p, uint32_t token)
{
    bawn_slice path, text;

    return bawn_walk_path(&path, w) && bawn_walk_text(&text, w, token) &&
           bawn_walk_unguarded(w, NULL, path, bawn_utf8_count(text), p->skip);
}

static bool known_string(bawn_walk *w, const bawn_trie_node *node, const bawn_place *p, uint32_t token)
{
    if (p->skip && node->kind == BAWN_F_TEXT)
        return skipped(w, p, token);
    switch ((bawn_field_kind)node->kind) {
    case BAWN_F_PLAIN:
        return bawn_shape_id(bawn_json_raw(w->json, token)) || emit(w, p, token, BAWN_F_DEEP);
    case BAWN_F_OPAQUE:
        return bawn_shape_base64(bawn_json_raw(w->json, token)) || emit(w, p, token, BAWN_F_DEEP);
    case BAWN_F_MEDIA:
        return p->words ? emit(w, p, token, BAWN_F_TEXT) : media(w, p, token);
    default:
        return emit(w, p, token, (bawn_field_kind)node->kind);
    }
}

static void apply_row(bawn_place *p, const bawn_trie_node *node)
{
    if (!node->named)
        return;
    p->channel = node->channel;
    if (node->who == BAWN_WHO_APPLICATION) {
        p->role = BAWN_SYSTEM;
        p->origin = BAWN_APPLICATION;
    } else if (node->who == BAWN_WHO_CALLER) {
        p->role = BAWN_USER;
        p->origin = BAWN_CALLER;
    } else if (node->who == BAWN_WHO_DOCUMENT) {
        p->origin = BAWN_DOCUMENT;
    }
}

static bool report_unknown(bawn_walk *w, target *v)
{
    bawn_slice path;

    v->mode = UNKNOWN;
    v->place.channel = BAWN_CHANNEL_OTHER;
    if (!bawn_walk_path(&path, w) || !bawn_walk_unguarded(w, &v->place.report, path, 0, "unknown_field"))
        return false;
    if (w->out->unknown_field.len == 0)
        w->out->unknown_field = path;
    return true;
}

static bool push(bawn_walk *w, const target *v, bool object)
{
    const bawn_json_token *t = &w->json->tokens[v->token];

    if (!bawn_walk_grow(w, (void **)&w->frames, &w->cap_frames, w->n_frames, sizeof(*w->frames)))
        return false;
    settle(w);
    w->frames[w->n_frames++] = (bawn_frame){ .place = v->place, .token = v->token + 1, .end = t->next,
                                             .node = v->node, .path_len = (uint16_t)w->path_len,
                                             .mode = v->mode, .object = object };
    return true;
}

/* A list or object that the table knows: as such, or as a deep value. */
static bool known_container(target *v, const bawn_trie_node *node, bool object)
{
    if (object ? node->keys : node->item != BAWN_TRIE_NONE)
        return true;
    if (!node->named || node->kind != BAWN_F_DEEP)
        return false;
    v->mode = DEEP;
    return true;
}

static bool see(bawn_walk *w, target *v, uint32_t index)
{
    uint8_t type = w->json->tokens[v->token].type;
    bool container = type == BAWN_JSON_OBJECT || type == BAWN_JSON_ARRAY;

    if (v->mode == TABLE) {
        const bawn_trie_node *node = &w->trie->nodes[v->node];
        bool empty = w->json->tokens[v->token].count == 0;

        apply_row(&v->place, node);
        if (node->hook && !node->hook(w, &v->place, v->token, index))
            return false;
        if (v->place.gone)
            return true;
        if (type == BAWN_JSON_STRING && node->named)
            return known_string(w, node, &v->place, v->token);
        if (container && node->named && node->kind == BAWN_F_ARGUMENTS)
            return empty || emit(w, &v->place, v->token, BAWN_F_ARGUMENTS);
        if (container ? !known_container(v, node, type == BAWN_JSON_OBJECT) && !empty : type == BAWN_JSON_STRING)
            if (!report_unknown(w, v))
                return false;
    }
    if (container)
        return push(w, v, type == BAWN_JSON_OBJECT);
    return type != BAWN_JSON_STRING || emit(w, &v->place, v->token, BAWN_F_DEEP);
}

static bool member(bawn_walk *w, uint32_t key)
{
    const bawn_frame *f = &w->frames[w->n_frames - 1];     /* until see(), which may move it */
    target v = { key + 1, BAWN_TRIE_NONE, f->mode, f->place };
    bawn_slice name = bawn_json_raw(w->json, key);
    bool text = f->mode != TABLE;

    if (w->json->tokens[key].escaped && !bawn_walk_text(&name, w, key))
        return false;
    w->path_len = f->path_len;
    w->name = name;
    w->stepped = true;
    if (!text) {
        v.node = bawn_trie_child(w->trie, f->node, name);
        text = v.node == BAWN_TRIE_NONE || (v.node == w->trie->nodes[f->node].any && !bawn_shape_id(name));
        if (v.node == BAWN_TRIE_NONE && !report_unknown(w, &v))
            return false;
    }
    return (!text || emit(w, &v.place, key, BAWN_F_DEEP)) && see(w, &v, f->index);
}

static bool element(bawn_walk *w, uint32_t token)
{
    bawn_frame *f = &w->frames[w->n_frames - 1];
    target v = { token, f->mode == TABLE ? w->trie->nodes[f->node].item : f->node, f->mode, f->place };

    w->path_len = f->path_len;
    w->name = BAWN_NIL;
    w->number = f->index++;
    w->stepped = true;
    return see(w, &v, w->number);
}

void bawn_walk_begin(bawn_walk *w, const bawn_trie *trie, bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    *w = (bawn_walk){ .out = out, .json = j, .arena = arena, .err = err, .trie = trie };
    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
}

bool bawn_walk_run(bawn_walk *w, const char *root, bawn_place start)
{
    target first = { 0, bawn_trie_child(w->trie, 0, bawn_slice_str(root)), TABLE, start };

    w->path_len = 0;
    w->stepped = false;
    if (!see(w, &first, 0))
        return false;
    while (w->n_frames > 0) {
        bawn_frame *f = &w->frames[w->n_frames - 1];
        uint32_t token = f->token;

        if (token >= f->end) {
            w->n_frames--;
            continue;
        }
        f->token = w->json->tokens[f->object ? token + 1 : token].next;
        if (!(f->object ? member(w, token) : element(w, token)))
            return false;
    }
    return true;
}
