/* Addresses: see url.h. Browsers read backslashes as slashes and take the host behind the last '@', so we do. */
#include "guard/exfiltration/url.h"
#include "guard/secrets/secrets.h"
#include "text/text.h"

#define VALUE_LONG 16       /* a value of so many characters in a query may be data */
#define VALUE_NAMED 8       /* or of so many behind a name that says so, or that decode to text */
#define VALUE_SECRET 4      /* or of so many behind the name of a secret or of a card */
#define QUERY_LONG 48       /* and so may many short ones together */
#define PIECE_LONG 16       /* coded data shorter than this is not worth a link */

static bool ends_bare(int c) { return c < 0 || c <= ' ' || strchr("<>\"`|{}", c); }

static size_t end_of(bawn_probe *p, size_t i, int close, bool *too_long)
{
    size_t to = i + URL_MOST;
    int depth = 0;
    for (; i < to; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || c <= ' ' || (close ? c == close && depth == 0 : ends_bare(c) || c == '\''))
            break;
        if (close && close != ')' && c == '\n')
            break;
        if (c == '(')
            depth++;
        else if (c == ')' && depth-- == 0)
            break;
    }
    *too_long = i == to;
    while (*too_long && i > 0 && !bawn_utf8_is_start((unsigned char)p->text.ptr[i < p->text.len ? i : p->text.len - 1]))
        i--;
    return i < p->text.len ? i : p->text.len;
}

void bawn_url_read(bawn_url *u, bawn_probe *p, size_t begin, size_t authority, int close)
{
    *u = (bawn_url){ .begin = begin };
    u->end = end_of(p, authority, close, &u->too_long);
    while (!close && u->end > authority && strchr(".,;:!?*_]", p->text.ptr[u->end - 1]))
        u->end--;
    size_t rest = authority, host = authority;
    while (rest < u->end && !strchr("/\\?#", p->text.ptr[rest]))
        rest++;
    for (size_t i = authority; i < rest; i++)
        if (p->text.ptr[i] == '@') {
            host = i + 1;
            u->user = true;
        }
    size_t port = rest;
    for (size_t i = host; i < rest && p->text.ptr[host] != '['; i++)
        if (p->text.ptr[i] == ':') {
            port = i;
            break;
        }
    u->host = bawn_slice_of(p->text.ptr + host, port - host);
    u->rest = bawn_slice_of(p->text.ptr + rest, u->end - rest);
}

static int class_of(char c)
{
    return bawn_is_digit((unsigned char)c) ? 0 : bawn_is_lower((unsigned char)c) ? 1 : bawn_is_upper((unsigned char)c) ? 2 : 3;
}

/* A run of letters and digits that is code, not words: its classes change more often than names' do, or it is a very long
 * number. Words change never, CamelCase about every fourth letter, base64 and hex every second. */
static bool coded(bawn_slice run)
{
    size_t changes = 0, digits = 0;
    if (run.len < PIECE_LONG)
        return false;
    for (size_t i = 0; i < run.len; i++) {
        digits += class_of(run.ptr[i]) == 0;
        changes += i > 0 && class_of(run.ptr[i]) != class_of(run.ptr[i - 1]);
    }
    if (digits == run.len)
        return run.len >= 24;
    return changes * 10 >= run.len * 3;
}

static bool pieces_coded(bawn_slice s)
{
    size_t from = 0;
    for (size_t i = 0; s.len > 0 && i <= s.len; i++) {
        bool in = i < s.len && (bawn_is_alnum((unsigned char)s.ptr[i]) || s.ptr[i] == '+' || s.ptr[i] == '=');
        if (in)
            continue;
        if (coded(bawn_slice_of(s.ptr + from, i - from)))
            return true;
        from = i + 1;
    }
    return false;
}

/* Sentences in a path: percent-coded blanks, line ends or signs. Titles in other scripts are percent-coded too, but as
 * bytes >= 0x80. */
static bool percent_prose(bawn_slice s)
{
    unsigned n = 0;
    for (size_t i = 0; i + 2 < s.len; i++)
        n += s.ptr[i] == '%' && s.ptr[i + 1] >= '0' && s.ptr[i + 1] < '8';
    return n >= 2;
}

/* ---- short values ------------------------------------------------------------------------------------------------- */
/* Whether what `bits` of each sign make is text: all bytes printable ASCII. Of the ids that sites give (eleven random
 * signs for a film) one in some thousand is so by chance. */
static bool decodes(bawn_slice v, int (*digit)(char), unsigned bits)
{
    uint32_t all = 0;
    unsigned have = 0, n = 0;
    while (v.len > 0 && v.ptr[v.len - 1] == '=')
        v.len--;
    for (size_t i = 0; i < v.len; i++) {
        int sign = digit(v.ptr[i]);
        if (sign < 0)
            return false;
        all = all << bits | (uint32_t)sign;
        have += bits;
        if (have < 8)
            continue;
        have -= 8;
        unsigned char byte = (unsigned char)(all >> have);
        if (byte < ' ' || byte > '~')
            return false;
        n++;
    }
    return n >= 6;
}

