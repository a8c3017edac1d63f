/* Finds path traversal: steps upwards, plain or encoded once or twice, and files that only intruders name.
 *
 * Relative paths are everyday code, so two steps up count only outside import lines and when they are a value by
 * themselves or lead to a system's folder; four steps up count anywhere but there. System files are a finding as a whole
 * value, behind "=" or "file:", or when the text asks to read them; not when it asks about them. */
#include "guard/code_injection/inject.h"

static const char *const dots[] = { "..", "%2e%2e", "%252e%252e", ".%2e", "%2e.", "%c0%ae%c0%ae", NULL };
static const char *const slashes[] = { "/", "\\", "%2f", "%5c", "%252f", "%255c", "%c0%af", "%c1%9c", ";/", NULL };

/* Steps upwards from i on; *end behind the last. "....//" (which a naive filter turns into "../") counts too. */
static unsigned steps_up(size_t *end, bool *encoded, bawn_probe *p, size_t i)
{
    unsigned n = 0;
    *encoded = false;
    for (*end = i; n < 32; n++) {
        size_t d = bawn_probe_one_of(p, i, dots), four = bawn_probe_text_at(p, i, "....") ? 4 : 0;
        if (four)
            d = 4;
        size_t s = d ? bawn_probe_one_of(p, i + d, slashes) : 0;
        if (s == 0)
            break;
        *encoded |= d > 2 || s > 1;
        if ((four || bawn_probe_at(p, i + d) == '\\') && bawn_probe_at(p, i + d + 1) == bawn_probe_at(p, i + d))
            s++;
        i += d + s;
        *end = i;
    }
    return n;
}

static size_t path_end(bawn_probe *p, size_t i)
{
    size_t to = i + 200;
    while (i < to && bawn_probe_at(p, i) > ' ' && !strchr("\"'`<>)|;,", bawn_probe_at(p, i)))
        i++;
    return i;
}

/* The path is the whole line or value: nothing but blanks, '=', ':' or quotes around it. */
static bool whole_value(bawn_probe *p, size_t begin, size_t end)
{
    int before = bawn_probe_back(p, begin);
    int quote = bawn_probe_at(p, end);
    if (bawn_inject_line_opens(p, begin) && bawn_inject_line_ends(p, end))
        return true;
    if (before == '=')
        return true;
    return (before == '"' || before == '\'') && quote == before && begin == 1 && bawn_inject_line_ends(p, end + 1);
}

static const char *const code_words[] = { "import", "from", "require", "include", "cd", "ls", "href", "src", "url", "path", "extends",
    "ref", "join", "export", "source", "root", "tsconfig", "webpack", "resolve", "mv", "cp", "ln", "git", "link", "python", "node",
    "relative", "module", "jest", "load", "use", "dirname", NULL };
static const char *const targets[] = { "etc/", "etc%2f", "etc%252f", "proc/", "windows", "winnt", "boot.ini", "win.ini", "root/", ".ssh", "web-inf", "passwd", "shadow",
    ".aws", "system32", "var/log", "etc\\", "wp-config", ".htpasswd", NULL };

/* Into a folder of a project, or to a file of source code: what relative paths are for. */
static bool in_project(bawn_probe *p, size_t i, size_t end)
{
    static const char *const folders[] = { "node_modules/", "src/", "lib/", "libs/", "dist/", "include/", "build/", "packages/", "vendor/", "test/", "tests/",
                                           "components/", "assets/", "styles/", "public/", "static/", "docs/", "target/", ".venv/", "common/", "shared/", "utils/", NULL };
    static const char *const sources[] = { ".js", ".mjs", ".ts", ".tsx", ".jsx", ".vue", ".py", ".c", ".h", ".cpp", ".hpp", ".go", ".rs", ".java", ".kt", ".rb",
                                           ".css", ".scss", ".less", ".svg", ".md", ".cmake", NULL };
    for (const char *const *s = sources; *s; s++)
        if (end - i > strlen(*s) && bawn_probe_text_at(p, end - strlen(*s), *s))
            return true;
    return bawn_probe_one_of(p, i, folders) > 0;
}

/* Where the names before the steps begin when they are fewer than the steps ("reports/../../../x" leaves its folder); else begin. */
static size_t with_folders(const bawn_probe *p, size_t begin, unsigned steps)
{
    size_t i = begin;
    unsigned names = 0;
    for (; i > 0 && begin - i < 64 && (bawn_inject_name_byte((unsigned char)p->text.ptr[i - 1]) || strchr("/-", p->text.ptr[i - 1])); i--)
        names += p->text.ptr[i - 1] == '/';
    return names > 0 && names < steps && bawn_inject_name_byte((unsigned char)p->text.ptr[i]) ? i : begin;
}

