// Complex products without the special cases of infinities: the data are finite.
#pragma STDC CX_LIMITED_RANGE ON
#include "kissfft_double.h"

#include <cmath>
#include <complex>
#include <cstddef>
#include <new>

#include <kissfft/kissfft.hh>

struct crs_fft {
  kissfft<double> plan;
  crs_fft(std::size_t count, bool inverse) : plan(count, inverse) {}
};

extern "C" crs_fft *crs_fft_create(int count, int inverse) {
  if (count < 1) return nullptr;
  try {
    return new crs_fft(static_cast<std::size_t>(count), inverse != 0);
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

extern "C" void crs_fft_free(crs_fft *plan) { delete plan; }

extern "C" void crs_fft_transform(const crs_fft *plan, const double *input, double *output) {
  plan->plan.transform(
      reinterpret_cast<const std::complex<double> *>(input), reinterpret_cast<std::complex<double> *>(output));
}
