#pragma once

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Blocks of this size and above go back to the system as soon as they are freed; by default the limit grows with use,
// and freed planes stay with the program.
static inline void crs_return_blocks_above(int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
#else
  (void)bytes;
#endif
}
