/* words.c: the words of the enums in bawn.h, in their order. */
#include "cli/cli.h"

const char *const bawn_cli_actions[] = { "allow", "observe", "mask", "block", NULL };
const char *const bawn_cli_roles[] = { "system", "user", "assistant", "tool", NULL };
const char *const bawn_cli_origins[] = { "application", "caller", "tool_result", "document", "model", NULL };
const char *const bawn_cli_sides[] = { "input", "output", NULL };

int bawn_cli_word(const char *const *words, size_t n, bawn_slice word)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_slice_is(word, words[i]))
            return (int)i;
    return -1;
}

const char *bawn_cli_view_name(uint8_t view)
{
    return view & BAWN_VIEW_DECODED ? "decoded" : view & (BAWN_VIEW_CANONICAL | BAWN_VIEW_LEET) ? "canonical" : "raw";
}

const char *bawn_cli_confidence(float score)
{
    return score >= 0.9f ? "HIGH" : score >= 0.75f ? "MEDIUM" : score >= 0.55f ? "LOW" : "NONE";
}
