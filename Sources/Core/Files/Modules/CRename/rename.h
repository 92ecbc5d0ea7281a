#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift's Glibc does not show renameat2. Renames only if nothing has the new name; 0, or errno.
static inline int crs_rename_if_free(const char *old_name, const char *new_name) {
#ifdef SYS_renameat2
  const unsigned int no_replace = 1;
  if (syscall(SYS_renameat2, AT_FDCWD, old_name, AT_FDCWD, new_name, no_replace) == 0) return 0;
  return errno;
#else
  return ENOSYS;
#endif
}
