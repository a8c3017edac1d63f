/* sql_lex.h: reads SQL, as much of it as a payload needs, token by token out of a window. It knows no dialect: any of
 * MySQL, PostgreSQL, T-SQL, Oracle and SQLite may be behind the model, so what one of them reads as SQL counts. */
#ifndef BAWN_SQL_LEX_H
#define BAWN_SQL_LEX_H

#include "guard/code_injection/inject.h"

typedef enum {
    SQL_END,        /* text, statement budget or line of thought ends */
    SQL_NUMBER, SQL_STRING, SQL_OPEN /* string without end on its line */, SQL_CONSTANT /* true, null */,
    SQL_VARIABLE    /* @x, @@version */, SQL_WORD, SQL_CALL /* word with '(' behind it */, SQL_LOGIC, SQL_NOT,
    SQL_COMPARE, SQL_UNION, SQL_SELECT, SQL_STATEMENT, SQL_CLAUSE /* order, group, having, limit, procedure */,
    SQL_CONCAT, SQL_PLUS, SQL_SIGN, SQL_SEMICOLON, SQL_COMMENT, SQL_LEFT, SQL_RIGHT, SQL_COMMA
} sql_type;

typedef struct { sql_type type; size_t begin, end; bool closes; /* comment: nothing follows it on its line */ } sql_token;

#define SQL_TOKENS 32
#define SQL_REACH 512           /* bytes looked at behind the begin */
typedef struct {
    bawn_probe *probe;
    size_t at, limit;
    unsigned n;
    bool executable_comment;    /* MySQL's version comments were seen */
    sql_token tokens[SQL_TOKENS];
} sql_text;

void sql_open(sql_text *, bawn_probe *, size_t at);             /* reads from window offset `at` on, as asked */
const sql_token *sql_get(sql_text *, unsigned k);               /* the k-th token; SQL_END behind the last */
bool sql_is(sql_text *, unsigned k, const char *lower_word);    /* token k reads so, any case */
/* Two literals are equal; the second one may be followed by anything that is no letter or digit when it is open. */
bool sql_same(sql_text *, unsigned a, unsigned b);

#endif
