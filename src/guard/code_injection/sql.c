/* Finds SQL injection inside prose.
 *
 * A payload breaks out of a value: it begins with what ends the value (a quote, a number, nothing) and goes on with
 * something that changes the statement. So a row of the table wakes us at the second part ("or 1", "union", "; drop",
 * "'--"), we walk back to the first and read tokens from there on in its context: as is, inside '...', inside "...".
 * Findings are shapes of tokens (tautology, UNION SELECT, stacked statement, comment behind a quote, time and error
 * functions, clause probes), never words. The idea is that of libinjection (N. Galbreath, "SQLi: tokens", 2012); code
 * and tables are our own.
 *
 * What keeps prose and honest SQL out is the *stray quote*: in an injection the first quote closes a string that the
 * text itself never opened. Honest SQL ("where a='x' or b='y'") has its quotes in pairs; apostrophes have letters on
 * both sides. With a paired quote, or none, only what no honest statement says is a finding. */
#include "guard/code_injection/sql_lex.h"

typedef struct { bool stray, quote, number, opens; size_t begin; } sql_start;

/* ---- the begin: what stood before the waking words ------------------------------------------------------------ */
static bool letter(int c) { return c >= 0 && (c >= 0x80 || bawn_is_alnum((unsigned char)c)); }

/* Whether no string of this quote is open at q on its line, so that q closes what another text opened. */
static bool quote_is_stray(bawn_probe *p, size_t q)
{
    char quote = p->text.ptr[q];
    bool open = false;

    for (size_t i = bawn_inject_value(p, q); i < q; i++) {
        int before = bawn_probe_back(p, i), after = (unsigned char)p->text.ptr[i + 1];
        if (p->text.ptr[i] != quote || (quote == '\'' && letter(before) && letter(after)))
            continue;
        if (open)
            open = false;
        else
            open = !letter(before) && !bawn_is_space((unsigned char)after);
    }
    return !open;
}

/* Back over what may stand between the value's end and the keyword: blanks, parentheses, '+', whole comments. */
static size_t over_glue(const bawn_probe *p, size_t i)
{
    size_t least = i > 48 ? i - 48 : 0;
    while (i > least) {
        char c = p->text.ptr[i - 1];
        if (c == '/' && i > 1 && p->text.ptr[i - 2] == '*') {
            i -= 2;
            while (i > least && !(p->text.ptr[i - 1] == '*' && i > 1 && p->text.ptr[i - 2] == '/'))
                i--;
            i = i > 1 ? i - 2 : 0;
        } else if (bawn_is_space((unsigned char)c) || c == ')' || c == '+' || c == '!') {
            i--;
        } else {
            break;
        }
    }
    return i;
}

