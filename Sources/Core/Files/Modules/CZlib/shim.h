#pragma once
#include <zlib.h>

// deflateInit2 is a macro, which Swift does not see. Level 3; no header, because the stream is made of pieces.
static inline int crs_deflate_raw(z_stream *stream) {
  return deflateInit2(stream, 3, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

// The same for reading, with the header and checksum of gzip.
static inline int crs_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
