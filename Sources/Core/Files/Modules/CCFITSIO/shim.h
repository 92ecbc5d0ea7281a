/* We call cfitsio by its short names; its long names are macros, which Swift does not import. */
#ifndef CRS_CFITSIO_SHIM_H
#define CRS_CFITSIO_SHIM_H
#include <fitsio.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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
  double scale, zero;    /* BSCALE and BZERO */
  int hcompress;         /* the column of HCOMPRESS tiles, which are tried first; 0 for none */
  int plio;              /* the column of PLIO tiles, likewise */
  int rice_block;        /* BLOCKSIZE and BYTEPIX of RICE tiles; 0 for those that cfitsio has read */
  int rice_bytes;
  int axes;              /* their number, lengths, and pixels of a tile along each */
  const long *length;
  const long *tile;
  const long *part;      /* first, step and count along x, and along y, from 1; NULL for the pixels from `first` on */
  size_t element;        /* bytes of a pixel */
  void *pixels;          /* shared memory for them */
  int *status;           /* shared memory: -1 before, cfitsio's status after */
  char *message;         /* shared memory of 81 bytes for cfitsio's message */
  unsigned long memory;  /* limits: bytes of address space, seconds of processor time */
  unsigned long seconds;
} crs_child_task;

/* Likewise private: unpacks one tile of HCOMPRESS, whose width and height stand in its first bytes. */
int fits_hdecompress64(
    unsigned char *input, int smooth, LONGLONG *a, int *nx, int *ny, int *scale, int *status);

/* The box of pixels that is read, from 1 along each axis. */
static inline void crs_box(const crs_child_task *task, long *low, long *high) {
  LONGLONG rest = task->first - 1, last = task->first + task->count - 2;
  for (int axis = 0; axis < task->axes; axis++) {
    long length = task->length[axis] > 0 ? task->length[axis] : 1;
    if (task->part && axis < 2) {
      const long *span = task->part + 3 * axis;
      long end = span[0] + (span[2] - 1) * span[1];
      low[axis] = span[0] < end ? span[0] : end;
      high[axis] = span[0] < end ? end : span[0];
    } else if (task->part) {
      low[axis] = high[axis] = rest % length + 1;
    } else { /* a run: whole below the last axis where it begins and ends in different places */
      low[axis] = rest == last ? rest % length + 1 : 1;
      high[axis] = rest == last ? low[axis] : length;
    }
    rest /= length;
    last /= length;
  }
}

/* Reads a part: cfitsio unpacks the tiles that it lies in. */
static inline void crs_read_part(fitsfile *file, const crs_child_task *task, int *missing, int *status) {
  long first[6], last[6], step[6] = {1, 1, 1, 1, 1, 1};
  if (task->axes < 2 || task->axes > 6) { *status = BAD_DIMEN; return; }
  crs_box(task, first, last);
  const long *x = task->part, *y = task->part + 3;
  if (x[1] == 1 && y[1] == 1) {
    ffgsv(file, task->type, first, last, step, (void *)task->null, task->pixels, missing, status);
    return;
  }
  /* The lines that lie in one row of tiles are read together, so that each tile is unpacked once. */
  long low = first[1], high = last[1], tall = task->tile[1] > 0 ? task->tile[1] : 1;
  size_t width = (size_t)(last[0] - first[0] + 1) * task->element;
  char *band = malloc(width * (size_t)(tall < high - low + 1 ? tall : high - low + 1) + 64), *out = task->pixels;
  if (!band) *status = MEMORY_ALLOCATION;
  for (long line = 0, next; line < y[2] && *status == 0; line = next) {
    long begin = y[0] + line * y[1], end = begin, tiles = (begin - 1) / tall;
    for (next = line + 1; next < y[2] && (y[0] + next * y[1] - 1) / tall == tiles; next++) end = y[0] + next * y[1];
    first[1] = begin < end ? begin : end;
    last[1] = begin < end ? end : begin;
    ffgsv(file, task->type, first, last, step, (void *)task->null, band, missing, status);
    for (long l = line; l < next && *status == 0; l++) {
      const char *row = band + width * (size_t)(y[0] + l * y[1] - first[1]);
      for (long k = 0; k < x[2]; k++, out += task->element)
        memcpy(out, row + (size_t)(x[0] + k * x[1] - first[0]) * task->element, task->element);
    }
  }
  free(band);
}

/* The pixels of the tile in a row, from 1; 0 where nothing of it is read. */
static inline long crs_tile_pixels(const crs_child_task *task, LONGLONG row) {
  long low[99], high[99], pixels = 1;
  crs_box(task, low, high);
  LONGLONG rest = row - 1;
  for (int axis = 0; axis < task->axes; axis++) {
    long tile = task->tile[axis], count = (task->length[axis] + tile - 1) / tile;
    long left = task->length[axis] - rest % count * tile;
    long begin = rest % count * tile + 1;
    if (begin > high[axis] || begin + tile - 1 < low[axis]) return 0;
    pixels *= left < tile ? left : tile;
    rest /= count;
  }
  return pixels;
}

/* Looks at the line lists of every tile of PLIO that is read: cfitsio takes their own word for where they end, and would read what
   lies behind them in memory. Counted from 1, word 3 is their length after a header of three words; where it is none, words 4 and 5
   are its lower 15 bits and the rest, and word 2 is the length of the header. */