/* Where a payload whose second part stands at `at` begins. False: nothing there that a payload could begin with. */
static bool find_start(sql_start *s, bawn_probe *p, size_t at)
{
    size_t i = over_glue(p, at);
    int c = bawn_probe_back(p, i);

    *s = (sql_start){ .begin = i };
    if (c == '\'' || c == '"') {
        s->begin = i - 1;
        s->quote = true;
        s->stray = quote_is_stray(p, i - 1);
        return true;
    }
    if (c >= 0 && bawn_is_digit((unsigned char)c)) {
        while (i > 0 && bawn_is_digit((unsigned char)p->text.ptr[i - 1]))
            i--;
        int before = bawn_probe_back(p, i);
        s->begin = i;
        s->number = !letter(before) && (before < 0 || !strchr(".$_(,", before));
        return s->number;
    }
    s->begin = at;
    s->opens = i == 0;
    return true;
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */
static bool literal(sql_type t) { return t == SQL_NUMBER || t == SQL_STRING || t == SQL_OPEN || t == SQL_CONSTANT || t == SQL_VARIABLE; }

static unsigned over(sql_text *s, unsigned k)   /* over NOT, parentheses, signs before an operand */
{
    for (unsigned most = k + 6; k < most; k++) {
        sql_type t = sql_get(s, k)->type;
        if (t != SQL_NOT && t != SQL_LEFT && t != SQL_PLUS && !(t == SQL_SIGN && strchr("-~", s->probe->text.ptr[sql_get(s, k)->begin])))
            break;
    }
    return k;
}

static unsigned over_right(sql_text *s, unsigned k)
{
    while (k < SQL_TOKENS - 1 && sql_get(s, k)->type == SQL_RIGHT)
        k++;
    return k;
}

static bool closing_comment(sql_text *s, unsigned k)    /* perhaps behind a semicolon */
{
    k += sql_get(s, k)->type == SQL_SEMICOLON && k + 2 < SQL_TOKENS;
    return sql_get(s, k)->type == SQL_COMMENT && sql_get(s, k)->closes;
}

/* The payload is all of its value: "1 AND 1=1" and nothing else. */
static bool whole_value(sql_text *s, const sql_start *b, unsigned last)
{
    return bawn_inject_value_opens(s->probe, b->begin) && bawn_inject_value_ends(s->probe, sql_get(s, last)->end);
}

static bool comment_within(sql_text *s, unsigned from, unsigned to)
{
    for (unsigned k = from; k <= to && sql_get(s, k)->type != SQL_END; k++)
        if (closing_comment(s, k))
            return true;
    return false;
}

/* Functions that payloads call to wait, to raise an error that speaks, or to read the schema letter by letter. */
static const char *const loud[] = { "sleep", "pg_sleep", "benchmark", "extractvalue", "updatexml", "load_file",
    "xmltype", "utl_inaddr.get_host_address", "utl_http.request", "dbms_pipe.receive_message", "dbms_lock.sleep",
    "xp_cmdshell", "sys_eval", "randomblob", NULL };
static const char *const quiet[] = { "ascii", "substring", "substr", "mid", "ord", "length", "if", "iif", "ifnull",
    "exists", "database", "user", "version", "char", "chr", "concat", "count", "case", "hex", "cast", "convert",
    "updatexml", "json_keys", "row", "elt", "make_set", "unicode", "left", NULL };

static bool named(sql_text *s, unsigned k, const char *const *names)
{
    for (; sql_get(s, k)->type == SQL_CALL && *names; names++)
        if (sql_is(s, k, *names))
            return true;
    return false;
}

/* Over a literal, with arithmetic on numbers: "17-7". */
static unsigned operand(sql_text *s, unsigned k)
{
    while (sql_get(s, k)->type == SQL_NUMBER && (sql_get(s, k + 1)->type == SQL_SIGN || sql_get(s, k + 1)->type == SQL_PLUS) &&
           sql_get(s, k + 2)->type == SQL_NUMBER && k + 4 < SQL_TOKENS)
        k += 2;
    return k + 1;
}

/* What follows OR, AND, XOR, ||. *last: the shape's last token. */
static bool condition(unsigned *last, sql_text *s, const sql_start *b, unsigned logic)
{
    bool with_and = sql_is(s, logic, "and");
    unsigned x = over(s, logic + 1), after = operand(s, x);
    sql_type left = sql_get(s, x)->type;

    *last = x;
    if (named(s, x, loud) && (b->quote || b->number || b->opens))
        return true;
    if (left == SQL_SELECT || named(s, x, quiet) || sql_is(s, x, "case"))
        return b->stray || (b->number && left == SQL_SELECT && x > logic + 1);
    after = over_right(s, after);
    if (sql_get(s, after)->type != SQL_COMPARE) {
        *last = after;
        return b->stray && literal(left) && left != SQL_OPEN && closing_comment(s, after);
    }
    unsigned y = over(s, after + 1), behind = over_right(s, operand(s, y));
    sql_type right = sql_get(s, y)->type;
    bool comment = closing_comment(s, behind);
    *last = comment ? behind + (sql_get(s, behind)->type == SQL_SEMICOLON) : y;
    if (sql_same(s, x, y) && operand(s, x) == x + 1)
        return with_and ? b->stray || comment || (b->number && sql_get(s, x)->type == SQL_NUMBER && whole_value(s, b, y)) : b->quote || b->number || b->opens || comment;
    if (right == SQL_SELECT || named(s, y, quiet))
        return b->stray;
    if (literal(left) && literal(right))
        return b->stray || (comment && (b->quote || b->number));
    return b->stray && left == SQL_WORD && literal(right) && (comment || right == SQL_OPEN);
}

/* A list of two or more literals and nothing else, as "select 1,2,null" to count columns. */
static bool literal_list(unsigned *last, sql_text *s, unsigned k)
{
    unsigned n = 0;
    for (; k < SQL_TOKENS - 2 && (literal(sql_get(s, k)->type) || sql_get(s, k)->type == SQL_CALL); k += 2) {
        *last = k;
        n++;
        if (sql_get(s, k)->type == SQL_CALL)
            return n > 1 && sql_get(s, k - 2)->type != SQL_STRING;
        if (sql_get(s, k + 1)->type != SQL_COMMA)
            break;
    }
    return n >= 2;
}

static bool union_select(unsigned *last, sql_text *s, const sql_start *b, unsigned k)
{
    static const char *const select[] = { "select ", "select\n", NULL };
    k++;
    if (sql_is(s, k, "all") || sql_is(s, k, "distinct"))
        k++;
    k = over(s, k);
    if (sql_get(s, k)->type != SQL_SELECT || k >= SQL_TOKENS - 2)
        return false;
    *last = k;
    if (b->stray || s->executable_comment)
        return true;
    bool comment = comment_within(s, k, SQL_TOKENS - 1), list = literal_list(last, s, k + 1);
    size_t from = b->begin > 300 ? b->begin - 300 : 0;
    bool honest = bawn_inject_find(s->probe, from, b->begin, -1, select) != SIZE_MAX; /* "select ... union select" */
    return honest ? b->quote && comment : list || (b->number && sql_get(s, k + 1)->type != SQL_END) || comment;
}

/* A statement that changes something, read from its verb on. */
static bool statement(unsigned *last, sql_text *s, unsigned k)
{
    static const char *const objects[] = { "table", "database", "schema", "view", "user", "login", "function", "procedure",
        "index", "role", "trigger", "from", "into", "master..xp_cmdshell", "master.dbo.xp_cmdshell", "xp_cmdshell",
        "sp_configure", "sp_executesql", "immediate", "delay", "all", "or", NULL };
    if (sql_is(s, k, "update"))
        return sql_is(s, *last = k + 2, "set");
    if (sql_is(s, k, "declare"))
        return sql_get(s, *last = k + 1)->type == SQL_VARIABLE;
    if (sql_is(s, k, "shutdown"))
        return sql_get(s, *last = k + 1)->type == SQL_COMMENT || sql_is(s, k + 1, "with") || closing_comment(s, k + 1);
    if (sql_get(s, k)->type == SQL_SELECT)
        return named(s, *last = k + 1, loud);
    if (sql_get(s, k)->type != SQL_STATEMENT)
        return false;
    *last = k + 1;
    for (const char *const *o = objects; *o; o++)
        if (sql_is(s, k + 1, *o))
            return true;
    return sql_is(s, k, "exec") && sql_get(s, k + 1)->type == SQL_LEFT;
}

static bool stacked(unsigned *last, sql_text *s, const sql_start *b, unsigned semicolon)
{
    if (closing_comment(s, semicolon + 1)) {
        *last = semicolon + 1;
        return b->stray;
    }
    if (!statement(last, s, semicolon + 1))
        return false;
    while (*last < SQL_TOKENS - 1 && sql_get(s, *last + 1)->type == SQL_WORD && *last < semicolon + 5)
        ++*last;
    return b->stray || ((b->number || b->quote) && comment_within(s, *last, SQL_TOKENS - 1)) ||
           (b->number && bawn_inject_line(s->probe, b->begin) + 24 > b->begin);
}

static bool clause(unsigned *last, sql_text *s, const sql_start *b, unsigned k)
{
    unsigned n = k + (sql_is(s, k + 1, "by") ? 2 : 1);
    unsigned after = operand(s, n);

    *last = after;
    if (sql_is(s, k, "having")) {
        *last = after + 1;
        return b->stray && literal(sql_get(s, n)->type) && sql_get(s, after)->type == SQL_COMPARE;
    }
    if (sql_is(s, k, "procedure"))
        return b->stray && sql_is(s, n, "analyse");
    if (sql_get(s, n)->type == SQL_NUMBER)
        return closing_comment(s, after) ? b->quote || b->number || b->opens : b->stray && sql_is(s, k + 1, "by");
    return b->stray && comment_within(s, n, n + 8);
}

/* A quote and, behind it, a comment that swallows the rest of the statement: admin'-- */
static bool cut_off(const sql_text *s, const sql_start *b)
{
    int before = bawn_probe_back(s->probe, b->begin);
    return b->stray && (letter(before) || before < 0 || strchr(")%\n", before));
}

static bool comparison(unsigned *last, sql_text *s, const sql_start *b, unsigned k)
{
    unsigned y = over(s, k + 1), after = over_right(s, operand(s, y));
    *last = after;
    if (sql_get(s, y)->type == SQL_SELECT && y > k + 1) {   /* "1 RLIKE (SELECT": no statement compares a number so */
        *last = y;
        return b->stray || b->number;
    }
    if (!b->stray || !literal(sql_get(s, y)->type))
        return false;
    return closing_comment(s, after) || (sql_get(s, after)->type == SQL_LOGIC && condition(last, s, b, after));
}

static bool concatenation(unsigned *last, sql_text *s, const sql_start *b, unsigned k)
{
    unsigned x = over(s, k + 1);
    *last = x;
    if (sql_get(s, x)->type == SQL_SELECT)
        return b->quote;
    if (named(s, x, loud))
        return b->quote;
    return sql_get(s, k)->type == SQL_CONCAT && condition(last, s, b, k);
}

/* ---- deciding ------------------------------------------------------------------------------------------------------ */
static bool shape(unsigned *last, sql_text *s, const sql_start *b)
{
    unsigned k = b->quote || b->number ? (b->number ? 1 : 0) : 0;

    k = over_right(s, k);
    if (sql_get(s, k)->type == SQL_PLUS && sql_get(s, k + 1)->type != SQL_LEFT)
        k++;
    switch (sql_get(s, k)->type) {
    case SQL_LOGIC:     return condition(last, s, b, k);
    case SQL_UNION:     return union_select(last, s, b, k);
    case SQL_SEMICOLON: return stacked(last, s, b, k);
    case SQL_CLAUSE:    return clause(last, s, b, k);
    case SQL_COMMENT:   *last = k; return sql_get(s, k)->closes && b->quote && cut_off(s, b);
    case SQL_COMPARE:   return comparison(last, s, b, k);
    case SQL_CONCAT: case SQL_PLUS: return concatenation(last, s, b, k);
    default:            return false;
    }
}

static void report(bawn_probe *p, size_t begin, size_t end, float score)
{
    bawn_probe_found(p, 0, begin, bawn_utf8_ceil(p->text, end), score);
}

/* The waking words are a whole payload's second part: finds the first and reads on. */
static void broken_out(bawn_probe *p, size_t part)
{
    sql_start b;
    sql_text s;
    unsigned last = 0;

    if (!find_start(&b, p, part))
        return;
    p->begin = b.begin;
    sql_open(&s, p, b.quote ? b.begin + 1 : b.begin);
    if (shape(&last, &s, &b))
        report(p, b.begin, sql_get(&s, last)->end, b.stray || b.opens ? 0.95f : 0.8f);
}

/* Calls that are loud by themselves when they are arguments of a query: "select sleep(5)", "(select(sleep(15)))". */
static void call(bawn_probe *p, size_t name)
{
    static const char *const lead[] = { "select", "and", "or", "if", "when", "then", NULL };
    static const char *const spaced[] = { "0x7e", "concat(", "concat (", "select", NULL };
    sql_text s;

    p->begin = name;
    sql_open(&s, p, name);
    if (!named(&s, 0, loud))
        return;
    size_t before = over_glue(p, name);
    while (before > 0 && strchr("(,+ ", p->text.ptr[before - 1]))
        before--;
    bool led = false;
    for (const char *const *w = lead; *w && !led; w++) {
        size_t n = strlen(*w);
        led = before >= n && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + before - n, n), bawn_slice_of(*w, n)) &&
              !letter(bawn_probe_back(p, before - n));
    }
    bool file = sql_is(&s, 0, "load_file"), error = sql_is(&s, 0, "extractvalue") || sql_is(&s, 0, "updatexml");
    bool argument = sql_get(&s, 2)->type == SQL_NUMBER || sql_get(&s, 2)->type == SQL_STRING || sql_get(&s, 2)->type == SQL_LEFT;
    if (error ? bawn_inject_find(p, name, name + 80, '\n', spaced) != SIZE_MAX : argument && (led || (file && sql_get(&s, 2)->type != SQL_LEFT)))
        report(p, name, sql_get(&s, 2)->end, 0.8f);
}

