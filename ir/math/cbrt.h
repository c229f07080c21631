// cbrt: the cube root.
//
// With z near a^(-1/3), y = a z^2 is near the root, and one step of Newton's, whose residual a -
// y^3 is exact but for its last rounding, makes it y + (a - y^3) z^2 / 3. To get z: a third of the
// bits of a, taken from a constant, are those of a float that is within 3.5 %; with h = 1 - a z^3,
// at most 0.1035, z (1 - h)^(-1/3) is the next, (1 - h)^(-1/3) = 1 + h q(h) with a minimax q. No
// divisions. Small a are scaled up, since the residual would be subnormal.
#pragma once
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"
#include "ir/math/sign.h"

namespace ir::math {

// z with a relative error below 2^-18.4. The product in parts, for a z^3 might overflow in them.
template <class V>
V inverse_root_32(V a) {
  const V third = fma(to_float(bits(a)), num(a, -1.0 / 3), num(a, 0x54a20000));
  const V z = from_bits(to_int(third));
  const V h = fma(a * z, -(z * z), num(a, 1.0));
  return fma(z * h, horner(h, 0x1.5553cap-2, 0x1.c9b8f6p-3, 0x1.65d8e4p-3), z);
}

// The same below 2^-32.1. Bits become a float, and back, as the low bits of 2^52 + n.
template <class V>
V inverse_root_64(V a) {
  const auto high = shr(bits(a), 20) | bits(num(a, 0x1p52));
  const V third = fma(from_bits(high), num(a, -1.0 / 3), num(a, 6010657546494628.0));
  const V z = from_bits(shl(bits(third), 20));
  const V h = fma(a * z, -(z * z), num(a, 1.0));
  const V q = horner(h, 0x1.555556387f5e7p-2, 0x1.c71c769d59117p-3, 0x1.61f463b816b4bp-3,
                     0x1.26f23a6c6709ep-3, 0x1.03874643ebad3p-3, 0x1.cf7a60f4ea7fdp-4);
  return fma(z * h, q, z);
}

// `lift` is the cube of `drop`'s inverse; positive finite numbers below `small` are lifted.
struct CbrtLimits {
  double small, lift, drop;
};

template <class V, class F>
V cbrt_by(V x, CbrtLimits limits, F&& inverse_root) {
  const V one = num(x, 1.0), size = abs(x);
  const auto small = size < num(x, limits.small);
  const V a = size * select(small, num(x, limits.lift), one);
  const V z = inverse_root(a), square = z * z;
  const V y = a * square;
  const auto cube = two_square(y);
  const V rest = fma(-cube.lo, y, fma(-cube.hi, y, a));
  const V root = fma(rest, square * num(x, 1.0 / 3), y) * select(small, num(x, limits.drop), one);
  const V infinity = num(x, std::numeric_limits<double>::infinity());
  return flip_sign(select(size < infinity, root, size), x);
}

template <class V>
V cbrt_f32(V x) {
  return cbrt_by(x, {0x1p-90, 0x1p72, 0x1p-24}, [](V a) { return inverse_root_32(a); });
}
template <class V>
V cbrt_f64(V x) {
  return cbrt_by(x, {0x1p-900, 0x1p360, 0x1p-120}, [](V a) { return inverse_root_64(a); });
}

// Maximum error in ulp: f32 0.501 (all), f64 0.503 (samples).
template <class V>
V cbrt(V x) {
  return by_width(
      x, [&](auto... none) { return cbrt_f32(x, none...); },
      [&](auto... none) { return cbrt_f64(x, none...); });
}

}  // namespace ir::math
