// cbrt: the cube root.
//
// |x| = 8^k r with r in [0.35, 2.83): a cubic gives the root of r to 2^-7.5, two of Halley's steps
// to 2^-69, and one of Newton's with an exact residual corrects the rounding. f32 in f64.
#pragma once
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log.h"
#include "ir/math/parts.h"
#include "ir/math/polynomial.h"
#include "ir/math/sign.h"

namespace ir::math {

// y (y^3 + 2 r) / (2 y^3 + r)
template <class V>
V halley(V y, V r) {
  V cube = y * y * y;
  return y * ((cube + (r + r)) / (cube + cube + r));
}

template <class V>
V cbrt_f64(V x) {
  const V a = abs(x);
  auto [e, f, sum] = log_parts_64(a);
  V k = rint(e * num(x, 1.0 / 3));
  V r = (f + num(x, 1.0)) * power_of_two(fma(k, num(x, -3.0), e), layout_64);
  V y = horner(r, 0.48190463, 0.72900485, -0.24465859, 0.03687524);
  y = halley(halley(y, r), r);
  auto square = two_square(y);
  V rest = fma(-square.lo, y, fma(-square.hi, y, r));
  V root = fma(rest, num(x, 1.0 / 3) / square.hi, y) * power_of_two(k, layout_64);
  V infinity = num(x, std::numeric_limits<double>::infinity());
  return flip_sign(select((a > num(x, 0.0)) & (a < infinity), root, a), x);
}

template <class V>
V cbrt_f32(V x) {
  return narrow(cbrt_f64(widen(x)));
}

// Maximum error in ulp: f32 0.501 (all), f64 0.501 (samples).
template <class V>
V cbrt(V x) {
  return by_width(
      x, [&](auto... none) { return cbrt_f32(x, none...); },
      [&](auto... none) { return cbrt_f64(x, none...); });
}

}  // namespace ir::math
