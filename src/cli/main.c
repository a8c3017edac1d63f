/* The program `bawn`. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return bawn_cli_main(argc, (const char *const *)argv);
}
