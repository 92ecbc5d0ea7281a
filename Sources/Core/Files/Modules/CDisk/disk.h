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

// Removes a folder with the files in it, not with folders in it; safe in a signal handler.
static inline void crs_remove_folder(const char *path) {
  const int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  union {
    char bytes[4096];
    long aligned;
  } entries;
  // Twice: somebody may have written into it meanwhile.
  for (int round = 0; round < 2; round++) {
    long count;
    lseek(folder, 0, SEEK_SET);
    while ((count = syscall(SYS_getdents64, folder, entries.bytes, sizeof entries.bytes)) > 0) {
      for (long at = 0; at < count;) {
        // The length of an entry, behind two numbers of 64 bits; its type and its name follow.
        unsigned short length;
        __builtin_memcpy(&length, entries.bytes + at + 16, sizeof length);
        unlinkat(folder, entries.bytes + at + 19, 0);
        at += length;
      }
    }
    if (rmdir(path) == 0) break;
  }
  close(folder);
}
