/* Fuzz target: any JSON through the walk of every operation, both sides. Checked besides not crashing: fields stand in
 * the body, in order, each once; texts and pointers are valid UTF-8, pointers bounded; a failure says why. */
#include <stdlib.h>

#include "dialect/report.h"
#include "dialect/dialect.h"
#include "dialect/story.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())

static void check_fields(const bawn_conversation *c, const bawn_json *j)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        const bawn_field *f = &c->fields[i];

        CHECK(f->wire.begin <= f->wire.end && f->wire.end <= j->text.len);
        CHECK(f->path.len <= 256 && bawn_utf8_valid_prefix(f->path) == f->path.len);
        CHECK(bawn_utf8_valid_prefix(f->text) == f->text.len && f->text.len <= f->wire.end - f->wire.begin);
        CHECK(i == 0 || f->wire.begin >= c->fields[i - 1].wire.end);         /* in order, each once */
        CHECK(f->kind <= BAWN_F_NAME);
    }
    for (size_t i = 0; i < c->n_copies; i++)
        CHECK(c->copies[i].wire.begin < c->copies[i].wire.end && c->copies[i].wire.end <= j->text.len);
    for (size_t i = 0; i < c->n_unguarded; i++)
        CHECK(c->unguarded[i].reason && c->unguarded[i].path.len <= 256);
}

static void walk(bool (*read)(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *),
                 bawn_operation op, const bawn_json *j, bawn_arena *arena)
{
    bawn_conversation c;
    bawn_error err = { 0 };

    bawn_arena_reset(arena);
    if (read(&c, op, j, arena, &err))
        check_fields(&c, j);
    else
        CHECK(err.code != BAWN_E_NONE);
}

/* A request that is taken has an answer, which is JSON, whatever was found: here an address in every text. */
static void check_report(const bawn_dialect *d, bawn_operation op, const bawn_conversation *c, const bawn_json *asked, bawn_arena *arena)
{
    static const uint8_t seed[32];
    bawn_reported *found = bawn_arena_alloc(arena, (c->n_fields + 1) * sizeof *found);
    bawn_report r = { .request = c, .asked = asked, .findings = found, .action = BAWN_MASK, .id = BAWN_LIT("id"), .seed = seed };
    bawn_json j = { 0 };
    bawn_buf out = { 0 };

    for (uint32_t i = 0; found && i < c->n_fields; i++)
        found[r.n_findings++] = (bawn_reported){ BAWN_LIT("pii"), BAWN_LIT("pii.EMAIL"), c->fields[i].text, BAWN_NIL, i,
                                                 { 0, c->fields[i].text.len }, 0.95f, 0.6f, BAWN_MASK, BAWN_MASK };
    if (found && d->report(&out, op, &r, arena))
        CHECK(bawn_json_parse(&j, bawn_buf_slice(&out), 64, NULL));
    bawn_json_free(&j);
    bawn_buf_free(&out);
}

static void check_checks(const bawn_json *j, bawn_arena *arena)
{
    bawn_conversation c;
    bawn_error err = { 0 };

    for (const bawn_dialect *d = &bawn_dialect_guardrail; d; d = d->next)
        for (bawn_operation op = BAWN_OP_APPLY_GUARDRAIL; op <= BAWN_OP_LAKERA_GUARD; op++) {
            bawn_slice rest;
            static const char *const uris[] = { "/guardrail/a/version/1/apply", "/guardrail-checks/invoke", "/beta/litellm_basic_guardrail_api",
                                                "/analyze", "/anonymize", "/contentsafety/text:shieldPrompt", "/v2/guard" };
            if (d->route(BAWN_LIT("POST"), bawn_slice_str(uris[op - BAWN_OP_APPLY_GUARDRAIL]), &rest) != op)
                continue;
            walk(d->request, op, j, arena);
            bawn_arena_reset(arena);
            if (d->request(&c, op, j, arena, &err))
                check_report(d, op, &c, j, arena);
        }
}

/* The elements of a list as the events of one stream of Responses, and its two ends after each. */
static void stream_of(const bawn_json *list, bawn_arena *arena)
{
    bawn_conversation seen, asked = { .model = BAWN_LIT("m"), .n_choices = 1, .operation = BAWN_OP_RESPONSES };
    bawn_stream_state state = { 0 };
    bawn_slice id = BAWN_LIT("id");

    for (uint32_t e = 1; e < list->tokens[0].next; e = list->tokens[e].next) {
        bawn_slice text = bawn_json_raw(list, e);
        bawn_error err = { 0 };
        bawn_json j = { 0 };
        bawn_buf out = { 0 };
        bool read;

        bawn_arena_reset(arena);
        read = list->tokens[e].type == BAWN_JSON_OBJECT && bawn_json_parse(&j, text, 64, NULL) &&
               bawn_dialect_openai.event(&seen, &state, BAWN_OP_RESPONSES, &j, arena, &err);
        if (read) {
            check_fields(&seen, &j);
            CHECK(seen.ends_from <= seen.ends_to && seen.block < BAWN_STREAM_ITEMS);
            CHECK(bawn_dialect_openai.tell(&state.story, BAWN_OP_RESPONSES, text));
            CHECK(bawn_dialect_openai.stream_refusal(&out, &asked, text, &state, NULL, 0, id, id, 0));
            CHECK(bawn_dialect_openai.broken(&out, &asked, state.story, BAWN_E_UPSTREAM_INVALID, id, id, 0));
        }
        bawn_buf_free(&out);
        bawn_json_free(&j);
    }
    bawn_story_free(state.story);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_arena *arena = bawn_arena_new(65536, 1u << 26);
    bawn_slice rest, text = { (const char *)data, size }, id = BAWN_LIT("id");
    bawn_conversation seen, asked = { .model = BAWN_LIT("m"), .n_choices = 1 };
    bawn_stream_state state = { 0 };
    bawn_error err = { 0 };
    bawn_json j = { 0 };
    bawn_buf out = { 0 };

    bawn_dialect_openai.route(BAWN_LIT("POST"), text, &rest);
    if (arena)
        bawn_dialect_guardrail.guardrail_of(&rest, &seen.id, BAWN_OP_APPLY_GUARDRAIL, text, arena);
    CHECK(bawn_dialect_openai.stream_refusal(&out, &asked, text, NULL, NULL, 0, id, id, 0));
    if (arena && bawn_json_parse(&j, text, 64, NULL)) {
        for (bawn_operation op = BAWN_OP_UNKNOWN; op <= BAWN_OP_RESPONSES; op++) {
            walk(bawn_dialect_openai.request, op, &j, arena);
            walk(bawn_dialect_openai.answer, op, &j, arena);
        }
        check_checks(&j, arena);
        bawn_arena_reset(arena);
        if (bawn_dialect_openai.event(&seen, &state, BAWN_OP_CHAT, &j, arena, &err))
            check_fields(&seen, &j);
        if (j.tokens[0].type == BAWN_JSON_ARRAY)
            stream_of(&j, arena);
    }
    bawn_buf_free(&out);
    bawn_json_free(&j);
    bawn_arena_free(arena);
    return 0;
}
