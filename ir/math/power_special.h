// What power is where it is no ordinary number: the special cases of C99 (annex F) and NumPy.
#pragma once
#include <limits>

#include "ir/lane.h"

namespace ir::math {

// x^y where x or x^y is negative, zero, subnormal, infinite or NaN. `logarithm` is y log |x| to
// some base, which decides between zero, infinity and `magnitude`, its power; all of them are
// meaningless if x is 0 or infinite.
template <class V>
V power_special(V x, V y, V logarithm, V magnitude, double bound) {
  V zero = num(x, 0.0), one = num(x, 1.0);
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V nan = num(x, std::numeric_limits<double>::quiet_NaN());
  V size = abs(x);
  V product =
      select(size == zero, -y * infinity, select(size == infinity, y * infinity, logarithm));
  V r =
      select(product > num(x, bound), infinity, select(product < num(x, -bound), zero, magnitude));
  r = select(size == one, one, r);  // also for infinite y
  V half = num(x, 0.5) * y;
  auto whole = rint(y) == y;
  auto odd = whole & (rint(half) != half);
  r = select(odd, copysign(r, x), r);
  r = select((x < zero) & (size < infinity) & !whole, nan, r);
  r = select((x == x) & (y == y), r, x + y);
  return select((x == one) | (y == zero), one, r);
}

// The float with these bits, if its exponent is out of range: made with an exponent nearer to 0 and
// rounded once by a product with a power of two, `down` or its inverse.
template <class I, class V>
V rounded_once(I i, V logarithm, double down) {
  const auto shift = bits(num(logarithm, 1 / down)) - bits(num(logarithm, 1.0));
  return select(logarithm < num(logarithm, 0.0), from_bits(i + shift) * num(logarithm, down),
                from_bits(i - shift) * num(logarithm, 1 / down));
}

}  // namespace ir::math
