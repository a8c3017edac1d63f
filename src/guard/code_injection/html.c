/* Finds HTML and JavaScript that would run where an answer or a log is shown: script elements, event handlers in tags,
 * addresses that are code, frames and redirections.
 *
 * Developers paste whole pages. So a tag inside a page (behind <!doctype, <html, <head, <body or an open code fence in the window) counts
 * only with a payload in it; handlers that people write by hand (onclick="save()") count only with a payload; tags in
 * inline code count only when they carry something. */
#include "guard/code_injection/inject.h"

static const char *const payloads[] = { "alert(", "alert`", "prompt(", "confirm(", "eval(", "document.cookie", "document.location", "document.write(",
    "window.location", "location=", "location.href=", "fetch(", "xmlhttprequest", "fromcharcode", "atob(", "javascript:", "localstorage", "sessionstorage",
    "import(", "new image", "constructor(", "sendbeacon", "innerhtml", "console.log(document", ".src=", "//", "&#", NULL };
static const char *const page[] = { "<!doctype", "<html", "<head", "<body", NULL };

/* End of the tag that begins at i (behind its '>'), or SIZE_MAX; quotes hide a '>'. */
static size_t tag_end(bawn_probe *p, size_t i)
{
    int quote = 0;
    for (size_t to = i + 512; i < to; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0)
            break;
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
        else if (c == '>' && !quote)
            return i + 1;
        else if (c == '<' && !quote)
            break;
    }
    return SIZE_MAX;
}

static bool in_page(bawn_probe *p, size_t at)
{
    size_t i = at > 400 ? at - 400 : 0;
    unsigned fences = 0;
    for (size_t k = i; k + 3 <= at; k++)
        if (memcmp(p->text.ptr + k, "```", 3) == 0) {
            fences++;
            k += 2;
        }
    return fences % 2 == 1 || bawn_inject_find(p, i, at, -1, page) != SIZE_MAX;
}

static void script(bawn_probe *p, size_t end)
{
    static const char *const close[] = { "</script", NULL };
    size_t begin = end - 7;     /* "<script" */
    int c = bawn_probe_at(p, end);
    p->begin = begin;
    if (c < 0 || !(c == '>' || c == '/' || bawn_is_space((unsigned char)c)))
        return;
    bool inline_code = bawn_probe_back(p, begin) == '`';
    size_t tag = tag_end(p, end);
    if (tag == SIZE_MAX) {
        bool broken = bawn_inject_find(p, end, end + 80, '\n', payloads) != SIZE_MAX;
        if (broken)
            bawn_probe_found(p, 0, begin, end, 0.8f);
        return;
    }
    size_t body_end = bawn_inject_find(p, tag, tag + 1024, -1, close);
    size_t to = body_end == SIZE_MAX ? tag : body_end;
    bool loaded = bawn_inject_find(p, end, tag, -1, payloads) != SIZE_MAX;
    bool payload = loaded || bawn_inject_find(p, tag, to == tag ? tag + 80 : to, to == tag ? '\n' : -1, payloads) != SIZE_MAX;
    bool word = body_end == SIZE_MAX && !payload;       /* "the <script> tag" */
    if (word || (inline_code && !payload) || (in_page(p, begin) && !payload))
        return;
    if (body_end != SIZE_MAX) {
        size_t last = tag_end(p, to + 1);
        to = last == SIZE_MAX ? to + 8 : last;
    }
    if (loaded || payload || !in_page(p, begin))
        bawn_probe_found(p, 0, begin, to, payload ? 0.95f : 0.8f);
}

#define TAG_MOST 300    /* bytes of a tag that is looked at as a whole */

/* Offset of the tag's '<' when `at` stands among its attributes, else SIZE_MAX. */
static size_t tag_around(const bawn_probe *p, size_t at)
{
    for (size_t i = at, least = at > TAG_MOST ? at - TAG_MOST : 0; i > least; i--) {
        char c = p->text.ptr[i - 1];
        if (c == '<' && (bawn_is_alpha((unsigned char)p->text.ptr[i]) || p->text.ptr[i] == '/'))
            return i - 1;
        if (c == '<' || (c == '>' && bawn_probe_back(p, i - 1) != '='))
            break;
    }
    return SIZE_MAX;
}

/* onerror=..., onload=... inside a tag. end: behind the '='. */
static void handler(bawn_probe *p, size_t end)
{
    static const char *const by_hand[] = { "onclick", "onsubmit", "onchange", "oninput", "onkeyup", "onkeydown", "onkeypress", "onselect",
        "onblur", "ondblclick", NULL };
    static const char *const components[] = { "{", "\"{", NULL };
    size_t name = end - 1;
    while (name > 0 && (p->text.ptr[name - 1] == ' ' || p->text.ptr[name - 1] == '\t'))
        name--;
    while (name > 0 && bawn_is_alpha((unsigned char)p->text.ptr[name - 1]))
        name--;
    size_t begin = tag_around(p, name);
    int before = bawn_probe_back(p, name);
    if (begin == SIZE_MAX || before < 0 || !(bawn_is_space((unsigned char)before) || strchr("/\"'", before)))
        return;
    p->begin = begin;
    size_t tag = tag_end(p, begin + 1), value = bawn_inject_blanks(p, end);
    size_t to = tag != SIZE_MAX ? tag : value + 60;
    if (bawn_probe_one_of(p, value, components) > 0)
        return;         /* onClick={save}: a component, no handler */
    bool payload = bawn_inject_find(p, value, to, tag == SIZE_MAX ? '\n' : -1, payloads) != SIZE_MAX;
    bool ordinary = bawn_inject_word(p, name, by_hand) > 0 || in_page(p, begin);
    if (!payload && (ordinary || tag == SIZE_MAX))
        return;
    bawn_probe_found(p, 0, begin, tag != SIZE_MAX ? tag : value, payload ? 0.95f : 0.8f);
}

