/* Of libsodium only HMAC-SHA256 and the comparison in constant time are used. */
#ifndef CRS_SODIUM_SHIM_H
#define CRS_SODIUM_SHIM_H
#include <sodium.h>
#endif
