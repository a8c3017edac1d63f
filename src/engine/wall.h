/* wall.h: inside the engine (and the exchange above it): what a compiled policy is. Immutable after load. */
#ifndef BAWN_WALL_H
#define BAWN_WALL_H

#include "engine/engine.h"
#include "guard/exfiltration/exfiltration.h"
#include "guard/limits/limits.h"
#include "match/literals.h"

/* ---- rules: every expression of a set of guards, by id ----------------------------------------------------------- */
/* Where an expression is looked for. Plain ASCII literals, and the *gates* of dear expressions (literals one of which
 * stands in every match), are looked for everywhere by one matcher (match/literals.h). What it cannot take stands in
 * small databases: SHORT, everywhere; SIGNS, around the signs of code; WIDE, around what is not ASCII. Each dear
 * expression is a database of its own, run only around its gates. Anchors, with which matches begin, are looked for in
 * streams alone, where something is held for them. */
enum { BAWN_DB_SHORT, BAWN_DB_SIGNS, BAWN_DB_WIDE, BAWN_DB_ANCHORS, BAWN_DB_ANCHORS_WIDE, BAWN_DBS };
enum { BAWN_BY_LITERALS = BAWN_DBS, BAWN_BY_GATES };                /* the other places of a rule */
typedef enum { BAWN_RULE_PATTERN, BAWN_RULE_FORM /* of a core phrase: rules.c */ } bawn_rule_type;
typedef struct {
    const char *regex;
    uint8_t flags, type;            /* BAWN_P_*, bawn_rule_type */
    uint8_t place;                  /* BAWN_DB_* or BAWN_BY_* */
    uint16_t slot;                  /* BY_GATES: which of the dear ones */
    uint16_t guard;                 /* index into the wall's guards */
    const bawn_pattern *pattern;    /* the row */
    uint32_t width;                 /* of forms: their length */
    uint32_t window;                /* of the policy's: bawn_rule_window() */
} bawn_rule;
#define BAWN_RULES_FEW 200      /* so few, as most policies have, are looked for by one database */
#define BAWN_GATE_PARTS BAWN_REQUIRED_PARTS
#define BAWN_SIGNS_WIDTH 128    /* widest match of what is looked for around signs */
#define BAWN_LAG 80             /* bytes at the end of a growing text in which it is parted behind white space only */
typedef struct { uint32_t first, n; } bawn_gate;                    /* uses[first, first + n) */
typedef struct { const char *text; uint8_t flags; } bawn_gate_text;
typedef struct { uint16_t slot, part; } bawn_gate_use;              /* a literal of that part (in the order of the text) */
typedef struct { uint16_t parts, width, guard; } bawn_slow;         /* gated parts; widest match in bytes; whose it is */
typedef struct { const char *text; uint32_t len; uint8_t flags; } bawn_anchor;
typedef struct { uint32_t anchor, rule, width; } bawn_anchored;     /* anchor id (from 0) opens pattern `rule` */
typedef struct {
    bawn_rule *rules; size_t n_rules;
    bawn_gate *gates; uint32_t n_gates;         /* their ids as hits: n_rules and up */
    bawn_gate_text *gate_texts;                 /* NULL when unpacked */
    bawn_gate_use *uses; uint32_t n_uses;
    bawn_slow *slow; uint32_t n_slow;           /* dear rules by slot */
    bawn_slice *saved;                          /* [slot]: their databases */
    bawn_anchor *anchors; uint32_t n_anchors;
    bawn_anchored *anchored; size_t n_anchored;
    const bawn_literals *literals, *anchor_literals;        /* NULL when empty */
    bawn_match_bytes signs;
    bawn_match *db[BAWN_DBS];                   /* NULL when empty */
    bool in_place;                              /* databases are packed as they lie in memory */
    uint32_t margin[BAWN_DBS];                  /* bytes of context that a match of it may need, beside the signs */
} bawn_rules;

/* Lists the rows of guards[0, n) and their forms; everything in the arena. Cheap. */
bool bawn_rules_list(bawn_rules *out, const bawn_guard *const *guards, size_t n, uint16_t first_guard, bawn_arena *,
                     bawn_error *err);
/* Works out gates and anchors, and compiles: seconds for the built-in rules, so its result is packed and kept. */
bool bawn_rules_compile(bawn_rules *, bool portable, bawn_arena *, bawn_error *err);
bool bawn_rules_pack(bawn_buf *out, const bawn_rules *);
/* Reads what was packed for the same rules. With r->in_place set what was packed so, which must stand at a multiple of
 * BAWN_MATCH_ALIGN and is used where it lies. False: it was not. */
bool bawn_rules_unpack(bawn_rules *, bawn_slice packed, bawn_arena *, bawn_error *err);
void bawn_rules_free(bawn_rules *);             /* the databases */
bool bawn_rules_add_gates(bawn_rules *, bawn_arena *, bawn_error *err);     /* a step of compiling: rules_gates.c */
/* Times every expression from *which on alone on prose; false: *which is the first that costs more (us for each kB) or does
 * not compile. */
