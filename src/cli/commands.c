/* commands.c: every command, once. Help, completion and parsing come from these rows. */
#include "cli/cli.h"

#define OPTIONS(table) (table), BAWN_COUNT(table)
#define ANY SIZE_MAX

#define POLICY { "policy", 'c', "FILE", NULL, "the policy (also --config); default ./bawn.yaml, else the built-in one" }
#define CONFIG { "config", 'c', "FILE", NULL, "the policy (also --policy); default ./bawn.yaml" }
#define STATE { "state", 0, "DIR", NULL, "where Bawn keeps its files; default ~/.local/state/bawn, of root /var/lib/bawn" }
#define PORT { "port", 'p', "PORT", NULL, "listen here, instead of the port of the policy's first listener for clients" }
#define FOLDER { "folder", 0, "DIR", NULL, "the record's folder, instead of the one that the policy names" }

static const bawn_cli_option check_options[] = {
    POLICY,
    { "guardrail", 'g', "NAME", NULL, "which guardrail of the policy; without it the default one" },
    { "side", 0, "SIDE", "input|output", "judge as what is asked (input) or what is answered (output)" },
    { "format", 'f', "FORMAT", "text|json|jsonl|sarif", "how to print; default text for files, jsonl for a pipe" },
    { "explain", 'e', NULL, NULL, "say for each finding what was seen, in which view, by which rule, and what to do" },
    { "progress", 0, NULL, NULL, "show progress even where the output is no terminal" },
    STATE,
};
static const bawn_cli_option config_options[] = { CONFIG, STATE };
static const bawn_cli_option doctor_options[] = { CONFIG, STATE, PORT };
static const bawn_cli_option serve_options[] = {
    CONFIG, STATE, PORT,
    { "workers", 'w', "N", NULL, "worker processes: a number, or auto for one a processor; without it one" },
    { "confine", 0, "HOW", "on|off|required", "workers give up what they do not need: on (default), off, or required: else do not start" },
};
static const bawn_cli_option policy_options[] = { POLICY, STATE };
static const bawn_cli_option init_options[] = {
    { "upstream", 'u', "URL", NULL, "base URL of the model server, such as https://api.openai.com/v1" },
    { "key", 'k', "REFERENCE", NULL, "where its key stands: env:NAME or file:PATH; default env:LLM_KEY, `none`: no key" },
    { "output", 'o', "FILE", NULL, "where to write; default bawn.yaml, `-`: standard output" },
};
static const bawn_cli_option suggest_options[] = {
    CONFIG, STATE, FOLDER,
    { "last", 'n', "N", NULL, "how many recorded decisions to compare with; default 10000" },
};
static const bawn_cli_option log_options[] = {
    { "follow", 'f', NULL, NULL, "wait for more" },
    { "action", 'a', "ACTION", "allow|observe|mask|block|refuse|fail", "only decisions with this action" },
    { "guard", 'g', "NAME", NULL, "only decisions with a finding of this guard or kind (pii, pii.EMAIL)" },
    { "since", 's', "TIME", NULL, "only the last 90s, 15m, 1h, 7d, or from a date on (2026-11-23, or RFC 3339)" },
    { "last", 'n', "N", NULL, "only the last N" },
    { "json", 'j', NULL, NULL, "the events as they are recorded, one JSON object a line" },
    CONFIG, STATE, FOLDER,
};
static const bawn_cli_option show_options[] = {
    { "json", 'j', NULL, NULL, "the event as it is recorded" }, CONFIG, STATE, FOLDER,
};
static const bawn_cli_option stats_options[] = {
    { "since", 's', "TIME", NULL, "only the last 90s, 15m, 1h, 7d, or from a date on" },
    { "json", 'j', NULL, NULL, "for machines" }, CONFIG, STATE, FOLDER,
};
static const bawn_cli_option record_options[] = { CONFIG, STATE, FOLDER };
static const bawn_cli_option version_options[] = {
    { "verbose", 'v', NULL, NULL, "libraries, patterns, processor" },
};

