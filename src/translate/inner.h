/* inner.h: what the files of this room share. Each API is read into one neutral form and written from it, so that three readers and
 * three writers make all pairs. Texts stay as they are written in JSON (between their quotes): they are copied, never spelt anew.
 *
 * reader.c      members are taken one by one; what nobody took is refused
 * fields_*.c    each field of a client's API: carried, dropped because it means nothing for the answer, or refused and why
 * ask_*.c       requests: read from three APIs, written to two
 * say_*.c       answers, whole and as events: read from two APIs, written to three
 * words.c       stop reasons, counts
 * error.c       an upstream's errors
 * translate.c   the pairs */
#ifndef BAWN_TRANSLATE_INNER_H
#define BAWN_TRANSLATE_INNER_H

#include "translate/translate.h"

/* ---- reading ----------------------------------------------------------------------------------------------------- */
typedef enum { BAWN_TR_CARRIED, BAWN_TR_DROPPED, BAWN_TR_REFUSED } bawn_tr_fate;
typedef struct {
    const char *path;               /* "messages[].content[].type"; all below shares its fate unless it has a row of its own */
    bawn_tr_fate fate;
    const char *unless;             /* refused: but for these values, which say what is so anyway; parted by spaces */
    const char *why;                /* refused */
} bawn_tr_field;
typedef struct { const bawn_tr_field *rows; size_t n; } bawn_tr_fields;        /* sorted by path */
extern const bawn_tr_fields bawn_tr_fields_openai, bawn_tr_fields_anthropic, bawn_tr_fields_bedrock;
/* The row that decides on a path: its own, or that of the nearest above. NULL: none. */
const bawn_tr_field *bawn_tr_field_find(const bawn_tr_fields *, const char *path, bool *own);

typedef struct {
    const bawn_json *json;
    bawn_arena *arena;
    bawn_error *err;
    int code;                       /* of refusals: INVALID_REQUEST, UPSTREAM_INVALID */
    uint8_t *used;                  /* by token; NULL: nobody asks */
    bool dotted;                    /* messages.0.role, not messages[0].role */
} bawn_tr_reader;

/* Text as it stands in JSON, and where. `there` is false for what is absent or null. */
typedef struct { bawn_slice raw; uint32_t token; bool there; } bawn_tr_value;

bool bawn_tr_memory(bawn_tr_reader *);                                          /* refuses; false */
/* Refuses the value, or the object's member of that name where key is not NULL. Always false. */
bool bawn_tr_refuse(bawn_tr_reader *, uint32_t token, const char *key, const char *why, ...) __attribute__((format(printf, 4, 5)));
void *bawn_tr_array(bawn_tr_reader *, size_t n, size_t size);                   /* zeroed; NULL: refused */
uint32_t bawn_tr_take(bawn_tr_reader *, uint32_t object, const char *key);      /* 0: absent or null */
void bawn_tr_use(bawn_tr_reader *, uint32_t token);                             /* its members are taken one by one */
void bawn_tr_whole(bawn_tr_reader *, uint32_t token);                           /* all below is taken */
bool bawn_tr_string(bawn_tr_value *, bawn_tr_reader *, uint32_t object, const char *key);
bool bawn_tr_need(bawn_tr_value *, bawn_tr_reader *, uint32_t object, const char *key);    /* a string that must be there */
bool bawn_tr_number(bawn_tr_value *, bawn_tr_reader *, uint32_t object, const char *key);
bool bawn_tr_flag(bool *, bawn_tr_reader *, uint32_t object, const char *key);  /* unchanged where absent */
bool bawn_tr_tree(bawn_tr_value *, bawn_tr_reader *, uint32_t object, const char *key, bawn_json_type);    /* its JSON */
bool bawn_tr_list(uint32_t *, bawn_tr_reader *, uint32_t object, const char *key);          /* an array; 0: absent */
bool bawn_tr_object(uint32_t *, bawn_tr_reader *, uint32_t object, const char *key);
/* A string that holds an object's JSON, as the calls of OpenAI's models have it: that JSON. An empty one is {}. */
bool bawn_tr_unquote(bawn_tr_value *, bawn_tr_reader *);
/* All that is there was taken, or has a row that lets it go. */
bool bawn_tr_all_used(bawn_tr_reader *, const bawn_tr_fields *);
bawn_slice bawn_tr_json(const bawn_json *, uint32_t token);                     /* of any value, quotes included */
static inline bawn_json_type bawn_tr_type(const bawn_tr_reader *r, uint32_t token) { return (bawn_json_type)r->json->tokens[token].type; }
/* for (uint32_t i = first of a list; i < past it; i = next) */
#define BAWN_TR_EACH(r, item, list) \
    (uint32_t item = (list) ? (list) + 1 : 0; (list) && item < (r)->json->tokens[list].next; item = (r)->json->tokens[item].next)
