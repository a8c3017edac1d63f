/* log_verify.c: `bawn log verify` reads every frame, `bawn log repair` cuts torn tails. Nothing else touches a record. */
#include "cli/events.h"

typedef struct { uint64_t events, bytes, torn, corrupt; bool failed; } tally;

static void report(tally *t, bawn_read got, const bawn_spool_position *at, const bawn_error *err)
{
    const char *what = got == BAWN_READ_TORN ? "torn" : got == BAWN_READ_CORRUPT ? "corrupt" : "unreadable";

    t->torn += got == BAWN_READ_TORN;
    t->corrupt += got == BAWN_READ_CORRUPT;
    t->failed = t->failed || got == BAWN_READ_ERROR;
    printf("%s%s%s  %s at byte %llu: %s\n", bawn_cli_ink(stdout, CLI_RED), what, bawn_cli_ink(stdout, CLI_PLAIN), at->file,
           (unsigned long long)at->offset, err->message);
}

static void verify(tally *t, bawn_spool_reader *r)
{
    for (;;) {
        bawn_slice payload;
        bawn_spool_position at = { 0 };
        bawn_error err = { 0 };
        bawn_read got = bawn_spool_next(r, &payload, &at, &err);

        if (got == BAWN_READ_EVENT) {
            t->events++;
            t->bytes += payload.len;
        } else if (got != BAWN_READ_END) {
            report(t, got, &at, &err);
        }
        if (got == BAWN_READ_END || got == BAWN_READ_ERROR)
            return;
    }
}

static int conclude(const tally *t, const char *folder)
{
    printf("%s: %llu events, %.1f MB read", folder, (unsigned long long)t->events, (double)t->bytes / 1e6);
    if (!t->torn && !t->corrupt && !t->failed) {
        printf(", %severy frame sound%s\n", bawn_cli_ink(stdout, CLI_GREEN), bawn_cli_ink(stdout, CLI_PLAIN));
        return CLI_OK;
    }
    printf(", %llu torn, %llu corrupt\n", (unsigned long long)t->torn, (unsigned long long)t->corrupt);
    if (t->torn)
        puts("A torn tail is what a crash leaves of an event that was never acknowledged; `bawn log repair` cuts it.");
    if (t->corrupt)
        puts("Corruption is no crash: somebody or some disk changed these bytes. Keep the file, look at the disk.");
    return t->failed ? CLI_BROKEN : CLI_FOUND;
}

static const char *folder_of(char out[CLI_PATH], const bawn_cli *cli)
{
    bawn_cli_policy policy;

    bawn_cli_policy_try(&policy, cli);
    bawn_cli_spool(out, cli, &policy);
    bawn_cli_policy_free(&policy);
    return out;
}

int bawn_cli_log_verify(bawn_cli *cli)
{
    char folder[CLI_PATH];
    bawn_spool_reader *reader;
    bawn_error err = { 0 };
    tally t = { 0 };

    if (!bawn_spool_reader_open(&reader, folder_of(folder, cli), &err))
        return bawn_cli_fail(CLI_BROKEN, "%s; is --state or --folder right?", err.message);
    verify(&t, reader);
    bawn_spool_reader_close(reader);
    return conclude(&t, folder);
}

int bawn_cli_log_repair(bawn_cli *cli)
{
    char folder[CLI_PATH];
    bawn_error err = { 0 };
    size_t repaired = 0;

    if (!bawn_spool_repair(folder_of(folder, cli), bawn_cli_now(), &repaired, &err))
        return bawn_cli_fail(CLI_BROKEN, "%s", err.message);
    if (repaired)
        printf("%zu torn tail%s cut, each recorded as an event of type spool.repaired\n", repaired, repaired == 1 ? "" : "s");
    else
        puts("Nothing to repair.");
    return CLI_OK;
}
