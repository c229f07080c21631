// arcsinh, arccosh, arctanh.
//
// arcsinh x = log1p(x + sqrt(x^2 + 1) - 1) and arccosh x = log1p(x - 1 + sqrt(x^2 - 1)), the
// argument in two words; the root less 1 is exact. arctanh x is half the logarithm of (1 + x) / (1
// - x), of which a power of two is taken so that the rest is the same of a small number.
#pragma once
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log1p.h"
#include "ir/math/sign.h"

namespace ir::math {

// log(2^doublings (1 + w)) + low for finite w >= 0.
template <class V>
V log1p_plus_32(V w, V doublings, V low) {
  auto above = bits(w + num(w, 1.0)) - num(bits(w), 0x3f400001);
  V scale = from_bits(num(above, 0x40800000) - (above & num(above, -0x800000)));  // 2^(2-e)
  V quarter = num(w, 0.25), e = to_float(sar(above, 23)) + doublings;
  V f = fma(w * quarter, scale, fma(scale, quarter, num(w, -1.0)));
  return fma(e, num(w, 0x1.62e43p-1), f + fma(f * f, log1p_tail_32(f), low));
}

template <class V>
V log1p_plus_64(V w, V doublings, V low) {
  auto [e, a] = log1p_split_64(w);
  return plus_ln2(e + doublings, Pair<V>{a.hi, a.lo + low});
}
template <class V>
V log1p_plus(V w, V doublings, V low) {
  return by_width(
      w, [&] { return log1p_plus_32(w, doublings, low); },
      [&] { return log1p_plus_64(w, doublings, low); });
}

// log(x + sqrt(square)) for square = x^2 +- 1, where square_low is what rounding it lost and w is
// x - 1 + the root of `square`. What w and the root lack is divided by x + root, as a derivative.
template <class V>
V log_of_sum(V x, V square, V square_low, V root, Pair<V> w) {
  const V zero = num(x, 0.0), one = num(x, 1.0);
  const auto large = x > num(x, 0x1p60);  // there the root is x
  V lack = fma(-root, root, square) + square_low, twice = root + root;
  V low = fma(w.lo, twice, lack) / fma(w.hi, twice, twice);
  return log1p_plus(select(large, x, w.hi), select(large, one, zero), select(large, zero, low));
}

// Maximum error in ulp: f32 0.91 (all), f64 0.67 (samples).
template <class V>
V arcsinh(V x) {
  const V one = num(x, 1.0), a = abs(x);
  V square = fma(a, a, one), root = sqrt(square);
  V y = log_of_sum(a, square, fma(a, a, one - square), root, fast_two_sum(a, root - one));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  return flip_sign(select((a > num(x, 0x1p-28)) & (a < infinity), y, a), x);
}

// x^2 - 1 = d^2 + 2d.
// Maximum error in ulp: f32 0.88 (all), f64 0.71 (samples).
template <class V>
V arccosh(V x) {
  const V one = num(x, 1.0), d = x - one, twice = d + d;
  V square = fma(d, d, twice), root = sqrt(square);
  V y = log_of_sum(x, square, fma(d, d, twice - square), root, fast_two_sum(root, d));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V nan = num(x, std::numeric_limits<double>::quiet_NaN());
  V inside = select(x == one, num(x, 0.0), select(x < infinity, y, x));
  return select(x < one, nan, inside);
}

// (1 + a) / (1 - a) = 2^e (1 + s) / (1 - s) with |s| < 0.201.
template <class V>
struct Quotient {
  V e, s, s_low;
};

// `exponent` gives e from the difference of the bits, in which it is above the digits.
template <class V, class F>
Quotient<V> arctanh_quotient(V a, int digits, F&& exponent) {
  const V one = num(a, 1.0);
  auto u = fast_two_sum(one, a), v = fast_two_sum(one, -a);
  auto ratio = bits(u.hi) - bits(v.hi) + num(bits(a), int64_t(1) << (digits - 1));
  V c = from_bits((ratio & num(ratio, int64_t(-1) << digits)) + bits(one));
  V top = fma(-c, v.hi, u.hi) + fma(-c, v.lo, u.lo);
  V base = fma(c, v.hi, u.hi);
  V base_low = fma(c, v.hi, u.hi - base) + fma(c, v.lo, u.lo);
  V inverse = one / base, s = top * inverse;
  return {exponent(ratio), s, fma(-s, base_low, fma(-s, base, top)) * inverse};
}

// e ln2 / 2 + arctanh s; `tail` is arctanh(s) / s^3 - 1 / s^2.
template <class V>
V arctanh_sum(Quotient<V> q, V square, V tail, Pair<V> half_ln2) {
  auto head = fast_two_sum(q.e * half_ln2.hi, q.s);
  return head.hi + (head.lo + fma(q.e, half_ln2.lo, fma(q.s * square, tail, q.s_low)));
}

// Relative error of the approximation: f32 2^-28.3, f64 2^-62.4.
template <class V>
V arctanh_f32(V a) {
  auto q = arctanh_quotient(a, 23, [](auto ratio) { return to_float(sar(ratio, 23)); });
  V square = q.s * q.s;
  V tail = horner(square, 0x1.5555b8p-2, 0x1.992788p-3, 0x1.372f72p-3);
  return arctanh_sum(q, square, tail, constant(a, 0x1.62e4p-2, 0x1.7f7d1cp-21));
}
template <class V>
V arctanh_f64(V a) {
  auto q = arctanh_quotient(
      a, 52, [&](auto ratio) { return high_bits_plus_2_52(ratio) - num(a, 0x1p52); });
  V square = q.s * q.s;
  V tail = horner2(square, 0x1.555555555554ep-2, 0x1.999999999c6edp-3, 0x1.2492492194a01p-3,
                   0x1.c71c74d439927p-4, 0x1.745c3b387c8f7p-4, 0x1.3b37b46dd4d6ep-4,
                   0x1.0dab6ba4a6f7bp-4, 0x1.1c575f54cffe8p-4);
  return arctanh_sum(q, square, tail, constant(a, 0x1.62e42fefa38p-2, 0x1.ef35793c7673p-46));
}

// Infinite at 1, NaN beyond. Maximum error in ulp: f32 0.94 (all), f64 0.88 (samples).
template <class V>
V arctanh(V x) {
  const V one = num(x, 1.0), a = abs(x);
  V y = by_width(x, [&] { return arctanh_f32(a); }, [&] { return arctanh_f64(a); });
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V nan = num(x, std::numeric_limits<double>::quiet_NaN());
  return flip_sign(select(a < one, y, select(a == one, infinity, nan)), x);
}

}  // namespace ir::math
