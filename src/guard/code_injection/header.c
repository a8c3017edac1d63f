/* Finds header injection (CWE-113, CWE-93): a value that ends its line in percent code, %0d%0a, and goes on with a header
 * of its own: "en%0d%0aSet-Cookie:%20admin=1", "a@b.example%0aBcc:c@d.example", or with a second answer (HTTP/1.1 200).
 *
 * Real ends of lines before "Content-Type:" are a pasted message and no finding, and so are the \\r\\n of program text; what
 * stands in percent code was made for a program that decodes it. A blank or a quote before it is talk. */
#include "guard/code_injection/inject.h"

static const char *const headers[] = {
    "set-cookie", "location", "content-type", "content-length", "content-disposition", "transfer-encoding", "access-control-allow-origin", "refresh",
    "x-forwarded-for", "x-forwarded-host", "x-xss-protection", "cache-control", "connection", "host", "cookie", "authorization", "referer", "link",
    "bcc", "cc", "to", "from", "subject", "reply-to", "mime-version", NULL };

static void confirm(bawn_probe *p)
{
    static const char *const signs[] = { ":", "%3a", NULL }, *const breaks[] = { "%0d", "%0a", "%20", "%09", NULL };
    size_t begin = p->end - 3, at = bawn_inject_past(p, p->end, breaks), name = bawn_inject_word(p, at, headers), to = at + name;
    while (begin >= 3 && p->end - begin < 24 && (bawn_probe_text_at(p, begin - 3, "%0d") || bawn_probe_text_at(p, begin - 3, "%0a")))
        begin -= 3;
    int before = bawn_probe_back(p, begin);
    p->begin = begin;
    if (before <= ' ' || strchr("\"'`(<", before))
        return;
    bool answer = bawn_probe_text_at(p, at, "http/1.") || bawn_probe_text_at(p, at, "http%2f1.");
    bool header = name > 0 && bawn_probe_one_of(p, to, signs) > 0;
    if (!answer && !header)
        return;
    while (to - at < 120 && bawn_probe_at(p, to) > ' ' && !strchr("\"'`<>", bawn_probe_at(p, to)))
        to++;
    bawn_probe_found(p, 0, begin, to, 0.95f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("%0d", "/?lang=en%0d%0aSet-Cookie:%20admin=1", "/?note=line%0d%0aanother%20line"),
    ROW("%0a", "victim@shop.example%0aBcc:spam@evil.example", "/?note=to%0afrom"),
};

static const bawn_kind kinds[] = {
    { "code_injection.HEADER", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW, "headers of HTTP or mail behind a coded end of line in a value" },
};

const bawn_guard bawn_guard_header = {
    .guard = "code_injection", .id = "code_injection.header",
    .doc = "A coded end of line in a value, with a header of HTTP or mail or a second answer behind it. Pasted messages and talk are no "
           "findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 32,
};
