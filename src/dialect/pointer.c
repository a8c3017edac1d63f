/* pointer.c: see pointer.h. Room for one more ellipsis is always kept, so that a cut is always visible. */
#include "dialect/pointer.h"
#include "dialect/walk.h"

#define SEGMENT_MAX 64
#define ELLIPSIS "\xE2\x80\xA6"
#define CUT_LEN (sizeof("/" ELLIPSIS) - 1)

static size_t cut(char *path, size_t len)
{
    if (len >= CUT_LEN && memcmp(path + len - CUT_LEN, "/" ELLIPSIS, CUT_LEN) == 0)
        return len;
    memcpy(path + len, "/" ELLIPSIS, CUT_LEN);
    return len + CUT_LEN;
}

static size_t add(char *path, size_t len, const char *segment, size_t n)
{
    if (len + 1 + n + CUT_LEN > BAWN_PATH_MAX)
        return cut(path, len);
    path[len] = '/';
    memcpy(path + len + 1, segment, n);
    return len + 1 + n;
}

static size_t escape(char out[SEGMENT_MAX], bawn_slice key)
{
    size_t n = 0, whole = 0;

    for (size_t i = 0; i < key.len; i++) {
        bool escaped = key.ptr[i] == '~' || key.ptr[i] == '/';

        if (bawn_utf8_is_start((unsigned char)key.ptr[i]))
            whole = n;                                     /* a cut must not split a character */
        if (n + 2 > SEGMENT_MAX - (sizeof(ELLIPSIS) - 1)) {
            memcpy(out + whole, ELLIPSIS, sizeof(ELLIPSIS) - 1);
            return whole + sizeof(ELLIPSIS) - 1;
        }
        out[n++] = escaped ? '~' : key.ptr[i];
        if (escaped)
            out[n++] = key.ptr[i] == '~' ? '0' : '1';
    }
    return n;
}

size_t bawn_pointer_key(char *path, size_t len, bawn_slice key)
{
    char segment[SEGMENT_MAX];

    if (key.len <= 32 && !memchr(key.ptr ? key.ptr : "", '~', key.len) && !memchr(key.ptr ? key.ptr : "", '/', key.len))
        return add(path, len, key.ptr ? key.ptr : "", key.len);
    return add(path, len, segment, escape(segment, key));
}

size_t bawn_pointer_index(char *path, size_t len, uint32_t index)
{
    char digits[10];
    size_t at = sizeof(digits);

    do
        digits[--at] = (char)('0' + index % 10);
    while (index /= 10);
    return add(path, len, digits + at, sizeof(digits) - at);
}

bool bawn_pointer_rebase(bawn_slice *path, size_t n, const char *head, bawn_arena *arena)
{
    size_t before = strlen(head), behind = path->len - n;
    char *out = bawn_arena_alloc(arena, before + behind + 1);

    if (!out)
        return false;
    memcpy(out, head, before);
    memcpy(out + before, path->ptr + n, behind);
    *path = bawn_slice_of(out, before + behind);
    return true;
}
