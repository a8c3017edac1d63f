/* exfiltration.h: the settings of the exfiltration guards: to which hosts an answer may link. */
#ifndef BAWN_EXFILTRATION_H
#define BAWN_EXFILTRATION_H

#include "base/base.h"

/* probe->settings of bawn_guard_link. NULL: no host is allowed. A name is a host ("shop.example", any case, without
 * port) or "*.host", which means every host below that one, but not that one itself. Borrowed. */
typedef struct bawn_exfiltration { const bawn_slice *allow_hosts; size_t n; } bawn_exfiltration;

/* Whether a host is on the list. A trailing dot of the host does not count. */
bool bawn_exfiltration_allows(const bawn_exfiltration *, bawn_slice host);

#endif
