/* say_bedrock.c: answers of Converse and events of ConverseStream, written. Only calls have an event that begins their block; counts
 * come in `metadata`, behind the end. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

static void counts(bawn_buf *b, const bawn_tr_counts *c)
{
    STR(b, "\"usage\":");
    bawn_tr_counts_write(b, &bawn_dialect_bedrock, c);
    STR(b, ",\"metrics\":{\"latencyMs\":0}}");             /* it is not known here */
}

static void write_part(bawn_buf *b, const bawn_tr_part *p)
{
    if (p->kind == BAWN_TR_TEXT) {
        bawn_tr_quoted(b, "{\"text\":", p->text);
        STR(b, "}");
    } else if (p->kind == BAWN_TR_THOUGHT) {
        bawn_tr_quoted(b, "{\"reasoningContent\":{\"reasoningText\":{\"text\":", p->text);
        if (p->more.len > 0)
            bawn_tr_quoted(b, ",\"signature\":", p->more);
        STR(b, "}}}");
    } else {
        bawn_tr_quoted(b, "{\"toolUse\":{\"toolUseId\":", p->id);
        bawn_tr_quoted(b, ",\"name\":", p->name);
        STR(b, ",\"input\":");
        bawn_buf_add(b, p->more);
        STR(b, "}}");
    }
}

void bawn_tr_say_bedrock(bawn_buf *b, const bawn_tr_say *s)
{
    STR(b, "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[");
    for (size_t i = 0; i < s->n; i++) {
        STR(b, i ? "," : "");
        write_part(b, &s->parts[i]);
    }
    bawn_tr_quoted(b, "]}},\"stopReason\":", bawn_slice_str(bawn_tr_reason_name(&bawn_dialect_bedrock, s->reason)));
    STR(b, ",");
    counts(b, &s->counts);
}

/* ---- events --------------------------------------------------------------------------------------------------------- */
static void ends(bawn_translation *t, const char *end)
{
    STR(&t->data, end);
    bawn_tr_event_ends(t);
}

static bawn_buf *block_event(bawn_translation *t, const char *name)
{
    bawn_buf *b = bawn_tr_event(t, name);

    STR(b, "{\"contentBlockIndex\":");
    bawn_buf_u64(b, t->n_blocks);
    return b;
}

static void begin(bawn_translation *t)
{
    bawn_tr_event(t, "messageStart");
    ends(t, "{\"role\":\"assistant\"}");
}

static void open(bawn_translation *t, const bawn_tr_piece *p)
{
    if (p->kind != BAWN_TR_CALL)
        return;
    bawn_buf *b = block_event(t, "contentBlockStart");
    bawn_tr_quoted(b, ",\"start\":{\"toolUse\":{\"toolUseId\":", p->id);
    bawn_tr_quoted(b, ",\"name\":", p->name);
    ends(t, "}}}");
}

static void piece(bawn_translation *t, const bawn_tr_piece *p)
{
    bawn_buf *b = block_event(t, "contentBlockDelta");

    STR(b, ",\"delta\":");
    if (p->kind == BAWN_TR_THOUGHT) {
        bool signature = p->signature.len > 0;
        bawn_tr_quoted(b, signature ? "{\"reasoningContent\":{\"signature\":" : "{\"reasoningContent\":{\"text\":",
                       signature ? p->signature : p->text);
        ends(t, "}}}");
        return;
    }
    bawn_tr_quoted(b, p->kind == BAWN_TR_TEXT ? "{\"text\":" : "{\"toolUse\":{\"input\":", p->text);
    ends(t, p->kind == BAWN_TR_TEXT ? "}}" : "}}}");
}

static void close(bawn_translation *t)
{
    block_event(t, "contentBlockStop");
    ends(t, "}");
}

static void end(bawn_translation *t)
{
    bawn_tr_quoted(bawn_tr_event(t, "messageStop"), "{\"stopReason\":", bawn_slice_str(bawn_tr_reason_name(&bawn_dialect_bedrock, t->reason)));
    ends(t, "}");
    STR(bawn_tr_event(t, "metadata"), "{");
    counts(&t->data, &t->counts);
    bawn_tr_event_ends(t);
}

static void error(bawn_translation *t, int status, bawn_slice message)
{
    bawn_buf *b = bawn_tr_event(t, bawn_tr_error_exception(status));

    bawn_tr_quoted(b, "{\"message\":", message.len > 0 ? message : BAWN_LIT("The upstream answered with an error."));
    ends(t, "}");
    if (t->n > 0)
        t->events[t->n - 1].exception = true;
}

const bawn_tr_voice bawn_tr_voice_bedrock = { begin, open, piece, close, end, error };
