// power: x to the y for floats, with the special cases of C99 (annex F) and NumPy.
//
// x^y = 2^(y log2 |x|). In f64 the product needs 64 correct bits, as it may be 1024: log2 |x| is
// computed in two words from s = f / (2 + f), log2(1 + f) = s (c0 + c1 s^2 + ...), with two words
// for s, s^2, c0 and c1. In f32 all this is done in f64, where one word suffices and no limit is
// near; the result is rounded once.
//
//           f32 (samples)   f64 (samples)
//   power   0.54 ulp        0.76 ulp
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log.h"
#include "ir/math/polynomial.h"

namespace ir::math {

// x^y where x or x^y is negative, zero, subnormal, infinite or NaN. `logarithm` is y log2 |x|,
// which decides between zero, infinity and `magnitude`, 2^logarithm; all of them are meaningless if
// x is 0 or infinite.
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

// log2 of a positive finite x, with a relative error below 2^-65. No division by ln2 is left to do:
// the coefficients 2 / ((2k + 1) ln2) hold it.
template <class V>
Pair<V> log2_words(V x) {
  auto [e, f, sum] = log_parts_64(x);
  V r = num(x, 1.0) / sum;
  V sh = f * r;
  V sl = fma(-sh, f, fma(sh, num(x, -2.0), f)) * r;  // the inner difference is exact
  V zh = sh * sh;
  V zl = fma(sh + sh, sl, fma(sh, sh, -zh));
  V tail = estrin(zh, 0x1.2776c50ef9e6ep-1, 0x1.a61762a72fc86p-2, 0x1.484b14364568fp-2,
                  0x1.0c9a5e3f4861fp-2, 0x1.c6a13bc3f75aap-3, 0x1.878eace175c79p-3,
                  0x1.8702445c1997fp-3);
  auto times = [&](V ah, V al, Pair<V> b) {
    V p = ah * b.hi;
    return Pair<V>{p, fma(al, b.hi, fma(ah, b.lo, fma(ah, b.hi, -p)))};
  };
  V u = zh * tail;
  auto c1 = fast_two_sum(num(x, 0x1.ec709dc3a03fdp-1), u);
  c1.lo = c1.lo + fma(zl, tail, fma(zh, tail, -u));
  auto v = times(zh, zl, c1);
  auto c0 = fast_two_sum(num(x, 0x1.71547652b82fep1), v.hi);
  c0.lo = c0.lo + (v.lo + num(x, 0x1.777d0ffda0d24p-55));
  auto g = times(sh, sl, c0);
  auto whole = fast_two_sum(e, g.hi);
  return {whole.hi, whole.lo + g.lo};
}

// 2^(a.hi + a.lo) as p and t with 2^n p for n in the low bits of t. 2^r = one.hi + rest, and a.lo,
// which may be 2^-43, multiplies all of it by 1 + a.lo ln2.
template <class V>
Pair<V> exp2_words(Pair<V> a) {
  V t = a.hi + num(a.hi, 0x1.8p52);
  V r = a.hi - (t - num(a.hi, 0x1.8p52));
  V q = estrin(r, 0x1.ebfbdff82c5a1p-3, 0x1.c6b08d704a045p-5, 0x1.3b2ab6fba07b2p-7,
               0x1.5d87fe78c3b1dp-10, 0x1.4309130dbd9d8p-13, 0x1.ffcbfbc64b9dap-17,
               0x1.62bfca0b65826p-20, 0x1.b52656593dd8bp-24, 0x1.e6178c365e87ap-28,
               0x1.e7c146e51b5bep-32);
  V ln2 = num(r, 0x1.62e42fefa39efp-1);
  auto linear = two_prod(r, ln2);
  auto one = fast_two_sum(num(r, 1.0), linear.hi);
  V rest = fma(r, fma(r, q, num(r, 0x1.abc9e3b39803fp-56)), one.lo + linear.lo);
  return {one.hi + fma(a.lo * ln2, one.hi + rest, rest), t};
}

// Ordinary results take the bits of p with n added to the exponent. Others are made with an
// exponent nearer to 0 and rounded once by a product with a power of two.
template <class V>
V power_f64(V x, V y) {
  auto logarithm = log2_words(abs(x));
  V high = y * logarithm.hi;
  V low = fma(y, logarithm.lo, fma(y, logarithm.hi, -high));
  auto [p, t] = exp2_words(Pair<V>{high, low});
  auto scaled = bits(p) + shl(bits(t), 52);
  auto i = bits(x) + num(bits(x), int64_t(1) << 52);
  auto special = (i < num(i, int64_t(1) << 53)) | !(abs(high) < num(x, 1021.0));
  return rare(special, from_bits(scaled), [&] {
    auto shift = num(i, int64_t(128) << 52);
    V magnitude = select(high < num(x, 0.0), from_bits(scaled + shift) * num(x, 0x1p-128),
                         from_bits(scaled - shift) * num(x, 0x1p128));
    return power_special(x, y, high, magnitude, 1100);
  });
}

// 1/c and log2 c for the c of 16 parts of [sqrt(1/2), sqrt(2)), equal in the bits of an f32. 1/c
// has 8 bits and so its product with an f32 is exact; the part around 1 has c = 1.
namespace detail {
inline constexpr double power_inverse_data[] = {
    1.3828125,  1.328125, 1.2734375,  1.2265625, 1.1796875, 1.13671875, 1.09765625, 1.0625,
    1.02734375, 1.0,      0.93359375, 0.8828125, 0.8359375, 0.796875,   0.7578125,  0.72265625};
inline constexpr double power_log2_data[] = {-0x1.ded3fd442364cp-2, -0x1.a33760a7f6051p-2,
                                             -0x1.6518fe4677ba7p-2, -0x1.2db10fc4d9aafp-2,
                                             -0x1.e840be74e6a4dp-3, -0x1.7a9fec7d05ddfp-3,
                                             -0x1.134e1b489062ep-3, -0x1.663f6fac91316p-4,
                                             -0x1.3ed3094685a26p-5, 0,
                                             0x1.960caf9abb7cap-4,  0x1.7046031c79f85p-3,
                                             0x1.08bce0d95fa38p-2,  0x1.4f6fbb2cec598p-2,
                                             0x1.99b072a96c6b2p-2,  0x1.dfdd89d586e2bp-2};
inline constexpr Table<double> power_inverse{"power_inverse", power_inverse_data, 16};
inline constexpr Table<double> power_log2{"power_log2", power_log2_data, 16};
}  // namespace detail

// log2(2^e m) in f64 with a relative error below 2^-36.9, for an m of f32 in [sqrt(1/2), sqrt(2)).
template <class W>
W log2_wide(W e, W m) {
  const auto part = shr(bits(m) - num(bits(m), 0x3fe6a09e60000000), 48);
  const W r = fma(m, lookup(detail::power_inverse, part), num(m, -1.0));
  const W q = estrin(r, 0x1.71547652c03dep+0, -0x1.715476472ec54p-1, 0x1.ec7095f5571f1p-2,
                     -0x1.7156161779569p-2, 0x1.27c533aab64b4p-2, -0x1.e16a6a506aeb5p-3);
  return fma(r, q, e + lookup(detail::power_log2, part));
}

// 2^x for |x| < 1021, with a relative error below 2^-29.
template <class W>
W exp2_wide(W x) {
  W t = x + num(x, 0x1.8p52);
  W p = estrin(x - (t - num(x, 0x1.8p52)), 0x1.000000025f53ap0, 0x1.62e430c7ffb26p-1,
               0x1.ebfbdadef3511p-3, 0x1.c6aed4a195898p-5, 0x1.3b2dbac3899fcp-7,
               0x1.5f4573f070e42p-10, 0x1.41d3bc1287be1p-13);
  return from_bits(bits(p) + shl(bits(t), 52));
}

// `narrow` makes infinities and subnormals.
template <class V>
V power_f32(V x, V y) {
  auto [e, f, sum] = log_parts_32(abs(x));
  auto logarithm = widen(y) * log2_wide(widen(e), widen(f) + num(widen(f), 1.0));
  V magnitude = narrow(exp2_wide(logarithm));
  V size = narrow(logarithm);
  auto i = bits(x) + num(bits(x), 1 << 23);
  auto special = (i < num(i, 1 << 24)) | !(abs(size) < num(x, 1000.0));
  return rare(special, magnitude, [&] { return power_special(x, y, size, magnitude, 1000); });
}

// The template parameter delays power_f32 until it is called: an f64 cannot be widened.
template <class V>
V power(V x, V y) {
  return by_width(
      x, [&]<class F = V> { return power_f32<F>(x, y); }, [&] { return power_f64(x, y); });
}

}  // namespace ir::math
