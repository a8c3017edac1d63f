/* Any bytes as a policy: no crash, no leak, an error with a place or a tree. What is accepted is explained, the
 * explanation is a policy again, and explaining that says the same (but for the lines it speaks of). */
#include <stdlib.h>

#include "engine/policy_keys.c"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7 loses a list of its own, of 512 bytes or a little more, on a quoted scalar of many doubled quotes that is
 * then no document. Nothing of ours is allocated below its frames. */
const char *__lsan_default_suppressions(void) { return "leak:libfyaml.so\n"; }

static bawn_policy *parse(bawn_slice yaml, bawn_error *err)
{
    size_t n;
    const bawn_key *table = bawn_engine_keys(&n);
    bawn_policy *policy;

    return bawn_policy_parse(&policy, "fuzz.yaml", yaml, table, n, err) ? policy : NULL;
}

static void same(const bawn_node *a, const bawn_node *b)
{
    if (a->kind != b->kind || a->type != b->type || a->integer != b->integer || !bawn_slice_eq(a->key, b->key) ||
        !bawn_slice_eq(a->text, b->text))
        abort();
    for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
        same(a, b);
    if (a || b)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_error err = { 0 };
    bawn_policy *policy = parse(bawn_slice_of((const char *)data, size), &err), *again;
    bawn_buf page = { 0 };

    if (!policy) {
        if (err.code == BAWN_E_NONE || !err.message[0] ||
            (err.code == BAWN_E_POLICY && (err.line == 0 || err.column == 0)) ||
            bawn_utf8_valid_prefix(bawn_slice_str(err.message)) != strlen(err.message))
            abort();
        return 0;
    }
    if (!bawn_policy_explain(&page, policy, keys, BAWN_COUNT(keys)))
        abort();
    again = parse(bawn_buf_slice(&page), &err);
    if (!again && page.len <= (1 << 20))
        abort();
    if (again)
        same(bawn_policy_root(policy), bawn_policy_root(again));
    bawn_policy_free(again);
    bawn_policy_free(policy);
    bawn_buf_free(&page);
    return 0;
}
