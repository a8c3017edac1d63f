/* The built-in patterns: compiled when Bawn is built (tools/patterns.c), linked in as bytes, used where they lie
 * (RULINGS R9). Their head is the hash of the rules they were made from, so that a database of other tables is refused
 * instead of misread. */
#include "engine/builtin.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD (2 * BAWN_MATCH_ALIGN)     /* the hash, and zeros up to where the packed rules begin */

static bool write_out(const char *path, const bawn_buf *out, bawn_error *err)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(out->ptr, 1, out->len, f) == out->len;
    if (f && fclose(f) != 0)
        ok = false;
    return ok || bawn_error_set(err, BAWN_E_IO, "cannot write the pattern database to %s", path);
}

bool bawn_engine_compile(const char *out_path, bawn_error *err)
{
    bawn_arena *arena = bawn_arena_new(1 << 16, 0);
    bawn_rules rules = { 0 };
    bawn_buf out = { 0 };
    char hash[72];

    bool ok = arena && bawn_rules_list(&rules, bawn_guards, bawn_n_guards, 0, arena, err);
    ok = ok && (bawn_rules_hash(hash, &rules) || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to name the patterns"));
    if (ok) {
        bawn_buf_add(&out, bawn_slice_of(hash, sizeof hash));
        ok = bawn_rules_compile(&rules, true, arena, err) &&
             (bawn_rules_pack(&out, &rules) || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to pack")) &&
             write_out(out_path, &out, err);
    }
    bawn_buf_free(&out);
    bawn_rules_free(&rules);
    bawn_arena_free(arena);
    return ok;
}

bool bawn_builtin_load(bawn_rules *rules, char hash[72], bawn_arena *arena, bawn_error *err)
{
    bawn_slice blob = { (const char *)bawn_patterns_blob, (size_t)(bawn_patterns_blob_end - bawn_patterns_blob) };

    if (!bawn_rules_list(rules, bawn_guards, bawn_n_guards, 0, arena, err))
        return false;
    if (!bawn_rules_hash(hash, rules))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to name the built-in patterns");
    if (blob.len < HEAD || memcmp(blob.ptr, hash, 72) != 0)
        return bawn_error_set(err, BAWN_E_POLICY, "the built-in pattern database was made from other tables: rebuild Bawn");
    rules->in_place = true;
    return bawn_rules_unpack(rules, bawn_slice_of(blob.ptr + HEAD, blob.len - HEAD), arena, err);
}

/* Hundreds of databases stand in it, each of which few texts need. The pages are the file's, and were never written to. */
void bawn_builtin_trim(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)bawn_patterns_blob, end = (uintptr_t)bawn_patterns_blob_end;
    begin = (begin + page - 1) / page * page;
    end = end / page * page;
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_DONTNEED);
}

const char *bawn_patterns_hash(void) { return (const char *)bawn_patterns_blob; }