bool bawn_rules_lint(size_t *which, const bawn_rules *, double budget_us_per_kb, bawn_error *err);
bool bawn_rules_hash(char out[72], const bawn_rules *);      /* "sha256:" + 64 hex + NUL; false: out of memory */
/* Bytes that a stream's window must hold behind so that no begun match of it leaves: of what begins with no literal and may be
 * parted by a safe boundary. 0: it is held by itself. */
uint32_t bawn_rule_window(const bawn_rule *, bawn_arena *);

/* ---- what a guardrail does with a finding ------------------------------------------------------------------------ */
typedef enum { BAWN_STYLE_MASK, BAWN_STYLE_TOKEN, BAWN_STYLE_HASH, BAWN_STYLE_PARTIAL, BAWN_STYLE_REMOVE } bawn_style;
typedef struct { uint8_t action, style, would; float min_score; } bawn_ruling; /* action: bawn_action; would: in
                                                                 observe mode, what enforcing would do */

/* UNSAID: in the guardrail, until defaults.on_error says it. */
enum { BAWN_ON_ERROR_UNSAID, BAWN_ON_ERROR_BLOCK, BAWN_ON_ERROR_ALLOW };

typedef struct { bawn_slice language, text; } bawn_message;
typedef struct { bawn_message *items; size_t n; } bawn_messages;

/* Words of code_injection.kinds, and the kinds that they name. */
#define BAWN_CODE_KINDS 8
extern const char *const bawn_code_kinds[BAWN_CODE_KINDS][2];

typedef struct { bawn_slice kind, text /* empty: `hash` counts */; uint8_t hash[8]; } bawn_except;     /* except.c */

enum { BAWN_PLACE_SYSTEM, BAWN_PLACE_INPUT, BAWN_PLACE_UNTRUSTED, BAWN_PLACE_TOOL_ARGUMENTS, BAWN_PLACE_OUTPUT,
       /* answers' tool arguments have rulings of their own */ BAWN_PLACE_TOOL_CALL, BAWN_PLACE_COUNT };
static inline uint8_t bawn_place_bit(int place)
{
    return (uint8_t)(place == BAWN_PLACE_TOOL_CALL ? (unsigned)BAWN_IN_TOOL_ARGUMENTS : 1u << place);
}
/* Whether the texts there are JSON, as the model writes it: judged by what their strings mean, too. */
static inline bool bawn_place_is_json(int place) { return place == BAWN_PLACE_TOOL_ARGUMENTS || place == BAWN_PLACE_TOOL_CALL; }
static inline bawn_side bawn_place_side(int place) { return place >= BAWN_PLACE_OUTPUT ? BAWN_OUTPUT : BAWN_INPUT; }

typedef struct {
    bawn_slice name, version;               /* "DRAFT", or the number of a published version */
    bool observe, error_on_block;
    bool on_input, on_output;               /* stages */
    bawn_messages blocked[2];               /* by bawn_side */
    bawn_ruling *rulings[BAWN_PLACE_COUNT]; /* [kind id] */
    bool *wakes[BAWN_PLACE_COUNT];          /* [guard]: any of its kinds is ruled on there */
    uint32_t *holds[BAWN_PLACE_COUNT];      /* [anchor id over both sets of rules]: bytes to hold, 0 none */
    bool anchored[BAWN_PLACE_COUNT][2];     /* [set]: whether any of its anchors is held for */
    uint16_t reach[BAWN_PLACE_COUNT];       /* the largest of the guards that change text there: bytes to hold, always */
    uint8_t *on_error;                      /* [guard]: BAWN_ON_ERROR_*, what happens when it cannot run */
    bool awake[BAWN_PLACE_COUNT];           /* any guard wakes there: what is read there is guarded */
    bawn_slice *ran; size_t n_ran[2];       /* names of the guards that run: on requests the first [0], on either [1] */
    bawn_slice *off; size_t n_off;          /* names of those that run nowhere */
    const void **settings;                  /* [guard]: handed to its probes */
    bool remove_old; uint64_t join_last;    /* history: what blocks in an old turn is removed; turns judged as one text */
    uint64_t window;                        /* least characters held behind in streams; UINT64_MAX: buffer */
    bawn_slice *allow; size_t n_allow;      /* values that are nobody's secret */
    bawn_except *except; size_t n_except;   /* findings that are no harm */
    bool restore_output, restore_tools;
    bool leak, canary; unsigned leak_words;
    bawn_limits limits;
    bawn_exfiltration exfiltration;
} bawn_guardrail;

typedef struct { bawn_slice name, dialect, base_path; bawn_slice *models; size_t n_models; bawn_slice authorization, api_key;
                 bool forward_key;                      /* authorization, api_key: values of the headers; one of them */
                 bawn_slice host, region, access_key, secret_key, session_token; } bawn_upstream;  /* Bedrock: who signs, for where */
typedef struct { bawn_slice *operations; size_t n_operations; int guardrail /* -1: off */, upstream /* -1: by model */; }
    bawn_route;

/* A published version that a route names: the policy as it stood, read for its guardrail `name` alone. */
typedef struct { bawn_policy *policy; bawn_slice name; uint64_t number; char text[24]; } bawn_version;

