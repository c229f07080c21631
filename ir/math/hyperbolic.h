// sinh, cosh, tanh.
//
// With x = n ln 2 + r, |r| <= ln 2 / 2, the addition theorems give
//   sinh x = (A - B) cosh r + (A + B) sinh r,  cosh x = (A + B) cosh r + (A - B) sinh r,
// A = 2^(n-1), B = 2^(-n-1): neither cancels, no division is needed, and n = 0 is the series
// itself. tanh x = u / (2 - u), u = 1 - exp(-2x) in two words; in f32 see tanh.h. Polynomials are
// minimax (Remez 1934).
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"
#include "ir/math/reduce_ln2.h"
#include "ir/math/sign.h"
#include "ir/math/tanh.h"

namespace ir::math {

// (sinh r - r) / r^3 and (cosh r - 1) / r^2 of r^2.
// Relative errors of sinh and cosh: f32 2^-34.3, 2^-33.2; f64 2^-61.7, 2^-58.
template <class V>
V sinh_tail_f32(V square) {
  return horner(square, 0x1.555556p-3, 0x1.110fbep-7, 0x1.a2e33ap-13);
}
template <class V>
V cosh_tail_f32(V square) {
  return horner(square, 0x1p-1, 0x1.5554e6p-5, 0x1.6d4f0ep-10);
}
template <class V>
V sinh_tail_f64(V square) {
  return horner(square, 0x1.5555555555559p-3, 0x1.111111110f629p-7, 0x1.a01a01b0203d8p-13,
                0x1.71ddf7b1257d7p-19, 0x1.af5ff019d5978p-26);
}
template <class V>
V cosh_tail_f64(V square) {
  return horner(square, 0x1.000000000000cp-1, 0x1.555555554fd67p-5, 0x1.6c16c1863c82fp-10,
                0x1.a0199507cf41fp-16, 0x1.28b1b3aedc985p-22);
}

// A and B halved, so that A does not overflow before the result does. B vanishes beside A long
// before the limit on its n, which keeps its exponent in range. `zero` is the power of n = 0.
template <class V, class I>
Pair<V> powers(Remainder<V, I> r, int64_t zero, int digits, int bias) {
  I n = r.power - num(r.power, zero), limit = num(n, bias - 3);
  I least = select(n < limit, n, limit);
  return {from_bits(shl(n + num(n, bias - 2), digits)),
          from_bits(shl(num(n, bias - 2) - least, digits))};
}
template <class V, class I>
Pair<V> powers_f32(Remainder<V, I> r) {
  return powers(r, 0x4b400000, 23, 127);
}
template <class V, class I>
Pair<V> powers_f64(Remainder<V, I> r) {
  return powers(r, 0x4338000000000000, 52, 1023);
}

// p cosh r + q sinh r, doubled, where p, q are A +- B in one or the other order and |p| >= |q r|.
template <class V, class I>
V combine(Pair<V> p, Pair<V> q, Remainder<V, I> r, V square, V sinh_tail, V cosh_tail) {
  V top = fma(q.hi, r.hi, p.hi);
  V error = fma(q.hi, r.hi, p.hi - top) + fma(q.lo, r.hi, p.lo);
  V sinh_rest = fma(r.hi * square, sinh_tail, r.lo);
  V half = top + fma(p.hi * square, cosh_tail, fma(q.hi, sinh_rest, error));
  return half + half;
}

// `tails` gives the two polynomials; `tiny` is where sinh x = x and halving could lose a bit.
template <class V, class I, class F>
V sinh_join(V x, Remainder<V, I> r, Pair<V> power, double tiny, F&& tails) {
  V square = r.hi * r.hi;
  auto difference = fast_two_sum(power.hi, -power.lo);
  auto total = fast_two_sum(power.hi, power.lo);
  auto [s, c] = tails(square);
  V value = combine(difference, total, r, square, s, c);
  return flip_sign(select(abs(x) < num(x, tiny), abs(x), value), x);
}
template <class V, class I, class F>
V cosh_join(V, Remainder<V, I> r, Pair<V> power, F&& tails) {
  V square = r.hi * r.hi;
  auto difference = fast_two_sum(power.hi, -power.lo);
  auto total = fast_two_sum(power.hi, power.lo);
  auto [s, c] = tails(square);
  return combine(total, difference, r, square, s, c);
}

// Limits: beyond, the result is infinite; at them, A is still finite.
inline constexpr double hyperbolic_limit_f32 = 89.5;
inline constexpr double hyperbolic_limit_f64 = 710.5;

template <class V>
V sinh_f32(V x) {
  auto r = reduce_ln2_f32(clamp_magnitude(x, hyperbolic_limit_f32));
  return sinh_join(x, r, powers_f32(r), 0x1p-60,
                   [](V s) { return Pair<V>{sinh_tail_f32(s), cosh_tail_f32(s)}; });
}
template <class V>
V sinh_f64(V x) {
  auto r = reduce_ln2_f64(clamp_magnitude(x, hyperbolic_limit_f64));
  return sinh_join(x, r, powers_f64(r), 0x1p-500,
                   [](V s) { return Pair<V>{sinh_tail_f64(s), cosh_tail_f64(s)}; });
}
template <class V>
V cosh_f32(V x) {
  auto r = reduce_ln2_f32(clamp_magnitude(x, hyperbolic_limit_f32));
  return cosh_join(x, r, powers_f32(r),
                   [](V s) { return Pair<V>{sinh_tail_f32(s), cosh_tail_f32(s)}; });
}
template <class V>
V cosh_f64(V x) {
  auto r = reduce_ln2_f64(clamp_magnitude(x, hyperbolic_limit_f64));
  return cosh_join(x, r, powers_f64(r),
                   [](V s) { return Pair<V>{sinh_tail_f64(s), cosh_tail_f64(s)}; });
}

// q = u / (2 - u), u = 1 - power exp(r) in two words, power = 2^n. u - 2q is exact, since 2q is
// between u and 2u, and so u (1 + q) - 2q, what is left of the division, is too.
template <class V, class I>
V tanh_join(V x, Remainder<V, I> r, V power, V tail) {
  V one = num(x, 1.0), two = num(x, 2.0);
  V rest_of_one = one - power;
  V top = fma(-power, r.hi, rest_of_one);
  V error = fma(-power, r.hi, rest_of_one - top) + ((one - rest_of_one) - power);
  auto u = fast_two_sum(top, fma(-power, fma(r.hi * r.hi, tail, r.lo), error));
  V inverse = one / (two - u.hi);
  V q = u.hi * inverse;
  V left = fma(q, u.hi, fma(q, -two, u.hi));
  return flip_sign(fma(fma(one + q, u.lo, left), inverse, q), x);
}

template <class V>
V tanh_f64(V x) {
  auto r = reduce_ln2_f64(clamp_magnitude(x, 20.0) * num(x, -2.0));
  return tanh_join(x, r, from_bits(shl(r.power + num(r.power, 1023), 52)), expm1_tail_f64(r.hi));
}

// Maximum error in ulp: f32 0.77 (all), f64 0.84 (samples).
template <class V>
V sinh(V x) {
  return by_width(
      x, [&](auto... none) { return sinh_f32(x, none...); },
      [&](auto... none) { return sinh_f64(x, none...); });
}

// Maximum error in ulp: f32 0.71 (all), f64 0.73 (samples).
template <class V>
V cosh(V x) {
  return by_width(
      x, [&](auto... none) { return cosh_f32(x, none...); },
      [&](auto... none) { return cosh_f64(x, none...); });
}

// Maximum error in ulp: f32 0.77 (all), f64 0.83 (samples).
template <class V>
V tanh(V x) {
  return by_width(
      x, [&](auto... none) { return tanh_f32(x, none...); },
      [&](auto... none) { return tanh_f64(x, none...); });
}

}  // namespace ir::math
