// power in f32: x^y = exp(y log |x|), with the product in two floats.
//
// log(2^e m) = e ln2 + log c + r - r^2/2 + r^3 q(r) for the c of 32 parts of [sqrt(1/2), sqrt(2)),
// with c = 1 in the part around 1. 1/c has so few bits that r = m/c - 1, at most 0.023, is exact;
// of ln2 and log c the leading words have 16 bits behind the point, so that e ln2 + log c is, too.
// What cancels when e^r is made of it then stands in the leading words alone.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log.h"
#include "ir/math/polynomial.h"
#include "ir/math/power_special.h"

namespace ir::math {

namespace detail {
// clang-format off
// 1/c, and log c in two words.
inline constexpr float power_inverse_data[] = {
    0x1.68p0f, 0x1.6p0f, 0x1.58p0f, 0x1.5p0f, 0x1.48p0f, 0x1.4p0f, 0x1.4p0f, 0x1.38p0f,
    0x1.3p0f, 0x1.28p0f, 0x1.28p0f, 0x1.2p0f, 0x1.18p0f, 0x1.18p0f, 0x1.1p0f, 0x1.1p0f,
    0x1.08p0f, 0x1.08p0f, 0x1p0f, 0x1.f8p-1f, 0x1.e8p-1f, 0x1.d8p-1f, 0x1.c8p-1f, 0x1.cp-1f,
    0x1.bp-1f, 0x1.a8p-1f, 0x1.ap-1f, 0x1.9p-1f, 0x1.88p-1f, 0x1.8p-1f, 0x1.78p-1f, 0x1.7p-1f};
inline constexpr float power_ln_data[] = {
    -0x1.5d1cp-2f, -0x1.4618p-2f, -0x1.2e9p-2f, -0x1.1674p-2f, -0x1.fb9p-3f, -0x1.c9p-3f,
    -0x1.c9p-3f, -0x1.9528p-3f, -0x1.5ffp-3f, -0x1.2958p-3f, -0x1.2958p-3f, -0x1.e27p-4f,
    -0x1.6f1p-4f, -0x1.6f1p-4f, -0x1.f0ap-5f, -0x1.f0ap-5f, -0x1.f84p-6f, -0x1.f84p-6f, 0,
    0x1.02p-6f, 0x1.894p-5f, 0x1.4d3p-4f, 0x1.da7p-4f, 0x1.1178p-3f, 0x1.5bf8p-3f, 0x1.824p-3f,
    0x1.a94p-3f, 0x1.f99p-3f, 0x1.1178p-2f, 0x1.2698p-2f, 0x1.3c24p-2f, 0x1.522cp-2f};
inline constexpr float power_ln_low_data[] = {
    0x1.2053fcp-21f, -0x1.78438cp-19f, 0x1.d451eep-18f, -0x1.cababap-18f, -0x1.86d5e4p-19f,
    0x1.070cacp-20f, 0x1.070cacp-20f, 0x1.2b185ep-18f, -0x1.83853cp-18f, 0x1.683fp-18f,
    0x1.683fp-18f, -0x1.db8abcp-22f, 0x1.6ba8d4p-19f, 0x1.6ba8d4p-19f, -0x1.86008cp-20f,
    -0x1.86008cp-20f, 0x1.64f188p-18f, 0x1.64f188p-18f, 0, 0x1.59624ep-20f, 0x1.54294p-18f,
    0x1.15d208p-20f, 0x1.3b1c22p-19f, 0x1.d044fcp-20f, -0x1.fca55ep-18f, -0x1.f4d572p-18f,
    -0x1.2c3752p-19f, 0x1.c6cb3cp-19f, 0x1.d044fcp-19f, -0x1.deecb2p-18f, 0x1.277334p-18f,
    -0x1.1f8c76p-18f};
// clang-format on
inline constexpr Table<float> power_inverse{"power_inverse", power_inverse_data, 32};
inline constexpr Table<float> power_ln{"power_ln", power_ln_data, 32};
inline constexpr Table<float> power_ln_low{"power_ln_low", power_ln_low_data, 32};
}  // namespace detail

// log of a positive finite x, with a relative error below 2^-37.
template <class V>
Pair<V> log_words_32(V x) {
  auto [e, m, part] = log_mantissa_32(x);
  V r = fma(m, lookup(detail::power_inverse, part), num(m, -1.0));
  V whole = fma(e, num(x, 0x1.62e4p-1), lookup(detail::power_ln, part));
  V low = fma(e, num(x, 0x1.7f7d1cp-20), lookup(detail::power_ln_low, part));
  auto square = two_square(r), first = fast_two_sum(whole, r);
  V half = num(x, -0.5);
  auto second = fast_two_sum(first.hi, square.hi * half);
  V q = horner(r, 0x1.555554p-2, -0x1.fffffep-3, 0x1.99d4dep-3, -0x1.5584f6p-3);
  V tail = fma(square.hi * r, q, fma(square.lo, half, low));
  return {second.hi, second.lo + (first.lo + tail)};
}

// e^(a.hi + a.lo) as p and t with 2^n p for n in the low bits of t.
template <class V>
Pair<V> exp_words_32(Pair<V> a) {
  V t = fma(a.hi, num(a.hi, 0x1.715476p0), num(a.hi, 0x1.8p23));
  V n = t - num(a.hi, 0x1.8p23);
  V first = fma(n, num(n, -0x1.62e4p-1), a.hi), second = fma(n, num(n, -0x1.7f7d1cp-20), a.lo);
  auto r = fast_two_sum(first, second);
  auto one = fast_two_sum(num(n, 1.0), r.hi);
  V q = horner(r.hi, 0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558ap-5, 0x1.123aa8p-7, 0x1.6a5f84p-10);
  return {one.hi + fma(r.hi * r.hi, q, one.lo + r.lo), t};
}

template <class V>
V power_f32(V x, V y) {
  auto logarithm = log_words_32(abs(x));
  V high = y * logarithm.hi;
  V low = fma(y, logarithm.lo, fma(y, logarithm.hi, -high));
  auto [p, t] = exp_words_32(Pair<V>{high, low});
  auto scaled = bits(p) + shl(bits(t), 23);
  auto i = bits(x) + num(bits(x), 1 << 23);
  auto special = (i < num(i, 1 << 24)) | !(abs(high) < num(x, 86.0));
  return rare(special, from_bits(scaled),
              [&] { return power_special(x, y, high, rounded_once(scaled, high, 0x1p-64), 120); });
}

}  // namespace ir::math
