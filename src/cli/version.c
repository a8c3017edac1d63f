/* version.c: `bawn version`. */
#include <gnu/libc-version.h>
#include <hs/hs.h>
#include <openssl/crypto.h>
#include <sys/utsname.h>

#include "cli/cli.h"
#include "guard/guard.h"

int bawn_cli_version(bawn_cli *cli)
{
    struct utsname u;
    size_t kinds = 0;

    printf("bawn %s\n", BAWN_VERSION);
    if (!bawn_cli_value(cli, "verbose"))
        return CLI_OK;
    for (size_t g = 0; g < bawn_n_guards; g++)
        kinds += bawn_guards[g]->n_kinds;
    printf("guards       %zu files, %zu kinds of findings\n", bawn_n_guards, kinds);
    printf("patterns     %s\n", bawn_patterns_hash());
    printf("libraries    Vectorscan %s, %s, glibc %s\n", hs_version(), OpenSSL_version(OPENSSL_VERSION), gnu_get_libc_version());
    if (uname(&u) == 0)
        printf("machine      %s %s %s\n", u.sysname, u.release, u.machine);
#if defined(__x86_64__)
    printf("processor    sse4.2 %s, avx2 %s, avx512bw %s\n", __builtin_cpu_supports("sse4.2") ? "yes" : "no",
           __builtin_cpu_supports("avx2") ? "yes" : "no", __builtin_cpu_supports("avx512bw") ? "yes" : "no");
#endif
    return CLI_OK;
}
