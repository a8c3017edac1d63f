/* Compiles the built-in pattern database: `patterns OUT`. Run by the build. */
#include <stdio.h>

#include "engine/engine.h"

int main(int argc, char **argv)
{
    bawn_error err = { 0 };
    if (argc != 2) {
        fprintf(stderr, "usage: patterns OUT\n");
        return 2;
    }
    if (!bawn_engine_compile(argv[1], &err)) {
        fprintf(stderr, "patterns: %s\n", err.message);
        return 1;
    }
    return 0;
}
