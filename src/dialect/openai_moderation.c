/* openai_moderation.c: the answer of /v1/moderations, which Bawn gives itself. One result an input: the provider's
 * 13 categories and `prompt_attack` as a fourteenth, which the SDK keeps as an attribute. */
#include "dialect/openai.h"
#include "dialect/report.h"

#define N BAWN_COUNT(bawn_openai_moderation_categories)
#define FLAGGED_AT 0.55f                              /* prompt_attack: an input is flagged from here */
#define FLAG_AT 0.5f                                  /* a category is true from here: scores are probabilities */

const char *const bawn_openai_moderation_categories[13] = {
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
};

/* Six decimals, whatever the locale; what is no number is 0. */
static void score_add(bawn_buf *b, float score)
{
    uint32_t millionths = !(score > 0) ? 0 : score >= 1 ? 1000000 : (uint32_t)((double)score * 1e6 + 0.5);
    char digits[9] = "0.000000";

    digits[0] = (char)('0' + millionths / 1000000);
    for (int i = 7; i > 1; i--, millionths /= 10)
        digits[i] = (char)('0' + millionths % 10);
    bawn_buf_str(b, digits);
}

static void flag_add(bawn_buf *b, float score) { bawn_buf_str(b, score >= FLAG_AT ? "true" : "false"); }
static void type_add(bawn_buf *b, float score) { (void)score, bawn_buf_str(b, "[\"text\"]"); }

static void categories_add(bawn_buf *b, const char *key, const float *scores, float attack,
                           void (*value)(bawn_buf *, float))
{
    bawn_buf_str(b, key);
    for (size_t i = 0; i < N; i++) {
        bawn_buf_str(b, i ? ",\"" : "{\"");
        bawn_buf_str(b, bawn_openai_moderation_categories[i]);
        bawn_buf_str(b, "\":");
        value(b, scores[i]);
    }
    bawn_buf_str(b, ",\"prompt_attack\":");
    value(b, attack);
    bawn_buf_str(b, "}");
}

bool bawn_openai_moderation(bawn_buf *b, bawn_slice id, bawn_slice model, const float *scores, const float *attack,
                            const bool *flagged, size_t n)
{
    bawn_buf_str(b, "{\"id\":\"modr-");
    bawn_json_write_escaped(b, id);
    bawn_buf_str(b, "\",\"model\":");
    bawn_json_write_string(b, model);
    bawn_buf_str(b, ",\"results\":[");
    for (size_t i = 0; i < n; i++) {
        bawn_buf_str(b, i ? ",{\"flagged\":" : "{\"flagged\":");
        bawn_buf_str(b, flagged[i] ? "true" : "false");
        categories_add(b, ",\"categories\":", scores + i * N, attack[i], flag_add);
        categories_add(b, ",\"category_scores\":", scores + i * N, attack[i], score_add);
        categories_add(b, ",\"category_applied_input_types\":", scores + i * N, attack[i], type_add);
        bawn_buf_str(b, "}");
    }
    return bawn_buf_str(b, "]}") && !b->failed;
}

/* The score of each input is that of its worst attack; the provider's categories have no guard yet. */
bool bawn_openai_report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    size_t n = r->request->n_messages ? r->request->n_messages : 1, start = b->len;
    float *scores = bawn_arena_alloc(arena, n * N * sizeof *scores), *attack = bawn_arena_alloc(arena, n * sizeof *attack);
    bool *flagged = bawn_arena_alloc(arena, n * sizeof *flagged);

    (void)op;
    if (!scores || !attack || !flagged)
        return false;
    memset(scores, 0, n * N * sizeof *scores);
    memset(attack, 0, n * sizeof *attack);
    for (size_t i = 0; i < r->n_findings; i++) {
        uint32_t input = r->request->fields[r->findings[i].field].message;
        if (input < n && bawn_slice_is(r->findings[i].guard, "prompt_attack") && r->findings[i].score > attack[input])
            attack[input] = r->findings[i].score;
    }
    for (size_t i = 0; i < n; i++)
        flagged[i] = attack[i] >= FLAGGED_AT;
    bawn_openai_moderation(b, r->id, r->request->model, scores, attack, flagged, n);
    return bawn_buf_whole(b, start);
}
