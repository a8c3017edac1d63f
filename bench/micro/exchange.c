/* The same request and answers as bench/gateways makes over the wire (prompts.py, mock.c), so that what the engine
 * costs can be told from what the sockets cost. */
#include "exchange.h"

#include "base/json.h"

#define EVENTS 50
#define NOW 1763000000000000000u

static const char system_text[] = "You answer questions about the products and the return policy of an online shop. Be brief "
                                  "and polite.";
static const char answer_text[] =
    "Thank you for your question. The order you placed on Monday left our warehouse this morning and the carrier expects "
    "to deliver it within three working days. You can return any item in its original packaging within thirty days of "
    "delivery, and the refund reaches your account five working days after we receive the parcel. If the jacket turns out "
    "to be too small, choose the exchange option on the returns page and we will send the larger size free of charge as "
    "soon as the first parcel is scanned by the carrier. Is there anything else that I can help you with today? ";

static void write_request(bawn_buf *out, prose_language l, size_t bytes, bool stream)
{
    bawn_buf text = { 0 };
    prose_write(&text, l, bytes);
    bawn_buf_str(out, "{\"model\": \"gpt-4o-mini\", \"messages\": [{\"role\": \"system\", \"content\": \"");
    bawn_buf_str(out, system_text);
    bawn_buf_str(out, "\"}, {\"role\": \"user\", \"content\": ");
    bawn_json_write_string(out, bawn_buf_slice(&text));
    bawn_buf_str(out, stream ? "}], \"temperature\": 0.2, \"stream\": true}" : "}], \"temperature\": 0.2}");
    bawn_buf_free(&text);
}

static void write_answer(dialogue *d)
{
    bawn_buf_str(&d->answer, "{\"id\":\"chatcmpl-bench0001\",\"object\":\"chat.completion\",\"created\":1760000000,"
                 "\"model\":\"gpt-4o-mini\",\"system_fingerprint\":\"fp_bench\",\"choices\":[{\"index\":0,"
                 "\"message\":{\"role\":\"assistant\",\"content\":\"");
    bawn_buf_str(&d->answer, answer_text);
    bawn_buf_str(&d->answer, "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                 "\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":120,\"total_tokens\":330}}");
    d->pieces[d->n_pieces++] = d->answer.len;
}

static void write_chunk(bawn_buf *out, int i)
{
    static const char head[] = "data: {\"id\":\"chatcmpl-bench0001\",\"object\":\"chat.completion.chunk\","
                               "\"created\":1760000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{";
    char stamp[] = "t_aaaaabdikmpcfgha_ word ";

    stamp[16] = (char)('a' + i % 16);
    stamp[15] = (char)('a' + i / 16);
    bawn_buf_str(out, head);
    bawn_buf_str(out, i == 0 ? "\"role\":\"assistant\",\"content\":\"" : "\"content\":\"");
    bawn_buf_str(out, stamp);
    bawn_buf_str(out, "\"},\"finish_reason\":null}]}\n\n");
}

static void write_stream(dialogue *d, bool coalesced)
{
    for (int i = 0; i < EVENTS; i++) {
        write_chunk(&d->answer, i);
        if (!coalesced)
            d->pieces[d->n_pieces++] = d->answer.len;
    }
    bawn_buf_str(&d->answer, "data: {\"id\":\"chatcmpl-bench0001\",\"object\":\"chat.completion.chunk\","
                 "\"created\":1760000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,"
                 "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    d->pieces[d->n_pieces++] = d->answer.len;
}

bool dialogue_make(dialogue *d, prose_language l, size_t bytes, answer_kind kind)
{
    *d = (dialogue){ .type = kind == ANSWER_JSON ? "application/json" : "text/event-stream" };
    write_request(&d->request, l, bytes, kind != ANSWER_JSON);
    if (kind == ANSWER_JSON)
        write_answer(d);
    else
        write_stream(d, kind == ANSWER_COALESCED);
    return !d->request.failed && !d->answer.failed;
}

void dialogue_free(dialogue *d)
{
    bawn_buf_free(&d->request);
    bawn_buf_free(&d->answer);
}

typedef struct { size_t emitted, records; bool passed, ended; } seen;

static void obey(seen *s, bawn_exchange *x)
{
    bawn_step step;
    while (bawn_exchange_next(&step, x))
        switch (step.kind) {
        case BAWN_EMIT:
            s->emitted += step.emit.len;
            break;
        case BAWN_VERDICT:
            s->passed = step.status == 0;
            break;
        case BAWN_RECORD:
            s->records += step.record.len > 0;
            break;
        case BAWN_NEED:
            bawn_exchange_resume(x, step.job.id, true, BAWN_NIL, NOW + 1);
            break;
        case BAWN_END:
            s->ended = true;
            break;
        default:
            break;
        }
}

bool dialogue_run(bawn_worker *w, const dialogue *d)
{
    static const uint8_t seed[32] = { 7 };
    bawn_exchange *x = NULL;
    seen s = { 0 };
    size_t at = 0;

    if (!bawn_exchange_new(&x, w, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"), NULL, 0, NOW, seed,
                           NULL))
        return false;
    bawn_exchange_feed(x, BAWN_INPUT, bawn_buf_slice(&d->request), true, NOW + 1);
    obey(&s, x);
    if (s.passed)
        bawn_exchange_response(x, 200, bawn_slice_str(d->type), NOW + 2);
    for (size_t i = 0; s.passed && i < d->n_pieces; at = d->pieces[i++]) {
        bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_of(d->answer.ptr + at, d->pieces[i] - at), i + 1 == d->n_pieces, NOW + 3);
        obey(&s, x);
    }
    bawn_exchange_free(x);
    return s.passed && s.ended && s.records == 1;
}
