/* The tokeniser of sql_lex.h. Comments between tokens are white space, as databases read them, but for those that end a
 * line: they are tokens, because cutting off the rest of a statement is what injections need. */
#include "guard/code_injection/sql_lex.h"

static const struct { const char *word; sql_type type; } words[] = {
    { "or", SQL_LOGIC }, { "and", SQL_LOGIC }, { "xor", SQL_LOGIC }, { "not", SQL_NOT },
    { "like", SQL_COMPARE }, { "rlike", SQL_COMPARE }, { "regexp", SQL_COMPARE }, { "is", SQL_COMPARE },
    { "in", SQL_COMPARE }, { "between", SQL_COMPARE }, { "glob", SQL_COMPARE }, { "ilike", SQL_COMPARE },
    { "true", SQL_CONSTANT }, { "false", SQL_CONSTANT }, { "null", SQL_CONSTANT },
    { "union", SQL_UNION }, { "select", SQL_SELECT },
    { "drop", SQL_STATEMENT }, { "delete", SQL_STATEMENT }, { "insert", SQL_STATEMENT }, { "update", SQL_STATEMENT },
    { "truncate", SQL_STATEMENT }, { "alter", SQL_STATEMENT }, { "create", SQL_STATEMENT }, { "exec", SQL_STATEMENT },
    { "execute", SQL_STATEMENT }, { "shutdown", SQL_STATEMENT }, { "declare", SQL_STATEMENT },
    { "waitfor", SQL_STATEMENT }, { "grant", SQL_STATEMENT }, { "copy", SQL_STATEMENT }, { "call", SQL_STATEMENT },
    { "order", SQL_CLAUSE }, { "group", SQL_CLAUSE }, { "having", SQL_CLAUSE }, { "limit", SQL_CLAUSE },
    { "procedure", SQL_CLAUSE }
};

void sql_open(sql_text *s, bawn_probe *p, size_t at)
{
    *s = (sql_text){ .probe = p, .at = at, .limit = at + SQL_REACH };
}

static int peek(sql_text *s, size_t ahead) { return bawn_probe_at(s->probe, s->at + ahead); }

/* Over white space and comments that do not end a line. A '+' is a space in form data. */
static void skip_space(sql_text *s)
{
    while (s->at < s->limit) {
        int c = peek(s, 0);
        if (c >= 0 && bawn_is_space((unsigned char)c)) {
            s->at++;
        } else if (c == '+' && bawn_is_alnum((unsigned char)bawn_probe_back(s->probe, s->at)) && bawn_is_alpha((unsigned char)peek(s, 1))) {
            s->at++;
        } else if (c == '\\' && peek(s, 1) == '"' && s->probe->place == BAWN_IN_TOOL_ARGUMENTS) {
            s->at++;                            /* a quote, escaped in JSON */
        } else if (c == '/' && peek(s, 1) == '*' && peek(s, 2) == '!') {
            s->executable_comment = true;
            s->at += 3;
            while (bawn_is_digit((unsigned char)peek(s, 0)) && peek(s, 0) > 0)
                s->at++;
        } else if (c == '*' && peek(s, 1) == '/') {
            s->at += 2;
        } else if (c == '/' && peek(s, 1) == '*') {
            static const char *const close[] = { "*/", NULL };
            size_t end = bawn_inject_find(s->probe, s->at + 2, s->at + 64, -1, close);
            if (end == SIZE_MAX)
                return;
            s->at = end + 2;
        } else {
            return;
        }
    }
}

/* A quoted string; a doubled quote and a backslash keep it going, a line's end does not. Inside a string of JSON, a double
 * quote is escaped and ends with another that is. */
static sql_type quoted(sql_text *s, size_t *end, int quote)
{
    size_t i = s->at + 1, most = s->at + 96;
    bool escaped = quote == '"' && s->probe->place == BAWN_IN_TOOL_ARGUMENTS && bawn_probe_back(s->probe, s->at) == '\\';
    for (; i < most; i++) {
        int c = bawn_probe_at(s->probe, i);
        if (c < 0 || c == '\n' || (c == '"' && bawn_inject_value_closes(s->probe, i)))
            break;
        if (c == '\\' && escaped && bawn_probe_at(s->probe, i + 1) == quote) {
            *end = i + 2;
            return SQL_STRING;
        }
        if (c == '\\') {
            i++;
        } else if (c == quote) {
            if (bawn_probe_at(s->probe, i + 1) != quote) {
                *end = i + 1;
                return SQL_STRING;
            }
            i++;
        }
    }
    *end = i < s->probe->text.len ? i : s->probe->text.len;
    return SQL_OPEN;
}

static sql_type word(sql_text *s, size_t *end)
{
    size_t i = s->at;
    while (i < s->at + 64 && (bawn_inject_name_byte(bawn_probe_at(s->probe, i)) || (i > s->at && bawn_probe_at(s->probe, i) == '.')))
        i++;
    *end = i;
    bawn_slice w = { s->probe->text.ptr + s->at, i - s->at };
    for (size_t k = 0; k < BAWN_COUNT(words); k++)
        if (bawn_slice_eq_nocase(w, bawn_slice_str(words[k].word)))
            return words[k].type;
    size_t open = bawn_inject_blanks(s->probe, i);
    return bawn_probe_at(s->probe, open) == '(' ? SQL_CALL : SQL_WORD;
}

