/* Published versions of guardrails as they stand beside the cache folder: a sound one is read, and one that was changed, is missing or
 * cannot be is refused in words that say what to do. keeps: RULINGS R33 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bawn/bawn.h"
#include "engine/engine.h"

#define UPSTREAM "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:1/v1\"}}\n"
#define TEAM "guardrails: {team: {word_filters: {custom: [{words: [frozen], action: block}]}}}\n"
#define ROUTE(version) UPSTREAM TEAM "routes: [{operations: [chat], guardrail: team, version: " version "}]\n"

typedef struct { char root[64], cache[96], team[96]; } place;

static void put(const place *p, const char *file, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/1/%s", p->team, file);
    f = fopen(path, "w");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* version.json, whose hash of bawn.yaml is that of `policy`; `name` is how the file is called there. */
static void note(const place *p, const char *name, const char *policy)
{
    char hash[72], text[300];

    bawn_sha256_name(hash, bawn_slice_str(policy));
    snprintf(text, sizeof text, "{\"files\": {\"%s\": \"%s\"}}", name, hash);
    put(p, "version.json", text);
}

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    char path[160];

    strcpy(p->root, "/tmp/bawn-versions-XXXXXX");
    if (!mkdtemp(p->root))
        return -1;
    snprintf(path, sizeof path, "%s/guardrails", p->root);
    snprintf(p->cache, sizeof p->cache, "%s/cache/", p->root);
    snprintf(p->team, sizeof p->team, "%s/guardrails/team", p->root);
    if (mkdir(path, 0755) || mkdir(p->team, 0755) || mkdir(p->cache, 0755))
        return -1;
    snprintf(path, sizeof path, "%s/1", p->team);
    if (mkdir(path, 0755))
        return -1;
    put(p, "bawn.yaml", UPSTREAM TEAM);
    note(p, "bawn.yaml", UPSTREAM TEAM);
    *state = p;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    place *p = *state;

    nftw(p->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

static void is_read(const char *yaml, const char *cache)
{
    bawn_wall *wall = NULL;
    bawn_error err = { 0 };

    if (!bawn_wall_load(&wall, "test.yaml", bawn_slice_str(yaml), cache, &err))
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    bawn_wall_free(wall);
}

static void is_refused(const char *yaml, const char *cache, const char *why)
{
    bawn_wall *wall = NULL;
    bawn_error err = { 0 };

    assert_false(bawn_wall_load(&wall, "test.yaml", bawn_slice_str(yaml), cache, &err));
    assert_null(wall);
    if (!strstr(err.message, why))
        fail_msg("found: %s\nexpected: %s", err.message, why);
    assert_true(err.code == BAWN_E_POLICY && err.line > 0);
}

static void a_published_version_is_read(void **state)
{
    const place *p = *state;

    is_read(ROUTE("1"), p->cache);
    is_read(ROUTE("DRAFT"), NULL);
    /* two routes of one version: it is read once */
    is_read(UPSTREAM TEAM "routes: [{operations: [chat], guardrail: team, version: 1}, "
            "{operations: [embeddings], guardrail: team, version: 1}]\n", p->cache);
}

static void a_version_never_changes(void **state)
{
    const place *p = *state;

    put(p, "bawn.yaml", UPSTREAM TEAM "# changed\n");
    is_refused(ROUTE("1"), p->cache, "a version never changes");
    put(p, "bawn.yaml", UPSTREAM TEAM);
    note(p, "../../../bawn.yaml", UPSTREAM TEAM);
    is_refused(ROUTE("1"), p->cache, "a version never changes");
    note(p, "words.txt", "");                            /* a file that is not there */
    is_refused(ROUTE("1"), p->cache, "a version never changes");
}

static void a_note_that_is_none_is_refused(void **state)
{
    static const char *const notes[] = { "", "{", "[]", "{}", "{\"files\": []}", "{\"files\": {}}", "{\"other\": {\"bawn.yaml\": \"x\"}}" };
    const place *p = *state;

    for (size_t i = 0; i < BAWN_COUNT(notes); i++) {
        put(p, "version.json", notes[i]);
        is_refused(ROUTE("1"), p->cache, "a version never changes");
    }
}

static void a_policy_that_is_wrong_is_refused_though_it_is_unchanged(void **state)
{
    const place *p = *state;

    put(p, "bawn.yaml", "version: 1\nnonsense: true\n");
    note(p, "bawn.yaml", "version: 1\nnonsense: true\n");
    is_refused(ROUTE("1"), p->cache, "nonsense");
    put(p, "bawn.yaml", UPSTREAM);
    note(p, "bawn.yaml", UPSTREAM);                      /* without the guardrail it is published for */
    is_refused(ROUTE("1"), p->cache, "team");
}

static void what_is_missing_is_named(void **state)
{
    const place *p = *state;
    char path[160];

    is_refused(ROUTE("2"), p->cache, "it is not published; the newest is 1");
    is_refused(ROUTE("1"), NULL, "name it with --state");
    is_refused(ROUTE("0"), p->cache, "versions are DRAFT, 1, 2 and so on");
    is_refused(UPSTREAM "routes: [{operations: [chat], guardrail: default, version: 1}]\n", p->cache, "`bawn policy publish default`");
    is_refused(UPSTREAM "routes: [{operations: [chat], guardrail: none, version: 1}]\n", p->cache, "has no versions");
    snprintf(path, sizeof path, "%s/1/bawn.yaml", p->team);
    assert_int_equal(remove(path), 0);
    is_refused(ROUTE("1"), p->cache, "a version never changes");
}

static void the_newest_is_the_largest_number(void **state)
{
    static const char *const names[] = { "9", "10", "x", "11x", "007" };
    const place *p = *state;
    char path[200];

    assert_int_equal(bawn_version_newest("/nonexistent"), 0);
    for (size_t i = 0; i < BAWN_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", p->team, names[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    assert_int_equal(bawn_version_newest(p->team), 10);
    assert_true(bawn_version_name_ok(BAWN_LIT("a-B_9")));
    assert_false(bawn_version_name_ok(BAWN_NIL) || bawn_version_name_ok(BAWN_LIT("a/b")) || bawn_version_name_ok(BAWN_LIT("..")));
    memset(path, 'a', 65);
    assert_true(bawn_version_name_ok(bawn_slice_of(path, 64)));
    assert_false(bawn_version_name_ok(bawn_slice_of(path, 65)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_published_version_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_never_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_that_is_none_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_policy_that_is_wrong_is_refused_though_it_is_unchanged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_is_the_largest_number, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
