/* guard.h: what a guard is, and all that it may know. A guard is a file with one `const bawn_guard` at its end and
 * one line in guard/list.h; see guard/pii/card.c for a small one and CONTRIBUTING for the steps.
 *
 * A guard is woken in up to three ways, and reports what it finds with bawn_probe_found():
 *   patterns  a row of its table matched in the byte pass. With `confirm` NULL the match itself is the finding (begin
 *             found by PCRE2, word boundaries checked); else confirm() decides and sets the span.
 *   digits    a number run (digits in groups, see below) with a digit total in [digits_min, digits_max] was found.
 *   scan      called over the text from left to right, for what is neither.
 *
 * What keeps streams and whole texts equal (DESIGN 3a.1): a guard sees a *window* of the view, from at most
 * BAWN_BEHIND bytes before the hit's end to at most BAWN_AHEAD bytes after it, in both modes. Reading forward goes
 * through bawn_probe_at(), which notes when the text to be read has not come yet; then the engine forgets what was
 * found in this call, holds the text from probe->begin on and asks again when there is more. So a guard never
 * thinks about streams: it must only decide by window text alone and read forward through the probe. */
#ifndef BAWN_GUARD_H
#define BAWN_GUARD_H

#include "base/base.h"
#include "match/match.h"

#define BAWN_BEHIND 512
#define BAWN_AHEAD 4096

/* Where a text stands; a guard says in which of these places it works, the policy may narrow it. */
enum {
    BAWN_IN_SYSTEM = 1,         /* the application's instructions */
    BAWN_IN_INPUT = 2,          /* what the caller says */
    BAWN_IN_UNTRUSTED = 4,      /* tool results, documents, earlier model turns in a request: data, no orders */
    BAWN_IN_TOOL_ARGUMENTS = 8, /* arguments of a tool call, in requests and in answers */
    BAWN_IN_OUTPUT = 16,        /* what the model says */
    BAWN_IN_ALL = 31,
    BAWN_PLACES = 5
};
enum { BAWN_VIEW_RAW = 1, BAWN_VIEW_CANONICAL = 2, BAWN_VIEW_LEET = 4 /* canonical tokens with folded digits */,
       BAWN_VIEW_DECODED = 8, BAWN_VIEW_ALL = 15,
       BAWN_VIEW_LETTERS = 16 /* what stands apart, character by character, joined: for guards that know a value by its form alone */ };

/* One sort of finding. */
typedef struct bawn_kind {
    const char *code;           /* "pii.CREDIT_DEBIT_CARD_NUMBER": guard, dot, Bedrock's name where one exists */
    const char *owasp, *atlas;  /* "LLM02", "AML.T0057" */
    bawn_action input, output;  /* default action on request texts and on answers */
    const char *doc;            /* one line for the guard reference */
} bawn_kind;

typedef struct bawn_probe bawn_probe;
typedef struct bawn_guard {
    const char *guard;          /* the guard's name of RULINGS R11; several files may share one */
    const char *id;             /* this file's own: "pii.card" */
    const char *doc;            /* what it finds and how, a short paragraph for the guard reference */
    uint8_t places, views;      /* BAWN_IN_*, BAWN_VIEW_* */
    const bawn_kind *kinds;
    uint16_t n_kinds;
    const bawn_pattern *patterns;
    uint16_t n_patterns;
    uint8_t digits_min, digits_max;             /* 0, 0: no number runs */
    void (*confirm)(bawn_probe *);              /* patterns and number runs */
    /* Text from probe->begin on. Reports what begins there, sets probe->end to where to go on; what lies from there
     * on is still open and is held. Must set probe->end = probe->text.len when probe->final. */
    void (*scan)(bawn_probe *);
    uint16_t reach;             /* patterns: a finding begins at most so many bytes before its pattern's end (cut there);
                                 * streams hold back so much. 0: where the pattern begins, or behind white space */
    uint32_t scan_flags;                        /* only when bawn_text_flags() has one of these; 0: always */
} bawn_guard;

