// arcsin, arccos, arctan, arctan2.
//
// Minimax polynomials (Remez 1934) around zero; elsewhere arcsin x = pi/2 - 2 arcsin sqrt((1-x)/2)
// (Hart et al., Computer Approximations, 1968) and arctan x = pi/2 - arctan 1/x, with the square
// root, the quotient and pi/2 in two words.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"
#include "ir/math/sign.h"

namespace ir::math {

// base + small, base in two words and 0 or |base.hi| >= |first|; the sum is first + rest.
template <class V>
V add_to_base(Pair<V> base, V first, V rest) {
  auto top = fast_two_sum(base.hi, first);
  return top.hi + (top.lo + (base.lo + rest));
}

// (arcsin(s) - s) / s^3 as a polynomial in s^2, s <= 1/2: relative error of arcsin 2^-27.6,
// 2^-59.2.
template <class V>
V arcsin_tail_f32(V square) {
  return horner(square, 0x1.5555c8p-3, 0x1.330204p-4, 0x1.747c22p-5, 0x1.8c360cp-6, 0x1.596636p-5);
}
template <class V>
V arcsin_tail_f64(V square) {
  return estrin(square, 0x1.5555555555577p-3, 0x1.333333332e133p-4, 0x1.6db6db7212380p-5,
                0x1.f1c71a95114e6p-6, 0x1.6e8bdedaf5435p-6, 0x1.1c49f0e613e6bp-6,
                0x1.ca1f7bd545c4bp-7, 0x1.75864d4f939c4p-7, 0x1.6136ac176f26dp-7,
                0x1.e670005deb0c1p-9, 0x1.6369707134b44p-6, -0x1.579c64a7aa367p-6,
                0x1.0b1edb496a04cp-5);
}

// |x| folded to s = |x|, or sqrt((1 - |x|) / 2) where |x| > 1/2; s + error is exact to twice the
// precision but for 1/8 of the error: inverse - bits(s) are about the bits of 1 / 2s.
template <class V, class M>
struct Folded {
  M big;
  V square, s, error;
};
template <class V>
auto fold_arcsin(V x, int64_t inverse) {
  V a = abs(x), zero = num(x, 0.0);
  auto big = a > num(x, 0.5);
  V square = select(big, fma(a, num(x, -0.5), num(x, 0.5)), a * a);
  V root = sqrt(square);
  V half_inverse = from_bits(num(bits(x), inverse) - bits(root));
  V error = fma(-root, root, square) * half_inverse;
  return Folded<V, decltype(big)>{big, square, select(big, root, a), select(big, error, zero)};
}

// pi/2 to two words of x's width.
template <class V>
Pair<V> half_pi_f32(V x) {
  return constant(x, 0x1.921fb6p0, -0x1.777a5cp-25);
}
template <class V>
Pair<V> half_pi_f64(V x) {
  return constant(x, 0x1.921fb54442d18p0, 0x1.1a62633145c07p-54);
}

template <class V, class M>
V arcsin_join(V x, Folded<V, M> f, V tail, Pair<V> half_pi) {
  V correction = fma(f.s * f.square, tail, f.error);
  V two = num(x, -2.0);
  V value = select(f.big, add_to_base(half_pi, f.s * two, correction * two), f.s + correction);
  return flip_sign(value, x);
}

// base - u, where base is 0, pi/2 or pi and u is arcsin or twice arcsin.
template <class V, class M>
V arccos_join(V x, Folded<V, M> f, V tail, Pair<V> half_pi) {
  V correction = fma(f.s * f.square, tail, f.error);
  V zero = num(x, 0.0), one = num(x, 1.0), two = num(x, 2.0);
  V turns = select(f.big, select(x < zero, two, zero), one);  // base in units of pi/2
  V factor = flip_sign(select(f.big, two, -one), x);
  return add_to_base(scaled(half_pi, turns), f.s * factor, correction * factor);
}

template <class V>
V arcsin_f32(V x) {
  auto f = fold_arcsin(x, 0x7e7311c7);
  return arcsin_join(x, f, arcsin_tail_f32(f.square), half_pi_f32(x));
}
template <class V>
V arcsin_f64(V x) {
  auto f = fold_arcsin(x, 0x7fce623822fc16e6);
  return arcsin_join(x, f, arcsin_tail_f64(f.square), half_pi_f64(x));
}
template <class V>
V arccos_f32(V x) {
  auto f = fold_arcsin(x, 0x7e7311c7);
  return arccos_join(x, f, arcsin_tail_f32(f.square), half_pi_f32(x));
}
template <class V>
V arccos_f64(V x) {
  auto f = fold_arcsin(x, 0x7fce623822fc16e6);
  return arccos_join(x, f, arcsin_tail_f64(f.square), half_pi_f64(x));
}

// arctan t = t + t^3 (c + t^2 P(t^2)), t <= 1: relative error 2^-28.2 and 2^-57.6.
inline constexpr double arctan_c_f32 = -0x1.55553ep-2;
inline constexpr double arctan_c_f64 = -0x1.5555555555526p-2;
template <class V>
V arctan_tail_f32(V square) {
  return horner(square, 0x1.9991e4p-3, -0x1.242084p-3, 0x1.c08bdp-4, -0x1.580614p-4, 0x1.da1b6cp-5,
                -0x1.fd5e3cp-6, 0x1.640788p-7, -0x1.d33ca2p-10);
}
template <class V>
V arctan_tail_f64(V square) {
  V rest = estrin(square, -0x1.745d11ae39374p-4, 0x1.3b136697a47adp-4, -0x1.110e511426e85p-4,
                  0x1.e1bba5a06aa78p-5, -0x1.ae5e6f89d85d2p-5, 0x1.82dacdb2664cap-5,
                  -0x1.59a3e7817ea8fp-5, 0x1.2c2e30d5476aap-5, -0x1.e9f98e1e3e1cap-6,
                  0x1.683c39e5d75d3p-6, -0x1.c78ed4db2a509p-7, 0x1.d7b7e41666169p-8,
                  -0x1.7a386801d3862p-9, 0x1.b3f93c74c7878p-11, -0x1.3f350e74bd12bp-13,
                  0x1.bbebc8d705f9bp-17);
  return horner_from(rest, square, 0x1.99999999955b1p-3, -0x1.249249237f494p-3,
                     0x1.c71c717fcbf67p-4);
}

// base + arctan(t.hi + t.lo); 1 - t^2 / 2 stands for the derivative at t. The largest roundings, of
// base + t, of t^3 and of its product with c, are made good: else the sum would near one ulp at 1.
template <class V>
V arctan_join(Pair<V> base, Pair<V> t, V square, V c, V tail) {
  auto cube = two_prod(t.hi, square);
  V slope = fma(square, num(c, -0.5), num(c, 1.0));
  auto first = fast_two_sum(base.hi, t.hi);
  V second = fma(cube.hi, c, first.hi);
  V error = fma(cube.hi, c, first.hi - second) + (first.lo + base.lo);
  V small = fma(t.lo, slope, fma(cube.lo, c, error));
  return second + fma(cube.hi * square, tail, small);
}

// t = x, or -1 / x where x > 1, for x >= 0; `base` is what to add to arctan t.
template <class V>
struct Ratio {
  Pair<V> base, t;
};
template <class V>
Ratio<V> fold_arctan(V x, Pair<V> half_pi) {
  V zero = num(x, 0.0), one = num(x, 1.0), limit = num(x, 0x1p64);
  auto big = x > one;
  V finite = select(x > limit, limit, x);
  V inverse = one / finite;
  V lo = -inverse * fma(-inverse, finite, one);
  Pair<V> base = {select(big, half_pi.hi, zero), select(big, half_pi.lo, zero)};
  return {base, {select(big, -inverse, x), select(big, lo, zero)}};
}

template <class V>
V arctan_f32(V x) {
  auto [base, t] = fold_arctan(abs(x), half_pi_f32(x));
  V square = t.hi * t.hi;
  V value = arctan_join(base, t, square, num(x, arctan_c_f32), arctan_tail_f32(square));
  return flip_sign(value, x);
}
template <class V>
V arctan_f64(V x) {
  auto [base, t] = fold_arctan(abs(x), half_pi_f64(x));
  V square = t.hi * t.hi;
  V value = arctan_join(base, t, square, num(x, arctan_c_f64), arctan_tail_f64(square));
  return flip_sign(value, x);
}

// t = +-min(|x|, |y|) / max(|x|, |y|). Both are scaled by a power of two so that the larger one has
// a normal reciprocal and the remainder of the division does not underflow; 0 / 0 is 0, inf /
// inf 1.
template <class V>
Ratio<V> fold_arctan2(V y, V x, Pair<V> half_pi, double high, double low, double step) {
  V zero = num(x, 0.0), one = num(x, 1.0), two = num(x, 2.0);
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V a = abs(x), b = abs(y);
  auto steep = b > a;
  auto left = bits(x) < num(bits(x), 0);
  V small = select(steep, a, b), large = select(steep, b, a);
  V scale = select(large > num(x, high), num(x, 1 / step),
                   select(large < num(x, low), num(x, step), one));
  auto infinite = large == infinity;
  V n = select(infinite, select(small == infinity, one, small * zero), small * scale);
  V d = select(infinite | (large == zero), one, large * scale);
  V inverse = one / d;
  V hi = n * inverse;
  V lo = inverse * fma(-hi, d, n);
  V turns = select(steep, one, select(left, two, zero));
  V sign = select(steep ^ left, num(x, -0.0), zero);
  return {scaled(half_pi, turns), {flip_sign(hi, sign), flip_sign(lo, sign)}};
}

template <class V>
V arctan2_f32(V y, V x) {
  auto [base, t] = fold_arctan2(y, x, half_pi_f32(x), 0x1p100, 0x1p40, 0x1p64);
  V square = t.hi * t.hi;
  V value = arctan_join(base, t, square, num(x, arctan_c_f32), arctan_tail_f32(square));
  return flip_sign(value, y);
}
template <class V>
V arctan2_f64(V y, V x) {
  auto [base, t] = fold_arctan2(y, x, half_pi_f64(x), 0x1p900, 0x1p400, 0x1p512);
  V square = t.hi * t.hi;
  V value = arctan_join(base, t, square, num(x, arctan_c_f64), arctan_tail_f64(square));
  return flip_sign(value, y);
}

// Maximum error in ulp: f32 0.72 (all), f64 0.70 (samples).
template <class V>
V arcsin(V x) {
  return by_width(
      x, [&](auto... none) { return arcsin_f32(x, none...); },
      [&](auto... none) { return arcsin_f64(x, none...); });
}

// Maximum error in ulp: f32 0.69 (all), f64 0.69 (samples).
template <class V>
V arccos(V x) {
  return by_width(
      x, [&](auto... none) { return arccos_f32(x, none...); },
      [&](auto... none) { return arccos_f64(x, none...); });
}

// Maximum error in ulp: f32 0.86 (all), f64 0.93 (samples).
template <class V>
V arctan(V x) {
  return by_width(
      x, [&](auto... none) { return arctan_f32(x, none...); },
      [&](auto... none) { return arctan_f64(x, none...); });
}

// The angle of the point (x, y), signs of zeros as C's atan2. Maximum error in ulp: f32 0.87
// (samples), f64 0.93 (samples).
template <class V>
V arctan2(V y, V x) {
  return by_width(
      x, [&](auto... none) { return arctan2_f32(y, x, none...); },
      [&](auto... none) { return arctan2_f64(y, x, none...); });
}

}  // namespace ir::math