static void upwards(bawn_probe *p, size_t end)
{
    size_t begin = end, to;
    bool encoded;
    int first;
    while (begin > 0 && end - begin < 24 && (first = (unsigned char)p->text.ptr[begin - 1], strchr("./\\%;", first) || bawn_is_alnum((unsigned char)first)))
        begin--;
    while (begin < end && bawn_probe_one_of(p, begin, dots) == 0)
        begin++;
    p->begin = begin;
    unsigned n = steps_up(&to, &encoded, p, begin);
    if (n < 2)
        return;
    size_t finish = path_end(p, to);
    bool sensitive = bawn_inject_find(p, to, finish, -1, targets) != SIZE_MAX;
    bool code = bawn_probe_near(p, begin, 40, code_words) || in_project(p, to, finish);
    begin = with_folders(p, begin, n);
    p->begin = begin;
    if (sensitive || encoded || (n >= 4 && !code) || (whole_value(p, begin, finish) && !code))
        bawn_probe_found(p, 0, begin, finish, sensitive ? 0.95f : 0.8f);
}

static void system_file(bawn_probe *p, size_t end)
{
    static const char *const asked[] = { "read", "cat", "open", "show", "print", "load", "include", "fetch", "get", "download",
        "contents", "content", "display", "dump", "output", "send", "give", "type", "access", "retrieve", "file", NULL };
    static const char *const about[] = { "what", "explain", "how", "why", "is", "purpose", "does", "describe", "learn", "tutorial",
        "document", "check", "in", NULL };
    size_t begin = end;
    while (begin > 0 && end - begin < 64 && p->text.ptr[begin - 1] > ' ' && !strchr("\"'`=(<>|", p->text.ptr[begin - 1]))
        begin--;
    p->begin = begin;
    size_t finish = path_end(p, end);
    int before = bawn_probe_back(p, begin);
    bool scheme = bawn_slice_starts(bawn_slice_of(p->text.ptr + begin, end - begin), BAWN_LIT("file:"));
    bool asks = bawn_probe_near(p, begin, 24, asked) && !bawn_probe_near(p, begin, 60, about);
    if (whole_value(p, begin, finish) || scheme || asks || (before == '=' && bawn_probe_back(p, begin - 1) != ' ') ||
        p->place == BAWN_IN_TOOL_ARGUMENTS)
        bawn_probe_found(p, 0, begin, finish, scheme ? 0.95f : 0.8f);
}

static void itself(bawn_probe *p, size_t end)
{
    size_t begin = end;
    while (begin > 0 && end - begin < 80 && p->text.ptr[begin - 1] > ' ' && !strchr("\"'`<>|", p->text.ptr[begin - 1]))
        begin--;
    p->begin = begin;
    bawn_probe_found(p, 0, begin, path_end(p, end), 0.8f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
#define UP "(?:\\.|%2e|%252e|%c0%ae){2,4}(?:/|\\\\|%2f|%5c|%252f|%255c|%c0%af|%c1%9c|;/){1,2}"
static const bawn_pattern patterns[] = {
    ROW(UP UP, "../../../../etc/passwd", "import a from '../../lib/a'"),
    ROW("/etc/(?:passwd|shadow|sudoers)", "file=/etc/passwd", "What is stored in /etc/passwd?"),
    ROW("/proc/self/(?:environ|cmdline|maps|fd)", "/proc/self/environ", "What does /proc/self/environ hold?"),
    ROW("/root/\\.(?:ssh|bash_history|aws)", "read /root/.ssh/id_rsa", "What belongs in /root/.ssh?"),
    ROW("\\.(?:ssh/id_(?:rsa|ed25519|ecdsa)|aws/credentials|kube/config|netrc)\\b", "show me ~/.ssh/id_rsa", "What is ~/.aws/credentials for?"),
    ROW("[a-z]:\\\\{1,2}(?:windows|winnt)\\\\{1,2}(?:\\.\\.|win\\.ini|system32\\\\{1,2}(?:config\\\\{1,2}sam|cmd\\.exe))", "open C:\\Windows\\win.ini",
        "What is C:\\Windows\\System32\\drivers\\etc\\hosts?"),
    ROW("(?:[a-z]:\\\\{1,2}boot\\.ini|repair\\\\{1,2}sam)", "C:\\boot.ini", "edit boot.ini on drive C"),
    ROW("(?:php|expect|zip|phar)://(?:filter|input|id|ls)", "php://filter/convert.base64-encode/resource=index.php", "php:// wrappers in general"),
    ROW("\\.(?:php|jpg|jpeg|png|txt|html|pdf|asp|jsp)?%00", "shell.php%00.jpg", "100%000 and 50%.00"),
};
static void (*const readers[])(bawn_probe *, size_t end) = { upwards, system_file, system_file, system_file, system_file, itself,
                                                             system_file, itself, itself };
_Static_assert(BAWN_COUNT(readers) == BAWN_COUNT(patterns), "a reader for each row");

static void confirm(bawn_probe *p) { readers[p->pattern - patterns](p, p->end); }

static const bawn_kind kinds[] = {
    { "code_injection.PATH", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW,
      "path traversal, plain and encoded, and system files as values" },
};

const bawn_guard bawn_guard_path = {
    .guard = "code_injection", .id = "code_injection.path",
    .doc = "Two or more steps upwards that are a value, encoded, or lead to a system's folder; system files as values or asked for. "
           "Relative paths of code and questions about system files are no findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 128,
};
