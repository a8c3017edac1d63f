/* report_text.c: for people: a line a finding, as compilers write them, and a summary; with --explain all about it. */
#include "cli/report.h"

static void begin(bawn_cli_report *r) { (void)r; }

static void where(const bawn_cli_document *d, const bawn_cli_text *t, bawn_span span)
{
    bawn_cli_region region = bawn_cli_document_region(d, t, span);

    printf("%s%s:%u", bawn_cli_ink(stdout, CLI_BOLD), d->name, (unsigned)region.line);
    if (!t->line)
        printf(":%u", (unsigned)region.column);
    printf(":%s ", bawn_cli_ink(stdout, CLI_PLAIN));
    if (t->path.len) {
        bawn_cli_show(stdout, t->path);
        fputs(" ", stdout);
    }
}

static void short_line(const bawn_cli_document *d, const bawn_cli_text *t, const bawn_finding *f)
{
    bool inside = f->span.begin <= f->span.end && f->span.end <= t->row.text.len;
    size_t len = inside ? f->span.end - f->span.begin : 0;

    where(d, t, f->span);
    printf("%s%s%s %.*s %.2f ", bawn_cli_ink(stdout, bawn_cli_action_colour(f->action)), bawn_cli_actions[f->action & 3],
           bawn_cli_ink(stdout, CLI_PLAIN), (int)f->kind.len, f->kind.ptr, (double)f->score);
    if (len > 0) {
        bawn_slice seen = { t->row.text.ptr + f->span.begin, len > 80 ? 80 : len };
        fputc('"', stdout);
        bawn_cli_show(stdout, bawn_slice_of(seen.ptr, bawn_utf8_valid_prefix(seen)));
        fputs(len > 80 ? "...\"" : "\"", stdout);
    }
    fputc('\n', stdout);
}

static void one(bawn_cli_report *r, const bawn_cli_document *d, const bawn_cli_text *t, const bawn_verdict *v,
                bawn_slice masked)
{
    if (r->explain) {
        where(d, t, (bawn_span){ 0, 0 });
        fputc('\n', stdout);
        bawn_cli_explain(stdout, r->judge, &t->row, v, masked);
        return;
    }
    for (size_t i = 0; i < v->n_findings; i++)
        if (v->findings[i].segment == 0)
            short_line(d, t, &v->findings[i]);
    if (v->failed) {
        where(d, t, (bawn_span){ 0, 0 });
        puts("a guard could not run");
    }
}

static void broken(bawn_cli_report *r, const char *file, bawn_slice id, const bawn_error *err, uint32_t line)
{
    (void)r;
    (void)id;
    fflush(stdout);
    fprintf(stderr, "%s", file);
    if (line || err->line)
        fprintf(stderr, ":%u", (unsigned)(line ? line : err->line));
    if (!line && err->column)
        fprintf(stderr, ":%u", (unsigned)err->column);
    fprintf(stderr, ": %s\n", err->message);
}

static void end(bawn_cli_report *r)
{
    size_t passed = r->counts[BAWN_ALLOW] + r->counts[BAWN_OBSERVE];

    printf("%zu text%s in %zu file%s: %zu blocked, %zu masked, %zu passed", r->texts, r->texts == 1 ? "" : "s", r->files,
           r->files == 1 ? "" : "s", r->counts[BAWN_BLOCK], r->counts[BAWN_MASK], passed);
    if (r->counts[BAWN_OBSERVE])
        printf(" (%zu observed)", r->counts[BAWN_OBSERVE]);
    if (r->broken)
        printf(", %zu broken", r->broken);
    if (!r->explain && r->counts[BAWN_ALLOW] < r->texts)
        printf("; --explain says why");
    fputc('\n', stdout);
}

const bawn_cli_format bawn_cli_format_text = { "text", begin, one, broken, end };
