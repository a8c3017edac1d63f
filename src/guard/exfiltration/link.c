/* Finds addresses in answers that could carry data to a host that nobody allowed (EchoLeak, CVE-2025-32711).
 *
 * An image is fetched by the reader's program without a click, so an image to a host that is not on the list is always a
 * finding; so are forms, style sheets and all that a page loads by itself. A link that must be clicked, a reference
 * definition ("[x]: url"; that of an image: reference.c) and a bare address are findings when something can be in them (url.h).
 * The finding is the address itself, so that masked Markdown and HTML stay whole.
 *
 * Every address is seen where its scheme or its double slash stands; what it is, the text right before it says. */
#include "guard/exfiltration/exfiltration.h"
#include "guard/exfiltration/url.h"

typedef enum { BARE, LINK, REFERENCE, LOADED } use;

static bool blank(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static size_t back_blanks(const bawn_probe *p, size_t i)
{
    while (i > 0 && blank(p->text.ptr[i - 1]))
        i--;
    return i;
}

/* Markdown "](" right before i: an image when its opening bracket has a '!' in front. Too far away to see: an image. */
static use markdown(const bawn_probe *p, size_t bracket)
{
    int depth = 0;
    for (size_t i = bracket + 1; i > 0; i--) {
        char c = p->text.ptr[i - 1];
        if (c == ']')
            depth++;
        else if (c == '[' && --depth == 0)
            return bawn_probe_back(p, i - 1) == '!' ? LOADED : LINK;
    }
    return LOADED;
}

static bool reads_back(const bawn_probe *p, size_t end, const char *word)
{
    size_t n = strlen(word);
    return end >= n && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + end - n, n), bawn_slice_of(word, n)) &&
           !(end > n && bawn_is_alpha((unsigned char)p->text.ptr[end - n - 1]));
}

/* The attribute of an HTML tag, whose '=' ends at i. */
static use attribute(const bawn_probe *p, size_t i)
{
    static const char *const loading[] = { "src", "srcset", "poster", "background", "action", "formaction", "data", "srcdoc", "xlink:href", "cite",
                                           "manifest", "ping", "lowsrc", "dynsrc", NULL };
    i = back_blanks(p, i - 1);
    for (const char *const *a = loading; *a; a++)
        if (reads_back(p, i, *a))
            return LOADED;
    if (!reads_back(p, i, "href"))
        return BARE;
    while (i > 0 && p->text.ptr[i - 1] != '<' && p->text.ptr[i - 1] != '>')
        i--;
    bawn_slice tag = { p->text.ptr + i, p->text.len - i };
    static const char *const loads[] = { "link", "base", "image", "use", "feimage", NULL };
    for (const char *const *t = loads; *t && i > 0; t++)
        if (tag.len > strlen(*t) && bawn_slice_eq_nocase(bawn_slice_of(tag.ptr, strlen(*t)), bawn_slice_str(*t)))
            return LOADED;
    return LINK;
}

/* Inside the tag's srcset, behind a comma; or behind refresh's "0;url=". */
static bool loaded_list(const bawn_probe *p, size_t i)
{
    size_t least = i > 400 ? i - 400 : 0;
    for (size_t k = i; k > least && p->text.ptr[k - 1] != '<' && p->text.ptr[k - 1] != '>'; k--)
        if (p->text.ptr[k - 1] == '=' && (reads_back(p, k - 1, "srcset") || reads_back(p, k - 1, "style")))
            return true;
    return false;
}

/* What stands right before the address says what it is and what ends it. */
static use context(int *close, const bawn_probe *p, size_t begin)
{
    size_t i = begin;
    int c = bawn_probe_back(p, i);
    *close = 0;
    if (c == '<' || c == '"' || c == '\'') {
        *close = c == '<' ? '>' : c;
        i--;
    }
    i = back_blanks(p, i);
    c = bawn_probe_back(p, i);
    if (c == '(' && bawn_probe_back(p, i - 1) == ']') {
        *close = *close ? *close : ')';
        return markdown(p, i - 2);
    }
    if (c == '(' && reads_back(p, i - 1, "url")) {
        *close = *close ? *close : ')';
        return LOADED;
    }
    if (c == ':' && bawn_probe_back(p, i - 1) == ']')
        return REFERENCE;
    if (c == '=' && reads_back(p, i - 1, "url"))
        return LOADED;
    if (c == '=')
        return attribute(p, i);
    if (c == ',' && loaded_list(p, i))
        return LOADED;
    if (reads_back(p, i, "@import"))
        return LOADED;
    return BARE;
}

/* Begin of the scheme right before "//" (or its lookalikes) at i; i when there is none. */
static size_t scheme(const bawn_probe *p, size_t i)
{
    size_t b = i;
    if (bawn_probe_back(p, b) != ':')
        return i;
    b--;
    while (b > 0 && i - b < 16 && (bawn_is_alnum((unsigned char)p->text.ptr[b - 1]) || strchr("+-.", p->text.ptr[b - 1])))
        b--;
    return b;
}

static bool slash(int c) { return c == '/' || c == '\\'; }

