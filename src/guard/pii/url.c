/* Web addresses, from "://" or "www." on; observed by default, since most are no secret. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("URL", BAWN_OBSERVE, "web address") };
static const bawn_pattern patterns[] = {
    { "://", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "see https://example.com/a?b=1.", "the scheme ends with :// in a URI" },
    { "www.", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "see www.example.com, please", "the prefix www. alone" },
};

enum { URL_MAX = 2048 };

static bool ends_url(int c) { return c < 0 || c <= ' ' || strchr("<>\"`{}|\\^", c) != NULL || c == 0xE3; /* Japanese signs */ }

/* A web scheme that ends at `end`; its begin, or SIZE_MAX. */
static size_t scheme_begin(const bawn_probe *p, size_t end)
{
    static const char *const schemes[] = { "https", "http", "ftps", "ftp" };
    for (size_t i = 0; i < BAWN_COUNT(schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (end >= n && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + end - n, n), bawn_slice_str(schemes[i])) &&
            bawn_probe_word_begins(p, end - n))
            return end - n;
    }
    return SIZE_MAX;
}

static void confirm(bawn_probe *p)
{
    bool www = p->text.ptr[p->end - 1] == '.';
    size_t begin = www ? p->end - 4 : scheme_begin(p, p->end - 3), end = p->end;

    if (begin == SIZE_MAX || (www && (bawn_probe_back(p, begin) == '/' || !bawn_probe_word_begins(p, begin))))
        return;
    while (end - begin < URL_MAX && !ends_url(bawn_probe_at(p, end)))
        end++;
    while (end > p->end && strchr(".,;:!?'\")]", p->text.ptr[end - 1]))
        end--;
    while (end > p->end && end < p->text.len && !bawn_utf8_is_start((unsigned char)p->text.ptr[end]))
        end--;
    size_t host = 0;
    for (size_t i = p->end; i < end && (bawn_is_alnum((unsigned char)p->text.ptr[i]) || (unsigned char)p->text.ptr[i] >= 0x80 || p->text.ptr[i] == '['); i++)
        host++;
    if (host > 0)
        bawn_probe_found(p, 0, begin, end, 0.95f);
}

const bawn_guard bawn_guard_pii_url = {
    .guard = "pii", .id = "pii.url", .doc = "Web addresses (http, https, ftp, www); observed by default.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
