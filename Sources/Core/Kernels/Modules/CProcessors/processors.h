#pragma once

#include <sys/syscall.h>
#include <unistd.h>

// Swift's Glibc does not show sched_getaffinity, which needs _GNU_SOURCE.
/// Processors that this process may run on, 0 when the system does not say.
static inline int crs_processors(void) {
  unsigned char mask[1024] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long k = 0; k < bytes; k++) count += __builtin_popcount(mask[k]);
  return count;
}
