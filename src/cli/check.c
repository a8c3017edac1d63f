/* check.c: `bawn check`: the prompt, the filter, or files; see commands.c for what people read about it. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/report.h"

static const bawn_cli_format *const formats[] = { &bawn_cli_format_text, &bawn_cli_format_json, &bawn_cli_format_jsonl,
                                                  &bawn_cli_format_sarif };

static const bawn_cli_format *format_named(const char *name)
{
    for (size_t i = 0; i < BAWN_COUNT(formats); i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return &bawn_cli_format_text;
}

/* ---- files --------------------------------------------------------------------------------------------------------- */
static void count_broken(bawn_cli_report *r, const char *file, bawn_slice id, const bawn_error *err, uint32_t line)
{
    r->broken++;
    r->format->broken(r, file, id, err, line);
}

static bool spans_a_cut(const bawn_cli_text *t, bawn_span span)
{
    for (size_t i = 0; i < t->n_cuts; i++)
        if (span.begin < t->cuts[i] && span.end > t->cuts[i])
            return true;
    return false;
}

/* Of parts joined only what no part alone shows; nothing of that: the text was not there. Reuses the findings' room. */
static bool keep_spanning(bawn_verdict *v, bawn_finding *room, const bawn_cli_text *t)
{
    size_t n = 0;

    v->action = v->failed ? BAWN_BLOCK : BAWN_ALLOW;
    for (size_t i = 0; i < v->n_findings; i++)
        if (spans_a_cut(t, v->findings[i].span)) {
            room[n] = v->findings[i];
            v->action = room[n].action > v->action ? room[n].action : v->action;
            n++;
        }
    v->findings = room;
    v->n_findings = n;
    return n > 0 || v->failed;
}

static void judge_text(bawn_cli_report *r, bawn_cli_judge *j, const bawn_cli_document *d, const bawn_cli_text *t)
{
    const bawn_verdict *v;
    bawn_verdict spanning;
    bawn_slice masked;
    bawn_error err = { 0 };

    if (!bawn_cli_judge_row(&v, &masked, j, &t->row, &err)) {
        count_broken(r, d->name, t->row.id, &err, t->line);
        return;
    }
    if (t->n_cuts > 0) {
        bawn_finding *room = bawn_arena_alloc(d->arena, (v->n_findings + 1) * sizeof *room);
        spanning = *v;
        if (room && !keep_spanning(&spanning, room, t))
            return;
        v = &spanning;
    }
    r->texts++;
    r->counts[v->action & 3]++;
    if (v->failed)
        r->broken++;
    r->format->one(r, d, t, v, masked);
}

static void judge_lines(bawn_cli_report *r, bawn_cli_judge *j, bawn_cli_document *d, bawn_cli_progress *progress)
{
    bawn_arena *arena = bawn_arena_new(1 << 16, 0);

    for (size_t i = 0; arena && i < d->n_lines; i++) {
        size_t begin = d->lines[i], end = i + 1 < d->n_lines ? d->lines[i + 1] - 1 : d->bytes.len;
        bawn_cli_text t = { .line = (uint32_t)i + 1 };
        bawn_error err = { 0 };

        bawn_cli_progress_add(progress, end - begin);
        if (end == begin)
            continue;
        bawn_arena_reset(arena);
        if (bawn_cli_row_parse(&t.row, &d->json, arena, bawn_slice_of(d->bytes.ptr + begin, end - begin), &err))
            judge_text(r, j, d, &t);
        else
            count_broken(r, d->name, t.row.id, &err, t.line);
    }
    bawn_arena_free(arena);
}

static void judge_file(bawn_cli_report *r, bawn_cli_judge *j, const char *name, bawn_cli_progress *progress)
{
    bawn_cli_document d;
    bawn_error err = { 0 };

    r->files++;
    if (!bawn_cli_document_open(&d, name, &err))
        count_broken(r, name, BAWN_NIL, &err, 0);
    else if (d.form == CLI_LINES)
        judge_lines(r, j, &d, progress);
    else
        for (size_t i = 0; i < d.n; i++)
            judge_text(r, j, &d, &d.texts[i]);
    if (d.form != CLI_LINES)
        bawn_cli_progress_add(progress, d.bytes.len);
    bawn_cli_document_close(&d);
}

static uint64_t size_of(const char *const *names, size_t n)
{
    uint64_t total = 0;
    struct stat s;

    for (size_t i = 0; i < n; i++)
        if (stat(names[i], &s) == 0 && S_ISREG(s.st_mode))
            total += (uint64_t)s.st_size;
    return total;
}

