/* view.h: one view of one text, judged by windows. A whole text is a view that is final at once; a text that grows is
 * the same view judged step by step. What a step decides hangs on the window alone (guard.h), so both decide the same. */
#ifndef BAWN_VIEW_H
#define BAWN_VIEW_H

#include "engine/wall.h"
#include "text/text.h"

#define BAWN_SCANNERS 8         /* most guards with a scan() */

/* What a masked value stands in: its mask must leave what is around it what it was (quotes.h). */
enum { BAWN_IN_TEXT, BAWN_IN_STRING /* of JSON */, BAWN_IN_NUMBER /* of JSON: the mask becomes a string */ };

/* What a guard reported and the guardrail rules on. */
typedef struct {
    bawn_span span;             /* raw bytes of its text */
    uint32_t kind, segment, pattern;
    uint16_t guard;
    uint8_t view, action, style, place;
    bool whole;                 /* a mask of it takes the whole text's place */
    uint8_t in; bool fitted;    /* BAWN_IN_...; it is known */
    uint8_t would;              /* observe mode: the action that enforcing would take; else 0 */
    float score;
    bool hashed; uint8_t hash[8];   /* of streams, whose text is gone when the record is written: of kind and text */
    bawn_slice text;            /* ... and where the policy asks for it the text (bawn_kept) */
} bawn_found;

typedef struct { bawn_found *items; size_t n, cap; } bawn_finds;
/* Adds a copy, unless the same kind and span was among the last few: then that one takes the higher score and the
 * rawer view. False: out
 * of memory. */
bool bawn_finds_add(bawn_finds *, const bawn_found *);
void bawn_finds_free(bawn_finds *);                 /* the items, not the struct; may be filled again */
/* Sorts by (segment, begin, end); one row for the same kind and overlapping spans (their union; raw view wins). */
void bawn_finds_merge(bawn_finds *);
/* Merges, then leaves one row for the same guard, code and span, which guard files and the policy may share (RULINGS R5);
 * the strictest action stays. */
void bawn_finds_settle(bawn_finds *, const bawn_wall *);

/* Whether `a` gives its name to a mask over both: the longer one, then by order of guards and kinds (RULINGS R13). */
static inline bool bawn_found_names_mask(const bawn_found *a, const bawn_found *b)
{
    size_t length = a->span.end - a->span.begin, other = b->span.end - b->span.begin;
    if (length != other)
        return length > other;
    return a->guard != b->guard ? a->guard < b->guard : a->kind < b->kind;
}

/* Why a guard could not run (docs/event.md, guards.failed). */
typedef enum { BAWN_RAN, BAWN_TIMEOUT, BAWN_OVERLOADED, BAWN_CRASHED, BAWN_OUT_OF_MEMORY } bawn_failure;

/* Where the text of what a stream shows is kept for the record, and how much more of it. */
#define BAWN_KEPT_VALUE 2048    /* of one finding: what an event shows */
struct bawn_kept { bawn_arena *arena; size_t left; };

/* Who judges, and where the text stands. */
typedef struct {
    bawn_worker *worker;
    const bawn_guardrail *guardrail;
    int place;                  /* BAWN_PLACE_* */
    uint32_t segment;
    bool streaming;             /* anchors are noted and held */
    bool json;                  /* streams: the text is a tool call's arguments */
    bool fixed;                 /* the text may not be changed: what would be masked blocks */
    const void *leak;           /* settings of the leak guard for this exchange, or NULL */
    bawn_finds *finds;
    bool failed;                /* a guard could not run: what was found is not the whole truth */
    bool blamed;                /* ... and it is known which */
    struct bawn_failures *failures; /* of the exchange (failures.h); NULL: no guard may drop out */
    struct bawn_kept *kept;     /* of streams; NULL: nothing is */
} bawn_judging;

typedef struct { size_t begin, end; uint32_t rule; uint8_t database; bool run; } bawn_pending;
typedef struct { size_t begin, until; } bawn_open;

typedef struct {
    uint8_t kind;               /* BAWN_VIEW_RAW, _CANONICAL, _DECODED, _LETTERS (reported as decoded) */
    bool has_unit;              /* a decoded child: every finding covers `unit` of the raw text */
    bawn_span unit;
    const bawn_text_map *map;   /* canonical: to the bytes fed to it, which begin at raw `offset` */
    const bawn_canonical *canonical;
    size_t offset;
    size_t base;                /* view offset of text.ptr[0] */
    bawn_slice text;            /* what is there of the view: [base, base + len) */
    size_t hits_done;           /* hits that end at or before this are dealt with */
    size_t runs_from, scans_from[BAWN_SCANNERS];
    uint16_t n_scans;           /* scanners that have run */
    bawn_pending *pending; size_t n_pending, cap_pending;
    bawn_open *open; size_t n_open, cap_open;
    size_t reach;               /* bytes before its end with which a finding can begin whose words are yet to come */
    char state[BAWN_SCANNERS][64];
} bawn_view;

void bawn_view_free(bawn_view *);                   /* what it holds, not the struct; the text is the caller's */
/* Judges what has come since the last step. `flags`: bawn_text_flags() of the text (or more). Findings go to
 * judging->finds in raw offsets. False: out of memory or a failed scan (judging->failed says). */
bool bawn_view_step(bawn_view *, bawn_judging *, uint32_t flags, bool final);
/* View offset of the first byte that an undecided finding may begin with; the view's end when there is none. */
size_t bawn_view_hold(const bawn_view *);
bawn_span bawn_view_to_raw(const bawn_view *, bawn_span view_span);

#endif
