/* responses_story.c: see story.h. Reads the events that a client gets, as he gets them. */
#include "dialect/responses.h"

static bool keep(bawn_story *s, bawn_buf *b, bawn_slice text)
{
    if (text.len > BAWN_STORY_MAX - s->kept)
        return false;
    s->kept += text.len;
    return bawn_buf_add(b, text);
}

static bool keep_in_list(bawn_story *s, bawn_buf *list, bawn_slice json)
{
    size_t before = list->len;

    if (before > 0 && !keep(s, list, BAWN_LIT(",")))
        return false;
    if (keep(s, list, json))
        return true;
    s->kept -= list->len - before;
    list->len = before;
    return false;
}

static void drop(bawn_story *s, bawn_buf *b)
{
    s->kept -= b->len;
    bawn_buf_clear(b);
}

static void forget_part(bawn_story *s, bawn_story_part *p)
{
    drop(s, &p->text);
    p->used = p->lost = false;
}

static void forget(bawn_story *s, bawn_story_item *i)
{
    drop(s, &i->item);
    drop(s, &i->content);
    drop(s, &i->summaries);
    for (size_t k = 0; k < BAWN_STORY_PARTS; k++)
        forget_part(s, &i->parts[k]);
    i->used = false;
}

/* ---- the event at hand ----------------------------------------------------------------------------------------------------------- */
static bawn_slice value(const bawn_story *s, uint32_t token)
{
    bawn_span at = bawn_walk_value(&s->json, token);

    return bawn_slice_of(s->json.text.ptr + at.begin, at.end - at.begin);
}

static bawn_slice text(bawn_story *s, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(&s->json, object, key);
    bawn_json_map map;
    bawn_slice out = BAWN_NIL;

    if (token && s->json.tokens[token].type == BAWN_JSON_STRING && !bawn_json_decode(&out, &map, &s->json, token, s->arena))
        return BAWN_NIL;
    return out;
}

static uint32_t number(const bawn_story *s, const char *key)
{
    uint32_t token = bawn_json_get(&s->json, 0, key);
    uint64_t n = 0;

    return token && bawn_json_u64(&n, &s->json, token) && n < UINT32_MAX ? (uint32_t)n : 0;
}

/* Without a number it is the newest item's, or the next one. */
static uint32_t item_number(const bawn_story *s, bool begins)
{
    uint32_t newest = s->next_item > 0 ? s->next_item - 1 : 0;

    return bawn_json_get(&s->json, 0, "output_index") ? number(s, "output_index") : begins ? s->next_item : newest;
}

static bawn_story_item *open_item(bawn_story *s)
{
    uint32_t index = item_number(s, false);

    for (size_t i = 0; i < BAWN_STORY_OPEN; i++)
        if (s->open[i].used && s->open[i].index == index)
            return &s->open[i];
    return NULL;
}

/* ---- what is told ------------------------------------------------------------------------------------------------------------------ */
static void item_added(bawn_story *s)
{
    uint32_t item = bawn_json_get(&s->json, 0, "item"), index = item_number(s, true);
    size_t i = 0;

    while (i < BAWN_STORY_OPEN && s->open[i].used)
        i++;
    s->next_item = index + 1 > s->next_item ? index + 1 : s->next_item;
    if (!item || i == BAWN_STORY_OPEN || !keep(s, &s->open[i].item, value(s, item)))
        return;
    s->open[i].used = true;
    s->open[i].index = index;
}

static void item_done(bawn_story *s)
{
    bawn_story_item *i = open_item(s);
    uint32_t item = bawn_json_get(&s->json, 0, "item");

    if (i)
        forget(s, i);
    if (item)
        keep_in_list(s, &s->items, value(s, item));
}

/* The open part that the event is of; NULL: none. */
static bawn_story_part *open_part(bawn_story *s, bawn_story_item *i, bool summary)
{
    uint32_t n = number(s, summary ? "summary_index" : "content_index");

    for (size_t k = 0; i && k < BAWN_STORY_PARTS; k++)
        if (i->parts[k].used && i->parts[k].summary == summary && i->parts[k].number == n)
            return &i->parts[k];
    return NULL;
}

/* NULL: too many are open. */
static bawn_story_part *part_begins(bawn_story *s, bawn_story_item *i, const char *kind, bool summary)
{
    bawn_story_part *p = open_part(s, i, summary);

    for (size_t k = 0; !p && k < BAWN_STORY_PARTS; k++)
        if (!i->parts[k].used)
            p = &i->parts[k];
    if (!p)
        return NULL;
    forget_part(s, p);
    p->used = true;
    p->kind = kind;
    p->summary = summary;
    p->number = number(s, summary ? "summary_index" : "content_index");
    return p;
}