static inline uint32_t bawn_tr_count(const bawn_tr_reader *r, uint32_t list) { return list ? r->json->tokens[list].count : 0; }

/* ---- requests ------------------------------------------------------------------------------------------------------ */
typedef enum { BAWN_TR_TEXT, BAWN_TR_IMAGE, BAWN_TR_CALL, BAWN_TR_RESULT, BAWN_TR_THOUGHT } bawn_tr_kind;
typedef struct bawn_tr_part {
    bawn_tr_kind kind;
    uint32_t token;
    bawn_slice text;                /* the words; of an image its bytes in base64, or its address */
    bawn_slice id, name;            /* of a call, of the call that a result is for */
    bawn_slice more;                /* of an image its media type, empty: text is an address; of a call its arguments, an object; of a
                                     * thought its signature */
    bool failed;                    /* of a result */
    bool json;                      /* text is JSON as it stands, not a string */
    struct bawn_tr_part *parts; size_t n;   /* of a result */
} bawn_tr_part;
typedef enum { BAWN_TR_SYSTEM, BAWN_TR_USER, BAWN_TR_ASSISTANT } bawn_tr_role;
typedef struct { bawn_tr_role role; uint32_t token; bawn_tr_part *parts; size_t n; bool results; } bawn_tr_message;   /* results: tools' alone */
typedef struct { bawn_slice name, schema; bawn_tr_value description; bool strict; } bawn_tr_tool;
typedef enum { BAWN_TR_UNSAID, BAWN_TR_AUTO, BAWN_TR_NONE, BAWN_TR_ANY, BAWN_TR_ONE } bawn_tr_choice;
typedef struct {
    bawn_slice model;
    bawn_tr_message *messages; size_t n_messages;
    bawn_tr_tool *tools; size_t n_tools;
    bawn_tr_choice choice; bawn_slice chosen;
    bool single;                    /* one call at a time */
    bawn_tr_value limit, temperature, top_p, top_k, user;
    bawn_slice *stops; size_t n_stops; uint32_t stops_token;
    bawn_slice schema; bawn_tr_value schema_name;        /* of an answer in JSON */
    bool stream;
} bawn_tr_ask;

/* A client's body, read; and the upstream's, written. False: refused, or out of memory (the reader's error says which). */
bool bawn_tr_ask_openai(bawn_tr_ask *, bawn_tr_reader *);
bool bawn_tr_ask_anthropic(bawn_tr_ask *, bawn_tr_reader *);   /* model and stream are in the body */
bool bawn_tr_ask_bedrock(bawn_tr_ask *, bawn_tr_reader *);     /* model and stream are not in the body */
bool bawn_tr_write_openai(bawn_buf *, const bawn_tr_ask *, bawn_tr_reader *);
bool bawn_tr_write_anthropic(bawn_buf *, const bawn_tr_ask *, bawn_tr_reader *);

/* What two readers share. */
bool bawn_tr_stops(bawn_tr_ask *, bawn_tr_reader *, uint32_t object, const char *key);     /* a list of strings */
/* A call: id (under that key), name, `input`, whose JSON is empty where it has none. */
bool bawn_tr_call(bawn_tr_part *, bawn_tr_reader *, uint32_t object, const char *id);

/* ---- answers ------------------------------------------------------------------------------------------------------- */
typedef enum { BAWN_TR_OPEN, BAWN_TR_END, BAWN_TR_CALLS, BAWN_TR_LENGTH, BAWN_TR_STOPPED, BAWN_TR_WINDOW, BAWN_TR_FILTERED,
               BAWN_TR_REASONS } bawn_tr_reason;
/* input: without what was read from and written to a cache. */
typedef struct { uint64_t input, output, read, written; } bawn_tr_counts;
typedef struct {
    bawn_slice id, model;
    uint64_t created;
    bawn_tr_part *parts; size_t n;  /* texts, thoughts, calls */
    bawn_tr_reason reason;
    bawn_tr_value stopped;          /* the sequence at which it stopped */
    bawn_tr_counts counts;
} bawn_tr_say;

/* Names of a reason in the API of that dialect; each has one. By a name: OPEN where there is none. */
const char *bawn_tr_reason_name(const bawn_dialect *, bawn_tr_reason);
bawn_tr_reason bawn_tr_reason_find(const bawn_dialect *, const bawn_json *, uint32_t token);
bool bawn_tr_counts_openai(bawn_tr_counts *, bawn_tr_reader *, uint32_t object);           /* of answers; null and absent ones leave it */
bool bawn_tr_counts_anthropic(bawn_tr_counts *, bawn_tr_reader *, uint32_t object);
void bawn_tr_counts_write(bawn_buf *, const bawn_dialect *, const bawn_tr_counts *);        /* an object */

