#ifndef CRS_KISSFFT_DOUBLE_H
#define CRS_KISSFFT_DOUBLE_H

/// Swift cannot use C++ templates: these functions wrap kissfft<double>, the header that libkissfft-dev
/// brings beside its library, which is single precision only.
#ifdef __cplusplus
extern "C" {
#endif

typedef struct crs_fft crs_fft;

/// A plan for complex transforms of `count` values, not scaled; NULL when memory runs out.
crs_fft *crs_fft_create(int count, int inverse);
void crs_fft_free(crs_fft *plan);

/// Transforms `count` pairs (real, imaginary); input and output must not overlap. Not for two threads at once.
void crs_fft_transform(const crs_fft *plan, const double *input, double *output);

#ifdef __cplusplus
}
#endif
#endif