struct bawn_probe {
    bawn_slice text;            /* the window; text.len = what has come so far, at most BAWN_AHEAD past the hit */
    size_t begin, end;          /* pattern: begin unknown (= end) until bawn_probe_begin(); number run: its span */
    bool final;                 /* nothing follows text */
    bool failed;                /* set by bawn_probe_begin(): it could not look; the guard has failed, whatever it reports */
    bool edge;                  /* set by bawn_probe_at() and friends: the decision hangs on text not yet there */
    uint8_t place, view;        /* one BAWN_IN_*, one BAWN_VIEW_* */
    const bawn_guard *guard;
    const bawn_pattern *pattern;/* NULL for number runs and scans */
    const void *settings;       /* the guard's own, made by the engine from the policy; see each guard's header */
    void *state;                /* scan guards: 64 bytes per text, zero at its begin */
    /* the engine's: */
    void (*sink)(bawn_probe *, uint8_t kind, size_t begin, size_t end, float score);
    bawn_match_begins *begins;
    uint32_t pattern_id;
    void *engine;
};

/* ---- reading the window ------------------------------------------------------------------------------- */
/* The byte at i, or -1 past the end (then `edge` is set unless the text ends there). i may be any number. */
int bawn_probe_at(bawn_probe *, size_t i);
static inline int bawn_probe_back(const bawn_probe *p, size_t i)  /* the byte before i, -1 at the begin */
{
    return i == 0 || i > p->text.len ? -1 : (unsigned char)p->text.ptr[i - 1];
}
size_t bawn_probe_skip(bawn_probe *, size_t i, bool (*in)(unsigned char)); /* first offset >= i not `in` */
/* Whether the lower-case `text` stands at i, in any case of ASCII; reads no further than the first difference. */
bool bawn_probe_text_at(bawn_probe *, size_t i, const char *text);
/* The length of the first of the NULL-ended texts that stands at i so, or 0. */
size_t bawn_probe_one_of(bawn_probe *, size_t i, const char *const *texts);
/* The first offset >= i that is no digit, at most `most` bytes on. */
size_t bawn_probe_past_digits(bawn_probe *, size_t i, size_t most);
bool bawn_probe_word_begins(const bawn_probe *, size_t i);       /* no letter or digit right before i */
bool bawn_probe_word_ends(bawn_probe *, size_t i);               /* none at i (reads forward) */
size_t bawn_probe_begin(bawn_probe *);      /* pattern hits: finds and sets begin; returns it; SIZE_MAX when none */
/* Whether one of the NULL-ended lower-case words stands as a word in the `reach` bytes before `begin` (or, with
 * reach < 0, in the -reach bytes after `end`). */
bool bawn_probe_near(bawn_probe *, size_t at, int reach, const char *const *words);
/* Whether one of them begins and ends in text[from, to). Does not read forward past `to`. */
bool bawn_probe_words(const bawn_probe *, size_t from, size_t to, const char *const *words);

/* ---- number runs ---------------------------------------------------------------------------------------- */
/* A number run is a maximal sequence of digit groups apart by one or two of " -./()" (and "+" or "(" in front),
 * capped at 24 groups; digits glued to letters ("DE89", "AB123456C") belong to it with their letters outside:
 * look back and forward. probe->begin, end span first to last digit (with a leading + or parenthesis). */
typedef struct { size_t begin, end; } bawn_group;                /* window offsets of one group of digits */
size_t bawn_probe_groups(const bawn_probe *, bawn_group *out, size_t max);
size_t bawn_probe_digits(const bawn_probe *, size_t begin, size_t end, char *out, size_t max); /* digits only; count */

/* ---- reporting ------------------------------------------------------------------------------------------ */
void bawn_probe_found(bawn_probe *, uint8_t kind, size_t begin, size_t end, float score);

/* ---- the table of all guards ------------------------------------------------------------------------------ */
extern const bawn_guard *const bawn_guards[];
extern const size_t bawn_n_guards;

#endif
