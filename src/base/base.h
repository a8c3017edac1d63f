/* base.h: the floor that every room stands on: slices, arena, growable buffer, errors, UTF-8, numbers,
 * time, hashing. No input or output, no clock, no global state.
 *
 * Conventions of the whole project: outputs first, then the object, then inputs; failure is a `false` (or NULL)
 * and never an abort; text is a slice and never NUL-terminated; sizes and offsets are bytes unless the name
 * says characters (code points). */
#ifndef BAWN_BASE_H
#define BAWN_BASE_H

#include <stdarg.h>
#include <string.h>

#include "bawn/bawn.h"

#define BAWN_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BAWN_LIT(s) ((bawn_slice){ (s), sizeof(s) - 1 })          /* of a string literal */
#define BAWN_NIL ((bawn_slice){ NULL, 0 })

/* ---- slices ------------------------------------------------------------------------------------------- */
static inline bawn_slice bawn_slice_of(const char *ptr, size_t len) { return (bawn_slice){ ptr, len }; }
static inline bawn_slice bawn_slice_str(const char *s) { return (bawn_slice){ s, s ? strlen(s) : 0 }; } /* ours only */
static inline bool bawn_slice_eq(bawn_slice a, bawn_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool bawn_slice_is(bawn_slice a, const char *s) { return bawn_slice_eq(a, bawn_slice_str(s)); }
static inline bool bawn_slice_starts(bawn_slice a, bawn_slice prefix)
{
    return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.ptr, prefix.ptr, prefix.len) == 0);
}
static inline bool bawn_slice_ends(bawn_slice a, bawn_slice tail)
{
    return a.len >= tail.len && (tail.len == 0 || memcmp(a.ptr + a.len - tail.len, tail.ptr, tail.len) == 0);
}
bool bawn_slice_eq_nocase(bawn_slice a, bawn_slice b);            /* ASCII letters only */
bool bawn_slice_is_any(bawn_slice, const char *const *words);    /* equal to one of the NULL-ended words, the same */
size_t bawn_slice_find(bawn_slice hay, bawn_slice needle);       /* offset, or hay.len when absent */
size_t bawn_slice_find_nocase(bawn_slice hay, bawn_slice needle);/* the same, ASCII letters in any case; slow */
bool bawn_slice_is_ascii(bawn_slice);

static inline bool bawn_is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static inline bool bawn_is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
static inline bool bawn_is_lower(unsigned char c) { return c >= 'a' && c <= 'z'; }
static inline bool bawn_is_alpha(unsigned char c) { return bawn_is_upper((unsigned char)(c & 0xDF)); }
static inline bool bawn_is_alnum(unsigned char c) { return bawn_is_alpha(c) || bawn_is_digit(c); }
static inline bool bawn_is_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13); }
static inline char bawn_lower(char c) { return bawn_is_upper((unsigned char)c) ? (char)(c + 32) : c; }

/* ---- arena: many small allocations, freed at once ------------------------------------------------------ */
typedef struct bawn_arena bawn_arena;
/* `limit`: the most bytes it may ever hold (0: no limit). NULL when out of memory. */
bawn_arena *bawn_arena_new(size_t first_block, size_t limit);
void bawn_arena_free(bawn_arena *);                               /* NULL is fine */
void bawn_arena_reset(bawn_arena *);                              /* forgets all, keeps the first block */
void *bawn_arena_alloc(bawn_arena *, size_t size);                /* aligned to 16; NULL: out of memory or limit */
bawn_slice bawn_arena_copy(bawn_arena *, bawn_slice, bool *ok);   /* *ok (may be NULL) false when out of memory */
const char *bawn_arena_string(bawn_arena *, bawn_slice);          /* the same with a NUL behind it; NULL: out of memory */
size_t bawn_arena_used(const bawn_arena *);

/* Every allocation of libbawn goes through these three, so that tests can make the Nth one fail. */
void *bawn_malloc(size_t size);
void *bawn_realloc(void *old, size_t size);
/* Room for an (n + 1)th item: an array that doubles, from `first` items on. False: out of memory, *items as it was. */
bool bawn_grow(void **items, size_t *cap, size_t n, size_t size, size_t first);
void bawn_free(void *);
extern size_t bawn_malloc_fail_at;                                /* tests: 0 = never, N = the Nth from now fails */
extern size_t bawn_malloc_fail_more;                              /* tests: ... and so many behind it */

