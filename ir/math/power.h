// power: x to the y for floats, with the special cases of C99 (annex F) and NumPy.
//
// x^y = 2^(y log2 |x|), both by tables (as in Tang, TOMS 1989 and 1990): log2 m = log2 c +
// log2(m/c) for the c of 16 or 32 parts of [sqrt(1/2), sqrt(2)), with c = 1 in the part around 1.
// In f64 the product needs 64 correct bits, as it may be 1024; so log2(m/c) = 2/ln2 arctanh s with
// s = (m - c) / (m + c), at most 2^-5.7, in two words, of which only the first term needs both. 2^r
// = 2^(j/16) 2^(r - j/16). In f32 all this is done in f64, where one word suffices and no limit is
// near; the result is rounded once.
//
//           f32 (samples)   f64 (samples)
//   power   0.64 ulp        0.68 ulp
#pragma once
#include <cstdint>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log.h"
#include "ir/math/polynomial.h"
#include "ir/math/power_f32.h"
#include "ir/math/power_special.h"

namespace ir::math {

namespace detail {
// clang-format off
// c has few bits, and c_log2's leading word 41 behind the point: a sum with an exponent is exact.
inline constexpr double power_c_data[] = {
    0x1.72p-1, 0x1.82p-1, 0x1.92p-1, 0x1.a2p-1, 0x1.b2p-1, 0x1.c2p-1, 0x1.d2p-1, 0x1.e2p-1,
    0x1.f2p-1, 0x1p0, 0x1.12p0, 0x1.22p0, 0x1.32p0, 0x1.42p0, 0x1.52p0, 0x1.62p0};
inline constexpr double power_log2_data[] = {
    -0x1.dfdd89d586p-2, -0x1.a152f14298p-2, -0x1.6552b49986p-2, -0x1.2baa0c34bep-2,
    -0x1.e857d3d36p-3, -0x1.7d60496cfcp-3, -0x1.162593186cp-3, -0x1.64ce26c068p-4,
    -0x1.47aa07357p-5, 0, 0x1.918a16e46p-4, 0x1.70742d4efp-3, 0x1.0790adbb04p-2, 0x1.52dbdfc4cap-2,
    0x1.9a802391e2p-2, 0x1.ded3fd4424p-2};
inline constexpr double power_log2_low_data[] = {
    -0x1.c56138c894641p-43, -0x1.b3d7b0e65d2cep-46, -0x1.3bb5921006679p-45, -0x1.ebefecd51a1bfp-46,
    -0x1.367bde40c5e6dp-43, 0x1.2ce6312ebb81dp-45, -0x1.a6fc41e0487adp-43, 0x1.d5297837adb4bp-45,
    -0x1.c13cad28e6311p-43, 0, 0x1.9ad57391924a7p-43, 0x1.3f94e00e7d6bcp-46, -0x1.fed21f9cb2cc5p-43,
    -0x1.29904613e33cp-43, 0x1.979a5db68721dp-45, -0x1.3676289cd3dd4p-43};
// 2^(j/16).
inline constexpr double power_exp2_data[] = {
    0x1p0, 0x1.0b5586cf9890fp0, 0x1.172b83c7d517bp0, 0x1.2387a6e756238p0, 0x1.306fe0a31b715p0,
    0x1.3dea64c123422p0, 0x1.4bfdad5362a27p0, 0x1.5ab07dd485429p0, 0x1.6a09e667f3bcdp0,
    0x1.7a11473eb0187p0, 0x1.8ace5422aa0dbp0, 0x1.9c49182a3f09p0, 0x1.ae89f995ad3adp0,
    0x1.c199bdd85529cp0, 0x1.d5818dcfba487p0, 0x1.ea4afa2a490dap0};
inline constexpr double power_exp2_low_data[] = {
    0, 0x1.8a62e4adc610bp-54, -0x1.19041b9d78a76p-55, 0x1.9b07eb6c70573p-54, 0x1.6f46ad23182e4p-55,
    0x1.ada0911f09ebcp-55, 0x1.d4397afec42e2p-56, 0x1.6324c054647adp-54, -0x1.bdd3413b26456p-54,
    -0x1.41577ee04992fp-55, 0x1.6e9f156864b27p-54, 0x1.c7c46b071f2bep-56, 0x1.7a1cd345dcc81p-54,
    0x1.11065895048ddp-55, 0x1.2ed02d75b3707p-55, -0x1.e9c23179c2893p-54};
// clang-format on
inline constexpr Table<double> power_c{"power_c", power_c_data, 16};
inline constexpr Table<double> power_log2{"power_log2", power_log2_data, 16};
inline constexpr Table<double> power_log2_low{"power_log2_low", power_log2_low_data, 16};
inline constexpr Table<double> power_exp2{"power_exp2", power_exp2_data, 16};
inline constexpr Table<double> power_exp2_low{"power_exp2_low", power_exp2_low_data, 16};
}  // namespace detail

// log2 of a positive finite x, with a relative error below 2^-63; the low word may be as large as
// 2^-12 of the other.
template <class V>
Pair<V> log2_words(V x) {
  auto [e, m, part] = log_mantissa_64(x);
  V c = lookup(detail::power_c, part);
  V top = m - c, base = m + c, base_low = m - (base - c);  // exact, and in two words
  V inverse = num(x, 1.0) / base, s = top * inverse;
  V s_low = fma(-s, base_low, fma(-s, base, top)) * inverse;
  V square = s * s;
  V tail = horner(square, 0x1.ec709dc3a03fap-1, 0x1.2776c50f0f4bcp-1, 0x1.a6175d6f67e95p-2,
                  0x1.488ade0bb102ap-2);
  auto unit = constant(x, 0x1.71547652b82fep1, 0x1.777d0ffda0d24p-55);
  auto first = two_prod(s, unit.hi);
  V low = fma(s * square, tail, fma(s_low, unit.hi, fma(s, unit.lo, first.lo)));
  auto sum = fast_two_sum(e + lookup(detail::power_log2, part), first.hi);
  return {sum.hi, sum.lo + (low + lookup(detail::power_log2_low, part))};
}

// 2^(a.hi + a.lo) as p and t with 2^n p for n in the low bits of t.
template <class V>
Pair<V> exp2_words(Pair<V> a) {
  V t = (a.hi + a.lo) + num(a.hi, 0x1.8p48);
  V r = (a.hi - (t - num(a.hi, 0x1.8p48))) + a.lo;
  V q = horner(r, 0x1.62e42fefa39f3p-1, 0x1.ebfbdff82c59p-3, 0x1.c6b08d6f26881p-5,
               0x1.3b2ab6fb3fdf7p-7, 0x1.5d8980bb6a81cp-10, 0x1.430a1eb4a2087p-13);
  const auto j = bits(t) & num(bits(t), 15);
  V root = lookup(detail::power_exp2, j);
  V p = root + fma(root, r * q, lookup(detail::power_exp2_low, j));
  return {p, from_bits(shr(bits(t), 4))};
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
    return power_special(x, y, high, rounded_once(scaled, high, 0x1p-128), 1100);
  });
}

// The template parameter delays either until it is called: the tables have one type.
template <class V>
V power(V x, V y) {
  return by_width(
      x, [&]<class F = V> { return power_f32<F>(x, y); },
      [&]<class F = V> { return power_f64<F>(x, y); });
}

}  // namespace ir::math
