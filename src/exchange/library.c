/* The one file of libbawn.so itself; all else comes from the rooms that it is linked from. */
#include "bawn/bawn.h"

extern const char bawn_library_version[];
const char bawn_library_version[] = "bawn " BAWN_VERSION;
