/* policy_table.h: the table of the policy's keys without the guards: names of entities are two, enough for a schema. */
#ifndef BAWN_POLICY_TABLE_H
#define BAWN_POLICY_TABLE_H

#include "engine/policy_keys.c"

size_t bawn_entity_names(const char **out, size_t room)
{
    static const char *const names[] = { "EMAIL", "PHONE" };
    size_t n = room < BAWN_COUNT(names) ? room : BAWN_COUNT(names);

    for (size_t i = 0; i < n; i++)
        out[i] = names[i];
    return n;
}

#endif
