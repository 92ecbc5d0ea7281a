#include "memory.h"

#include <errno.h>
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

/// Blocks from this size on are worth large pages.
static const size_t large = (size_t)1 << 20;
static _Atomic(int) wants_large_pages;

void crs_return_blocks_above(int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
  // What a plane leaves serves the next one, or each would get its pages anew.
  mallopt(M_TRIM_THRESHOLD, 4 * bytes);
  atomic_store(&wants_large_pages, 1);
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

/// Asks for large pages: a plane of 10 MB then costs a few faults instead of thousands, which take longer than to fill
/// it. It is a wish; where the system has none nothing changes.
static void *in_large_pages(void *block, size_t size) {
#ifdef MADV_HUGEPAGE
  if (block && size >= large && atomic_load_explicit(&wants_large_pages, memory_order_relaxed)) {
    uintptr_t start = ((uintptr_t)block + 4095) & ~(uintptr_t)4095;
    uintptr_t end = ((uintptr_t)block + size) & ~(uintptr_t)4095;
    int before = errno;
    madvise((void *)start, end - start, MADV_HUGEPAGE);
    errno = before;
  }
#endif
  return block;
}

void *malloc(size_t size) {
  void *block = __libc_malloc(size);
  if (!block && give_up_reserve()) block = __libc_malloc(size);
  return in_large_pages(block, size);
}

void *calloc(size_t count, size_t size) {
  void *block = __libc_calloc(count, size);
  if (!block && give_up_reserve()) block = __libc_calloc(count, size);
  return in_large_pages(block, block ? count * size : 0);
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
