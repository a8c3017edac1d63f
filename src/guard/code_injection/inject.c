/* The readers of inject.h. */
#include "guard/code_injection/inject.h"

size_t bawn_inject_word(bawn_probe *p, size_t i, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (bawn_probe_text_at(p, i, *words) && !bawn_inject_name_byte(bawn_probe_at(p, i + n)))
            return n;
    }
    return 0;
}

size_t bawn_inject_find(bawn_probe *p, size_t from, size_t to, int stop, const char *const *words)
{
    for (size_t i = from; i < to; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || c == stop)
            break;
        if (bawn_probe_one_of(p, i, words) > 0)
            return i;
    }
    return SIZE_MAX;
}

size_t bawn_inject_past(bawn_probe *p, size_t i, const char *const *signs)
{
    for (size_t n; (n = bawn_probe_one_of(p, i, signs)) > 0; i += n)
        ;
    return i;
}

static bool blank(unsigned char c) { return c == ' ' || c == '\t'; }

size_t bawn_inject_blanks(bawn_probe *p, size_t i) { return bawn_probe_skip(p, i, blank); }

size_t bawn_inject_line(const bawn_probe *p, size_t i)
{
    while (i > 0 && p->text.ptr[i - 1] != '\n')
        i--;
    return i;
}

bool bawn_inject_line_ends(bawn_probe *p, size_t i)
{
    int c = bawn_probe_at(p, bawn_inject_blanks(p, i));
    return c < 0 || c == '\n' || c == '\r';
}

bool bawn_inject_line_opens(const bawn_probe *p, size_t i)
{
    while (i > 0 && blank((unsigned char)p->text.ptr[i - 1]))
        i--;
    return i == 0 || p->text.ptr[i - 1] == '\n';
}

/* Whether the quote right before i opens a string of JSON: it stands where a value may stand. Quotes inside are escaped. */
static bool string_opens(const bawn_probe *p, size_t i)
{
    if (p->place != BAWN_IN_TOOL_ARGUMENTS || bawn_probe_back(p, i) != '"')
        return false;
    for (i--; i > 0 && bawn_is_space((unsigned char)p->text.ptr[i - 1]); i--)
        ;
    return i > 0 && strchr(":[,{", p->text.ptr[i - 1]);
}

/* Whether "\n" or "\r" stands right before i, with a backslash that is not escaped itself. */
bool bawn_inject_escaped_end(const bawn_probe *p, size_t i)
{
    return p->place == BAWN_IN_TOOL_ARGUMENTS && i >= 2 && p->text.ptr[i - 2] == '\\' && (p->text.ptr[i - 1] == 'n' || p->text.ptr[i - 1] == 'r') &&
           bawn_probe_back(p, i - 2) != '\\';
}

size_t bawn_inject_value(const bawn_probe *p, size_t i)
{
    while (i > 0 && p->text.ptr[i - 1] != '\n' && !string_opens(p, i) && !bawn_inject_escaped_end(p, i))
        i--;
    return i;
}

bool bawn_inject_value_opens(const bawn_probe *p, size_t i)
{
    while (i > 0 && blank((unsigned char)p->text.ptr[i - 1]))
        i--;
    return i == 0 || p->text.ptr[i - 1] == '\n' || string_opens(p, i) || bawn_inject_escaped_end(p, i);
}

/* "command": and its kin right before the string that opens at i. */
static bool holds_commands(const bawn_probe *p, size_t i)
{
    static const char *const keys[] = { "command", "cmd", "commands", "script", "code", "shell", "bash", "exec", "run", "program", "cmdline", "command_line", NULL };
    for (i--; i > 0 && strchr(" \t\r\n:", p->text.ptr[i - 1]); i--)
        ;
    if (bawn_probe_back(p, i) != '"')
        return false;
    size_t end = --i;
    while (i > 0 && end - i < 24 && p->text.ptr[i - 1] != '"')
        i--;
    return bawn_slice_is_any(bawn_slice_of(p->text.ptr + i, end - i), keys);
}

bool bawn_inject_data_opens(const bawn_probe *p, size_t i)
{
    while (i > 0 && blank((unsigned char)p->text.ptr[i - 1]))
        i--;
    return i == 0 || p->text.ptr[i - 1] == '\n' || (string_opens(p, i) && !holds_commands(p, i));
}

bool bawn_inject_value_closes(bawn_probe *p, size_t i)
{
    if (p->place != BAWN_IN_TOOL_ARGUMENTS || bawn_probe_at(p, i) != '"' || bawn_probe_back(p, i) == '\\')
        return false;
    int next = bawn_probe_at(p, bawn_inject_blanks(p, i + 1));
    return next < 0 || strchr(",}]:\n\r", next);
}

bool bawn_inject_value_ends(bawn_probe *p, size_t i)
{
    i = bawn_inject_blanks(p, i);
    bool escape = p->place == BAWN_IN_TOOL_ARGUMENTS && bawn_probe_at(p, i) == '\\' && (bawn_probe_at(p, i + 1) == 'n' || bawn_probe_at(p, i + 1) == 'r');
    return escape || bawn_inject_line_ends(p, i) || bawn_inject_value_closes(p, i);
}

/* Programs with which honest command lines begin. */
static const char *const programs[] = {
    "alias", "apk", "apt", "apt-get", "awk", "aws", "az", "bash", "brew", "bundle", "cargo", "cat", "cd", "chmod",
    "chown", "cmake", "composer", "conda", "cp", "curl", "cut", "date", "df", "dig", "dnf", "docker", "docker-compose",
    "done", "dotnet", "du", "echo", "else", "env", "eval", "exec", "export", "fi", "find", "flutter", "for", "gcc", "gcloud",
    "gem", "git", "go", "gpg", "grep", "gunzip", "head", "helm", "if", "install", "java", "jq", "kill", "kubectl",
    "less", "ln", "local", "ls", "make", "mkdir", "mount", "mv", "mvn", "mysql", "node", "npm", "npx", "openssl",
    "perl", "php", "pip", "pip3", "pipenv", "pnpm", "poetry", "printf", "ps", "psql", "pwd", "python", "python3",
    "read", "return", "rm", "rsync", "ruby", "run", "scp", "sed", "service", "set", "sh", "sleep", "sort", "source",
    "ssh", "sudo", "systemctl", "tail", "tar", "tee", "terraform", "test", "then", "time", "touch", "tr", "uniq",
    "unzip", "uv", "vi", "vim", "virtualenv", "wc", "wget", "while", "xargs", "yarn", "yum", "zip", "zsh", NULL
};

bool bawn_inject_command_line(const bawn_probe *p, size_t at)
{
    size_t i = bawn_inject_value(p, at), n = 0;
    char word[16];

    while (i < at && strchr(" \t$#>*-`:", p->text.ptr[i]))
        i++;
    while (i + n < at && n < sizeof word - 1 && (bawn_is_alnum((unsigned char)p->text.ptr[i + n]) || p->text.ptr[i + n] == '-')) {
        word[n] = p->text.ptr[i + n];
        n++;
    }
    word[n] = '\0';
    for (const char *const *w = programs; *w; w++)
        if (strcmp(*w, word) == 0)
            return true;
    return n > 0 && i + n < at && p->text.ptr[i + n] == '=';   /* NAME=... */
}
