/* Finds HTML in answers that would run in the reader's browser: script and frame elements, event handlers in tags,
 * addresses that are code, in HTML and in Markdown links. Stricter than the guard of inputs: whatever a model was made to
 * write is shown by somebody. A bare tag in inline code (`<script>`) is talk. */
#include "guard/guard.h"

static bool name_byte(int c) { return c >= 0 && bawn_is_alnum((unsigned char)c); }

static bool at_any(bawn_probe *p, size_t i, const char *const *words)
{
    for (; *words; words++)
        if (bawn_probe_text_at(p, i, *words) && !name_byte(bawn_probe_at(p, i + strlen(*words))))
            return true;
    return false;
}

/* Blanks and controls, that browsers skip in front of and inside a scheme. */
static bool skipped(unsigned char c) { return c <= ' '; }

static bool code_scheme(bawn_probe *p, size_t i)
{
    static const char *const schemes[] = { "javascript:", "vbscript:", "data:text/html", "data:image/svg", "javascript&", "java&", "&#", NULL };
    i = bawn_probe_skip(p, i, skipped);
    return bawn_probe_one_of(p, i, schemes) > 0 && !bawn_probe_text_at(p, i, "javascript:void(0)");
}

/* Reads the tag at `at` (its name) to its '>'; *end behind it, *runs when an attribute can run code. False: no tag. */
static bool read_tag(size_t *end, bool *runs, bawn_probe *p, size_t at)
{
    static const char *const addresses[] = { "src", "href", "action", "formaction", "data", "srcdoc", "style", NULL };
    int quote = 0;
    size_t attribute = 0;
    *runs = false;
    for (size_t i = at, to = at + 1024; i < to; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0)
            return false;
        if (quote) {
            quote = c == quote ? 0 : quote;
            continue;
        }
        int before = bawn_probe_back(p, i);
        if (name_byte(c) && (before == '/' || before == '"' || before == '\'' || (before >= 0 && bawn_is_space((unsigned char)before))))
            attribute = i;
        if (c == '=' && attribute > 0) {
            size_t value = bawn_probe_skip(p, i + 1, skipped);
            int first = bawn_probe_at(p, value);
            bool quoted = first == '"' || first == '\'';
            bool handler = bawn_probe_text_at(p, attribute, "on") && i - attribute >= 4 && first != '{';
            *runs |= handler || (at_any(p, attribute, addresses) && code_scheme(p, value + quoted)) || at_any(p, attribute, (const char *const[]){ "srcdoc", NULL });
            attribute = 0;
            if (quoted) {
                quote = first;
                i = value;
            }
        } else if (c == '>') {
            *end = i + 1;
            return true;
        } else if (c == '<') {
            return false;
        }
    }
    return false;
}

/* The script's body, when its end is near, goes with it. */
static size_t body_end(bawn_probe *p, size_t tag)
{
    for (size_t i = tag, to = tag + 2048; i < to; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0)
            break;
        if (c == '<' && bawn_probe_text_at(p, i, "</script")) {
            while (bawn_probe_at(p, i) >= 0 && bawn_probe_at(p, i) != '>')
                i++;
            return bawn_probe_at(p, i) < 0 ? i : i + 1;
        }
    }
    return tag;
}

static void tag(bawn_probe *p, size_t name)
{
    static const char *const running[] = { "script", "iframe", "frame", "object", "embed", "applet", "base", "portal", NULL };
    size_t begin = name - 1, end;
    bool runs, script;

    p->begin = begin;
    bool element = at_any(p, name, running) || (at_any(p, name, (const char *const[]){ "meta", NULL }));
    if (!read_tag(&end, &runs, p, name)) {
        return;
    }
    script = at_any(p, name, (const char *const[]){ "script", NULL });
    if (at_any(p, name, (const char *const[]){ "meta", NULL })) {
        element = false;
        for (size_t i = name; i < end && !element; i++)
            element = bawn_probe_text_at(p, i, "refresh");
    }
    if (bawn_probe_back(p, begin) == '`' && bawn_probe_at(p, end) == '`' && !runs && end - name < 16)
        return;
    if (element || runs)
        bawn_probe_found(p, 0, begin, script ? body_end(p, end) : end, 0.95f);
}

static void address(bawn_probe *p, size_t end)      /* [x](javascript:...), <javascript:...>, [x]: javascript:... */
{
    size_t begin = end, to = end;
    while (begin > 0 && (bawn_is_alpha((unsigned char)p->text.ptr[begin - 1]) || strchr(":/", p->text.ptr[begin - 1])) && end - begin < 15)
        begin--;
    size_t i = begin;
    while (i > 0 && strchr(" \t<\n", p->text.ptr[i - 1]) && begin - i < 4)
        i--;
    int c = bawn_probe_back(p, i), before = i > 0 ? bawn_probe_back(p, i - 1) : -1;
    if (!((c == '(' || c == ':') && before == ']') && bawn_probe_back(p, begin) != '<')
        return;
    p->begin = begin;
    while (to < end + 512 && bawn_probe_at(p, to) > ' ' && bawn_probe_at(p, to) != '>')
        to++;
    while (to > end && to < p->text.len && !bawn_utf8_is_start((unsigned char)p->text.ptr[to]))
        to--;
    if (to > end && p->text.ptr[to - 1] == ')' && c == '(')
        to--;
    bawn_probe_found(p, 0, begin, to, 0.95f);
}

static void confirm(bawn_probe *p)
{
    size_t open = p->end - 1;
    if (p->pattern->regex[0] != '<') {
        address(p, p->end);
        return;
    }
    while (p->text.ptr[open] != '<')
        open--;
    tag(p, open + 1);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("<[a-z]", "<img src=x onerror=alert(1)>", "<b>bold</b>, a<b and List<String>"),
    ROW("(?:javascript|vbscript):", "[x](javascript:alert(1))", "JavaScript: the good parts"),
    ROW("data:text/html", "[x](data:text/html;base64,PHNjcmlwdD4=)", "the type data:text/html"),
};

static const bawn_kind kinds[] = {
    { "exfiltration.HTML", "LLM05", "AML.T0077", BAWN_ALLOW, BAWN_MASK, "HTML in an answer that would run: scripts, frames, handlers, code addresses" },
};

const bawn_guard bawn_guard_markup = {
    .guard = "exfiltration", .id = "exfiltration.markup",
    .doc = "Script, frame and base elements, refreshing meta elements, event handlers in any tag, addresses that are code.",
    .places = BAWN_IN_OUTPUT, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
