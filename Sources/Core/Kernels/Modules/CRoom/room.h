#pragma once

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// What the system says about memory. Variadic scanf is out of Swift's reach.

/// A number of a file that holds nothing else; -1 where there is none (a cgroup without a limit says "max").
static inline long long crs_number_in(const char *path) {
  long long number = -1;
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  if (fscanf(file, "%lld", &number) != 1) number = -1;
  fclose(file);
  return number;
}

/// The number behind a word at the start of a line; 0 where there is none.
static inline long long crs_number_after(const char *path, const char *word) {
  char line[256];
  long long number = 0;
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, word, strlen(word)) == 0 && sscanf(line + strlen(word), " %lld", &number) == 1) break;
  }
  fclose(file);
  return number;
}

/// What a group of processes has left: its limit without what it uses, but for files that can go; LLONG_MAX without one.
static inline long long crs_room_of_group(const char *folder, const char *limit, const char *use, const char *files) {
  char path[1280];
  snprintf(path, sizeof path, "%s/%s", folder, limit);
  long long most = crs_number_in(path);
  // Version 1 says "no limit" with a number near 2^63.
  if (most < 0 || most > (1LL << 60)) return LLONG_MAX;
  snprintf(path, sizeof path, "%s/%s", folder, use);
  long long used = crs_number_in(path);
  if (used < 0) return LLONG_MAX;
  snprintf(path, sizeof path, "%s/memory.stat", folder);
  long long spare = crs_number_after(path, files);
  long long left = most - used + (spare < used ? spare : used);
  return left > 0 ? left : 0;
}

/// The least room of a group and all those that it is in.
static inline long long crs_room_of_groups(const char *root, char *group, const char *limit, const char *use,
                                           const char *files) {
  long long least = LLONG_MAX;
  for (;;) {
    char folder[1024];
    snprintf(folder, sizeof folder, "%s%s", root, group);
    long long left = crs_room_of_group(folder, limit, use, files);
    if (left < least) least = left;
    char *slash = strrchr(group, '/');
    if (!slash) return least;
    *slash = 0;
  }
}

/// Bytes of address space that this process takes; 0 where the system does not say.
static inline long long crs_address_space(void) {
  long long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return 0;
  if (fscanf(file, "%lld", &pages) != 1) pages = 0;
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

/// What `ulimit -v` allows of it; 0 without a limit.
static inline long long crs_address_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  return limit.rlim_cur > LLONG_MAX ? 0 : (long long)limit.rlim_cur;
}

/// Bytes that this process may still take: of the machine, of its limits (ulimit -v and -d), and of its control groups.
static inline long long crs_room(void) {
  long long least = LLONG_MAX;
  long long machine = crs_number_after("/proc/meminfo", "MemAvailable:");
  if (machine > 0) least = 1024 * (machine + crs_number_after("/proc/meminfo", "SwapFree:"));
  long long pages[6] = {0};
  FILE *file = fopen("/proc/self/statm", "re");
  if (file) {
    if (fscanf(file, "%lld %lld %lld %lld %lld %lld", pages, pages + 1, pages + 2, pages + 3, pages + 4, pages + 5) != 6)
      pages[0] = pages[5] = 0;
    fclose(file);
  }
  long long page = sysconf(_SC_PAGESIZE);
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    long long left = (long long)limit.rlim_cur - pages[0] * page;
    if (left < least) least = left;
  }
  if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    long long left = (long long)limit.rlim_cur - pages[5] * page;
    if (left < least) least = left;
  }
  file = fopen("/proc/self/cgroup", "re");
  if (file) {
    char line[1024];
    while (fgets(line, sizeof line, file)) {
      line[strcspn(line, "\n")] = 0;
      char *controllers = strchr(line, ':');
      char *group = controllers ? strchr(controllers + 1, ':') : 0;
      if (!group) continue;
      *group++ = 0;
      if (strcmp(group, "/") == 0) *group = 0;
      long long left = LLONG_MAX;
      if (controllers[1] == 0)
        left = crs_room_of_groups("/sys/fs/cgroup", group, "memory.max", "memory.current", "inactive_file");
      else if (strstr(controllers, "memory"))
        left = crs_room_of_groups("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                                  "memory.usage_in_bytes", "total_inactive_file");
      if (left < least) least = left;
    }
    fclose(file);
  }
  return least > 0 ? least : 0;
}

/// Bytes of the machine's memory, 0 where the system does not say.
static inline long long crs_machine(void) {
  long long pages = sysconf(_SC_PHYS_PAGES);
  return pages > 0 ? pages * sysconf(_SC_PAGESIZE) : 0;
}

/// Gives free memory back to the system.
static inline void crs_return_freed(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
