/* route.c: see route.h. */
#include "dialect/route.h"

#define MODELS "/v1/models/"

bool bawn_route_is_printable(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7F || s.ptr[i] == '#' || s.ptr[i] == '\\')
            return false;
    return true;
}

/* Bytes of the slash that the text begins with: 1, 3 as %2F, 0 when it begins with none. */
static size_t slash(bawn_slice s)
{
    if (s.len >= 3 && s.ptr[0] == '%' && s.ptr[1] == '2' && (s.ptr[2] | 0x20) == 'f')
        return 3;
    return s.len > 0 && s.ptr[0] == '/';
}

static bool is_part(bawn_slice part)
{
    static const char signs[] = { '.', '_', ':', '@', '-' };

    for (size_t i = 0; i < part.len; i++)
        if (!bawn_is_alnum((unsigned char)part.ptr[i]) && !memchr(signs, part.ptr[i], sizeof(signs)))
            return false;
    return part.len > 0 && !bawn_slice_is(part, ".") && !bawn_slice_is(part, "..");
}

bool bawn_route_is_model(bawn_slice path)
{
    bawn_slice prefix = BAWN_LIT(MODELS);
    size_t begin = prefix.len;

    if (!bawn_slice_starts(path, prefix))
        return false;
    for (size_t i = begin; i < path.len; i++) {
        size_t n = slash(bawn_slice_of(path.ptr + i, path.len - i));
        if (n == 0)
            continue;
        if (!is_part(bawn_slice_of(path.ptr + begin, i - begin)))
            return false;
        begin = i + n;
        i = begin - 1;
    }
    return is_part(bawn_slice_of(path.ptr + begin, path.len - begin));
}

bool bawn_route_model(bawn_slice *out, bawn_slice path, bawn_arena *arena)
{
    bawn_slice id = { path.ptr + sizeof(MODELS) - 1, path.len - (sizeof(MODELS) - 1) };
    char *text = bawn_arena_alloc(arena, id.len + 1);
    size_t n = 0;

    id.len = bawn_slice_find(id, BAWN_LIT("?"));
    for (size_t i = 0; text && i < id.len; n++) {
        size_t skip = slash(bawn_slice_of(id.ptr + i, id.len - i));
        text[n] = skip ? '/' : id.ptr[i];
        i += skip ? skip : 1;
    }
    *out = bawn_slice_of(text, n);
    return text != NULL;
}