/* xp_cmdshell 'dir', into outfile '/var/www/x.php', MySQL's executable comments around UNION or SELECT. */
static void direct(bawn_probe *p, size_t begin)
{
    static const char *const web[] = { ".php", ".jsp", ".asp", "/www", "<?", NULL };
    static const char *const verbs[] = { "union", "select", "or", "and", "insert", "drop", NULL };
    sql_text s;

    p->begin = begin;
    if (bawn_probe_text_at(p, begin, "/*!")) {
        size_t i = begin + 3;
        while (bawn_probe_at(p, i) >= 0 && bawn_is_digit((unsigned char)bawn_probe_at(p, i)))
            i++;
        i = bawn_inject_blanks(p, i);
        size_t n = bawn_inject_word(p, i, verbs);
        if (n > 0)
            report(p, begin, i + n, 0.8f);
        return;
    }
    sql_open(&s, p, begin);
    if (sql_get(&s, 1)->type != SQL_STRING && sql_get(&s, 1)->type != SQL_OPEN)
        return;
    bool shell = sql_is(&s, 0, "xp_cmdshell") || sql_is(&s, 0, "master..xp_cmdshell") || sql_is(&s, 0, "master.dbo.xp_cmdshell");
    if (shell || bawn_inject_find(p, begin, sql_get(&s, 1)->end, -1, web) != SIZE_MAX)
        report(p, begin, sql_get(&s, 1)->end, 0.8f);
}