/* javascript:code, vbscript:code, data:text/html,... end: behind the ':' or the media type. */
static void code_address(bawn_probe *p, size_t end)
{
    size_t begin = end, to = end;
    while (begin > 0 && end - begin < 16 && (bawn_is_alpha((unsigned char)p->text.ptr[begin - 1]) || strchr(":/", p->text.ptr[begin - 1])))
        begin--;
    p->begin = begin;
    int next = bawn_probe_at(p, end);
    bool data = p->text.ptr[end - 1] != ':';
    while (to < end + 200 && bawn_probe_at(p, to) > ' ' && !strchr("\"'<>`", bawn_probe_at(p, to)))
        to++;
    bool payload = bawn_inject_find(p, end, end + 120, '\n', payloads) < to + 1;
    bool script_data = data && (next == ',' || bawn_probe_text_at(p, end, ";base64,") || bawn_probe_text_at(p, end, ";charset"));
    if (script_data || (!data && next > ' ' && payload))
        bawn_probe_found(p, 0, begin, to, 0.95f);
}

/* A frame that is meant to be seen: over https, with a size, without code of its own. */
static bool embedded_player(bawn_probe *p, size_t from, size_t to)
{
    static const char *const size[] = { "width=\"1", "width=\"2", "width=\"3", "width=\"4", "width=\"5", "width=\"6", "width=\"7", "width=\"8",
                                        "width=\"9", NULL };
    static const char *const tiny[] = { "width=\"1\"", "width=\"1p", "hidden", "srcdoc", "display:", NULL };
    static const char *const source[] = { "src=\"https://", "src='https://", NULL };
    return bawn_inject_find(p, from, to, -1, size) != SIZE_MAX && bawn_inject_find(p, from, to, -1, source) != SIZE_MAX &&
           bawn_inject_find(p, from, to, -1, tiny) == SIZE_MAX;
}

/* <iframe src=...>, <object data=...>, <embed ...>, <base href=...>, <meta http-equiv=refresh ...>. */
static void element(bawn_probe *p, size_t end)
{
    static const char *const carriers[] = { "src", "srcdoc", "data=", "code=", "href", "http-equiv=refresh", "http-equiv=\"refresh", "http-equiv='refresh", NULL };
    static const char *const refresh[] = { "refresh", NULL };
    size_t begin = end;
    while (begin > 0 && p->text.ptr[begin - 1] != '<')
        begin--;
    p->begin = --begin;
    size_t tag = tag_end(p, end);
    if (tag == SIZE_MAX || bawn_inject_find(p, end, tag, -1, carriers) == SIZE_MAX)
        return;
    bool meta = bawn_probe_text_at(p, begin, "<meta");
    if (meta && bawn_inject_find(p, end, tag, -1, refresh) == SIZE_MAX)
        return;
    if (embedded_player(p, end, tag))
        return;
    if (in_page(p, begin) || bawn_probe_back(p, begin) == '`')
        return;
    bawn_probe_found(p, 0, begin, tag, 0.8f);
}

/* A tag begins: it is held until it ends, because a handler may stand anywhere in it and the finding begins here. */
static void opening(bawn_probe *p, size_t end)
{
    p->begin = end - 2;
    for (size_t i = end; i < end + TAG_MOST; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || c == '>' || c == '<')
            return;
    }
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("<script", "<script>alert(1)</script>", "Put it into a <script> tag of the page"),
    ROW("[\\s/\"']on[a-z]{3,20}[ ]{0,2}=", "<img src=x onerror=alert(1)>", "<button onclick=\"save()\">"),
    ROW("(?:javascript|vbscript|livescript):", "<a href=javascript:alert(1)>x</a>", "JavaScript: the good parts; href=\"javascript:void(0)\""),
    ROW("data:text/html", "data:text/html;base64,PHNjcmlwdD4=", "Content of type data:text/html is old"),
    ROW("<[a-z/]", "<img src=x onerror=alert(1)>", "a < b, and <b>bold</b>"),
    ROW("<(?:iframe|object|embed|base|meta|frame|applet)[\\s/]", "<iframe src=http://evil.example></iframe>", "<meta charset=utf-8> and <base >"),
};
static void (*const readers[])(bawn_probe *, size_t end) = { script, handler, code_address, code_address, opening, element };
_Static_assert(BAWN_COUNT(readers) == BAWN_COUNT(patterns), "a reader for each row");

static void confirm(bawn_probe *p) { readers[p->pattern - patterns](p, p->end); }

static const bawn_kind kinds[] = {
    { "code_injection.HTML", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW,
      "script elements, event handlers, addresses that are code, frames and redirections" },
};

const bawn_guard bawn_guard_html = {
    .guard = "code_injection", .id = "code_injection.html",
    .doc = "HTML that runs: scripts, handlers in tags, javascript: and data:text/html addresses, frames, redirections. Plain tags, "
           "hand-written handlers, whole pages without a payload and talk about tags are no findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
