/* report_json.c: for machines: `json`, one document, and `jsonl`, the filter's lines with a file's name as id. */
#include "cli/report.h"

#include <unistd.h>

/* ---- shared -------------------------------------------------------------------------------------------------------- */
static void id_of(bawn_buf *out, const bawn_cli_document *d, const bawn_cli_text *t)
{
    if (t->line) {
        bawn_buf_add(out, t->row.id.len ? t->row.id : BAWN_LIT("null"));
        return;
    }
    bawn_slice name = bawn_slice_str(d->name);
    bool sound = bawn_utf8_valid_prefix(name) == name.len;
    bawn_buf_byte(out, '"');
    bawn_json_write_escaped(out, sound ? name : BAWN_LIT("(a name that is not UTF-8)"));
    if (t->path.len) {
        bawn_buf_byte(out, '#');
        bawn_json_write_escaped(out, t->path);
    }
    bawn_buf_byte(out, '"');
}

static void write_row(bawn_cli_report *r, const bawn_cli_document *d, const bawn_cli_text *t, const bawn_verdict *v,
                      bawn_slice masked, const char *before)
{
    bawn_buf out = { 0 }, id = { 0 };

    id_of(&id, d, t);
    bawn_cli_row_write(&out, bawn_cli_judge_guards(r->judge, &t->row), bawn_buf_slice(&id), v, masked);
    if (!out.failed && out.len > 0)
        printf("%s%.*s", before, (int)out.len - 1, out.ptr);
    bawn_buf_free(&out);
    bawn_buf_free(&id);
}

static void write_broken(const char *file, bawn_slice id, const bawn_error *err, uint32_t line, const char *before)
{
    bawn_buf out = { 0 }, name = { 0 };
    bawn_slice plain = bawn_slice_str(file);

    if (!id.len && bawn_utf8_valid_prefix(plain) == plain.len) {
        bawn_json_write_string(&name, plain);
        id = line ? BAWN_NIL : bawn_buf_slice(&name);
    }
    bawn_cli_row_write_error(&out, id, err, line ? line : err->line);
    if (!out.failed && out.len > 0)
        printf("%s%.*s", before, (int)out.len - 1, out.ptr);
    bawn_buf_free(&out);
    bawn_buf_free(&name);
}

/* ---- json ---------------------------------------------------------------------------------------------------------- */
static const char *separator(bawn_cli_report *r) { return r->texts + r->broken > 1 ? ",\n" : "\n"; }

static void json_begin(bawn_cli_report *r)
{
    printf("{\"bawn\":\"%s\",\"policy\":\"%s\",\"results\":[", BAWN_VERSION, bawn_wall_hash(r->judge->wall));
}

static void json_one(bawn_cli_report *r, const bawn_cli_document *d, const bawn_cli_text *t, const bawn_verdict *v,
                     bawn_slice masked)
{
    write_row(r, d, t, v, masked, separator(r));
}

static void json_broken(bawn_cli_report *r, const char *file, bawn_slice id, const bawn_error *err, uint32_t line)
{
    write_broken(file, id, err, line, separator(r));
}

static void json_end(bawn_cli_report *r)
{
    printf("\n],\"summary\":{\"texts\":%zu,\"allow\":%zu,\"observe\":%zu,\"mask\":%zu,\"block\":%zu,\"broken\":%zu}}\n",
           r->texts, r->counts[BAWN_ALLOW], r->counts[BAWN_OBSERVE], r->counts[BAWN_MASK], r->counts[BAWN_BLOCK], r->broken);
}

const bawn_cli_format bawn_cli_format_json = { "json", json_begin, json_one, json_broken, json_end };

/* ---- jsonl --------------------------------------------------------------------------------------------------------- */
static void jsonl_nothing(bawn_cli_report *r) { (void)r; }

static void jsonl_one(bawn_cli_report *r, const bawn_cli_document *d, const bawn_cli_text *t, const bawn_verdict *v,
                      bawn_slice masked)
{
    write_row(r, d, t, v, masked, "");
    putchar('\n');
}

static void jsonl_broken(bawn_cli_report *r, const char *file, bawn_slice id, const bawn_error *err, uint32_t line)
{
    (void)r;
    write_broken(file, id, err, line, "");
    putchar('\n');
}

const bawn_cli_format bawn_cli_format_jsonl = { "jsonl", jsonl_nothing, jsonl_one, jsonl_broken, jsonl_nothing };