static void judge(bawn_probe *p, size_t begin, size_t authority)
{
    bawn_url u;
    int close;
    p->begin = begin;
    use how = context(&close, p, begin);
    if (begin == authority && how == LOADED)
        how = BARE;             /* "www.host": only programs that make links of texts see a host in it */
    bool relative = begin + 2 == authority && slash(p->text.ptr[begin]);   /* "//host/": only where an address must stand */
    if (relative && (how == BARE || how == REFERENCE))
        return;
    bawn_url_read(&u, p, begin, authority, close);
    if (u.host.len == 0 || u.end == u.begin || bawn_exfiltration_allows(p->settings, u.host))
        return;
    bool query = memchr(u.rest.ptr, '?', u.rest.len) != NULL;
    if (how == LOADED || bawn_url_carries(&u) || (how == REFERENCE && query))
        bawn_probe_found(p, 0, u.begin, u.end, how == LOADED ? 0.95f : 0.8f);
}

/* www.host/..., of which many programs make a link. */
static void bare_host(bawn_probe *p)
{
    size_t begin = p->end - 4;
    int before = bawn_probe_back(p, begin);
    if (bawn_probe_word_begins(p, begin) && !(before >= 0 && strchr("/\\@.-_=&?%", before)) && bawn_probe_at(p, p->end) > ' ')
        judge(p, begin, begin);
}

/* https:&#x2F;&#x2F;host: Markdown and HTML read entities in addresses. */
static void with_entities(bawn_probe *p)
{
    static const char *const slashes[] = { "&#x2f;", "&#x002f;", "&#47;", "&#047;", "&#0047;", "&sol;", "&#x5c;", "&#92;", "&bsol;", "/", "\\", NULL };
    size_t begin = p->end, authority;
    while (begin > 0 && p->end - begin < 32 && !bawn_probe_text_at(p, begin, "http"))
        begin--;
    for (authority = begin + 4; authority < p->end && p->text.ptr[authority] != ':' && p->text.ptr[authority] != '&'; authority++)
        ;
    authority += p->text.ptr[authority] == ':' ? 1 : bawn_probe_one_of(p, authority, (const char *const[]){ "&#x3a;", "&#x003a;", "&#58;", "&#058;", "&colon;", NULL });
    for (size_t n; (n = bawn_probe_one_of(p, authority, slashes)) > 0; authority += n)
        ;
    bool coded = memchr(p->text.ptr + begin, '&', (authority < p->text.len ? authority : p->text.len) - begin) != NULL;
    if (coded && authority >= p->end && bawn_probe_at(p, authority) > ' ')
        judge(p, begin, authority);
}

static void confirm(bawn_probe *p)
{
    size_t authority = p->end, slashes = authority;
    while (slashes > 0 && slash((unsigned char)p->text.ptr[slashes - 1]))
        slashes--;
    if (p->pattern->regex[0] == '/' && p->text.ptr[authority - 1] == '/' && authority - slashes > 2)
        return;     /* "///": seen at its first two */
    size_t begin = scheme(p, slashes);
    if (begin < slashes && (p->text.ptr[begin] | 32) == 'f' && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + begin, 4), BAWN_LIT("file")))
        return;     /* stays on the reader's machine */
    while (slash(bawn_probe_at(p, authority)))
        authority++;
    if (bawn_probe_at(p, authority) > ' ')
        judge(p, begin, authority);
}

/* An address without scheme whose host the browser completes. */
#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("//", "![a](https://evil.example/p.png)", "see https://docs.example/guide/start.html"),
    ROW("https?:[\\\\]", "![a](https:\\\\evil.example/p.png)", "http:\\ is not an address"),
    ROW("https?:/[^/\\s\\\\]", "![a](https:/evil.example/p.png)", "http:/a is odd"),
    ROW("[(<\"'=][/\\\\]\\\\", "![a](/\\evil.example/p.png)", "a path (\\\\server\\share)"),
    ROW("www\\.", "see www.evil.example/?d=c2VjcmV0IGRhdGE", "see www.docs.example/guide/start.html"),
    ROW("https?(?::|&#x0{0,2}3a;|&#0{0,2}58;|&colon;)&(?:#x0{0,2}2f|#0{0,2}47|sol|#x5c|#92|bsol);", "![a](https:&#x2F;&#x2F;evil.example/p.png)", "https:&amp;a is odd"),
    ROW("https?(?:&#x0{0,2}3a;|&#0{0,2}58;|&colon;)[/\\\\]", "![a](https&#58;//evil.example/p.png)", "https&colon; is a way to write a colon"),
};

static void wake(bawn_probe *p)
{
    if (p->pattern == &patterns[2])
        p->end--;       /* the byte behind the single slash is the host's */
    if (p->pattern == &patterns[4])
        bare_host(p);
    else if (p->pattern > &patterns[4])
        with_entities(p);
    else
        confirm(p);
}

static const bawn_kind kinds[] = {
    { "exfiltration.LINK", "LLM02", "AML.T0077", BAWN_ALLOW, BAWN_MASK,
      "images, links and addresses to hosts that are not allowed and that can carry data out" },
};

const bawn_guard bawn_guard_link = {
    .guard = "exfiltration", .id = "exfiltration.link",
    .doc = "Addresses in Markdown (inline, reference, angle), HTML attributes, CSS and bare: what is loaded without a click always, "
           "what must be clicked when its host, path, query or fragment can carry data. Hosts of allow_hosts pass.",
    .places = BAWN_IN_OUTPUT, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = wake,
};