static int check_files(bawn_cli *cli, bawn_cli_judge *j, const char *const *names, size_t n)
{
    const char *format = bawn_cli_value(cli, "format");
    bawn_cli_report r = { .format = format_named(format ? format : "text"), .judge = j,
                          .explain = bawn_cli_value(cli, "explain") != NULL };
    bawn_cli_progress progress;
    uint64_t total = size_of(names, n);
    bool asked = bawn_cli_value(cli, "progress") != NULL;

    /* On a terminal findings and a bar would write over each other. */
    bawn_cli_progress_begin(&progress, asked || (total > 4000000 && !isatty(STDOUT_FILENO)) ? total : 0, asked);
    r.format->begin(&r);
    for (size_t i = 0; i < n; i++)
        judge_file(&r, j, names[i], &progress);
    bawn_cli_progress_end(&progress);
    r.format->end(&r);
    return r.broken ? CLI_BROKEN : r.counts[BAWN_BLOCK] ? CLI_FOUND : CLI_OK;
}

/* ---- the filter ---------------------------------------------------------------------------------------------------- */
/* JSON Lines in, JSON Lines out: files go through the filter too, which never holds them whole. */
static bool all_lines(const bawn_cli *cli)
{
    for (size_t i = 0; i < cli->n_arguments; i++) {
        size_t n = strlen(cli->arguments[i]);
        if (n < 6 || (strcmp(cli->arguments[i] + n - 6, ".jsonl") != 0 && (n < 7 || strcmp(cli->arguments[i] + n - 7, ".ndjson") != 0)))
            return false;
    }
    return true;
}

static int filter_file(bawn_cli_judge *j, const char *name, bawn_cli_progress *progress)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return bawn_cli_fail(CLI_BROKEN, "%s: cannot be read; expected a file of JSON Lines", name);
    int status = bawn_cli_filter(j, fd, STDOUT_FILENO, progress);
    close(fd);
    return status;
}

static int filter(bawn_cli *cli, bawn_cli_judge *j)
{
    bawn_cli_progress progress;
    bool asked = bawn_cli_value(cli, "progress") != NULL;
    uint64_t total = size_of(cli->arguments, cli->n_arguments);
    struct stat in;
    int status = CLI_OK;

    if (cli->n_arguments == 0 && fstat(STDIN_FILENO, &in) == 0 && S_ISREG(in.st_mode))
        total = (uint64_t)in.st_size;
    bawn_cli_progress_begin(&progress, isatty(STDOUT_FILENO) && !asked ? 0 : total, asked);
    if (cli->n_arguments == 0)
        status = bawn_cli_filter(j, STDIN_FILENO, STDOUT_FILENO, &progress);
    for (size_t i = 0; i < cli->n_arguments; i++) {
        int one = filter_file(j, cli->arguments[i], &progress);
        status = one > status ? one : status;
    }
    bawn_cli_progress_end(&progress);
    return status;
}

/* ---- the command --------------------------------------------------------------------------------------------------- */
static int check(bawn_cli *cli, bawn_cli_judge *j)
{
    static const char *const standard_input[] = { "-" };
    const char *format = bawn_cli_value(cli, "format");
    bool lines = format ? strcmp(format, "jsonl") == 0 : cli->n_arguments == 0 && !bawn_cli_value(cli, "explain");

    if (cli->n_arguments == 0 && !format && isatty(STDIN_FILENO))
        return bawn_cli_prompt(j);
    if (lines && all_lines(cli))
        return filter(cli, j);
    if (cli->n_arguments == 0)
        return check_files(cli, j, standard_input, 1);
    return check_files(cli, j, cli->arguments, cli->n_arguments);
}

int bawn_cli_check(bawn_cli *cli)
{
    bawn_cli_policy policy;
    bawn_cli_judge judge;
    char cache[CLI_PATH];
    int status = CLI_USAGE;

    if (!bawn_cli_policy_load(&policy, bawn_cli_value(cli, "policy"), bawn_cli_cache(cache, cli)))
        return CLI_USAGE;
    if (bawn_cli_judge_open(&judge, &policy, bawn_cli_value(cli, "guardrail"), bawn_cli_value(cli, "side")))
        status = check(cli, &judge);
    bawn_cli_judge_close(&judge);
    bawn_cli_policy_free(&policy);
    return status;
}
