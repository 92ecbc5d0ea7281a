#include "memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CRS_OTHER_MALLOC
#endif
#endif

void crs_return_blocks_above(int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
#else
  (void)bytes;
#endif
}

static _Atomic(void *) reserve;
static _Atomic(size_t) reserve_size;
static _Atomic(uintptr_t) teller;

void crs_keep_reserve(void (*tell)(void)) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  if (atomic_load(&reserve)) return;
  size_t size = limit.rlim_cur / 8;
  if (size > ((size_t)1 << 30)) size = (size_t)1 << 30;
  // Address space alone: nothing of it is ever touched.
  void *kept = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (kept == MAP_FAILED) return;
  atomic_store(&teller, (uintptr_t)tell);
  atomic_store(&reserve_size, size);
  atomic_store(&reserve, kept);
}

#if defined(__GLIBC__) && !defined(CRS_OTHER_MALLOC)
// Swift ends the process when an allocation fails. These take the place of the library's functions of the same names.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/// Whether the reserve was there and is given up now.
static int give_up_reserve(void) {
  void *kept = atomic_exchange(&reserve, (void *)0);
  if (!kept) return 0;
  munmap(kept, atomic_load(&reserve_size));
  void (*tell)(void) = (void (*)(void))atomic_load(&teller);
  if (tell) tell();
  return 1;
}

void *malloc(size_t size) {
  void *block = __libc_malloc(size);
  return block || !give_up_reserve() ? block : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  void *block = __libc_calloc(count, size);
  return block || !give_up_reserve() ? block : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  void *block = __libc_realloc(old, size);
  return block || size == 0 || !give_up_reserve() ? block : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  void *block = __libc_memalign(alignment, size);
  return block || !give_up_reserve() ? block : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return 22;
  void *block = aligned_alloc(alignment, size);
  if (!block) return 12;
  *out = block;
  return 0;
}
#endif
