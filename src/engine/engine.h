/* engine.h: the policy's tree and the guards' tables become an immutable wall; a wall and texts become a verdict.
 * Block mode judges whole texts (judge.c), a channel judges one text as it grows (channel.c); both feed the same
 * windows to the same guards, so they agree by construction. */
#ifndef BAWN_ENGINE_H
#define BAWN_ENGINE_H

#include "base/base.h"
#include "guard/guard.h"
#include "policy/policy.h"

/* ---- the wall, for those who configure around it (serve, cli) ---------------------------------------------- */
const bawn_key *bawn_engine_keys(size_t *n);                     /* the policy language: policy_keys.c */
/* As bawn_wall_load, for who wants all mistakes: goes on behind each that has no others in its train, and adds it to *all,
 * sorted. Words, expressions, guardrails and routes are looked at where the file is right by its keys. */
bool bawn_wall_check(bawn_wall **out, bawn_errors *all, const char *self, bawn_slice yaml, const char *cache_dir);
const bawn_policy *bawn_wall_policy(const bawn_wall *);
const char *bawn_wall_hash(const bawn_wall *);                   /* "sha256:..." of the policy's bytes */
const char *bawn_patterns_hash(void);                            /* "sha256:..." of the built-in pattern set */
size_t bawn_wall_guardrails(const bawn_wall *);
bawn_slice bawn_wall_guardrail_name(const bawn_wall *, size_t i);
int bawn_wall_guardrail_find(const bawn_wall *, bawn_slice name);/* -1: none; empty name: the default one */
/* What `publish` writes and a route's `version` reads. */
#define BAWN_VERSION_MOST 1000000                                /* numbers are below it */
bool bawn_version_name_ok(bawn_slice guardrail);                 /* its versions can stand in a folder of that name */
unsigned bawn_version_newest(const char *folder);                /* of one guardrail; 0: none, or no such folder */
bool bawn_engine_compile(const char *out_path, bawn_error *err); /* build time: compiles and writes the database */

#endif
