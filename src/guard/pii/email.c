/* E-mail addresses, found from the '@' outwards: a local part of at most 64 bytes (RFC 5321 4.5.3.1.1) and a domain
 * with a top level of letters. What has an '@' but is none: user@2x.png, git@host:path, user:password@host in an URL,
 * package@1.2.3. Addresses of other scripts (RFC 6531) keep to one script in each label, because what stands beside them in
 * Chinese or Japanese has no space in between: jane@example.com请, but 用户@例子.中国. Names of such letters are found in
 * requests only: a stream parts before any of them. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("EMAIL", BAWN_MASK, "e-mail address") };

static const bawn_pattern patterns[] = {
    { "@", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "write to jane.doe@example.com today", "the image logo@2x.png is sharp" },
};

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, LABEL_MAX = 63 };

static bool is_local(unsigned char c) { return bawn_is_alnum(c) || (c != 0 && strchr("._%+-'", c) != NULL); }

/* Latin with accents, Greek, Cyrillic, Armenian, Hebrew, Arabic: two bytes from U+00C0 to U+06FF; × and ÷ are none. */
static bool is_pair(unsigned char a, unsigned char b)
{
    return b >= 0x80 && b < 0xC0 && a >= 0xC3 && a <= 0xDB && !(a == 0xC3 && (b == 0x97 || b == 0xB7)) && !(a == 0xD8 && b < 0xA0);
}

/* The begin of the local part before the '@' at `at`; `at` when there is none. Letters of three bytes only where the
 * domain is not Latin (`wide`). */
static size_t local_begin(const bawn_probe *p, size_t at, bool wide)
{
    const unsigned char *t = (const unsigned char *)p->text.ptr;
    size_t i = at;
    while (i > 0 && at - i < LOCAL_MAX + 1) {
        if (is_local(t[i - 1]))
            i--;
        else if (i > 1 && is_pair(t[i - 2], t[i - 1]))
            i -= 2;
        else if (wide && i > 2 && bawn_pii_wide(t[i - 3], t[i - 2], t[i - 1]))
            i -= 3;
        else
            break;
    }
    while (i < at && (t[i] == '.' || t[i] == '\'' || t[i] == '-' || t[i] == '%'))
        i++;
    return i;
}

/* The bytes of the letter of another script at i that a label may have there; 0: none. A label that has begun in ASCII
 * takes accents only, and none takes letters of three bytes behind others. */
static size_t wide_letter(bawn_probe *p, size_t label, size_t i)
{
    int a = bawn_probe_at(p, i), b = a >= 0xC3 ? bawn_probe_at(p, i + 1) : -1, c = a >= 0xE0 && b >= 0 ? bawn_probe_at(p, i + 2) : -1;
    int first = bawn_probe_at(p, label);
    if (b < 0)
        return 0;
    if (is_pair((unsigned char)a, (unsigned char)b))
        return a <= 0xC5 || (first >= 0x80 && first < 0xE0) ? 2 : 0;
    return c >= 0 && first >= 0xE0 && bawn_pii_wide((unsigned char)a, (unsigned char)b, (unsigned char)c) ? 3 : 0;
}

/* The end of the domain that begins at i, and its top level; i when it is none. */
static size_t domain_end(size_t *top, bawn_probe *p, size_t i)
{
    size_t end = i, label = i;
    *top = i;
    for (size_t at = i; at - i <= DOMAIN_MAX; at++) {
        int c = bawn_probe_at(p, at);
        size_t wide = wide_letter(p, label, at);
        if (wide > 0) {
            at += wide - 1;
            continue;
        }
        bool ascii = bawn_probe_at(p, label) < 0x80 || (c >= 0 && !bawn_is_alpha((unsigned char)c));
        if (c >= 0 && ((bawn_is_alnum((unsigned char)c) && ascii) || (c == '-' && at > label)))
            continue;
        if (at == label || at - label > LABEL_MAX || bawn_probe_back(p, at) == '-')
            return end;
        end = at;
        if (c != '.')
            return *top = label, end;
        *top = label;
        label = at + 1;
    }
    return i;
}

static bool is_file_ending(bawn_slice top)
{
    static const char *const endings[] = { "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "tsx", "jsx", "pdf", NULL };
    return bawn_slice_is_any(top, endings);
}

static bool top_holds(bawn_slice top)
{
    if (top.len >= 4 && (unsigned char)top.ptr[0] >= 0xC3)
        return true;                    /* of letters, or the domain would have ended before it */
    for (size_t i = 0; i < top.len; i++)
        if (!bawn_is_alpha((unsigned char)top.ptr[i]))
            return top.len > 5 && bawn_slice_eq_nocase(bawn_slice_of(top.ptr, 4), BAWN_LIT("xn--"));
    return top.len >= 2 && top.len <= 24 && !is_file_ending(top);
}

/* scheme://user:password@host: what stands before the '@' is a credential. */
static bool in_url(const bawn_probe *p, size_t begin)
{
    size_t i = begin, low = begin > 128 ? begin - 128 : 0;
    while (i > low && !bawn_is_space((unsigned char)p->text.ptr[i - 1]))
        i--;
    return bawn_slice_find(bawn_slice_of(p->text.ptr + i, begin - i), BAWN_LIT("://")) < begin - i;
}

static void confirm(bawn_probe *p)
{
    size_t at = p->end - 1, top, end = domain_end(&top, p, at + 1);
    bool request = p->place & (BAWN_IN_SYSTEM | BAWN_IN_INPUT | BAWN_IN_UNTRUSTED);
    size_t begin = local_begin(p, at, request && end > top && (unsigned char)p->text.ptr[top] >= 0xC3);

    if (begin == at || at - begin > LOCAL_MAX || top == at + 1 || end <= top)
        return;
    if (!top_holds(bawn_slice_of(p->text.ptr + top, end - top)) || bawn_probe_back(p, begin) == '@')
        return;
    int next = bawn_probe_at(p, end), after = next == ':' ? bawn_probe_at(p, end + 1) : -1;
    if (next == '@' || next == '_' || (after >= 0 && (bawn_is_alpha((unsigned char)after) || after == '/' || after == '~')))
        return;
    if (!in_url(p, begin))
        bawn_probe_found(p, 0, begin, end, 0.95f);
}

const bawn_guard bawn_guard_pii_email = {
    .guard = "pii", .id = "pii.email", .doc = "E-mail addresses, found from the at sign outwards.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
