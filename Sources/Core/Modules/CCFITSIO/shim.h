/* We call cfitsio by its short names; its long names are macros, which Swift does not import. */
#ifndef CRS_CFITSIO_SHIM_H
#define CRS_CFITSIO_SHIM_H
#include <fitsio.h>
#include <stdio.h>

/* Exported by cfitsio but declared only in its private header: gzips a file that was made in memory. */
int compress2file_from_mem(
    char *memory, size_t bytes, FILE *out, size_t *written, int *status);

/* Likewise private: raw bytes at a position of the file. */
int ffmbyt(fitsfile *file, LONGLONG position, int end_of_file_mode, int *status);
int ffgbyt(fitsfile *file, LONGLONG bytes, void *buffer, int *status);

/* Bytes of the file (unpacked when it is gzipped), a field of a struct that we keep out of Swift. */
static inline LONGLONG crs_file_size(const fitsfile *file) { return file->Fptr->filesize; }
/* Bytes written so far, buffers included. */
static inline LONGLONG crs_logical_size(const fitsfile *file) { return file->Fptr->logfilesize; }
#endif
