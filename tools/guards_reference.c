/* guards_reference.c: prints the guard reference (docs/guards.md, the part below its mark) as Markdown, from the same
 * table that the engine runs: so a guard, a kind or a default action that is not in the page does not exist.
 * `tools/docs.py` puts the output in its place. Guards of one name are one section, in the table's order. */
#include <stdio.h>

#include "guard/guard.h"

static const char *const actions[] = { "allow", "observe", "mask", "block" };

/* ---- text for Markdown ------------------------------------------------------------------------------------------ */
/* A table's cell: no bar, no line feed. */
static void put_cell(const char *text)
{
    for (; *text; text++) {
        if (*text == '|' || *text == '<' || *text == '*' || *text == '_' || *text == '`')
            putchar('\\');
        putchar(*text == '\n' ? ' ' : *text);
    }
}

/* An example in a code span. Controls become pictures of escapes, back quotes are fenced by longer ones. */
static void put_example(const char *text)
{
    size_t n = strlen(text);
    bool cut = n > 160;

    for (n = cut ? 160 : n; cut && n > 0 && !bawn_utf8_is_start((unsigned char)text[n]);)
        n--;
    fputs("``` ", stdout);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7F)
            printf(c == '\n' ? "\\n" : "\\x%02x", c);
        else
            putchar(c);
    }
    fputs(cut ? "… ```" : " ```", stdout);
}

static void put_bits(unsigned bits, const char *const *names, size_t n)
{
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        if (!(bits & 1u << i))
            continue;
        printf("%s%s", first ? "" : ", ", names[i]);
        first = false;
    }
}

/* ---- what a file has ---------------------------------------------------------------------------------------------- */
/* Languages of its patterns, each once, in the order of their first pattern. */
static size_t languages(const char *out[], size_t max, const bawn_guard *g)
{
    size_t n = 0;

    for (size_t i = 0; i < g->n_patterns; i++) {
        const char *lang = g->patterns[i].lang;
        bool known = !lang || strcmp(lang, "*") == 0;

        for (size_t k = 0; k < n && !known; k++)
            known = strcmp(out[k], lang) == 0;
        if (!known && n < max)
            out[n++] = lang;
    }
    return n;
}

/* A row with both examples; English before the others. */
static const bawn_pattern *example(const bawn_guard *g)
{
    const bawn_pattern *found = NULL;

    for (size_t i = 0; i < g->n_patterns; i++) {
        const bawn_pattern *p = &g->patterns[i];

        if (!p->hit || !p->miss || !*p->hit || !*p->miss)
            continue;
        if (p->lang && strcmp(p->lang, "en") == 0)
            return p;
        if (!found)
            found = p;
    }
    return found;
}

static void put_file(const bawn_guard *g)
{
    static const char *const places[] = { "system", "input", "untrusted", "tool arguments", "output" };
    static const char *const views[] = { "raw", "canonical", "leet", "decoded" };
    const char *langs[32];
    size_t n = languages(langs, BAWN_COUNT(langs), g);
    const bawn_pattern *p = example(g);

    printf("\n### `%s`\n\n%s\n\n", g->id, g->doc ? g->doc : "");
    fputs("- looks at: ", stdout);
    put_bits(g->places, places, BAWN_COUNT(places));
    fputs("; in the views: ", stdout);
    put_bits(g->views, views, BAWN_COUNT(views));
    printf("\n- woken by: ");
    if (g->n_patterns)
        printf("%u pattern%s", g->n_patterns, g->n_patterns == 1 ? "" : "s");
    if (g->digits_max)
        printf("%snumbers of %u to %u digits", g->n_patterns ? ", " : "", g->digits_min, g->digits_max);
    if (g->scan)
        printf("%sits own scan of the text", g->n_patterns || g->digits_max ? ", " : "");
    putchar('\n');
    if (n > 0)
        fputs("- languages: ", stdout);
    for (size_t i = 0; i < n; i++)
        printf("%s%s", i ? ", " : "", langs[i]);
    if (n > 0)
        putchar('\n');
    if (!p || strcmp(g->guard, "words") == 0 || strcmp(g->guard, "secrets") == 0)  /* profanity; what scanners of docs cry at */
        return;
    fputs("- finds: ", stdout);
    put_example(p->hit);
    fputs("\n- lets pass: ", stdout);
    put_example(p->miss);
    putchar('\n');
}

/* ---- a section ----------------------------------------------------------------------------------------------------- */
static bool is_first_of_kind(size_t guard, size_t kind)
{
    const char *code = bawn_guards[guard]->kinds[kind].code;

    for (size_t g = 0; g <= guard; g++) {
        size_t until = g == guard ? kind : bawn_guards[g]->n_kinds;

        for (size_t k = 0; k < until; k++)
            if (strcmp(bawn_guards[g]->kinds[k].code, code) == 0)
                return false;
    }
    return true;
}

static void put_kinds(const char *name)
{
    fputs("\n| kind | what | input | output | OWASP | ATLAS |\n| --- | --- | --- | --- | --- | --- |\n", stdout);
    for (size_t g = 0; g < bawn_n_guards; g++) {
        if (strcmp(bawn_guards[g]->guard, name) != 0)
            continue;
        for (size_t k = 0; k < bawn_guards[g]->n_kinds; k++) {
            const bawn_kind *kind = &bawn_guards[g]->kinds[k];

            if (!is_first_of_kind(g, k))
                continue;
            printf("| `%s` | ", kind->code);
            put_cell(kind->doc ? kind->doc : "");
            printf(" | %s | %s | %s | %s |\n", actions[kind->input], actions[kind->output], kind->owasp ? kind->owasp : "",
                   kind->atlas ? kind->atlas : "");
        }
    }
}

static void put_section(const char *name)
{
    printf("\n## %s\n", name);
    put_kinds(name);
    for (size_t g = 0; g < bawn_n_guards; g++)
        if (strcmp(bawn_guards[g]->guard, name) == 0)
            put_file(bawn_guards[g]);
}

int main(void)
{
    size_t patterns = 0;

    for (size_t g = 0; g < bawn_n_guards; g++)
        patterns += bawn_guards[g]->n_patterns;
    printf("%zu guard files, %zu patterns.\n", bawn_n_guards, patterns);
    for (size_t g = 0; g < bawn_n_guards; g++) {
        bool first = true;

        for (size_t before = 0; before < g && first; before++)
            first = strcmp(bawn_guards[before]->guard, bawn_guards[g]->guard) != 0;
        if (first)
            put_section(bawn_guards[g]->guard);
    }
    return ferror(stdout) ? 1 : 0;
}
