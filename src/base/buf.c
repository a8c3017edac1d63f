/* buf.c: bytes that grow by doubling. A failed allocation sticks in `failed` and leaves what was there untouched, so
 * that a writer of many pieces checks once, at the end. */
#include <stdio.h>

#include "base/base.h"

enum { SMALLEST = 64 };

void bawn_buf_free(bawn_buf *b)
{
    bawn_free(b->ptr);
    *b = (bawn_buf){ 0 };
}

static bool fail(bawn_buf *b)
{
    b->failed = true;
    return false;
}

bool bawn_buf_reserve(bawn_buf *b, size_t more)
{
    size_t need, cap;
    char *p;

    if (b->failed)
        return false;
    if (b->ptr && more <= b->cap - b->len)
        return true;
    if (__builtin_add_overflow(b->len, more, &need) || need > SIZE_MAX / 2)
        return fail(b);
    for (cap = b->cap ? b->cap : SMALLEST; cap < need;)
        cap *= 2;
    p = bawn_realloc(b->ptr, cap);
    if (!p)
        return fail(b);
    b->ptr = p;
    b->cap = cap;
    return true;
}

bool bawn_buf_add(bawn_buf *b, bawn_slice s)
{
    if (!bawn_buf_reserve(b, s.len))
        return false;
    if (s.len)
        memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
    return true;
}

bool bawn_buf_byte(bawn_buf *b, char c)
{
    if (!bawn_buf_reserve(b, 1))
        return false;
    b->ptr[b->len++] = c;
    return true;
}

bool bawn_buf_str(bawn_buf *b, const char *s)
{
    return bawn_buf_add(b, bawn_slice_str(s));
}

bool bawn_buf_u64(bawn_buf *b, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    return bawn_buf_add(b, bawn_slice_of(digits + at, sizeof digits - at));
}

bool bawn_buf_fmt(bawn_buf *b, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (n < 0)
        return fail(b);
    if (!bawn_buf_reserve(b, (size_t)n + 1))       /* vsnprintf writes a NUL, which we do not count */
        return false;
    va_start(ap, format);
    vsnprintf(b->ptr + b->len, (size_t)n + 1, format, ap);
    va_end(ap);
    b->len += (size_t)n;
    return true;
}

bool bawn_buf_drop_front(bawn_buf *b, size_t n)
{
    if (n > b->len)
        return false;
    if (n)
        memmove(b->ptr, b->ptr + n, b->len - n);
    b->len -= n;
    return true;
}
