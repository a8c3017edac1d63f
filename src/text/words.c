/* words.c: letters, scripts and where a word may begin or end.
 *
 * Scripts come from the generated ranges (binary search), categories from utf8proc. A boundary is what Unicode's
 * default word rules (UAX 29) say in the cases that patterns need: no boundary between two letters or two digits,
 * except where a script without spaces is on either side. */
#include <utf8proc.h>

#include "text/tables.h"

bool bawn_text_is_letter(uint32_t c)
{
    if (c < 0x80)
        return bawn_is_alpha((unsigned char)c);
    if (c >= 0x110000)
        return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
}

static bool is_digit(uint32_t c)
{
    if (c < 0x80)
        return bawn_is_digit((unsigned char)c);
    return c < 0x110000 && utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND;
}

const char *bawn_text_script(uint32_t c)
{
    size_t low = 0, high = bawn_text_n_script_ranges;
    if (c >= 0x110000)
        return "Common";
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (bawn_text_script_ranges[middle].first <= c)
            low = middle;
        else
            high = middle;
    }
    return bawn_text_script_names[bawn_text_script_ranges[low].script];
}

bool bawn_text_no_space_script(uint32_t c)
{
    static const struct { uint32_t first, last; } ranges[] = {
        { 0x0E00, 0x0E7F }, { 0x0E80, 0x0EFF }, { 0x1000, 0x109F }, { 0x1780, 0x17FF }, { 0x19E0, 0x19FF },
        { 0x2E80, 0x2FDF }, { 0x3005, 0x3007 }, { 0x3021, 0x3029 }, { 0x3031, 0x3035 }, { 0x3038, 0x303C },
        { 0x3041, 0x30FF }, { 0x31F0, 0x31FF }, { 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xA9E0, 0xA9FF },
        { 0xAA60, 0xAA7F }, { 0xF900, 0xFAFF }, { 0xFF66, 0xFF9F }, { 0x1AFF0, 0x1B16F }, { 0x20000, 0x3FFFF },
    };
    if (c < ranges[0].first)
        return false;
    for (size_t i = 0; i < BAWN_COUNT(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

bool bawn_text_behind_sequence(bawn_slice text, size_t at)
{
    enum { LONGEST = 32 };
    size_t i = at - 1;
    if (at < 3 || at > text.len || text.ptr[i] < '@' || text.ptr[i] > '~')
        return false;
    while (i > 1 && at - i < LONGEST && text.ptr[i - 1] >= ' ' && text.ptr[i - 1] < '@')
        i--;
    return i > 1 && text.ptr[i - 1] == '[' && text.ptr[i - 2] == 0x1B;
}

bool bawn_text_inside_word(bawn_slice text, size_t at)
{
    if (at == 0 || at >= text.len)
        return false;
    size_t before = bawn_utf8_floor(text, at - 1), after = at;
    if (!bawn_utf8_is_start((unsigned char)text.ptr[after]))
        return true;                                          /* inside a code point */
    uint32_t left = bawn_utf8_next(text, &before), right = bawn_utf8_next(text, &after);
    if (is_digit(left) && is_digit(right))
        return true;
    return bawn_text_is_letter(left) && bawn_text_is_letter(right) && !bawn_text_no_space_script(left) &&
           !bawn_text_no_space_script(right) && !bawn_text_behind_sequence(text, at);
}