/* ---- buffer: bytes that grow --------------------------------------------------------------------------- */
typedef struct { char *ptr; size_t len, cap; bool failed; } bawn_buf; /* failed sticks: check once, at the end */
void bawn_buf_free(bawn_buf *);
static inline void bawn_buf_clear(bawn_buf *b) { b->len = 0; b->failed = false; }
static inline bawn_slice bawn_buf_slice(const bawn_buf *b) { return (bawn_slice){ b->ptr, b->len }; }
/* The end of appending, which began at length `start`: false where there was no memory for all of it, and none of it stays. */
static inline bool bawn_buf_whole(bawn_buf *b, size_t start)
{
    b->len = b->failed ? start : b->len;
    return !b->failed;
}
bool bawn_buf_reserve(bawn_buf *, size_t more);
bool bawn_buf_add(bawn_buf *, bawn_slice);
bool bawn_buf_byte(bawn_buf *, char);
bool bawn_buf_str(bawn_buf *, const char *);                      /* our own NUL-terminated text */
bool bawn_buf_u64(bawn_buf *, uint64_t);                          /* decimal */
bool bawn_buf_fmt(bawn_buf *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* not on hot paths */
bool bawn_buf_drop_front(bawn_buf *, size_t n);                   /* forgets the first n bytes (memmove) */

/* ---- errors -------------------------------------------------------------------------------------------- */
/* Codes of bawn_error; their names (RULINGS R15) are what clients, events and metrics say. */
enum {
    BAWN_E_NONE, BAWN_E_NO_MEMORY, BAWN_E_USAGE, BAWN_E_POLICY, BAWN_E_IO,
    BAWN_E_INVALID_JSON, BAWN_E_DUPLICATE_KEY, BAWN_E_INVALID_UTF8, BAWN_E_TOO_DEEP, BAWN_E_UNKNOWN_FIELD,
    BAWN_E_UNSUPPORTED_MEDIA, BAWN_E_BODY_TOO_LARGE, BAWN_E_UNKNOWN_ROUTE, BAWN_E_UNKNOWN_MODEL,
    BAWN_E_INVALID_REQUEST, BAWN_E_CONTENT_FILTER, BAWN_E_GUARD_FAILED, BAWN_E_RECORD_UNAVAILABLE,
    BAWN_E_UPSTREAM_UNREACHABLE, BAWN_E_UPSTREAM_TIMEOUT, BAWN_E_UPSTREAM_INVALID, BAWN_E_UNAUTHENTICATED,
    BAWN_E_FORBIDDEN, BAWN_E_RATE_LIMITED, BAWN_E_COUNT
};
/* Fills *err (NULL is fine) and returns false, so that `return bawn_error_set(...)` reads well.
 * The message says what was found, what was expected and what to do. */
bool bawn_error_set(bawn_error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool bawn_error_at(bawn_error *err, const char *file, uint32_t line, uint32_t column); /* adds where; returns false */
const char *bawn_error_code_name(int code);                       /* "invalid_json"; never NULL */
int bawn_error_code_find(bawn_slice name);                        /* of that name; BAWN_E_NONE: there is none */

/* Many of them, for who shows them all (errors.c). Begins as { .n = 0 }. */
#define BAWN_ERRORS_MOST 100
typedef struct { size_t n; bawn_error items[BAWN_ERRORS_MOST]; } bawn_errors;
bool bawn_errors_add(bawn_errors *, const bawn_error *);          /* unless it is there; false: full */
/* After a mistake: whether to look for more of them. Keeps it then. False where one is enough (NULL), where it is no mistake
 * of a policy but a failure of ours, and when enough are kept. */
bool bawn_errors_go_on(bawn_errors *, const bawn_error *);
/* The end of looking, which began with `before` kept: *err, where it stopped early (not ok), or all in order of their places.
 * True: nothing was found. */
bool bawn_errors_end(bawn_errors *, size_t before, bool ok, const bawn_error *err);

/* ---- UTF-8 (RFC 3629) ---------------------------------------------------------------------------------- */
size_t bawn_utf8_valid_prefix(bawn_slice);                        /* bytes that are valid; s.len when all are */
size_t bawn_utf8_count(bawn_slice);                               /* code points of valid UTF-8 */
/* Reads the code point at *pos of valid UTF-8 and moves past it. Past the end: UINT32_MAX, *pos unmoved. */
uint32_t bawn_utf8_next(bawn_slice, size_t *pos);
size_t bawn_utf8_put(char out[4], uint32_t code_point);           /* bytes written */
static inline bool bawn_utf8_is_start(unsigned char c) { return (c & 0xC0) != 0x80; }
/* `at`, or the begin of the character that it stands inside. */
static inline size_t bawn_utf8_floor(bawn_slice s, size_t at)
{
    while (at > 0 && at < s.len && !bawn_utf8_is_start((unsigned char)s.ptr[at]))
        at--;
    return at;
}
/* `at`, or the end of the character that it stands inside. */
static inline size_t bawn_utf8_ceil(bawn_slice s, size_t at)
{
    while (at < s.len && !bawn_utf8_is_start((unsigned char)s.ptr[at]))
        at++;
    return at;
}

/* ---- hashing and randomness ---------------------------------------------------------------------------- */
void bawn_sha256(uint8_t out[32], bawn_slice);                    /* FIPS 180-4, by OpenSSL */
void bawn_hmac_sha256(uint8_t out[32], bawn_slice key, const bawn_slice *parts, size_t n_parts); /* RFC 2104 */
void bawn_sha256_name(char out[72], bawn_slice);                  /* "sha256:", 64 hex digits, NUL */
/* What is known of a value where its text is not kept (docs/event.md): it is the same in masks and in the record. */
void bawn_value_hash(uint8_t out[8], bawn_slice key, bawn_slice kind, bawn_slice value);
uint32_t bawn_crc32c(uint32_t crc, bawn_slice);                   /* RFC 3720 appendix B.4; start with 0 */
uint64_t bawn_hash64(bawn_slice, uint64_t seed);                  /* for tables in memory only (wyhash-like) */
void bawn_hex(char *out, const uint8_t *bytes, size_t n);         /* 2n lower-case digits, no NUL */
static inline int bawn_hex_value(char c)                          /* of one digit; -1: it is none */
{
    return bawn_is_digit((unsigned char)c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* ---- time and ids -------------------------------------------------------------------------------------- */
/* now_ns everywhere in libbawn: nanoseconds since the UNIX epoch, carried on by a clock that does not jump. */
void bawn_time_rfc3339(char out[27], uint64_t now_ns);            /* "2026-11-23T15:04:05.123456Z", no NUL */
void bawn_uuid7(char out[36], uint64_t now_ns, const uint8_t random[10]); /* RFC 9562 section 5.7, no NUL */

#endif