/* Back from the hit's end to where its own word begins. */
static size_t word_begin(const bawn_probe *p, size_t i)
{
    while (i > 0 && (bawn_is_alnum((unsigned char)p->text.ptr[i - 1]) || strchr("_.", p->text.ptr[i - 1])))
        i--;
    return i;
}

/* ---- the rows: what wakes us, and who reads on ------------------------------------------------------------------- */
static void after_word(bawn_probe *p, size_t end) { broken_out(p, word_begin(p, end)); }
static void union_word(bawn_probe *p, size_t end) { broken_out(p, word_begin(p, end - 1)); }
static void order_by(bawn_probe *p, size_t end)
{
    size_t order = end - 2;
    while (order > 0 && strchr(" +", p->text.ptr[order - 1]))
        order--;
    broken_out(p, order - 5);
}
static void stacked_word(bawn_probe *p, size_t end)
{
    size_t i = word_begin(p, end);
    while (i > 0 && p->text.ptr[i - 1] != ';')
        i--;
    broken_out(p, i - 1);
}
static void after_signs(bawn_probe *p, size_t end)
{
    while (end > 0 && strchr("-#/*|&=;+( ", p->text.ptr[end - 1]))
        end--;
    broken_out(p, bawn_inject_blanks(p, end));
}
static void comparing(bawn_probe *p, size_t end)
{
    if (p->text.ptr[end - 1] == '=')
        after_signs(p, end);
    else
        after_word(p, p->text.ptr[end - 1] == ' ' ? end - 1 : end);
}
static void comparing_select(bawn_probe *p, size_t end)
{
    size_t i = end - 6;
    while (i > 0 && strchr(" +/*(", p->text.ptr[i - 1]))
        i--;
    broken_out(p, word_begin(p, i));
}
/* Back from i over blanks, signs and parentheses to the word before them, when that is OR, AND or XOR. */
static void logic_before(bawn_probe *p, size_t i)
{
    static const char *const logic[] = { "or", "and", "xor", NULL };
    while (i > 0 && strchr(" +(!~-*/\t\n", p->text.ptr[i - 1]))
        i--;
    size_t begin = word_begin(p, i);
    if (bawn_inject_word(p, begin, logic) == i - begin)
        broken_out(p, begin);
}
/* The left side of "1=1" or "'a'='a'", and what is before it. */
static void equality(bawn_probe *p, size_t end)
{
    size_t i = end;
    while (p->text.ptr[i - 1] != '=')
        i--;
    for (i--; i > 0 && p->text.ptr[i - 1] == ' '; i--)
        ;
    char last = i > 0 ? p->text.ptr[--i] : ' ';
    if (last == '\'' || last == '"')
        for (size_t least = i > 32 ? i - 32 : 0; i > least && p->text.ptr[--i] != last;)
            ;
    else
        while (i > 0 && (bawn_is_digit((unsigned char)p->text.ptr[i - 1]) || strchr("+-*", p->text.ptr[i - 1])))
            i--;
    logic_before(p, i);
}
static void before_select(bawn_probe *p, size_t end) { logic_before(p, end - 6); }
static void opening(bawn_probe *p, size_t end) { broken_out(p, word_begin(p, end - 1)); }
static void calling(bawn_probe *p, size_t end) { call(p, word_begin(p, end - 1)); }
static void naming(bawn_probe *p, size_t end) { direct(p, word_begin(p, end)); }
static void commented(bawn_probe *p, size_t end) { direct(p, end - 3); }