static void part_goes_on(bawn_story *s, bawn_story_part *p, bawn_slice text)
{
    if (!p || p->lost || keep(s, &p->text, text))
        return;
    drop(s, &p->text);
    p->lost = true;
}

static void part_added(bawn_story *s, bool summary)
{
    static const char *const kinds[] = { "output_text", "refusal", "reasoning_text", "summary_text" };
    bawn_story_item *i = open_item(s);
    uint32_t part = bawn_json_get(&s->json, 0, "part"), type = part ? bawn_json_get(&s->json, part, "type") : 0;

    for (size_t k = 0; i && type && k < BAWN_COUNT(kinds); k++)
        if (bawn_json_is(&s->json, type, kinds[k])) {
            part_goes_on(s, part_begins(s, i, kinds[k], summary), text(s, part, k == 1 ? "refusal" : "text"));
        }
}

static void part_done(bawn_story *s, bool summary)
{
    bawn_story_item *i = open_item(s);
    bawn_story_part *open = open_part(s, i, summary);
    uint32_t part = bawn_json_get(&s->json, 0, "part");

    if (i && part)
        keep_in_list(s, summary ? &i->summaries : &i->content, value(s, part));
    if (open)
        forget_part(s, open);
}

static void part_grows(bawn_story *s, const char *kind, bool summary)
{
    bawn_story_item *i = open_item(s);
    bawn_story_part *p = open_part(s, i, summary);

    if (i && !p)
        p = part_begins(s, i, kind, summary);
    part_goes_on(s, p, text(s, 0, "delta"));
}

static void life(bawn_story *s)
{
    uint32_t response = bawn_json_get(&s->json, 0, "response");

    if (s->begun || !response || s->json.tokens[response].type != BAWN_JSON_OBJECT)
        return;
    s->begun = keep(s, &s->response, value(s, response));
}

static void note(bawn_story *s)
{
    uint32_t type = bawn_json_get(&s->json, 0, "type"), sequence = bawn_json_get(&s->json, 0, "sequence_number");
    const bawn_json *j = &s->json;
    uint64_t n;

    s->next_event = sequence && bawn_json_u64(&n, j, sequence) ? n + 1 : s->next_event + 1;
    if (!type)
        return;
    if (bawn_json_is(j, type, "response.output_text.delta"))
        part_grows(s, "output_text", false);
    else if (bawn_json_is(j, type, "response.refusal.delta"))
        part_grows(s, "refusal", false);
    else if (bawn_json_is(j, type, "response.reasoning_text.delta"))
        part_grows(s, "reasoning_text", false);
    else if (bawn_json_is(j, type, "response.reasoning_summary_text.delta"))
        part_grows(s, "summary_text", true);
    else if (bawn_json_is(j, type, "response.output_item.added"))
        item_added(s);
    else if (bawn_json_is(j, type, "response.output_item.done"))
        item_done(s);
    else if (bawn_json_is(j, type, "response.content_part.added") || bawn_json_is(j, type, "response.reasoning_summary_part.added"))
        part_added(s, bawn_json_is(j, type, "response.reasoning_summary_part.added"));
    else if (bawn_json_is(j, type, "response.content_part.done") || bawn_json_is(j, type, "response.reasoning_summary_part.done"))
        part_done(s, bawn_json_is(j, type, "response.reasoning_summary_part.done"));
    else
        life(s);
}

static bawn_story *story_new(void)
{
    bawn_story *s = bawn_malloc(sizeof *s);

    if (!s)
        return NULL;
    *s = (bawn_story){ .arena = bawn_arena_new(1024, 0) };
    if (s->arena)
        return s;
    bawn_free(s);
    return NULL;
}

bool bawn_responses_tell(bawn_story **story, bawn_operation op, bawn_slice data)
{
    if (op != BAWN_OP_RESPONSES)
        return true;
    if (!*story && !(*story = story_new()))
        return false;
    bawn_arena_reset((*story)->arena);
    if (!bawn_json_parse(&(*story)->json, data, 128, NULL) || !bawn_json_is_object(&(*story)->json))
        return false;                                   /* it was parsed before: memory */
    note(*story);
    return true;
}

void bawn_story_free(bawn_story *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < BAWN_STORY_OPEN; i++) {
        bawn_buf_free(&s->open[i].item);
        bawn_buf_free(&s->open[i].content);
        bawn_buf_free(&s->open[i].summaries);
        for (size_t k = 0; k < BAWN_STORY_PARTS; k++)
            bawn_buf_free(&s->open[i].parts[k].text);
    }
    bawn_buf_free(&s->response);
    bawn_buf_free(&s->items);
    bawn_json_free(&s->json);
    bawn_arena_free(s->arena);
    bawn_free(s);
}