static const bawn_cli_command commands[] = {
    { "check", "[FILE...]", "judge texts, chats and JSON Lines without a gateway",
      "FILE is a text, an OpenAI request, answer or list of messages (.json), or JSON Lines (.jsonl); `-` is standard\n"
      "input. Without FILE on a terminal it is a prompt that explains each line typed; in a pipe it is a filter:\n"
      "lines {\"id\",\"text\"[,\"role\",\"origin\",\"context\",\"query\"]} come in, verdicts go out in the same order.\n"
      "role is system, user, assistant or tool; an assistant's text is judged as an answer, and `context` is then the\n"
      "system prompt that may not leak. origin is application, caller, tool_result, document or model.\n"
      "Exit status: 0 nothing blocked (the filter: always, unless 3), 1 something was blocked, 2 the command line or\n"
      "the policy is wrong, 3 a guard could not run or input was broken.",
      OPTIONS(check_options), 0, ANY, bawn_cli_check },
    { "policy check", "[FILE]", "say whether a policy is right, and what is wrong where", NULL,
      OPTIONS(policy_options), 0, 1, bawn_cli_policy_check },
    { "policy explain", "[FILE]", "print the effective policy, defaults filled in", NULL,
      OPTIONS(policy_options), 0, 1, bawn_cli_policy_explain },
    { "policy schema", "", "print the JSON Schema of the policy language, for editors", NULL, NULL, 0, 0, 0,
      bawn_cli_policy_schema },
    { "policy reference", "", "print the reference of the policy language as Markdown", NULL, NULL, 0, 0, 0,
      bawn_cli_policy_reference },
    { "policy init", "--upstream URL", "write a commented first policy", "An existing file is never overwritten.",
      OPTIONS(init_options), 0, 0, bawn_cli_policy_init },
    { "policy publish", "NAME", "freeze a guardrail as its next version",
      "The policy file is the guardrail's DRAFT. Publishing copies the policy and the lists it names into the state\n"
      "folder as version 1, 2, 3 ...; a version never changes afterwards.",
      OPTIONS(config_options), 1, 1, bawn_cli_policy_publish },
    { "policy suggest", "ID", "the smallest change that would let a recorded request pass",
      "ID is the x-bawn-id of an answer. Prints the change and what else of the recorded traffic it would let pass.\n"
      "Nothing is changed.",
      OPTIONS(suggest_options), 1, 1, bawn_cli_policy_suggest },
    { "doctor", "", "check whether everything needed to serve is there",
      "Each line is ok, a warning, or failed with what to type. Exit status 1 when something failed.",
      OPTIONS(doctor_options), 0, 0, bawn_cli_doctor },
    { "serve", "", "run the gateway in the foreground", NULL, OPTIONS(serve_options), 0, 0, bawn_cli_serve },
    { "reload", "", "give a running gateway its changed policy; a bad one is refused",
      "Returns when new connections are served by the new policy. Its env: references are looked up by the gateway, in\n"
      "the environment of `bawn serve`.",
      OPTIONS(config_options), 0, 0, bawn_cli_reload },
    { "stop", "", "stop a running gateway once its requests are answered", NULL, OPTIONS(config_options), 0, 0,
      bawn_cli_stop },
    { "config", "", "print the nginx configuration that `serve` would use", NULL, OPTIONS(serve_options), 0, 0,
      bawn_cli_config },
    { "log", "", "list recorded decisions", NULL, OPTIONS(log_options), 0, 0, bawn_cli_log },
    { "log show", "ID", "explain one decision: what was seen, by which rule, and how to exempt it", NULL,
      OPTIONS(show_options), 1, 1, bawn_cli_log_show },
    { "log stats", "", "count decisions, findings, latencies, and what was not looked at", NULL, OPTIONS(stats_options), 0, 0, bawn_cli_log_stats },
    { "log verify", "", "read every recorded frame and report what is torn or corrupt", NULL, OPTIONS(record_options),
      0, 0, bawn_cli_log_verify },
    { "log repair", "", "cut torn tails of files that nobody has open, and record that", NULL, OPTIONS(record_options),
      0, 0, bawn_cli_log_repair },
    { "completion", "bash|zsh|fish", "print completions for a shell",
      "bash:  bawn completion bash > ~/.local/share/bash-completion/completions/bawn\n"
      "zsh:   bawn completion zsh > \"${fpath[1]}/_bawn\"\n"
      "fish:  bawn completion fish > ~/.config/fish/completions/bawn.fish",
      NULL, 0, 1, 1, bawn_cli_completion },
    { "version", "", "print the version", NULL, OPTIONS(version_options), 0, 0, bawn_cli_version },
    { "help", "[COMMAND]", "this list, or how a command is used", NULL, NULL, 0, 0, 2, bawn_cli_help_command },
};

const bawn_cli_command *bawn_cli_commands(size_t *n)
{
    *n = BAWN_COUNT(commands);
    return commands;
}
