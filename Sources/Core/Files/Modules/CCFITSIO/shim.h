/* We call cfitsio by its short names; its long names are macros, which Swift does not import. */
#ifndef CRS_CFITSIO_SHIM_H
#define CRS_CFITSIO_SHIM_H
#include <fitsio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exported by cfitsio but declared only in its private header: raw bytes at a position of the file. */
int ffmbyt(fitsfile *file, LONGLONG position, int end_of_file_mode, int *status);
int ffgbyt(fitsfile *file, LONGLONG bytes, void *buffer, int *status);

/* Bytes of the file (unpacked when it is gzipped), a field of a struct that we keep out of Swift. */
static inline LONGLONG crs_file_size(const fitsfile *file) { return file->Fptr->filesize; }
/* Bytes written so far, buffers included. */
static inline LONGLONG crs_logical_size(const fitsfile *file) { return file->Fptr->logfilesize; }

/* cfitsio 4.2 reads beyond its buffers, divides by zero or allocates without end when tile-compressed data are
   damaged. Such data are therefore unpacked in a child process, which may die of them; Swift cannot call fork. */
typedef struct {
  const char *path;      /* the file, as ffdkopn takes it */
  void *content;         /* its bytes where they are in memory, or NULL */
  size_t size;           /* how many */
  int hdu;               /* from 1 */
  int type;              /* TFLOAT, ... */
  LONGLONG first;        /* the first pixel, from 1 */
  LONGLONG count;        /* pixels */
  const void *null;      /* what missing pixels become, or NULL */
  void *pixels;          /* shared memory for them */
  int *status;           /* shared memory: -1 before, cfitsio's status after */
  char *message;         /* shared memory of 81 bytes for cfitsio's message */
  unsigned long memory;  /* limits: bytes of address space, seconds of processor time */
  unsigned long seconds;
} crs_child_task;

/* Starts the child; returns its process id, or -1. */
static inline pid_t crs_start_child(const crs_child_task *task) {
  pid_t child = fork();
  if (child != 0) return child;
  static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGTRAP, SIGINT, SIGTERM};
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], SIG_DFL);
  struct rlimit limit = {task->memory, task->memory};
  setrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = limit.rlim_max = task->seconds;
  setrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = limit.rlim_max = 0;
  setrlimit(RLIMIT_CORE, &limit);
  fitsfile *file = NULL;
  int status = 0, missing = 0;
  void *content = task->content;
  size_t size = task->size;
  if (content) ffomem(&file, "unpacked.fits", READONLY, &content, &size, 0, NULL, &status);
  else ffdkopn(&file, task->path, READONLY, &status);
  ffmahd(file, task->hdu, NULL, &status);
  ffgpv(file, task->type, task->first, task->count, (void *)task->null, task->pixels, &missing, &status);
  if (status != 0) {
    char text[FLEN_ERRMSG] = "";
    ffgmsg(text);
    memcpy(task->message, text, sizeof text);
    task->message[sizeof text - 1] = 0;
  }
  *task->status = status;
  _exit(0);
}
#endif