/* ---- percent code: %27%20OR%201=1-- has too few letters for what is decoded to be taken for text ------------------------ */
static const char *const coded_quotes[] = { "%27", "%22", "'", "\"", NULL };

/* One side of a comparison: letters and digits, perhaps behind quotes. The digits of a code are none. */
static size_t coded_operand(size_t *begin, bawn_probe *p, size_t i)
{
    *begin = i = bawn_inject_past(p, i, coded_quotes);
    while (i - *begin < 16 && bawn_inject_name_byte(bawn_probe_at(p, i)))
        i++;
    return i;
}

static void percent_coded(bawn_probe *p, size_t end)
{
    static const char *const blanks[] = { "%20", "%09", "%0a", "%0d", "+", " ", "/**/", NULL }, *const equal[] = { "=", "%3d", NULL };
    size_t begin = end - 3, left, right;
    while (begin > 0 && end - begin < 40 && !bawn_probe_text_at(p, begin, "%27") && !bawn_probe_text_at(p, begin, "%22"))
        begin--;
    p->begin = begin;
    size_t left_end = coded_operand(&left, p, bawn_inject_past(p, end, blanks)), n = left_end - left;
    size_t sign = bawn_inject_past(p, bawn_inject_past(p, left_end, coded_quotes), blanks), value = bawn_inject_past(p, sign, equal);
    size_t to = coded_operand(&right, p, bawn_inject_past(p, value, blanks));
    if (n > 0 && value > sign && to - right == n && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + left, n), bawn_slice_of(p->text.ptr + right, n)))
        bawn_probe_found(p, 0, begin, to, 0.95f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("(?:' or|' and|' xor|'or|'and|'xor|'\\) or|'\\) and|'\\)or|'\\)and|'\\)\\) or|'\\)\\) and|'\\+or|'\\+and|'\\nor|'\\nand)", "1' or '1'='1", "rock 'n' roll and 5 or 6 o'clock"),
    ROW("(?:\" or|\" and|\" xor|\"or|\"and|\"xor|\"\\) or|\"\\) and|\"\\)or|\"\\)and|\"\\)\\) or|\"\\)\\) and|\"\\+or|\"\\+and)", "\" or \"\"=\"", "\"yes\" or \"no\" = answer"),
    ROW("\\*/(?:or|and|xor)", "1'/**/or/**/1=1--", "a = 1; /* or */and b"),
    ROW("[0-9'\"][ ]?=[ ]?['\"0-9]", "105 OR 1=1", "x1 = 5 and 3 = 3"),
    ROW("(?:or|and|xor)[ +/*]{0,4}\\([ ]?select", "1 and (select 1 from t)", "this or (selected) that"),
    ROW("['\"0-9)/][ +)\\t\\n]{0,3}(?:union|order|group|having|limit|procedure)\\b", "1' union select password from users", "the union's order: 5 having lunch"),
    ROW("union[ +/(]", "id=-1 union all select null,null,null--", "How do I write SELECT a FROM t UNION SELECT b FROM u?"),
    ROW("';?[ +]{0,2}(?:--|#|/\\*)", "admin'-- ", "the boys' -- and the girls' -- coats"),
    ROW("\";?[ +]{0,2}(?:--|#|/\\*)", "admin\"#", "x = \"abc\" # a comment"),
    ROW("[0-9)][ ]{0,2}order[ +]{1,2}by\\b", "1 order by 10--", "we sell 10 order by 5 pm"),
    ROW("['\")][ ]{0,2}(?:\\|\\||&&)", "x' || (select version()) || '", "if (name == 'a' || name == 'b')"),
    ROW("'[ ]?\\+[ ]?\\(", "'+(select pass from users)+'", "s = 'a' + (b + c)"),
    ROW("(?:' =|'=|'\\) =|'\\)=|' like|'like|' is |'\\) is )", "x' like '%' or 1=1 --", "name ='x'"),
    ROW("(?:rlike|regexp)[ +/*]{0,4}\\([ ]?select", "1 RLIKE (SELECT (CASE WHEN (1=1) THEN 1 ELSE 0x28 END))", "where a rlike (select b from t)"),
    ROW(";[ ]{0,2}(?:drop|delete|insert|update|truncate|alter|create|exec|execute|shutdown|declare|waitfor|grant|copy|select)\\b",
        "Robert'); DROP TABLE students;--", "insert into t values (1); delete from u where id = 2;"),
    ROW("^[ ]{0,4}(?:or|and)[ +]", "or 1=1 --", "or 2 of us come"),
    ROW("(?:sleep|benchmark|extractvalue|updatexml|load_file|receive_message|get_host_address|utl_http\\.request|randomblob)\\(",
        "1 and (select(sleep(5)))", "time.sleep(5)"),
    ROW("xp_cmdshell", "exec master..xp_cmdshell 'dir c:'", "What is xp_cmdshell?"),
    ROW("into[ +](?:outfile|dumpfile)", "select 1 into outfile '/var/www/x.php'", "select a into outfile '/tmp/a.csv'"),
    ROW("/\\*!", "1/*!50000union*/select", "/*! jQuery v3 */"),
    ROW("%2[27](?:%20|%09|%0a|[+ ]|/\\*\\*/|%29){1,3}(?:or|and|xor|%7c%7c)(?:%20|%09|%0a|[+ ]|/\\*\\*/|%27|%22)", "%27%20OR%201=1--", "q=%27%20or%20not"),
};

/* One for each row above. */
static void (*const readers[])(bawn_probe *, size_t end) = {
    after_word, after_word, after_word, equality, before_select, after_word, union_word, after_signs, after_signs, order_by, after_signs, after_signs,
    comparing, comparing_select, stacked_word, opening, calling, naming, naming, commented, percent_coded
};
_Static_assert(BAWN_COUNT(readers) == BAWN_COUNT(patterns), "a reader for each row");

static void confirm(bawn_probe *p) { readers[p->pattern - patterns](p, p->end); }

static const bawn_kind kinds[] = {
    { "code_injection.SQL", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW,
      "SQL that breaks out of a value: tautologies, UNION SELECT, stacked statements, comments behind quotes, time and error probes" },
};

const bawn_guard bawn_guard_sql = {
    .guard = "code_injection", .id = "code_injection.sql",
    .doc = "Reads tokens behind a quote or number that ends a value, in the three contexts as is, '...' and \"...\", and "
           "decides by their shapes. Whole ordinary statements, talk about SQL and apostrophes are no findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 128,
};
