/* translate.h: a client that speaks one API before an upstream that speaks another, where the meaning survives. Text in, text out:
 * no input or output, no clock, nothing known of guards. What does not survive is refused by name, never dropped.
 *
 * Pairs: OpenAI's chat completions on Anthropic's Messages and the other way round, Bedrock's Converse on either. All others are none.
 * docs/clients.md says what is translated to what; the tables of the fields (fields_*.c) say it of each. */
#ifndef BAWN_TRANSLATE_H
#define BAWN_TRANSLATE_H

#include "dialect/dialect.h"

/* What an OpenAI client's answer may have when he set no limit: Anthropic's API has no default and wants one. */
#define BAWN_TRANSLATE_MAX_TOKENS "4096"

/* Whether requests of that operation can be translated from `client` to `upstream`, two different dialects. */
bool bawn_translates(const bawn_dialect *client, const bawn_dialect *upstream, bawn_operation);

/* What is known of the exchange: `model` is what the client asked for (Converse names it in the path alone), the rest is for answers.
 * Borrowed while a call runs, and for as long as a stream's translation lives. */
typedef struct {
    const bawn_dialect *client, *upstream;
    bawn_operation operation;                       /* the client's */
    bawn_slice model, id;                           /* id: of the exchange, where the upstream gives its answer none */
    bool include_usage;                             /* an OpenAI client wants its stream's counts */
    uint64_t now_ns;
} bawn_translate_pair;

typedef struct { bawn_slice body, path; bawn_operation operation; bool stream; } bawn_translated;
/* The client's body as the upstream's, in the arena. path: what is asked for after the upstream's base path. False: err has
 * INVALID_REQUEST and names the parameter in err->file, as the client writes it, and why in its message; or a code of
 * bawn_json_parse(). Linear in the body. */
bool bawn_translate_request(bawn_translated *out, const bawn_translate_pair *, bawn_slice body, bawn_arena *, bawn_error *err);

/* A whole answer as the client's. False, *out as it was: UPSTREAM_INVALID, it says what cannot be said in the client's API;
 * NO_MEMORY. */
bool bawn_translate_answer(bawn_buf *out, const bawn_translate_pair *, bawn_slice body, bawn_arena *, bawn_error *err);
/* An error of the upstream, whatever its body, in the client's envelope; *status as the client's API has it. False: out of memory. */
bool bawn_translate_error(bawn_buf *out, int *status, const bawn_translate_pair *, bawn_slice body);

/* ---- streams ------------------------------------------------------------------------------------------------------ */
/* One event of the client's: its name (Anthropic: what `event:` says; Converse: the event's type or the exception's; OpenAI: none) and
 * its data. `exception`: Converse's, which ends the stream. */
typedef struct { const char *name; size_t begin, end; bool exception; } bawn_translate_event_out;
typedef struct bawn_translation bawn_translation;
bawn_translation *bawn_translation_new(const bawn_translate_pair *);           /* NULL: out of memory */
void bawn_translation_free(bawn_translation *);
/* The upstream's next event (its data; "[DONE]" as well). The client's events, none or more, are asked for until the next call. False:
 * UPSTREAM_INVALID or NO_MEMORY; nothing more may be asked but to free it. What is emitted hangs on the events alone. */
bool bawn_translation_event(bawn_translation *, bawn_slice data, bawn_error *err);
/* The connection ended. False: the stream had not (err as above). */
bool bawn_translation_end(bawn_translation *, bawn_error *err);
bool bawn_translation_over(const bawn_translation *);                          /* its end has been emitted, or an error */
size_t bawn_translation_events(const bawn_translate_event_out **out, bawn_slice *data, const bawn_translation *);   /* data: what begin and end are in */

#endif
