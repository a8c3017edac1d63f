/* slice.c: the two slice operations that are too long for a header. */
#define _GNU_SOURCE /* memmem */
#include "base/base.h"

bool bawn_slice_eq_nocase(bawn_slice a, bawn_slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (bawn_lower(a.ptr[i]) != bawn_lower(b.ptr[i]))
            return false;
    return true;
}

/* Most words differ in their first letter: none is measured before. */
static bool is_word(bawn_slice s, const char *word)
{
    size_t i = 0;

    while (i < s.len && word[i] && bawn_lower(s.ptr[i]) == bawn_lower(word[i]))
        i++;
    return i == s.len && !word[i];
}

bool bawn_slice_is_any(bawn_slice s, const char *const *words)
{
    for (; *words; words++)
        if (is_word(s, *words))
            return true;
    return false;
}

/* glibc's and musl's memmem are two-way searches: linear time, whatever the needle. */
size_t bawn_slice_find(bawn_slice hay, bawn_slice needle)
{
    const char *at;

    if (needle.len == 0)
        return 0;
    if (needle.len > hay.len)
        return hay.len;
    at = memmem(hay.ptr, hay.len, needle.ptr, needle.len);
    return at ? (size_t)(at - hay.ptr) : hay.len;
}

size_t bawn_slice_find_nocase(bawn_slice hay, bawn_slice needle)
{
    for (size_t i = 0; i + needle.len <= hay.len; i++)
        if (bawn_slice_eq_nocase(bawn_slice_of(hay.ptr + i, needle.len), needle))
            return i;
    return hay.len;
}

bool bawn_slice_is_ascii(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}
