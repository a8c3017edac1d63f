/* The allow list of hosts. */
#include "guard/exfiltration/exfiltration.h"

static bool fits(bawn_slice rule, bawn_slice host)
{
    if (rule.len < 2 || rule.ptr[0] != '*' || rule.ptr[1] != '.')
        return bawn_slice_eq_nocase(rule, host);
    bawn_slice tail = { rule.ptr + 1, rule.len - 1 };   /* ".host" */
    return host.len > tail.len && bawn_slice_eq_nocase(tail, bawn_slice_of(host.ptr + host.len - tail.len, tail.len));
}

bool bawn_exfiltration_allows(const bawn_exfiltration *settings, bawn_slice host)
{
    if (host.len > 0 && host.ptr[host.len - 1] == '.')
        host.len--;
    for (size_t i = 0; settings && host.len > 0 && i < settings->n; i++)
        if (fits(settings->allow_hosts[i], host))
            return true;
    return false;
}
