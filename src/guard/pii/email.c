/* E-mail addresses, found from the '@' outwards: a local part of at most 64 bytes (RFC 5321 4.5.3.1.1) and a domain
 * with a top level of letters. What has an '@' but is none: user@2x.png, git@host:path, user:password@host in an URL,
 * package@1.2.3. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("EMAIL", BAWN_MASK, "e-mail address") };

static const bawn_pattern patterns[] = {
    { "@", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "write to jane.doe@example.com today", "the image logo@2x.png is sharp" },
};

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, LABEL_MAX = 63 };

static bool is_local(unsigned char c) { return bawn_is_alnum(c) || (c != 0 && strchr("._%+-'", c) != NULL); }

/* The begin of the local part before the '@' at `at`; `at` when there is none. Latin letters with accents count. */
static size_t local_begin(const bawn_probe *p, size_t at)
{
    const unsigned char *t = (const unsigned char *)p->text.ptr;
    size_t i = at;
    while (i > 0 && at - i < LOCAL_MAX + 1) {
        if (is_local(t[i - 1]))
            i--;
        else if (i > 1 && t[i - 1] >= 0x80 && t[i - 1] < 0xC0 && t[i - 2] >= 0xC3 && t[i - 2] <= 0xC5)
            i -= 2;
        else
            break;
    }
    while (i < at && (t[i] == '.' || t[i] == '\'' || t[i] == '-' || t[i] == '%'))
        i++;
    return i;
}

/* The end of the domain that begins at i, and its top level; i when it is none. */
static size_t domain_end(size_t *top, bawn_probe *p, size_t i)
{
    size_t end = i, label = i;
    *top = i;
    for (size_t at = i; at - i <= DOMAIN_MAX; at++) {
        int c = bawn_probe_at(p, at);
        bool part = c >= 0 && (bawn_is_alnum((unsigned char)c) || (c == '-' && at > label));
        if (part)
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
    static const char *const endings[] = { "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "tsx", "jsx", "pdf" };
    for (size_t i = 0; i < BAWN_COUNT(endings); i++)
        if (bawn_slice_eq_nocase(top, bawn_slice_str(endings[i])))
            return true;
    return false;
}

static bool top_holds(bawn_slice top)
{
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
    size_t at = p->end - 1, top, begin = local_begin(p, at), end = domain_end(&top, p, at + 1);

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
