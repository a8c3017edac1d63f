/* wall.h: inside the engine (and the exchange above it): what a compiled policy is. Immutable after load. */
#ifndef BAWN_WALL_H
#define BAWN_WALL_H

#include "engine/engine.h"
#include "guard/exfiltration/exfiltration.h"
#include "guard/limits/limits.h"

/* ---- rules: every expression of a database by id -------------------------------------------------------------- */
typedef enum { BAWN_RULE_PATTERN, BAWN_RULE_FORM /* ROT13 or reversed literal */, BAWN_RULE_ANCHOR } bawn_rule_type;
typedef struct {
    const char *regex;
    uint8_t flags, type;            /* BAWN_P_*, bawn_rule_type */
    uint16_t guard;                 /* index into the wall's guards; anchors: unused */
    const bawn_pattern *pattern;    /* the row; anchors: NULL */
    uint32_t width;                 /* anchors: unused; forms: their length */
} bawn_rule;
typedef struct { uint32_t anchor, rule, width; } bawn_anchored;     /* anchor id (from 0) opens pattern `rule` */
typedef struct {
    bawn_rule *rules; size_t n_rules;
    uint32_t first_anchor, n_anchors;   /* rules[first_anchor ...] are anchors */
    bawn_anchored *anchored; size_t n_anchored;
    bawn_match *db;                     /* NULL when there are no rules */
} bawn_rules;

/* Lists the rules of guards[0, n): rows, forms, anchors; everything in the arena. */
bool bawn_rules_list(bawn_rules *out, const bawn_guard *const *guards, size_t n, uint16_t first_guard, bawn_arena *,
                     bawn_error *err);
bool bawn_rules_compile(bawn_rules *, bool portable, bawn_error *err);
/* Times every expression alone on prose; false names the first that costs more (us for each kB). */
bool bawn_rules_lint(const bawn_rules *, double budget_us_per_kb, bawn_error *err);
void bawn_rules_hash(char out[72], const bawn_rules *);             /* "sha256:" + 64 hex + NUL */

/* ---- what a guardrail does with a finding ------------------------------------------------------------------------ */
typedef enum { BAWN_STYLE_MASK, BAWN_STYLE_TOKEN, BAWN_STYLE_HASH, BAWN_STYLE_PARTIAL, BAWN_STYLE_REMOVE } bawn_style;
typedef struct { uint8_t action, style, would; float min_score; } bawn_ruling; /* action: bawn_action; would: in
                                                                 observe mode, what enforcing would do */

typedef struct { bawn_slice language, text; } bawn_message;
typedef struct { bawn_message *items; size_t n; } bawn_messages;

enum { BAWN_PLACE_SYSTEM, BAWN_PLACE_INPUT, BAWN_PLACE_UNTRUSTED, BAWN_PLACE_TOOL_ARGUMENTS, BAWN_PLACE_OUTPUT,
       /* answers' tool arguments have rulings of their own */ BAWN_PLACE_TOOL_CALL, BAWN_PLACE_COUNT };
static inline uint8_t bawn_place_bit(int place)
{
    return place == BAWN_PLACE_TOOL_CALL ? BAWN_IN_TOOL_ARGUMENTS : (uint8_t)(1u << place);
}
static inline bawn_side bawn_place_side(int place) { return place >= BAWN_PLACE_OUTPUT ? BAWN_OUTPUT : BAWN_INPUT; }

typedef struct {
    bawn_slice name;
    bool observe, error_on_block;
    bool on_input, on_output;               /* stages */
    bawn_messages blocked[2];               /* by bawn_side */
    bawn_ruling *rulings[BAWN_PLACE_COUNT]; /* [kind id] */
    bool *wakes[BAWN_PLACE_COUNT];          /* [guard]: any of its kinds is ruled on there */
    uint32_t *holds[BAWN_PLACE_COUNT];      /* [anchor id over both databases]: bytes to hold, 0 none */
    bool fail_open;                         /* on_error: allow */
    const void **settings;                  /* [guard]: handed to its probes */
    uint64_t window;                        /* least characters held behind in streams; UINT64_MAX: buffer */
    bawn_slice *allow; size_t n_allow;      /* values that are nobody's secret */
    bool restore_output, restore_tools;
    bool leak, canary; unsigned leak_words;
    bawn_limits limits;
    bawn_exfiltration exfiltration;
} bawn_guardrail;

typedef struct { bawn_slice name, dialect, base_path; bawn_slice *models; size_t n_models; bawn_slice authorization;
                 bool forward_key; } bawn_upstream;
typedef struct { bawn_slice *operations; size_t n_operations; int guardrail /* -1: off */, upstream /* -1: by model */; }
    bawn_route;

#define BAWN_POLICY_GUARDS 3     /* guards made from the policy: words, topics, expressions */

struct bawn_wall {
    bawn_arena *arena;
    bawn_policy *policy;
    char hash[72], patterns_hash[72];
    const bawn_guard **guards; size_t n_guards;     /* built-in ones, then the policy's own */
    const bawn_node **policy_items[BAWN_POLICY_GUARDS];  /* [guard - built-in][kind]: the list item it was made from */
    uint32_t *kind_base; size_t n_kinds;            /* [guard] -> id of its first kind */
    uint32_t decode_bound;                          /* kind id of limits.DECODE_BOUND */
    uint16_t *kind_guard;                           /* [kind id] -> guard */
    uint16_t *digit_guards, n_digit_guards;         /* guards woken by number runs, and by scans */
    uint16_t scan_guards[8], n_scan_guards, leak_guard;
    bawn_rules rules[2];                            /* built-in, policy */
    bawn_guardrail *guardrails; size_t n_guardrails;
    bawn_upstream *upstreams; size_t n_upstreams;
    bawn_route *routes; size_t n_routes;
    int default_guardrail;
    bool refuse_unknown_fields, scorer;             /* scorer: its socket is set */
    uint64_t hold_bytes, hold_ns, body_limit, scorer_deadline_ns;
    bool record_text;
    uint8_t hash_key[32];
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
bool bawn_wall_read_words(bawn_wall *, bawn_error *err);            /* custom words, topics, regexes -> guards */
bool bawn_wall_read_guardrails(bawn_wall *, bawn_error *err);
bool bawn_wall_read_routes(bawn_wall *, bawn_error *err);           /* upstreams, routes, defaults, record */

struct bawn_worker {
    const bawn_wall *wall;
    bawn_match_scratch *scratch;
    bawn_match_begins *begins[2];
    struct bawn_judge *judge;               /* scratch of judge.c */
    bawn_arena *inspect_arena;              /* results of bawn_inspect, until its next call */
    void *spares;                           /* the exchange's: objects kept for reuse */
    void (*free_spares)(void *);
};

#endif