static sql_type number(sql_text *s, size_t *end)
{
    size_t i = s->at;
    bool hex = peek(s, 0) == '0' && (peek(s, 1) | 32) == 'x';
    for (i += hex ? 2 : 0; i < s->at + 64; i++) {
        int c = bawn_probe_at(s->probe, i);
        if (c < 0 || !(bawn_is_digit((unsigned char)c) || c == '.' || (hex && bawn_is_alnum((unsigned char)c))))
            break;
    }
    *end = i;
    return SQL_NUMBER;
}

/* A comment to the line's end. It closes when nothing but its own signs follows: " -- -", "--+", "#". */
static sql_type comment(sql_text *s, sql_token *t)
{
    size_t i = s->at;
    for (; i < s->limit; i++) {
        int c = bawn_probe_at(s->probe, i);
        if (c < 0 || !strchr("-+#/* \t;'\"`)]}.", c) || bawn_inject_value_closes(s->probe, i))
            break;
    }
    t->closes = bawn_inject_value_ends(s->probe, i);
    t->end = i;
    while (t->end > s->at && bawn_is_space((unsigned char)s->probe->text.ptr[t->end - 1]))
        t->end--;
    return SQL_COMMENT;
}

static sql_type sign(sql_text *s, sql_token *t, int c)
{
    int next = peek(s, 1);
    if ((c == '-' && next == '-') || c == '#' || (c == '/' && next == '*'))
        return comment(s, t);
    if (c == '|' && next == '|') { t->end++; return SQL_CONCAT; }
    if (c == '&' && next == '&') { t->end++; return SQL_LOGIC; }
    if (c == '=' || c == '<' || c == '>' || (c == '!' && next == '=')) {
        while (t->end < s->at + 3 && bawn_probe_at(s->probe, t->end) >= 0 && strchr("=<>", bawn_probe_at(s->probe, t->end)))
            t->end++;
        return SQL_COMPARE;
    }
    switch (c) {
    case '(': return SQL_LEFT;
    case ')': return SQL_RIGHT;
    case ',': return SQL_COMMA;
    case ';': return SQL_SEMICOLON;
    case '+': return SQL_PLUS;
    case '!': return SQL_NOT;
    default:  return SQL_SIGN;
    }
}

static void next_token(sql_text *s, sql_token *t)
{
    skip_space(s);
    int c = s->at < s->limit && !bawn_inject_value_closes(s->probe, s->at) ? peek(s, 0) : -1;
    *t = (sql_token){ .type = SQL_END, .begin = s->at, .end = s->at };
    if (c < 0)
        return;
    t->end = s->at + 1;
    if (c == '\'' || c == '"')
        t->type = quoted(s, &t->end, c);
    else if (bawn_is_digit((unsigned char)c))
        t->type = number(s, &t->end);
    else if (c == '@') {
        while (t->end < s->at + 32 && (bawn_inject_name_byte(bawn_probe_at(s->probe, t->end)) || bawn_probe_at(s->probe, t->end) == '@'))
            t->end++;
        t->type = SQL_VARIABLE;
    } else if (bawn_inject_name_byte(c))
        t->type = word(s, &t->end);
    else
        t->type = sign(s, t, c);
    s->at = t->end;
}

const sql_token *sql_get(sql_text *s, unsigned k)
{
    if (k >= SQL_TOKENS)
        k = SQL_TOKENS - 1;
    while (s->n <= k) {
        if (s->n > 0 && s->tokens[s->n - 1].type == SQL_END) {
            s->tokens[s->n] = s->tokens[s->n - 1];
            s->n++;
        } else {
            next_token(s, &s->tokens[s->n++]);
        }
    }
    return &s->tokens[k];
}

static bawn_slice content(sql_text *s, unsigned k)
{
    const sql_token *t = sql_get(s, k);
    bawn_slice v = { s->probe->text.ptr + t->begin, t->end - t->begin };
    if (t->type == SQL_STRING || t->type == SQL_OPEN) {
        bool escaped = t->type == SQL_STRING && v.len >= 3 && v.ptr[0] == '"' && v.ptr[v.len - 2] == '\\';
        v.ptr++;
        v.len -= escaped ? 3 : t->type == SQL_STRING ? 2 : 1;
    }
    return v;
}

bool sql_is(sql_text *s, unsigned k, const char *lower_word)
{
    return sql_get(s, k)->type != SQL_END && bawn_slice_eq_nocase(content(s, k), bawn_slice_str(lower_word));
}

bool sql_same(sql_text *s, unsigned a, unsigned b)
{
    bawn_slice x = content(s, a), y = content(s, b);
    const sql_token *right = sql_get(s, b), *left = sql_get(s, a);
    bool strings = left->type == SQL_STRING && (right->type == SQL_STRING || right->type == SQL_OPEN);

    if (strings)    /* 'a'='a: an open string may have swallowed what follows the payload */
        return y.len >= x.len && bawn_slice_eq_nocase(x, bawn_slice_of(y.ptr, x.len)) &&
               (y.len == x.len || !bawn_is_alnum((unsigned char)y.ptr[x.len]));
    return left->type == right->type && (left->type == SQL_NUMBER || left->type == SQL_CONSTANT || left->type == SQL_VARIABLE) &&
           bawn_slice_eq_nocase(x, y);
}