#define BAWN_POLICY_GUARDS 3     /* guards made from the policy: words, topics, expressions */
#define BAWN_GUARDS_MOST 128     /* guard files and those three */

struct bawn_wall {
    bawn_arena *arena;
    bawn_policy *policy;
    bawn_errors *mistakes;                          /* while a policy is checked: where all of them go. NULL: the first ends loading */
    bawn_version *versions; size_t n_versions;
    char hash[72], patterns_hash[72];
    const bawn_guard **guards; size_t n_guards;     /* built-in ones, then the policy's own */
    const bawn_node **policy_items[BAWN_POLICY_GUARDS];  /* [guard - built-in][kind]: the list item it was made from */
    uint32_t *kind_base; size_t n_kinds;            /* [guard] -> id of its first kind */
    uint32_t decode_bound;                          /* kind id of limits.DECODE_BOUND */
    uint16_t *kind_guard;                           /* [kind id] -> guard */
    uint16_t *digit_guards, n_digit_guards;         /* guards woken by number runs, and by scans */
    uint16_t scan_guards[8], n_scan_guards, leak_guard;
    bawn_rules rules[2];                            /* built-in, policy */
    bawn_guardrail *guardrails; size_t n_guardrails, n_drafts;  /* the policy's own first, then one for each version */
    bawn_upstream *upstreams; size_t n_upstreams;
    bawn_route *routes; size_t n_routes;
    int default_guardrail;
    bool refuse_unknown_fields, refuse_unseen, scorer;             /* scorer: its socket is set */
    uint64_t hold_bytes, hold_ns, body_limit, scorer_deadline_ns;
    bool record_text;
    uint8_t hash_key[32];
    bool keeps_hash_key;                            /* the next load has the same: what is hashed with it may be written down */
    bawn_slice node;
};

static inline const bawn_kind *bawn_wall_kind(const bawn_wall *w, uint32_t kind)
{
    uint16_t g = w->kind_guard[kind];
    return &w->guards[g]->kinds[kind - w->kind_base[g]];
}
/* The label in a mask: the kind's code behind its dot, "EMAIL". */
bawn_slice bawn_kind_label(const bawn_kind *);

/* Loading, in steps (wall_*.c): each reads its sections of the tree. */
/* After a mistake, which *err says: whether to go on behind it. */
static inline bool bawn_wall_goes_on(const bawn_wall *w, const bawn_error *err) { return bawn_errors_go_on(w->mistakes, err); }
static inline bool bawn_wall_is_wrong(const bawn_wall *w) { return w->mistakes && w->mistakes->n > 0; }
bool bawn_wall_read_versions(bawn_wall *, const char *cache_dir, bawn_error *err);  /* that routes name: their trees */
bool bawn_wall_read_words(bawn_wall *, bawn_error *err);            /* custom words, topics, regexes -> guards */
bool bawn_wall_read_guardrails(bawn_wall *, bawn_error *err);
bool bawn_wall_read_routes(bawn_wall *, bawn_error *err);           /* upstreams, routes, defaults, record */
/* Error where the policy has the expression that became this rule. Returns false. */
bool bawn_wall_rule_error(bawn_error *err, const bawn_wall *, const bawn_rule *, const char *message);
/* A guardrail's list of exceptions, in the place of what it has; list NULL: none is written. */
bool bawn_wall_read_except(bawn_guardrail *, const bawn_wall *, const bawn_policy *, const bawn_node *list, bawn_error *err);

bawn_slice bawn_route_guardrail(const bawn_wall *, const bawn_node *route);    /* its own, or the default one's name */
bool bawn_route_is_draft(const bawn_node *route);                   /* names no version, or DRAFT */
const bawn_version *bawn_wall_version_find(const bawn_wall *, bawn_slice name, uint64_t number);    /* NULL: not read */
bool bawn_wall_read_file(bawn_buf *out, const char *path);          /* appends a whole file; false with errno */

/* Of one dear rule, in one round: where its parts were seen last, and the window that is open for it. */
typedef struct { size_t at[BAWN_GATE_PARTS]; uint32_t round[BAWN_GATE_PARTS], window_round, window; } bawn_gate_seen;

/* Where gates were seen: parts of the text in which a dear rule is run. */
typedef struct { bawn_span at; uint32_t slot; } bawn_gate_window;

struct bawn_worker {
    const bawn_wall *wall;
    bawn_match_scratch *scratch;
    bawn_gate_seen *seen[2]; uint32_t seen_round;   /* [set][slot] */
    bawn_gate_window *windows; size_t cap_windows;
    bawn_match **slow[2];                           /* [set][slot]: dear databases, read when first needed */
    bawn_match_begins *begins[2];
    struct bawn_judge *judge;               /* scratch of judge.c */
    bawn_arena *inspect_arena;              /* results of bawn_inspect, until its next call */
    uint64_t (*clock)(void *user); void *clock_user;    /* NULL: stages are not timed */
    void *spares;                           /* the exchange's: objects kept for reuse */
    void (*free_spares)(void *);
};

#endif
