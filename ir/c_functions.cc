#include "ir/c_functions.h"

#include <complex>

namespace ir {

namespace {

template <class T>
std::complex<T> value(CFunction f, std::complex<T> z) {
  switch (f) {
#define C_FUNCTION(name, function) \
  case CFunction::name: return std::function(z);
#include "ir/c_functions.def"
  }
  return z;
}

template <class T>
void each(CFunction f, T* parts, int32_t lanes) {
  for (int32_t i = 0; i < lanes; ++i) {
    const std::complex<T> z = value(f, std::complex<T>(parts[i], parts[lanes + i]));
    parts[i] = z.real();
    parts[lanes + i] = z.imag();
  }
}

}  // namespace

void c_function(CFunction f, float* parts, int32_t lanes) { each(f, parts, lanes); }
void c_function(CFunction f, double* parts, int32_t lanes) { each(f, parts, lanes); }

}  // namespace ir