/* Coded text of at least VALUE_NAMED signs; a plain word or number of the same signs is none. */
static bool decodes_to_text(bawn_slice v)
{
    bool seen[4] = { false };
    for (size_t i = 0; i < v.len; i++)
        seen[class_of(v.ptr[i])] = true;
    if (v.len < VALUE_NAMED)
        return false;
    return (seen[1] && seen[2] && decodes(v, bawn_decode_base64_digit, 6)) ||
           (seen[0] && (seen[1] || seen[2]) && v.len % 2 == 0 && decodes(v, bawn_decode_hex_digit, 4));
}

/* A name that says that data is in the value. */
static bool says_data(bawn_slice name)
{
    static const char *const names[] = {
        "data", "payload", "exfil", "leak", "dump", "secret", "secrets", "stolen", "prompt", "context", "conversation", "history", "memory", "chat",
        "password", "passwd", "pwd", "apikey", "api_key", "cookie", "cookies", "creds", "credentials", "ssn", "b64", "base64", "hex", "encoded", NULL };
    return bawn_slice_is_any(name, names);
}

/* What manuals write where a token would stand: TOKEN, <token>, abc123, test-token. */
static bool is_shown(bawn_slice value)
{
    static const char *const whole[] = { "abc123", "abcdef", "abc-123", "1234", "12345", "123456", "true", "false", "none", "null", NULL };
    static const char *const parts[] = { "test", "demo", "token", "secret", "password", "value", "session" };
    bool upper = true;
    for (size_t i = 0; i < value.len; i++)
        upper &= !bawn_is_lower((unsigned char)value.ptr[i]) && !bawn_is_digit((unsigned char)value.ptr[i]);
    for (size_t i = 0; i < BAWN_COUNT(parts); i++)
        upper |= bawn_slice_find_nocase(value, bawn_slice_str(parts[i])) < value.len;
    return upper || bawn_slice_is_any(value, whole) || bawn_secret_is_placeholder(value) || strchr("<{[$%:", value.ptr[0]);
}

/* The name of a secret, or of a card's or document's number: four signs behind it are enough. */
static bool says_secret(bawn_slice name, bawn_slice value)
{
    static const char *const secrets[] = { "password", "passwd", "pwd", "token", "access_token", "api_key", "apikey", "secret", "session", "sessionid",
                                           "session_id", "cookie", "creds", "credentials", NULL };
    static const char *const numbers[] = { "card", "cardnumber", "card_number", "cc", "ccnumber", "cvv", "cvc", "iban", "ssn", "pin", "otp", NULL };
    size_t digits = 0;
    for (size_t i = 0; i < value.len; i++)
        digits += bawn_is_digit((unsigned char)value.ptr[i]);
    return value.len >= VALUE_SECRET && (bawn_slice_is_any(name, secrets) || (digits >= 3 && bawn_slice_is_any(name, numbers))) && !is_shown(value);
}

static bool short_value_carries(bawn_slice q)
{
    for (size_t from = 0, to; from < q.len; from = to + 1) {
        for (to = from; to < q.len && q.ptr[to] != '&' && q.ptr[to] != ';'; to++)
            ;
        bawn_slice pair = { q.ptr + from, to - from };
        size_t sign = bawn_slice_find(pair, BAWN_LIT("="));
        bawn_slice name = bawn_slice_of(pair.ptr, sign), value = pair;
        if (sign < pair.len)
            value = bawn_slice_of(pair.ptr + sign + 1, pair.len - sign - 1);
        if (decodes_to_text(value) || (sign < pair.len && value.len >= VALUE_NAMED && says_data(name)) ||
            (sign < pair.len && says_secret(name, value)))
            return true;
    }
    return false;
}

static bool query_carries(bawn_slice q)
{
    size_t value = 0;
    if (q.len >= QUERY_LONG || short_value_carries(q))
        return true;
    for (size_t i = 0; i < q.len; i++) {
        value = q.ptr[i] == '&' || q.ptr[i] == ';' || q.ptr[i] == '=' ? 0 : value + 1;
        if (value >= VALUE_LONG)
            return true;
    }
    return percent_prose(q);
}

bool bawn_url_carries(const bawn_url *u)
{
    bawn_slice path = u->rest, query = BAWN_NIL, fragment = BAWN_NIL;
    size_t hash = bawn_slice_find(path, BAWN_LIT("#"));
    if (hash < path.len)
        fragment = bawn_slice_of(path.ptr + hash + 1, path.len - hash - 1);
    path.len = hash;
    size_t mark = bawn_slice_find(path, BAWN_LIT("?"));
    if (mark < path.len)
        query = bawn_slice_of(path.ptr + mark + 1, path.len - mark - 1);
    path.len = mark;
    return u->user || u->too_long || query_carries(query) || pieces_coded(path) || percent_prose(path) || pieces_coded(fragment) ||
           percent_prose(fragment) || pieces_coded(u->host);
}
