/* embed.c: Bawn inside another program: load a policy, judge one text, print what was found and what to pass on.
 *
 *   cc embed.c -lbawn -o embed && ./embed
 *
 * The library does no input or output but for reading the policy's files, starts no thread and reads no clock. A wall
 * is immutable and shared by all threads; each thread has a worker of its own. */
#include <bawn/bawn.h>

#include <stdio.h>
#include <string.h>

static bawn_slice slice(const char *text)
{
    return (bawn_slice){ text, strlen(text) };
}

static int failed(const char *what, const bawn_error *err)
{
    fprintf(stderr, "embed: %s: %s:%u:%u: %s\n", what, err->file, (unsigned)err->line, (unsigned)err->column, err->message);
    return 1;
}

static void print(const bawn_verdict *verdict, bawn_slice masked)
{
    for (size_t i = 0; i < verdict->n_findings; i++) {
        const bawn_finding *f = &verdict->findings[i];

        printf("%.*s %.*s [%zu,%zu) %.2f\n", (int)f->guard.len, f->guard.ptr, (int)f->kind.len, f->kind.ptr, f->span.begin,
               f->span.end, (double)f->score);
    }
    printf("%.*s\n", (int)masked.len, masked.ptr);
}

int main(void)
{
    static const char policy[] = "version: 1\n"
                                 "upstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\n";
    const bawn_segment segment = { .role = BAWN_USER, .origin = BAWN_CALLER, .text = slice("Mail jane.roe@example.com") };
    const bawn_verdict *verdict;
    bawn_wall *wall;
    bawn_worker *worker;
    bawn_slice masked;
    bawn_error err = { 0 };
    int status = 0;

    if (!bawn_wall_load(&wall, "embed.yaml", slice(policy), NULL, &err))
        return failed("the policy", &err);
    if (!bawn_worker_new(&worker, wall, &err)) {
        bawn_wall_free(wall);
        return failed("a worker", &err);
    }
    if (bawn_inspect(&verdict, &masked, worker, slice("default"), BAWN_INPUT, &segment, 1, NULL, 0, NULL, &err))
        print(verdict, masked);                         /* both live until the worker's next call */
    else
        status = failed("the text", &err);
    bawn_worker_free(worker);
    bawn_wall_free(wall);
    return status;
}
