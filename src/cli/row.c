/* row.c: the filter's lines. Reader and writer of the fixed contract (RULINGS R12, R46):
 *   in   {"id": any JSON, "text": "...", "role"?, "origin"?, "context"?, "query"?}       other members are ignored
 *   out  {"id","action","scores":{guard: 0..1},"findings":[{"guard","kind","begin","end","score"}],"guarded","total"}
 *        and "masked" when the action is mask, "failed": true when a guard could not run
 *   bad  {"id": what could be read, else null, "error":{"code","message","line"}}
 * `query` belongs to grounding, which is not built yet: it is read and used by nothing. No allocation for a line whose
 * strings hold no escapes. */
#include "cli/judge.h"

enum { M_ID, M_TEXT, M_ROLE, M_ORIGIN, M_CONTEXT, M_QUERY, MEMBERS };
static const bawn_slice members[MEMBERS] = {
    { "id", 2 }, { "text", 4 }, { "role", 4 }, { "origin", 6 }, { "context", 7 }, { "query", 5 },
};

/* ---- reading --------------------------------------------------------------------------------------------------- */
/* Where each known member's value is, 0: absent. */
static void find_members(uint32_t at[MEMBERS], const bawn_json *j)
{
    uint32_t token = 1;

    for (uint32_t i = 0; i < j->tokens[0].count; i++) {
        bawn_slice key = bawn_json_raw(j, token);

        for (int m = 0; m < MEMBERS; m++)
            if (bawn_slice_eq(key, members[m]))
                at[m] = token + 1;
        token = j->tokens[token + 1].next;
    }
}

/* The value as it stands in the line, quotes included. */
static bawn_slice raw_value(const bawn_json *j, uint32_t token)
{
    bawn_slice raw = bawn_json_raw(j, token);

    return j->tokens[token].type == BAWN_JSON_STRING ? bawn_slice_of(raw.ptr - 1, raw.len + 2) : raw;
}

static bool wrong_type(bawn_error *err, const char *member, const char *expected)
{
    return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "`%s` is missing or no string; expected %s", member, expected);
}

static bool read_text(bawn_slice *out, const bawn_json *j, uint32_t token, bawn_arena *arena, bawn_error *err)
{
    bawn_json_map map;

    return bawn_json_decode(out, &map, j, token, arena) || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for this line");
}

/* One of the words, into *out; absent: *out stays. */
static bool read_word(int *out, const bawn_json *j, uint32_t token, const char *name, const char *const *words, size_t n,
                      bawn_error *err)
{
    if (token == 0 || j->tokens[token].type == BAWN_JSON_NULL)
        return true;
    int found = j->tokens[token].type == BAWN_JSON_STRING ? bawn_cli_word(words, n, bawn_json_raw(j, token)) : -1;
    if (found >= 0) {
        *out = found;
        return true;
    }
    bawn_slice raw = bawn_json_raw(j, token);
    const char *near = j->tokens[token].type == BAWN_JSON_STRING ? bawn_nearest(raw, words) : NULL;
    bawn_buf list = { 0 };
    for (size_t i = 0; i < n; i++)
        bawn_buf_fmt(&list, "%s%s", i ? ", " : "", words[i]);
    bawn_error_set(err, BAWN_E_INVALID_REQUEST, "`%s` is %.*s; expected one of %.*s%s%s", name,
                   (int)(raw.len > 40 ? 40 : raw.len), raw.ptr, (int)list.len, list.ptr, near ? "; did you mean " : "",
                   near ? near : "");
    bawn_buf_free(&list);
    return false;
}

static bool read_who(bawn_cli_row *row, const bawn_json *j, const uint32_t at[MEMBERS], bawn_error *err)
{
    static const bawn_origin by_role[] = { BAWN_APPLICATION, BAWN_CALLER, BAWN_MODEL, BAWN_TOOL_RESULT };
    int role = BAWN_USER, origin;

    if (!read_word(&role, j, at[M_ROLE], "role", bawn_cli_roles, 4, err))
        return false;
    origin = (int)by_role[role];
    if (!read_word(&origin, j, at[M_ORIGIN], "origin", bawn_cli_origins, 5, err))
        return false;
    row->role = (bawn_role)role;
    row->origin = (bawn_origin)origin;
    return true;
}

bool bawn_cli_row_parse(bawn_cli_row *row, bawn_json *j, bawn_arena *arena, bawn_slice line, bawn_error *err)
{
    uint32_t at[MEMBERS] = { 0 };

    *row = (bawn_cli_row){ 0 };
    if (!bawn_json_parse(j, line, 64, err))
        return false;
    if (j->tokens[0].type != BAWN_JSON_OBJECT)
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "a line is one object {\"id\", \"text\"}; found something else");
    find_members(at, j);
    if (at[M_ID])
        row->id = raw_value(j, at[M_ID]);
    if (!at[M_TEXT] || j->tokens[at[M_TEXT]].type != BAWN_JSON_STRING)
        return wrong_type(err, "text", "the text to judge");
    row->has_context = at[M_CONTEXT] && j->tokens[at[M_CONTEXT]].type == BAWN_JSON_STRING;
    return read_who(row, j, at, err) && read_text(&row->text, j, at[M_TEXT], arena, err) &&
           (!row->has_context || read_text(&row->context, j, at[M_CONTEXT], arena, err));
}

