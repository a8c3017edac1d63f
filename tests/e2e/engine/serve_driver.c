/* serve_driver.c: the serve room by itself, for end-to-end tests: serve_driver VERB POLICY STATE MODULE. Not installed. */
#include <stdio.h>
#include <string.h>

#include "serve/serve.h"

static void say(void *user, const char *line)
{
    (void)user;
    puts(line);
    fflush(stdout);
}

static bool config(const bawn_serve_options *o, bawn_error *err)
{
    bawn_serve_plan plan;
    bawn_wall *wall = NULL;
    bawn_buf text = { 0 };
    bool ok = bawn_serve_plan_new(&plan, o, err) && bawn_serve_load(&wall, &plan, err) &&
              bawn_serve_config(&text, wall, &plan, err);
    if (ok)
        fwrite(text.ptr, 1, text.len, stdout);
    bawn_buf_free(&text);
    bawn_wall_free(wall);
    bawn_serve_plan_free(&plan);
    return ok;
}

int main(int argc, char **argv)
{
    bawn_error err = { 0 };
    bool ok = false;

    if (argc != 5)
        return 2;
    bawn_serve_options o = { .policy = argv[2], .state = argv[3], .module = argv[4] };
    if (!strcmp(argv[1], "serve"))
        ok = bawn_serve_run(&o, say, NULL, &err);
    else if (!strcmp(argv[1], "reload"))
        ok = bawn_serve_reload(&o, &err);
    else if (!strcmp(argv[1], "stop"))
        ok = bawn_serve_stop(&o, &err);
    else if (!strcmp(argv[1], "config"))
        ok = config(&o, &err);
    if (ok)
        return 0;
    if (err.line)
        fprintf(stderr, "%s:%u:%u: ", err.file, err.line, err.column);
    fprintf(stderr, "%s\n", err.message);
    return 2;
}
