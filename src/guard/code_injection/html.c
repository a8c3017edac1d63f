/* Finds HTML and JavaScript that would run where an answer or a log is shown: script elements, event handlers in tags,
 * addresses that are code, frames and redirections.
 *
 * Developers paste whole pages. So a tag inside a page (behind <!doctype, <html, <head, <body or an open code fence in the window) counts
 * only with a payload in it; handlers that people write by hand (onclick="save()") count only with a payload; tags in
 * inline code count only when they carry something. */
#include "guard/code_injection/inject.h"

static const char *const payloads[] = { "alert(", "alert`", "prompt(", "confirm(", "eval(", "document.cookie", "document.location", "document.write(",
    "window.location", "location=", "location.href=", "msgbox(", "createobject(", "fetch(", "xmlhttprequest", "fromcharcode", "atob(", "javascript:", "localstorage", "sessionstorage",
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

/* " onmouseover="alert(1): the value of an attribute is left by a quote that closes nothing of its line, for a handler. */
static void left_value(bawn_probe *p, size_t name, size_t end)
{
    size_t quote = name, n = 0;
    while (quote > 0 && bawn_is_space((unsigned char)p->text.ptr[quote - 1]))
        quote--;
    int sign = bawn_probe_back(p, quote);
    if (quote == name || (sign != '"' && sign != '\''))
        return;
    for (size_t i = bawn_inject_value(p, --quote); i < quote; i++)
        n += p->text.ptr[i] == sign;
    p->begin = name;
    size_t value = bawn_inject_blanks(p, end);
    size_t payload = bawn_inject_find(p, value, value + 40, '\n', payloads);
    int first = bawn_probe_at(p, value);
    if (n % 2 == 0 && payload != SIZE_MAX && first != '{')
        bawn_probe_found(p, 0, name, payload + bawn_probe_one_of(p, payload, payloads), 0.8f);
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
    if (begin == SIZE_MAX) {
        left_value(p, name, end);
        return;
    }
    if (before < 0 || !(bawn_is_space((unsigned char)before) || strchr("/\"'", before)))
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

/* One sign of an address as a browser reads it: "&#x09;" and "&#106;" stand for signs. Returns where it ends. */
static size_t address_sign(int *sign, bool *coded, bawn_probe *p, size_t i)
{
    static const char *const named[] = { "&tab;", "&newline;", "&colon;", NULL };
    size_t n = bawn_probe_one_of(p, i, named);
    *sign = bawn_probe_at(p, i);
    if (n > 0) {
        *sign = n == 7 ? ':' : ' ';
        *coded = true;
        return i + n;
    }
    if (*sign != '&' || bawn_probe_at(p, i + 1) != '#')
        return i + 1;
    bool hex = (bawn_probe_at(p, i + 2) | 32) == 'x';
    int value = 0, c;
    for (i += hex ? 3 : 2, n = 0; n < 8 && (c = bawn_probe_at(p, i)) >= 0 && (bawn_is_digit((unsigned char)c) || (hex && bawn_is_alpha((unsigned char)c))); i++, n++)
        value = (value * (hex ? 16 : 10) + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10)) & 0xFFFF;
    *sign = value;
    *coded = true;
    return i + (bawn_probe_at(p, i) == ';');
}

/* Whether the value at i is an address that is code, with signs in it that are coded or that browsers skip. */
static bool hidden_scheme(bawn_probe *p, size_t i)
{
    static const char *const schemes[] = { "javascript:", "vbscript:" };
    char text[12];
    bool coded = false;
    i += bawn_probe_at(p, i) == '\\';      /* a quote that is escaped in a tool's arguments */
    int sign = bawn_probe_at(p, i);
    i += sign == '"' || sign == '\'';
    if ((bawn_probe_at(p, i) | 32) != 'j' && (bawn_probe_at(p, i) | 32) != 'v' && bawn_probe_at(p, i) != '&')
        return false;
    for (size_t n = 0, most = i + 120; i < most && n < sizeof text;) {
        i = address_sign(&sign, &coded, p, i);
        if (sign < 0 || sign > 0x7E || (n == 0 && sign <= ' ' && !coded))
            return false;
        if (sign <= ' ') {
            coded = true;
            continue;
        }
        text[n++] = bawn_lower((char)sign);
        if (sign == ':')
            return coded && (bawn_slice_eq(bawn_slice_of(text, n), bawn_slice_str(schemes[0])) || bawn_slice_eq(bawn_slice_of(text, n), bawn_slice_str(schemes[1])));
    }
    return false;
}

/* A tag begins: it is held until it ends, because a handler may stand anywhere in it and the finding begins here. */
static void opening(bawn_probe *p, size_t end)
{
    static const char *const addresses[] = { "href", "src", "action", "formaction", "data", "srcdoc", "background", NULL };
    size_t name = 0;
    p->begin = end - 2;
    for (size_t i = end; i < end + TAG_MOST; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || c == '>' || c == '<')
            return;
        if (c > 0 && bawn_is_alpha((unsigned char)c) && !bawn_is_alpha((unsigned char)p->text.ptr[i - 1]))
            name = i;
        if (c == '=' && name > 0 && bawn_inject_word(p, name, addresses) == i - name && hidden_scheme(p, i + 1)) {
            size_t tag = tag_end(p, end);
            bawn_probe_found(p, 0, end - 2, tag != SIZE_MAX ? tag : i + 1, 0.95f);
            return;
        }
    }
}

/* style="width:expression(alert(1))": code in the style of a tag, as old browsers ran it. */
static void expression(bawn_probe *p, size_t end)
{
    static const char *const style[] = { "style", NULL };
    size_t name = end;
    while (name > 0 && p->text.ptr[name - 1] != ':')
        name--;
    size_t begin = tag_around(p, name);
    if (begin == SIZE_MAX || bawn_inject_find(p, begin, name, -1, style) == SIZE_MAX)
        return;
    p->begin = begin;
    size_t tag = tag_end(p, begin + 1);
    if (bawn_inject_find(p, end, tag != SIZE_MAX ? tag : end + 80, -1, payloads) != SIZE_MAX)
        bawn_probe_found(p, 0, begin, tag != SIZE_MAX ? tag : end, 0.95f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("<script", "<script>alert(1)</script>", "Put it into a <script> tag of the page"),
    ROW("[\\s/\"']on[a-z]{3,20}[ ]{0,2}=", "<img src=x onerror=alert(1)>", "<button onclick=\"save()\">"),
    ROW("(?:javascript|vbscript|livescript):", "<a href=javascript:alert(1)>x</a>", "JavaScript: the good parts; href=\"javascript:void(0)\""),
    ROW("data:text/html", "data:text/html;base64,PHNjcmlwdD4=", "Content of type data:text/html is old"),
    ROW("<[a-z/]", "<img src=x onerror=alert(1)>", "a < b, and <b>bold</b>"),
    ROW("<(?:iframe|object|embed|base|meta|frame|applet)[\\s/]", "<iframe src=http://evil.example></iframe>", "<meta charset=utf-8> and <base >"),
    ROW(":[ ]?expression\\(", "<div style=\"width:expression(alert(1))\">", "<style>p { width: expression(document.body.clientWidth) }</style>"),
};
static void (*const readers[])(bawn_probe *, size_t end) = { script, handler, code_address, code_address, opening, element, expression };
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
