// Distance of a computed float from a reference of more precision, in units in the last place.
#pragma once
#include <cmath>
#include <limits>

namespace tests {

// An error that no rounding explains: one is NaN, an infinity or a zero of one sign and the other
// is not.
inline constexpr double wrong = 1e30;

// ulp of T at the size of `exact`, which is finite.
template <class T, class R>
R ulp_at(R exact) {
  using Limits = std::numeric_limits<T>;
  if (exact == 0) return R(Limits::denorm_min());
  int exponent = std::ilogb(exact);
  if (exponent < Limits::min_exponent - 1) exponent = Limits::min_exponent - 1;
  if (exponent >= Limits::max_exponent) exponent = Limits::max_exponent - 1;
  return std::scalbn(R(1), exponent - (Limits::digits - 1));
}

// Results beyond the largest T must be infinite exactly where the correctly rounded result is.
template <class T, class R>
double ulps(T got, R exact) {
  const T rounded = T(exact);
  if (std::isnan(got) || std::isnan(exact)) return std::isnan(got) && std::isnan(exact) ? 0 : wrong;
  if (std::isinf(got) || std::isinf(rounded)) return got == rounded ? 0 : wrong;
  if (exact == 0) return got == 0 && std::signbit(got) == std::signbit(rounded) ? 0 : wrong;
  if (got != 0 && std::signbit(got) != std::signbit(rounded)) return wrong;
  return double(std::fabs(R(got) - exact) / ulp_at<T>(exact));
}

}  // namespace tests