/* ---- writing --------------------------------------------------------------------------------------------------- */
void bawn_cli_write_score(bawn_buf *out, float score)
{
    unsigned n = score >= 1.0f ? 10000 : score > 0.0f ? (unsigned)(score * 10000.0f + 0.5f) : 0;
    char text[6] = { '0', '.' };
    size_t len = 6;

    if (n == 0 || n == 10000) {
        bawn_buf_byte(out, n ? '1' : '0');
        return;
    }
    for (size_t i = 5; i > 1; i--, n /= 10)
        text[i] = (char)('0' + n % 10);
    while (text[len - 1] == '0')
        len--;
    bawn_buf_add(out, bawn_slice_of(text, len));
}

static void write_scores(bawn_buf *out, const bawn_cli_guards *g, const bawn_verdict *v)
{
    bawn_buf_add(out, BAWN_LIT("\"scores\":{"));
    for (size_t i = 0; i < g->n; i++) {
        float most = 0;

        for (size_t k = 0; k < v->n_findings; k++)
            if (v->findings[k].segment == 0 && v->findings[k].score > most && bawn_slice_eq(v->findings[k].guard, g->names[i]))
                most = v->findings[k].score;
        if (i)
            bawn_buf_byte(out, ',');
        bawn_json_write_string(out, g->names[i]);
        bawn_buf_byte(out, ':');
        bawn_cli_write_score(out, most);
    }
    bawn_buf_byte(out, '}');
}

static void write_finding(bawn_buf *out, const bawn_finding *f)
{
    bawn_buf_add(out, BAWN_LIT("{\"guard\":"));
    bawn_json_write_string(out, f->guard);
    bawn_buf_add(out, BAWN_LIT(",\"kind\":"));
    bawn_json_write_string(out, f->kind);
    bawn_buf_add(out, BAWN_LIT(",\"begin\":"));
    bawn_buf_u64(out, f->span.begin);
    bawn_buf_add(out, BAWN_LIT(",\"end\":"));
    bawn_buf_u64(out, f->span.end);
    bawn_buf_add(out, BAWN_LIT(",\"score\":"));
    bawn_cli_write_score(out, f->score);
    bawn_buf_byte(out, '}');
}

static void write_findings(bawn_buf *out, const bawn_cli_guards *g, const bawn_verdict *v)
{
    write_scores(out, g, v);
    bawn_buf_add(out, BAWN_LIT(",\"findings\":["));
    for (size_t i = 0; i < v->n_findings; i++) {
        if (i)
            bawn_buf_byte(out, ',');
        write_finding(out, &v->findings[i]);
    }
    bawn_buf_byte(out, ']');
}

static void write_id(bawn_buf *out, bawn_slice id)
{
    bawn_buf_add(out, BAWN_LIT("{\"id\":"));
    bawn_buf_add(out, id.len ? id : BAWN_LIT("null"));
}

void bawn_cli_row_write(bawn_buf *out, const bawn_cli_guards *g, bawn_slice id, const bawn_verdict *v, bawn_slice masked)
{
    static const bawn_slice actions[] = { { ",\"action\":\"allow\",", 18 }, { ",\"action\":\"observe\",", 20 },
                                          { ",\"action\":\"mask\",", 17 }, { ",\"action\":\"block\",", 18 } };

    write_id(out, id);
    bawn_buf_add(out, actions[v->action & 3]);
    if (v->n_findings == 0)
        bawn_buf_add(out, bawn_buf_slice(&g->quiet));
    else
        write_findings(out, g, v);
    bawn_buf_add(out, BAWN_LIT(",\"guarded\":"));
    bawn_buf_u64(out, v->guarded);
    bawn_buf_add(out, BAWN_LIT(",\"total\":"));
    bawn_buf_u64(out, v->total);
    if (v->action == BAWN_MASK) {
        bawn_buf_add(out, BAWN_LIT(",\"masked\":"));
        bawn_json_write_string(out, masked);
    }
    bawn_buf_add(out, v->failed ? BAWN_LIT(",\"failed\":true}\n") : BAWN_LIT("}\n"));
}

void bawn_cli_row_write_error(bawn_buf *out, bawn_slice id, const bawn_error *err, uint64_t line)
{
    write_id(out, id);
    bawn_buf_add(out, BAWN_LIT(",\"error\":{\"code\":"));
    bawn_json_write_string(out, bawn_slice_str(bawn_error_code_name(err->code)));
    bawn_buf_add(out, BAWN_LIT(",\"message\":"));
    bawn_slice message = bawn_slice_str(err->message);
    bawn_json_write_string(out, bawn_slice_of(message.ptr, bawn_utf8_valid_prefix(message)));
    bawn_buf_add(out, BAWN_LIT(",\"line\":"));
    bawn_buf_u64(out, line);
    bawn_buf_add(out, BAWN_LIT("}}\n"));
}
