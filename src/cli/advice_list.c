/* advice_list.c: advice on the findings of one text or one decision: first what lets exactly them pass, then what lets more
 * pass, and how much more. The same change is said once, however many findings ask for it. */
#include "cli/advice.h"

bool bawn_cli_change_same(const bawn_cli_change *a, const bawn_cli_change *b)
{
    return strcmp(a->text, b->text) == 0 && strcmp(a->advice, b->advice) == 0;
}

static bool holds(const bawn_cli_advice_row *rows, size_t n, const bawn_cli_change *change)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_cli_change_same(&rows[i].change, change))
            return true;
    return false;
}

static void add(bawn_cli_advice *a, bawn_cli_advice_row *rows, size_t *n, const bawn_cli_change *change, const bawn_cli_case *c)
{
    if (holds(rows, *n, change))
        return;
    if (*n == CLI_ADVICE_MOST) {
        a->more++;
        return;
    }
    rows[*n] = (bawn_cli_advice_row){ *change, *c };
    rows[*n].about.value = rows[*n].about.hash = BAWN_NIL;      /* the caller's, and not needed any more */
    (*n)++;
}

void bawn_cli_advice_add(bawn_cli_advice *a, const bawn_policy *policy, const bawn_cli_case *c)
{
    bawn_cli_change exact, wide;
    bool has = bawn_cli_change_exact(&exact, c);

    bawn_cli_change_for(&wide, policy, c);
    if (has)
        add(a, a->exact, &a->n_exact, &exact, c);
    if (!has || !bawn_cli_change_same(&exact, &wide))
        add(a, a->wide, &a->n_wide, &wide, c);
}

/* "except: [{a}]" and "except: [{b}]" are one list: a key stands once in a map. False: two lists, or there is no room. */
static bool join(bawn_cli_change *out, const bawn_cli_change *more)
{
    size_t head = strcspn(more->text, "["), items = strlen(more->text + head);
    char *end = strrchr(out->text, ']');

    if (!end || items == 0 || strncmp(out->text, more->text, head + 1) != 0 ||
        (size_t)(end - out->text) + items + 2 > sizeof out->text)
        return false;
    snprintf(end, sizeof out->text - (size_t)(end - out->text), ", %s", more->text + head + 1);
    return true;
}

void bawn_cli_show_changes(FILE *out, const bawn_policy *policy, const bawn_cli_change *const *changes, size_t n,
                           bawn_slice guardrail, const char *indent)
{
    bool said[CLI_ADVICE_MOST] = { false };

    for (size_t i = 0; i < n; i++) {
        bawn_cli_change all = *changes[i];
        for (size_t k = i + 1; k < n && !said[i]; k++)
            said[k] = said[k] || bawn_cli_change_same(&all, changes[k]) || join(&all, changes[k]);
        if (!said[i])
            bawn_cli_show_change(out, policy, &all, guardrail, indent);
    }
}

void bawn_cli_advice_show(FILE *out, const bawn_cli_advice *a, const bawn_policy *policy, bawn_slice guardrail, const char *exactly)
{
    const bawn_cli_change *exact[CLI_ADVICE_MOST];

    for (size_t i = 0; i < a->n_exact; i++)
        exact[i] = &a->exact[i].change;
    if (a->n_exact > 0)
        fprintf(out, "   %s:\n", exactly);
    bawn_cli_show_changes(out, policy, exact, a->n_exact, guardrail, "     ");
    for (size_t i = 0; i < a->n_wide; i++) {
        fputs(a->n_exact ? "   wider, it lets pass " : "   to let it pass, and with it ", out);
        bawn_cli_show_scope(out, &a->wide[i].change, &a->wide[i].about);
        fputs(":\n", out);
        bawn_cli_show_change(out, policy, &a->wide[i].change, guardrail, "     ");
    }
    if (a->more > 0)
        fprintf(out, "   (%zu more findings need changes of their own)\n", a->more);
}
