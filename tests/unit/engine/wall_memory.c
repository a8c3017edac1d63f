/* Loading a policy while memory runs out: each allocation fails once. The policy is refused; or, where only something that saves time was
 * lost, what is given blocks as it must: never half of a wall. Words stand in a file, too.
 * keeps: T04 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/base.h"
#include "bawn/bawn.h"

#define POLICY "version: 1\nupstreams: {main: {dialect: openai, url: [\"http://127.0.0.1:1/v1\"]}}\n" \
    "defaults: {guardrail: team}\nroutes: [{operations: [chat]}]\n" \
    "guardrails:\n  base: {sensitive_information: {entities: {EMAIL: {input: token, output: mask}}}}\n" \
    "  team: {extends: base, word_filters: {custom: [{file: \"file:%s\", action: block}, {words: [falcon, \"two words\"], action: mask}]}}\n"

static char list[64] = "/tmp/bawn-words-XXXXXX", policy[1024];

static int write_list(const char *text)
{
    FILE *f = fopen(list, "w");
    return f && fputs(text, f) >= 0 && fclose(f) == 0 ? 0 : -1;
}

static int set_up(void **state)
{
    int fd = mkstemp(list);

    (void)state;
    if (fd < 0 || close(fd))
        return -1;
    snprintf(policy, sizeof policy, POLICY, list);
    return write_list("# the first line says what it is\nkestrel\r\n\n  peregrine falcon\nmerlin");
}

static int tear_down(void **state)
{
    (void)state;
    return remove(list);
}

static bool load(bawn_wall **wall, bawn_error *err)
{
    *err = (bawn_error){ 0 };
    *wall = NULL;
    return bawn_wall_load(wall, "test.yaml", bawn_slice_str(policy), NULL, err);
}

static void it_blocks(const bawn_wall *wall, size_t n)
{
    static const char *const texts[] = { "a kestrel", "the merlin", "Peregrine  falcon" };
    bawn_worker *worker;
    bawn_error err;

    assert_true(bawn_worker_new(&worker, wall, &err));
    for (size_t i = 0; i < BAWN_COUNT(texts); i++) {
        bawn_segment s = { BAWN_USER, BAWN_CALLER, BAWN_NIL, bawn_slice_str(texts[i]) };
        const bawn_verdict *v;

        assert_true(bawn_inspect(&v, NULL, worker, BAWN_LIT("team"), BAWN_INPUT, &s, 1, NULL, 0, NULL, &err));
        if (v->action != BAWN_BLOCK)
            fail_msg("allocation %zu fails: loaded, and `%s` passes", n, texts[i]);
    }
    bawn_worker_free(worker);
}

static void no_wall_without_its_memory(void **state)
{
    bawn_wall *wall;
    bawn_error err;
    bool failed = true;
    size_t n;

    (void)state;
    for (n = 1; failed; n++) {
        bawn_malloc_fail_at = n;
        bool ok = load(&wall, &err);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        if (ok)
            it_blocks(wall, n);
        else if (wall || err.code == 0 || !failed)
            fail_msg("allocation %zu fails: code %d, %s", n, err.code, err.message);
        bawn_wall_free(wall);
    }
    assert_true(n > 20);                                 /* else none of it was tried */
}

static void a_list_that_is_not_utf8_is_refused(void **state)
{
    bawn_wall *wall;
    bawn_error err;

    (void)state;
    assert_int_equal(write_list("good\nb\xFF" "d\n"), 0);
    assert_false(load(&wall, &err));
    assert_true(err.line > 0 && strstr(err.message, "not UTF-8"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_wall_without_its_memory), cmocka_unit_test(a_list_that_is_not_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
