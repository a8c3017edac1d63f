/* policy_effective.h: what a policy's guardrails do, all taken together. */
#ifndef BAWN_CLI_POLICY_EFFECTIVE_H
#define BAWN_CLI_POLICY_EFFECTIVE_H

#include "cli/cli.h"
#include "engine/entities.h"
#include "engine/wall.h"

/* Appends comments of YAML, a block for each guardrail of the file (and the default one). False: out of memory. */
bool bawn_cli_effective(bawn_buf *out, const bawn_wall *);

#endif
