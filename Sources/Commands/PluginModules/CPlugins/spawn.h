#pragma once
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../../share/include/crs_plugin.h"

// A pipe that no other program inherits; 0, or errno.
static inline int crs_pipe(int ends[2]) {
  return syscall(SYS_pipe2, ends, O_CLOEXEC) == 0 ? 0 : errno;
}

// Starts a program in a process group of its own that dies with the calling thread.
//
// The descriptors become its standard input, output and errors; it inherits no other. Returns its process, or -errno.
static inline pid_t crs_start(const char *program, char *const arguments[], char *const environment[],
                              const char *folder, int input, int output, int errors) {
  int told[2];
  int failure = crs_pipe(told);
  if (failure != 0) return -failure;
  const pid_t parent = getpid();
  // Signals wait, so that no handler of crs runs in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    struct sigaction standard;
    __builtin_memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < 32; number++) {
      if (number != SIGKILL && number != SIGSTOP) sigaction(number, &standard, 0);
    }
    // Above the first three, so that none is overwritten before it is moved.
    input = fcntl(input, F_DUPFD_CLOEXEC, 3);
    output = fcntl(output, F_DUPFD_CLOEXEC, 3);
    errors = fcntl(errors, F_DUPFD_CLOEXEC, 3);
    if (dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(errors, 2) == 2 && chdir(folder) == 0) {
#ifdef SYS_close_range
      const unsigned int close_on_exec = 4;
      syscall(SYS_close_range, 3u, ~0u, close_on_exec);
#endif
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, 0);
      execve(program, arguments, environment);
    }
    int code = errno;
    ssize_t done = write(told[1], &code, sizeof code);
    (void)done;
    _exit(127);
  }
  failure = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, 0);
  close(told[1]);
  if (child > 0) {
    ssize_t count;
    do count = read(told[0], &failure, sizeof failure);
    while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof failure) failure = 0;
  }
  close(told[0]);
  return failure != 0 ? -failure : child;
}

// What crs_plugin_v1 is once it was found.
typedef int (*crs_entry)(const crs_host *host, crs_plugin *plugin);

static inline int crs_enter(void *entry, const crs_host *host, crs_plugin *plugin) {
  return ((crs_entry)entry)(host, plugin);
}
