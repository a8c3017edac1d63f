/* policy_init.c: `bawn policy init`: a first policy of about twenty lines, in which each is explained. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"

static const char before[] =
    "# The policy of this Bawn. `bawn policy check` says whether it is right, `bawn policy explain` what holds in all.\n"
    "version: 1                    # of this file's format\n"
    "listeners:\n"
    "  public:\n"
    "    address: 127.0.0.1:8480   # where clients connect: base URL http://127.0.0.1:8480/v1; loopback only, for now\n"
    "upstreams:\n"
    "  main:                       # the model behind the wall; the name is yours\n"
    "    dialect: openai           # the API that it speaks\n";
static const char after[] =
    "defaults:\n"
    "  on_block: native            # a block looks like the provider's own refusal (200); error: status 400\n"
    "guardrails:\n"
    "  default:                    # what may be said; every guard is on, these lines only show where to turn\n"
    "    mode: enforce             # observe: only record what enforce would do. A good first week.\n"
    "    content_filters: {PROMPT_ATTACK: {input: high, untrusted: high}}  # none, low, medium, high\n"
    "    sensitive_information:\n"
    "      entities:\n"
    "        EMAIL: {input: token, output: mask}   # token: the model sees <EMAIL_1>, the client his address\n"
    "    secrets: {input: block, output: block}    # keys, tokens, private keys, connection strings\n"
    "record:\n"
    "  text: none                  # findings: what was found stands in the record too, else only a keyed hash\n";

static bool is_url(const char *url)
{
    size_t skip = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;
    bool ok = skip > 0 && bawn_is_alnum((unsigned char)url[skip]);

    for (const char *p = url; *p; p++)
        ok = ok && *p > 0x20 && *p < 0x7F && *p != '"' && *p != '\\';
    return ok || (skip > 0 && url[skip] == '[');
}

static bool is_reference(const char *key)
{
    bool named = (strncmp(key, "env:", 4) == 0 && key[4]) || (strncmp(key, "file:", 5) == 0 && key[5]);

    for (const char *p = key; *p; p++)
        named = named && *p > 0x20 && *p < 0x7F && *p != '"' && *p != '#';
    return named;
}

static int write_new(const char *path, bawn_slice text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0 && errno == EEXIST)
        return bawn_cli_fail(CLI_USAGE, "%s is there already and is not overwritten; choose another: --output FILE", path);
    if (fd < 0)
        return bawn_cli_fail(CLI_BROKEN, "%s cannot be written: %s", path, strerror(errno));
    bool ok = bawn_cli_write(fd, text);
    if (close(fd) != 0 || !ok)
        return bawn_cli_fail(CLI_BROKEN, "%s cannot be written: %s", path, strerror(errno));
    return CLI_OK;
}

static void say_next(const char *path, const char *key)
{
    printf("Wrote %s. Next:\n", path);
    if (strncmp(key, "env:", 4) == 0)
        printf("  export %s=...      the key of your model server\n", key + 4);
    printf("  bawn doctor -c %s\n  bawn serve -c %s\n", path, path);
}

int bawn_cli_policy_init(bawn_cli *cli)
{
    const char *url = bawn_cli_value(cli, "upstream"), *key = bawn_cli_value(cli, "key"), *path = bawn_cli_value(cli, "output");
    bawn_buf text = { 0 };
    int status;

    key = key ? key : "env:LLM_KEY";
    path = path ? path : "bawn.yaml";
    if (!url)
        return bawn_cli_fail(CLI_USAGE, "which model server? For example: bawn policy init --upstream https://api.openai.com/v1");
    if (!is_url(url))
        return bawn_cli_fail(CLI_USAGE, "--upstream %s is no base URL; expected http://HOST[:PORT]/PATH or https://...", url);
    if (strcmp(key, "none") != 0 && !is_reference(key))
        return bawn_cli_fail(CLI_USAGE, "--key takes a reference, env:NAME or file:PATH, or `none`; a key itself never stands in "
                             "a policy");
    bawn_buf_str(&text, before);
    bawn_buf_fmt(&text, "    url: \"%s\"\n", url);
    if (strcmp(key, "none") != 0)
        bawn_buf_fmt(&text, "    key: \"%s\"   # sent to the model server; the clients' own keys are dropped\n", key);
    bawn_buf_str(&text, after);
    if (strcmp(path, "-") == 0)
        status = bawn_cli_write(STDOUT_FILENO, bawn_buf_slice(&text)) ? CLI_OK : CLI_BROKEN;
    else if ((status = write_new(path, bawn_buf_slice(&text))) == CLI_OK)
        say_next(path, key);
    bawn_buf_free(&text);
    return status;
}