static inline void crs_check_plio(fitsfile *file, const crs_child_task *task, int *status) {
  LONGLONG rows = 0;
  ffgnrwll(file, &rows, status);
  for (LONGLONG row = 1; row <= rows && *status == 0; row++) {
    LONGLONG words = 0, offset = 0;
    if (crs_tile_pixels(task, row) == 0) continue;
    ffgdesll(file, task->plio, row, &words, &offset, status);
    if (*status || words == 0) continue; /* kept in another column */
    if (words < 4 || words > 1 << 28) { *status = DATA_DECOMPRESSION_ERR; break; }
    short *list = malloc((size_t)words * sizeof *list), none = 0;
    if (!list) { *status = MEMORY_ALLOCATION; break; }
    int any = 0;
    ffgcv(file, TSHORT, task->plio, row, 1, words, &none, list, &any, status);
    if (*status == 0) {
      int is_long = list[2] <= 0;
      LONGLONG end = !is_long ? list[2] : words > 4 ? (LONGLONG)list[4] * 32768 + list[3] : -1;
      LONGLONG begin = is_long ? (LONGLONG)list[1] + 1 : 4;
      /* The last word of a list is no first half of an instruction of two. */
      if (end < 0 || end > words || begin < 1 || (end >= begin && list[end - 1] >> 12 == 1))
        *status = DATA_DECOMPRESSION_ERR;
    }
    free(list);
  }
}

/* Unpacks every tile of HCOMPRESS that is read once for trial: cfitsio reads on behind a tile whose bits do not suffice, and leaves
   pixels unwritten when the tile says that it is smaller. Here a page that cannot be read follows the bytes. */
static inline void crs_try_hcompress(fitsfile *file, const crs_child_task *task, int *status) {
  LONGLONG rows = 0;
  int column = task->hcompress;
  long most = 1;
  for (int axis = 0; axis < task->axes; axis++) most *= task->tile[axis];
  ffgnrwll(file, &rows, status);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  LONGLONG *pixels = malloc((size_t)most * sizeof *pixels + 64);
  if (!pixels && *status == 0) *status = MEMORY_ALLOCATION;
  for (LONGLONG row = 1; row <= rows && *status == 0; row++) {
    LONGLONG bytes = 0, offset = 0;
    long own = crs_tile_pixels(task, row);
    if (own == 0) continue;
    ffgdesll(file, column, row, &bytes, &offset, status);
    if (*status || bytes == 0) continue; /* kept in another column */
    if (bytes < 26 || bytes > 64 + 16 * (LONGLONG)most) { *status = DATA_DECOMPRESSION_ERR; break; }
    size_t room = ((size_t)bytes + page - 1) / page * page;
    unsigned char *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) { *status = MEMORY_ALLOCATION; break; }
    mprotect(map + room, page, PROT_NONE);
    unsigned char *tile = map + room - bytes;
    int any = 0, nx = 0, ny = 0, scale = 0;
    unsigned char none = 0;
    ffgcv(file, TBYTE, column, row, 1, bytes, &none, tile, &any, status);
    if (*status == 0) {
      long width = (long)tile[2] << 24 | (long)tile[3] << 16 | (long)tile[4] << 8 | tile[5];
      long height = (long)tile[6] << 24 | (long)tile[7] << 16 | (long)tile[8] << 8 | tile[9];
      if (width < 1 || height < 1 || width > most || height > most || width * height != own)
        *status = DATA_DECOMPRESSION_ERR;
      else fits_hdecompress64(tile, 0, pixels, &nx, &ny, &scale, status);
    }
    munmap(map, room + page);
  }
  free(pixels);
}

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
  mallopt(M_PERTURB, 0xff); /* what cfitsio leaves unwritten is 0 */
  fitsfile *file = NULL;
  int status = 0, missing = 0;
  void *content = task->content;
  size_t size = task->size;
  if (content) ffomem(&file, "unpacked.fits", READONLY, &content, &size, 0, NULL, &status);
  else ffdkopn(&file, task->path, READONLY, &status);
  ffmahd(file, task->hdu, NULL, &status);
  if (status == 0 && task->rice_block) {
    file->Fptr->rice_blocksize = task->rice_block;
    file->Fptr->rice_bytepix = task->rice_bytes;
  }
  if (task->hcompress) crs_try_hcompress(file, task, &status);
  if (task->plio) crs_check_plio(file, task, &status);
  /* Also where stored numbers are asked for and the header scales them. */
  int is_scaled = status == 0 && file->Fptr->zbitpix > 0 && (file->Fptr->cn_bscale != 1 || file->Fptr->cn_bzero != 0);
  if (task->scale != 1 || task->zero != 0 || is_scaled) ffpscl(file, task->scale, task->zero, &status);
  if (task->part) crs_read_part(file, task, &missing, &status);
  else if (task->axes > 3 && task->axes <= 6) { /* runs of pixels it unpacks in up to three dimensions only */
    long first[6], step[6], last[6];
    for (int axis = 0; axis < task->axes; axis++) {
      first[axis] = step[axis] = 1;
      last[axis] = task->length[axis];
    }
    LONGLONG all = 1;
    for (int axis = 0; axis < task->axes; axis++) all *= task->length[axis];
    if (all != task->count && status == 0) status = BAD_DIMEN;
    ffgsv(file, task->type, first, last, step, (void *)task->null, task->pixels, &missing, &status);
  } else
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
