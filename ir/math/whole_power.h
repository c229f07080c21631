// whole_power: x to the power y by multiplication, for whole y of at most 64; `power` for all else.
//
// In f64 the running product has two words, so that only the last step rounds; a result that is
// nearly too large or too small is computed from a scaled x and scaled back. In f32 all is done in
// f64, where no product of at most 64 factors loses 2^-46 of itself, nor a limit of f32.
//
//                 f32 (all inputs)   f64 (samples)
//   whole_power   0.5000 ulp         0.5000 ulp
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/power.h"

namespace ir::math {

inline constexpr int whole_power_bits = 7;  // of the largest exponent
inline constexpr int largest_whole_power = 64;

template <class V>
V times(V a, V b) {
  return a * b;
}
template <class V>
Pair<V> times(Pair<V> a, V b) {
  auto p = two_prod(a.hi, b);
  return {p.hi, fma(a.lo, b, p.lo)};
}
template <class V>
V squared(V a) {
  return a * a;
}
template <class V>
Pair<V> squared(Pair<V> a) {
  auto p = two_square(a.hi);
  return {p.hi, fma(a.hi + a.hi, a.lo, p.lo)};
}

// x^(n >> bit) for n >> bit > 0, as a P: one word, or two. `x` and `square` are x and x^2 as that.
template <int bit = 0, class P, class V, class I>
P product(P x, P square, V factor, I n) {
  if constexpr (bit + 1 == whole_power_bits) {
    return x;
  } else {
    const auto left = shr(n, bit), one = num(n, 1);
    return choose(
        left == one, [&] { return x; },
        [&] {
          const P even = choose(
              shr(left, 1) == one, [&] { return square; },
              [&] { return squared(product<bit + 1>(x, square, factor, n)); });
          return choose((left & one) == one, [&] { return times(even, factor); },
                        [&] { return even; });
        });
  }
}

template <class V, class I>
V whole_power_f32(V x, I n, I size) {
  const auto wide = widen(x);
  const auto p = product(wide, wide * wide, wide, size);
  return narrow(choose(n < num(n, 0), [&] { return num(wide, 1) / p; }, [&] { return p; }));
}

// hi + lo, or one over it, rounded, and what rounding left off. Where hi or its inverse is
// infinite, lo means nothing.
template <class V, class I>
Pair<V> rounded_power(Pair<V> p, I n) {
  const V one = num(p.hi, 1), zero = num(p.hi, 0);
  const V infinity = num(p.hi, std::numeric_limits<double>::infinity());
  return choose(
      n < num(n, 0),
      [&] {
        const V r = one / p.hi;
        const V left = fma(-p.lo, r, fma(-p.hi, r, one));
        const V sum = fma(r, left, r);
        const auto finite = (abs(r) < infinity) & (abs(r) > zero);
        return Pair<V>{select(finite, sum, r), fma(r, left, r - sum)};
      },
      [&] {
        const V sum = p.hi + p.lo;
        const V signed_sum = copysign(sum, p.hi);
        return Pair<V>{select(abs(p.hi) < infinity, signed_sum, p.hi), p.lo - (sum - p.hi)};
      });
}

// (hi + lo) * factor, rounded once even to a subnormal number: that of hi is moved to its neighbour
// where lo takes the exact value across the middle.
template <class V>
V scaled_power(Pair<V> a, V factor, V inverse) {
  const V near = a.hi * factor, least = num(near, 0x1p-1074);
  const V half = num(near, 0x1p-537) * inverse * num(near, 0x1p-538);
  const V off = a.hi - near * inverse;
  const V moved =
      select(a.lo > half - off, near + least, select(a.lo < -half - off, near - least, near));
  return select(abs(near) <= num(near, 0x1p-1022), copysign(moved, a.hi), near);
}

template <class V, class I>
Pair<V> words(V x, I size) {
  return product(Pair<V>{x, num(x, 0)}, two_square(x), x, size);
}

// 448 < shift * size <= 512 brings what f64 can hold far from its limits.
template <class V, class I>
V whole_power_scaled(V x, I n, I size) {
  const auto large = abs(x) > num(x, 1);
  const I shift = quotient(num(n, 512), size), back = shift * size, bias = num(n, 1023);
  const auto two_to = [&](I e) { return from_bits(shl(bias + e, 52)); };
  const auto p = rounded_power(words(x * two_to(select(large, -shift, shift)), size), n);
  const auto up = choose(n < num(n, 0), [&] { return !large; }, [&] { return large; });
  const I power = select(up, back, -back);
  return scaled_power(p, two_to(power), two_to(-power));
}

template <class V, class I>
V whole_power_f64(V x, I n, I size) {
  const auto p = words(x, size);
  const auto inside = (abs(p.hi) > num(x, 0x1p-960)) & (abs(p.hi) < num(x, 0x1p960));
  const V sum = copysign(p.hi + p.lo, p.hi);
  const auto negative = n < num(n, 0);
  const auto plain =
      choose(negative, [&] { return inside; }, [&] { return inside | (x == num(x, 0)); });
  const V fast = choose(negative, [&] { return rounded_power(p, n).hi; }, [&] { return sum; });
  return rare(!plain, fast, [&] { return whole_power_scaled(x, n, size); });
}

template <class V>
V whole_power(V x, V y) {
  const V one = num(y, 1);
  const auto small = (y >= num(y, -largest_whole_power)) & (y <= num(y, largest_whole_power));
  const auto some = to_int(select(small, y, one)), zero = num(some, 0);
  const auto fits = small & (to_float(some) == y) & (some != zero);
  const auto n = select(some == zero, num(some, 1), some);
  const auto size = select(n < zero, -n, n);
  const V r = by_width(
      x, [&]<class F = V> { return whole_power_f32<F>(x, n, size); },
      [&] { return whole_power_f64(x, n, size); });
  return rare(!fits, r, [&] { return power(x, y); });
}

}  // namespace ir::math
