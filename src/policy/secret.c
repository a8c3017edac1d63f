/* secret.c: fetches what a reference (env:NAME, file:PATH) points to, at load. Messages name the reference, never what
 * it holds. keeps: DESIGN 5 (secrets by reference, never inline, never logged) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/inner.h"

#define SECRET_BYTES ((size_t)8 << 20)      /* also word lists come this way */

static bool from_environment(bawn_buf *out, const bawn_policy *policy, const bawn_node *node, const char *name,
                             bawn_error *err)
{
    const char *value = getenv(name);

    if (!value || !*value)
        return bawn_node_error(err, policy, node, "found %s environment variable %s; expected a value; export it before "
                               "starting, or use file:PATH", value ? "the empty" : "no", name);
    return bawn_buf_str(out, value) || bawn_error_set(err, BAWN_E_NO_MEMORY, "out of memory for %s", name);
}

/* PATH as it is, or beneath the policy's folder. */
static bool place_of(bawn_buf *out, const char *self, bawn_slice path)
{
    const char *slash = strrchr(self, '/');

    if (path.ptr[0] != '/' && slash)
        bawn_buf_add(out, bawn_slice_of(self, (size_t)(slash - self) + 1));
    bawn_buf_add(out, path);
    return bawn_buf_byte(out, '\0');
}

static bool read_all(bawn_buf *out, FILE *file)
{
    char block[4096];
    size_t n;

    while ((n = fread(block, 1, sizeof block, file)) > 0)
        if (out->len + n > SECRET_BYTES || !bawn_buf_add(out, bawn_slice_of(block, n)))
            return false;
    return !ferror(file);
}

static void drop_newline(bawn_buf *out, size_t from)
{
    if (out->len > from && out->ptr[out->len - 1] == '\n')
        out->len--;
    if (out->len > from && out->ptr[out->len - 1] == '\r')
        out->len--;
}

static bool from_file(bawn_buf *out, const bawn_policy *policy, const bawn_node *node, const char *path, bawn_error *err)
{
    FILE *file = fopen(path, "rbe");
    size_t from = out->len;
    bool ok;

    if (!file)
        return bawn_node_error(err, policy, node, "found no readable file %s (%s); expected it there; paths are relative "
                               "to the policy's folder", path, strerror(errno));
    ok = read_all(out, file);
    fclose(file);
    drop_newline(out, from);
    if (!ok || out->len == from)
        return bawn_node_error(err, policy, node, ok ? "found the file %s empty; expected a value in it"
                               : "cannot read the file %s; expected a regular file of at most 8 MiB", path);
    return true;
}

bool bawn_policy_secret(bawn_buf *out, const bawn_policy *policy, const bawn_node *node, bawn_error *err)
{
    bawn_slice text = node->text;
    bawn_buf name = { 0 };
    bool file = bawn_slice_starts(text, BAWN_LIT("file:")), ok = false;

    if (!file && !bawn_slice_starts(text, BAWN_LIT("env:")))
        return bawn_node_error(err, policy, node, "expected a reference, env:NAME or file:PATH");
    text = bawn_slice_of(text.ptr + (file ? 5 : 4), text.len - (file ? 5 : 4));
    if (text.len == 0)
        ok = bawn_node_error(err, policy, node, "expected a name after the colon of the reference");
    else if (file ? place_of(&name, policy->self, text) : bawn_buf_add(&name, text) && bawn_buf_byte(&name, '\0'))
        ok = file ? from_file(out, policy, node, name.ptr, err) : from_environment(out, policy, node, name.ptr, err);
    else
        bawn_error_set(err, BAWN_E_NO_MEMORY, "out of memory for a reference");
    bawn_buf_free(&name);
    return ok;
}
