#pragma once

// Swift's squareRoot() calls sqrtf lane by lane, because sqrtf may set errno; this is one instruction.
typedef float crs_lanes __attribute__((vector_size(32), aligned(4)));

static inline __attribute__((always_inline)) void crs_square_roots(float *target, const float *source) {
  *(crs_lanes *)target = __builtin_elementwise_sqrt(*(const crs_lanes *)source);
}

typedef double crs_reals __attribute__((vector_size(64), aligned(8)));

static inline __attribute__((always_inline)) void crs_square_roots_of_reals(double *target, const double *source) {
  *(crs_reals *)target = __builtin_elementwise_sqrt(*(const crs_reals *)source);
}
