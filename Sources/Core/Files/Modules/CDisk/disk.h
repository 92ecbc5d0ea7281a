#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift's Glibc does not show these calls of Linux.

// Renames only if nothing has the new name; 0, or errno.
static inline int crs_rename_if_free(const char *old_name, const char *new_name) {
#ifdef SYS_renameat2
  const unsigned int no_replace = 1;
  if (syscall(SYS_renameat2, AT_FDCWD, old_name, AT_FDCWD, new_name, no_replace) == 0) return 0;
  return errno;
#else
  return ENOSYS;
#endif
}

// Lets the disk begin with what has been written so far, without waiting for it.
static inline void crs_begin_writing(int file) {
#ifdef SYS_sync_file_range
  const unsigned int write = 2;
  syscall(SYS_sync_file_range, file, 0LL, 0LL, write);
#endif
}
