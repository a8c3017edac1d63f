/* Finds terminal control sequences (ECMA-48): they move the cursor, rewrite what was read, set titles, open links and
 * fill clipboards when an answer is shown in a terminal. ESC and the C1 controls have no honest use in an answer. */
#include "guard/guard.h"

#define STRING_MOST 1024    /* bytes of an OSC, DCS, PM, APC or SOS string that are looked at for its end */

/* Behind the string that begins at i: its terminator, or i itself when none comes. */
static size_t string_end(bawn_probe *p, size_t i)
{
    for (size_t k = i; k < i + STRING_MOST; k++) {
        int c = bawn_probe_at(p, k);
        if (c < 0 || c == '\n')
            break;
        if (c == 0x07)
            return k + 1;
        if (c == 0x1B && bawn_probe_at(p, k + 1) == '\\')
            return k + 2;
        if (c == 0xC2 && bawn_probe_at(p, k + 1) == 0x9C)
            return k + 2;
    }
    return i;
}

static bool parameter(unsigned char c) { return c >= 0x20 && c <= 0x3F; }

static size_t sequence_end(bawn_probe *p, size_t i)     /* CSI: parameters, then one final byte */
{
    size_t k = i;
    while (k < i + 64 && bawn_probe_at(p, k) >= 0 && parameter((unsigned char)bawn_probe_at(p, k)))
        k++;
    int c = bawn_probe_at(p, k);
    return c >= 0x40 && c <= 0x7E ? k + 1 : k;
}

static void confirm(bawn_probe *p)
{
    bool esc = p->text.ptr[p->end - 1] == 0x1B;
    size_t begin = p->end - (esc ? 1 : 2), end = p->end;

    p->begin = begin;
    int c = esc ? bawn_probe_at(p, end) : (unsigned char)p->text.ptr[end - 1] - 0x40;   /* C1 is ESC and c */
    if (esc && c >= 0x20 && c < 0x7F)
        end++;
    if (c == '[')
        end = sequence_end(p, end);
    else if (c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X')
        end = string_end(p, end);
    else if (esc && c >= 0x20 && c <= 0x2F && bawn_probe_at(p, end) > 0x2F && bawn_probe_at(p, end) < 0x7F)
        end++;      /* ESC ( B */
    bawn_probe_found(p, 0, begin, end, 0.95f);
}

#define ROW(regex, hit, miss) { regex, 0, BAWN_P_TRIGGER | BAWN_P_CASE, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("\\x1b", "\x1b[31mred", "\\x1b[31m in writing"),
    ROW("\\xc2[\\x84\\x85\\x88\\x8d-\\x90\\x98\\x9b-\\x9f]", "\xc2\x9b" "31m", "\xc2\xa0 and \xc2\xa9"),
};

static const bawn_kind kinds[] = {
    { "exfiltration.ANSI", "LLM05", "AML.T0077", BAWN_ALLOW, BAWN_MASK, "terminal control sequences" },
};

const bawn_guard bawn_guard_ansi = {
    .guard = "exfiltration", .id = "exfiltration.ansi",
    .doc = "ESC and C1 control sequences (CSI, OSC, DCS and the others), each as a whole.",
    .places = BAWN_IN_OUTPUT, .views = BAWN_VIEW_RAW,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
