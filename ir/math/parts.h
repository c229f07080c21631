// The parts of a float: frexp's significand and exponent, ldexp, and the neighbours of a float.
//
// All are exact but for ldexp's result where it is subnormal, which is rounded once.
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/sign.h"

namespace ir::math {

// Of f32 and f64: stored bits of the significand, the exponent's bias, a power of two that makes
// subnormal numbers normal.
struct Layout {
  int digits;
  int bias;
  int lift;
};
inline constexpr Layout layout_32 = {23, 127, 32};
inline constexpr Layout layout_64 = {52, 1023, 64};

// 2^n for an integer n within the range of normal exponents.
template <class V>
V power_of_two(V n, Layout l) {
  return from_bits(
      shl(bits(n + num(n, l.digits == 23 ? 0x1.8p23 + 127 : 0x1.8p52 + 1023)), l.digits));
}

// x = significand * 2^exponent, the significand in [1/2, 1); the exponent is a float.
template <class V>
struct Parts {
  V significand, exponent;
};

template <class V>
Parts<V> parts_of(V x, Layout l) {
  const V tiny = num(x, l.digits == 23 ? 0x1p-126 : 0x1p-1022);
  const auto small = abs(x) < tiny;
  const V scaled = select(small, x * num(x, l.digits == 23 ? 0x1p32 : 0x1p64), x);
  const auto i = bits(scaled);
  const auto stored = shr(shl(i, 1), l.digits + 1);
  const V e = to_float(stored) - num(x, l.bias - 1);
  const auto half = num(i, int64_t(l.bias - 1) << l.digits);
  const auto kept = num(i, (int64_t(1) << l.digits) - 1) | bits(num(x, -0.0));
  const auto plain =
      (x != num(x, 0.0)) & (abs(x) < num(x, std::numeric_limits<double>::infinity()));
  return {select(plain, from_bits((i & kept) | half), x),
          select(plain, select(small, e - num(x, l.lift), e), num(x, 0.0))};
}

template <class V>
V mantissa(V x) {
  return by_width(
      x, [&] { return parts_of(x, layout_32).significand; },
      [&] { return parts_of(x, layout_64).significand; });
}
template <class V>
V exponent(V x) {
  return by_width(
      x, [&] { return parts_of(x, layout_32).exponent; },
      [&] { return parts_of(x, layout_64).exponent; });
}

// x 2^n for any integer n. What is below the normal numbers is rounded once, by the last product.
template <class V>
V ldexp_by_parts(V x, V n, Layout l) {
  auto [m, own] = parts_of(x, l);
  const V most = num(x, 3 * l.bias), least = num(x, -3 * l.bias);
  V e = own + select(n > most, most, select(n < least, least, n));
  const V high = num(x, l.bias), low = num(x, 3 - l.bias);
  V first = select(e > high, high, select(e < low, low, e));
  V rest = e - first;
  V bound = num(x, -2 * l.digits);
  rest = select(rest > num(x, 2), num(x, 2), select(rest < bound, bound, rest));
  V y = m * power_of_two(first, l) * power_of_two(rest, l);
  const auto plain =
      (x != num(x, 0.0)) & (abs(x) < num(x, std::numeric_limits<double>::infinity()));
  return select(plain, y, x);
}

// One product, which rounds once, where 2^n is a normal number.
template <class V>
V ldexp_of(V x, V n, Layout l) {
  const auto beyond = !(abs(n) < num(x, l.bias));
  return rare(beyond, x * power_of_two(n, l), [&] { return ldexp_by_parts(x, n, l); });
}

template <class V>
V ldexp(V x, V n) {
  return by_width(
      x, [&] { return ldexp_of(x, n, layout_32); }, [&] { return ldexp_of(x, n, layout_64); });
}

// The next float after x in the direction of y.
template <class V>
V nextafter(V x, V y) {
  const auto i = bits(x);
  const auto one = num(i, 1);
  const auto outwards = !((x > num(x, 0.0)) ^ (y > x));
  const V moved = from_bits(select(outwards, i + one, i - one));
  const V least = copysign(from_bits(one), y);
  return select((x != x) | (y != y), x + y,
                select(x == y, y, select(x == num(x, 0.0), least, moved)));
}

// The distance to the next float of larger magnitude, with x's sign; NaN of infinity.
template <class V>
V spacing(V x) {
  const V next =
      select(x == num(x, 0.0), from_bits(num(bits(x), 1)), from_bits(bits(x) + num(bits(x), 1)));
  return select(x == num(x, 0.0), next, next - x);
}

}  // namespace ir::math