bool bawn_tr_said_openai(bawn_tr_say *, bawn_tr_reader *);      /* read */
bool bawn_tr_said_anthropic(bawn_tr_say *, bawn_tr_reader *);
void bawn_tr_say_openai(bawn_buf *, const bawn_tr_say *);       /* written */
void bawn_tr_say_anthropic(bawn_buf *, const bawn_tr_say *);
void bawn_tr_say_bedrock(bawn_buf *, const bawn_tr_say *);
/* What two writers share: numbers that are there, each behind its key; strings as a list behind `open`, nothing where there is none. */
typedef struct { const char *key; const bawn_tr_value *v; } bawn_tr_keyed;
void bawn_tr_numbers(bawn_buf *, const bawn_tr_keyed *, size_t n);
void bawn_tr_strings(bawn_buf *, const char *open, const bawn_slice *, size_t n);
void bawn_tr_quoted(bawn_buf *, const char *before, bawn_slice raw);            /* "before", then the string as it stands in JSON */

/* The message of {"error":{...}} or {"message"}, as JSON without quotes; empty where there is none. */
bawn_slice bawn_tr_error_message(const bawn_json *);
int bawn_tr_error_status(const bawn_json *);                    /* by the type that the error object names; 500 where it names none */
/* The client's envelope. *status becomes what that API has. */
void bawn_tr_error_write(bawn_buf *, int *status, const bawn_dialect *, bawn_slice message);
const char *bawn_tr_error_exception(int status);                /* of ConverseStream */

/* ---- events -------------------------------------------------------------------------------------------------------- */
/* What a stream's events come down to: a piece of a text, a thought or a call. */
typedef struct {
    bawn_tr_kind kind;
    uint32_t call;                  /* its number among the calls */
    bool begins;                    /* a call, which has id and name */
    bawn_slice text, id, name;
    bawn_slice signature;           /* of the thought that is open */
} bawn_tr_piece;

#define BAWN_TR_ARGUMENTS_MOST (16u << 20)      /* bytes of one call's */
struct bawn_translation {
    bawn_translate_pair pair;
    bawn_arena *arena;              /* of the event at hand */
    bawn_json json;
    bawn_buf id, model, stopped, arguments;     /* said once, needed later; arguments: of the open call, decoded */
    bool has_stopped;
    uint64_t created;
    bawn_tr_counts counts;
    bawn_tr_reason reason;
    bool begun, ended, failed;
    bool refused, called;           /* the model refused, called a tool */
    bool block; uint32_t block_number, next_block, n_calls; bawn_tr_kind block_kind;    /* as the upstream counts */
    bool open; bawn_tr_kind open_kind; uint32_t open_call, n_blocks;                    /* as the client does */
    bawn_buf data;
    bawn_translate_event_out *events; size_t n, cap;
};

/* How a client's API says it: each writes events. open: n_blocks is the block's number. */
typedef struct {
    void (*begin)(bawn_translation *), (*open)(bawn_translation *, const bawn_tr_piece *), (*piece)(bawn_translation *, const bawn_tr_piece *),
         (*close)(bawn_translation *), (*end)(bawn_translation *), (*error)(bawn_translation *, int status, bawn_slice message);
} bawn_tr_voice;
extern const bawn_tr_voice bawn_tr_voice_openai, bawn_tr_voice_anthropic, bawn_tr_voice_bedrock;
bawn_buf *bawn_tr_event(bawn_translation *, const char *name);                  /* begins one: what is added to the buffer is its data */
void bawn_tr_event_ends(bawn_translation *);

/* An upstream's event, read: it tells by the calls below. The reader's code is UPSTREAM_INVALID. */
bool bawn_tr_event_openai(bawn_translation *, bawn_tr_reader *);
bool bawn_tr_event_anthropic(bawn_translation *, bawn_tr_reader *);
bool bawn_tr_tell_begin(bawn_translation *, bawn_tr_reader *, bawn_slice id, bawn_slice model);
bool bawn_tr_tell_piece(bawn_translation *, bawn_tr_reader *, uint32_t token, const bawn_tr_piece *);
bool bawn_tr_tell_close(bawn_translation *, bawn_tr_reader *);                  /* a block ends; fine when none is open */
bool bawn_tr_tell_end(bawn_translation *, bawn_tr_reader *);
void bawn_tr_tell_error(bawn_translation *, int status, bawn_slice message);    /* message: JSON */

#endif
