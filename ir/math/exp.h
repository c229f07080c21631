// exp, exp2.
//
// Method (Cody and Waite; Tang, "Table-driven implementation of the exponential function", TOMS
// 1989, without the table): x = n ln2 + r, |r| <= ln2 / 2, and e^x = 2^n p(r) with a minimax
// polynomial p. Adding 1.5 * 2^(precision - 1) rounds x / ln2 to n and leaves n in the low bits of
// the sum, ready to be shifted into an exponent. There are no branches: limits are masks.
//
// In f64 the words 1 + r are kept in full, so that hardly more than the last rounding is left.
//
//          f32 (all inputs)   f64 (samples)
//   exp    0.90 ulp           0.70 ulp, 0.78 where the result is subnormal
//   exp2   0.88 ulp           0.66 ulp, 0.77 where the result is subnormal
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"

namespace ir::math {

// Where results of 2^n p stop being ordinary, for p in [0.7, 1.5).
struct ExpLimits {
  int precision;  // stored bits of the significand
  double small;   // below it n may be less than 2 - bias, so that the result may be subnormal
  double least;   // arguments below it give zero; they are replaced by it, which must give zero too
  double most;    // arguments above it overflow
};

// The larger of x and a constant; NaN stays NaN.
template <class V>
V at_least(V x, double least) {
  return select(num(x, least) > x, num(x, least), x);
}

// Infinity where x > most, NaN where x is NaN, elsewhere y.
template <class V>
V overflow_above(V x, double most, V y) {
  return select(!(x <= num(x, most)), x + num(x, std::numeric_limits<double>::infinity()), y);
}

// 2^n p for n in the low bits of t; x, the argument of the function, decides about special results.
// Where the result may be subnormal, 2^(n + 64) p is rounded once by the product with 2^-64. At the
// upper end n is one more than a float's exponent can be, but then p < 1.
template <class V>
V times_power(V p, V t, V x, ExpLimits limits) {
  auto q = bits(p) + shl(bits(t), limits.precision);
  auto raised = q + num(q, int64_t(64) << limits.precision);
  auto small = x < num(x, limits.small);
  V y = select(small, from_bits(raised) * num(x, 0x1p-64), from_bits(q));
  return overflow_above(x, limits.most, y);
}

inline constexpr ExpLimits exp_limits_32 = {23, -86.5, -104.0, 0x1.62e42ep6};
inline constexpr ExpLimits exp_limits_64 = {52, -707.5, -746.0, 0x1.62e42fefa39efp9};

// |p(r) / e^r - 1| < 2^-28.2 for |r| <= 0.34661.
template <class V>
V exp_f32(V x) {
  V z = at_least(x, exp_limits_32.least);
  V t = fma(z, num(x, 0x1.715476p0), num(x, 0x1.8p23));
  V n = t - num(x, 0x1.8p23);
  V r = fma(n, num(x, 0x1.05c61p-29), fma(n, num(x, -0x1.62e43p-1), z));
  V p =
      horner(r, 1.0, 1.0, 0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558ap-5, 0x1.123aa8p-7, 0x1.6a5f84p-10);
  return times_power(p, t, x, exp_limits_32);
}

// |p(r) / e^r - 1| < 2^-57.8 for |r| <= 0.34661.
template <class V>
V exp_f64(V x) {
  V z = at_least(x, exp_limits_64.least);
  V t = fma(z, num(x, 0x1.71547652b82fep0), num(x, 0x1.8p52));
  V n = t - num(x, 0x1.8p52);
  V first = fma(n, num(x, -0x1.62e42fefa39efp-1), z);
  V r = fma(n, num(x, -0x1.abc9e3b39803fp-56), first);
  V q = estrin(r, 0x1.000000000000ap-1, 0x1.5555555555501p-3, 0x1.55555555506b4p-5,
               0x1.1111111125fdfp-7, 0x1.6c16c1847955ap-10, 0x1.a01a01339a028p-13,
               0x1.a019995835bd1p-16, 0x1.71df1107946f7p-19, 0x1.28ae0334f6943p-22,
               0x1.ad9f0eb7ecc81p-26);
  auto one = fast_two_sum(num(x, 1.0), first);
  V rest = fma(n, num(x, -0x1.abc9e3b39803fp-56), one.lo);
  V p = one.hi + fma(r, r * q, rest);
  return times_power(p, t, x, exp_limits_64);
}

template <class V>
V exp(V x) {
  return by_width(x, [&] { return exp_f32(x); }, [&] { return exp_f64(x); });
}

// |p(r) / 2^r - 1| < 2^-27.8 for |r| <= 1/2. The largest float below 128 gives the largest below
// 2^128.
template <class V>
V exp2_f32(V x) {
  constexpr ExpLimits limits = {23, -124.5, -151.0, 0x1.fffffep6};
  V z = at_least(x, limits.least);
  V t = z + num(x, 0x1.8p23);
  V r = z - (t - num(x, 0x1.8p23));
  V p = horner(r, 1.0, 0x1.62e43p-1, 0x1.ebfbd6p-3, 0x1.c6af74p-5, 0x1.3b31fcp-7, 0x1.5f0ca6p-10,
               0x1.3ec222p-13);
  return times_power(p, t, x, limits);
}

// |p(r) / 2^r - 1| < 2^-57.3 for |r| <= 1/2.
template <class V>
V exp2_f64(V x) {
  constexpr ExpLimits limits = {52, -1020.5, -1076.0, 0x1.fffffffffffffp9};
  V z = at_least(x, limits.least);
  V t = z + num(x, 0x1.8p52);
  V r = z - (t - num(x, 0x1.8p52));
  V q = estrin(r, 0x1.ebfbdff82c5a1p-3, 0x1.c6b08d704a045p-5, 0x1.3b2ab6fba07b2p-7,
               0x1.5d87fe78c3b1dp-10, 0x1.4309130dbd9d8p-13, 0x1.ffcbfbc64b9dap-17,
               0x1.62bfca0b65826p-20, 0x1.b52656593dd8bp-24, 0x1.e6178c365e87ap-28,
               0x1.e7c146e51b5bep-32);
  auto linear = two_prod(r, num(x, 0x1.62e42fefa39efp-1));
  auto one = fast_two_sum(num(x, 1.0), linear.hi);
  V p = one.hi + fma(r, fma(r, q, num(x, 0x1.abc9e3b39803fp-56)), one.lo + linear.lo);
  return times_power(p, t, x, limits);
}

template <class V>
V exp2(V x) {
  return by_width(x, [&] { return exp2_f32(x); }, [&] { return exp2_f64(x); });
}

}  // namespace ir::math
