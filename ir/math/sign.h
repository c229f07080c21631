// Signs and sizes: odd functions work on |x| and flip the sign of the result, which keeps -0.
#pragma once
#include "ir/lane.h"

namespace ir::math {

// y with its sign flipped where x has its sign bit set.
template <class V>
V flip_sign(V y, V x) {
  return from_bits(bits(y) ^ (bits(x) & bits(num(x, -0.0))));
}

// min(|x|, limit), or NaN.
template <class V>
V clamp_magnitude(V x, double limit) {
  V a = abs(x), bound = num(x, limit);
  return select(a > bound, bound, a);
}

}  // namespace ir::math
