/* report_sarif.c: SARIF 2.1.0 (OASIS), as code hosts and editors read it: a rule for each kind that occurs, a result for
 * each finding, places in characters. */
#include "cli/advice.h"
#include "cli/report.h"

#include <jansson.h>

static json_t *text_of(bawn_slice text) { return json_stringn(text.ptr ? text.ptr : "", text.len); }

static void sarif_begin(bawn_cli_report *r)
{
    r->data = json_array();
    r->kinds = json_object();
}

/* The rule of a kind, made when it first occurs. */
static void add_rule(bawn_cli_report *r, const bawn_finding *f)
{
    const bawn_kind *kind = bawn_cli_kind(f->kind);
    char code[160];

    snprintf(code, sizeof code, "%.*s", (int)f->kind.len, f->kind.ptr);
    if (json_object_get(r->kinds, code))
        return;
    json_object_set_new(r->kinds, code,
                        json_pack("{s:s, s:{s:s}, s:{s:[s, s]}}", "id", code, "shortDescription", "text",
                                  kind ? kind->doc : "From the policy", "properties", "tags",
                                  kind && kind->owasp ? kind->owasp : "", kind && kind->atlas ? kind->atlas : ""));
}

static json_t *location(const bawn_cli_document *d, const bawn_cli_text *t, bawn_span span)
{
    bawn_cli_region at = bawn_cli_document_region(d, t, span);
    json_t *region = json_pack("{s:i}", "startLine", (int)at.line);

    if (!t->line) {
        json_object_set_new(region, "startColumn", json_integer(at.column));
        json_object_set_new(region, "endLine", json_integer(at.end_line));
        json_object_set_new(region, "endColumn", json_integer(at.end_column));
    }
    return json_pack("{s:{s:{s:s}, s:o}}", "physicalLocation", "artifactLocation", "uri", d->name, "region", region);
}

static void sarif_one(bawn_cli_report *r, const bawn_cli_document *d, const bawn_cli_text *t, const bawn_verdict *v,
                      bawn_slice masked)
{
    static const char *const levels[] = { "none", "note", "warning", "error" };

    (void)masked;
    for (size_t i = 0; i < v->n_findings; i++) {
        const bawn_finding *f = &v->findings[i];
        json_t *result;
        char message[256];

        if (f->segment != 0)
            continue;
        add_rule(r, f);
        snprintf(message, sizeof message, "%.*s: %s, score %.2f (%s), %s view", (int)f->kind.len, f->kind.ptr,
                 bawn_cli_actions[f->action & 3], (double)f->score, bawn_cli_confidence(f->score),
                 bawn_cli_view_name(f->view));
        result = json_pack("{s:o, s:s, s:{s:s}, s:[o], s:{s:f, s:s, s:o}}", "ruleId", text_of(f->kind), "level",
                           levels[f->action & 3], "message", "text", message, "locations", location(d, t, f->span),
                           "properties", "score", (double)f->score, "action", bawn_cli_actions[f->action & 3], "path",
                           text_of(t->path));
        if (result)
            json_array_append_new(r->data, result);
    }
}

static void sarif_broken(bawn_cli_report *r, const char *file, bawn_slice id, const bawn_error *err, uint32_t line)
{
    bawn_cli_format_text.broken(r, file, id, err, line);        /* SARIF has results only: to standard error */
}

static void sarif_end(bawn_cli_report *r)
{
    json_t *rules = json_array(), *rule, *log;
    const char *code;

    json_object_foreach(r->kinds, code, rule)
        json_array_append(rules, rule);
    log = json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}", "$schema",
                    "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", "tool", "driver", "name",
                    "Bawn", "version", BAWN_VERSION, "rules", rules, "columnKind", "unicodeCodePoints", "results", r->data);
    if (log)
        json_dumpf(log, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(log);
    json_decref(r->kinds);
}

const bawn_cli_format bawn_cli_format_sarif = { "sarif", sarif_begin, sarif_one, sarif_broken, sarif_end };
