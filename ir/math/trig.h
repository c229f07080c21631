// sin, cos, tan.
//
// Polynomials on [-pi/4, pi/4] (minimax, Remez 1934, with coefficients rounded one at a time and
// the rest fitted again), chosen by the quadrant. Each result is a leading term, exact or with its
// error known, plus a correction several bits smaller, so that one rounding dominates.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"
#include "ir/math/reduce_pi.h"
#include "ir/math/sign.h"

namespace ir::math {

// sin r = r + r^3 P(r^2) on [-pi/4, pi/4]; 1 - r^2 / 2 stands for the derivative at hi.
template <class V>
V sin_join(V hi, V lo, V square, V tail) {
  V slope = fma(square, num(hi, -0.5), num(hi, 1.0));
  return hi + fma(hi * square, tail, lo * slope);
}

// Relative error 2^-27.8.
template <class V>
V sin_kernel_f32(V hi, V lo, V square) {
  return sin_join(hi, lo, square, horner(square, -0x1.555544p-3, 0x1.1106c6p-7, -0x1.991c34p-13));
}

// Relative error 2^-57.8.
template <class V>
V sin_kernel_f64(V hi, V lo, V square) {
  return sin_join(
      hi, lo, square,
      horner(square, -0x1.5555555555548p-3, 0x1.111111110f724p-7, -0x1.a01a019be5d6fp-13,
             0x1.71de3550f3fbcp-19, -0x1.ae5e475054a1bp-26, 0x1.5d89e56c97ad0p-33));
}

// cos r = (1 - r^2 / 2) + r^4 tail, the bracket in double-word arithmetic.
template <class V>
V cos_join(V hi, V lo, V square, V tail) {
  V one = num(hi, 1.0);
  V half = hi * num(hi, -0.5);
  V top = fma(half, hi, one);
  V error = fma(half, hi, one - top);
  return top + fma(square * square, tail, fma(-hi, lo, error));
}

// Relative error 2^-32.9.
template <class V>
V cos_kernel_f32(V hi, V lo, V square) {
  return cos_join(hi, lo, square, horner(square, 0x1.55554ap-5, -0x1.6c0c24p-10, 0x1.99e61cp-16));
}

// Relative error 2^-63.8.
template <class V>
V cos_kernel_f64(V hi, V lo, V square) {
  return cos_join(
      hi, lo, square,
      horner(square, 0x1.555555555554ap-5, -0x1.6c16c16c14e00p-10, 0x1.a01a019c5d139p-16,
             -0x1.27e4f7ce74378p-22, 0x1.1ee9c4700b61cp-29, -0x1.8f9a960e97370p-37));
}

// tan r = r + r^3 (c + r^2 tail) on [-pi/4, pi/4], as two words; the derivative at hi is
// 1 + tan(hi)^2. The roundings of r^2 and of the product with c are made good: together they would
// be half an ulp.
template <class V>
Pair<V> tan_join(V hi, V lo, Pair<V> square, V c, V tail) {
  V cube = hi * square.hi;
  V top = fma(cube, c, hi);
  V error = fma(cube, c, hi - top);
  V slope = fma(top, top, num(hi, 1.0));
  V small = fma(hi * square.lo, num(hi, 0.5), fma(lo, slope, error));
  return fast_two_sum(top, fma(cube * square.hi, tail, small));
}

// Relative error 2^-29.5.
template <class V>
Pair<V> tan_kernel_f32(V hi, V lo) {
  auto square = two_square(hi);
  return tan_join(hi, lo, square, num(hi, 0x1.55556p-2),
                  horner(square.hi, 0x1.110d9cp-3, 0x1.badb1ap-5, 0x1.5ca906p-6, 0x1.636944p-7,
                         0x1.2defd8p-14, 0x1.1f6afp-8));
}

// Relative error 2^-60.
template <class V>
Pair<V> tan_kernel_f64(V hi, V lo) {
  auto square = two_square(hi);
  return tan_join(hi, lo, square, num(hi, 0x1.555555555555dp-2),
                  estrin(square.hi, 0x1.11111111106dap-3, 0x1.ba1ba1bab2781p-5,
                         0x1.664f485fb509ep-6, 0x1.226e3a31ddaa0p-7, 0x1.d6d2f44b20d52p-9,
                         0x1.7db0df5f0f39bp-10, 0x1.34c2d9a103045p-11, 0x1.fecf58deba02ap-13,
                         0x1.605c60d758c9ep-14, 0x1.168965c1dcb6cp-14, -0x1.9ce8f1672768fp-16,
                         0x1.90dd2f66a1464p-15, -0x1.9038549084113p-16, 0x1.45aecfa29c16cp-17));
}

template <class I>
auto is_odd(I quadrant) {
  return (quadrant & num(quadrant, 1)) != num(quadrant, 0);
}

// The sign bit of quadrants 2 and 3.
template <class I>
I quadrant_sign(I quadrant, int width) {
  return shl(shr(quadrant, 1), width - 1);
}

template <class V, class A>
V sin_of_angle_f32(A angle) {
  V square = angle.hi * angle.hi;
  V value = select(is_odd(angle.quadrant), cos_kernel_f32(angle.hi, angle.lo, square),
                   sin_kernel_f32(angle.hi, angle.lo, square));
  return from_bits(bits(value) ^ quadrant_sign(angle.quadrant, 32));
}

template <class V, class A>
V sin_of_angle_f64(A angle) {
  V square = angle.hi * angle.hi;
  V value = select(is_odd(angle.quadrant), cos_kernel_f64(angle.hi, angle.lo, square),
                   sin_kernel_f64(angle.hi, angle.lo, square));
  return from_bits(bits(value) ^ quadrant_sign(angle.quadrant, 64));
}

// -1 / t for odd quadrants, else t.
template <class V, class I>
V tan_of_quadrant(Pair<V> t, I quadrant) {
  V one = num(t.hi, 1.0);
  V inverse = -one / t.hi;
  V rest = fma(t.lo, inverse, fma(t.hi, inverse, one));
  return select(is_odd(quadrant), fma(inverse, rest, inverse), t.hi + t.lo);
}

// A cosine is the sine of the next quadrant.
template <class A>
A next_quadrant(A angle) {
  return {angle.quadrant + num(angle.quadrant, 1), angle.hi, angle.lo};
}

// f(reduced x), where f is given the angle of |x|: `common` below the limit, `huge` at or above.
template <class V, class F, class G, class H>
V by_magnitude(V magnitude, double limit, F&& common, G&& huge, H&& f) {
  V bound = num(magnitude, limit);
  auto outside = !(magnitude < bound);
  return rare(outside, f(common(magnitude)),
              [&] { return f(huge(select(outside, magnitude, bound))); });
}

template <class V, class H>
V by_magnitude_f32(V magnitude, H&& f) {
  return by_magnitude(
      magnitude, angle_limit_f32, [](V x) { return reduce_f32(x); },
      [](V x) { return reduce_huge_f32(x); }, f);
}

template <class V, class H>
V by_magnitude_f64(V magnitude, H&& f) {
  return by_magnitude(
      magnitude, angle_limit_f64, [](V x) { return reduce_f64(x); },
      [](V x) { return reduce_huge_f64(x); }, f);
}

template <class V>
V sin_f32(V x) {
  return flip_sign(by_magnitude_f32(abs(x), [](auto a) { return sin_of_angle_f32<V>(a); }), x);
}
template <class V>
V sin_f64(V x) {
  return flip_sign(by_magnitude_f64(abs(x), [](auto a) { return sin_of_angle_f64<V>(a); }), x);
}
template <class V>
V cos_f32(V x) {
  return by_magnitude_f32(abs(x), [](auto a) { return sin_of_angle_f32<V>(next_quadrant(a)); });
}
template <class V>
V cos_f64(V x) {
  return by_magnitude_f64(abs(x), [](auto a) { return sin_of_angle_f64<V>(next_quadrant(a)); });
}
template <class V>
V tan_f32(V x) {
  return flip_sign(
      by_magnitude_f32(
          abs(x), [](auto a) { return tan_of_quadrant(tan_kernel_f32(a.hi, a.lo), a.quadrant); }),
      x);
}
template <class V>
V tan_f64(V x) {
  return flip_sign(
      by_magnitude_f64(
          abs(x), [](auto a) { return tan_of_quadrant(tan_kernel_f64(a.hi, a.lo), a.quadrant); }),
      x);
}

// The empty pack makes each branch generic, so that only the one for x's width is instantiated.
// Maximum error in ulp: f32 0.76 (all), f64 0.74 (samples).
template <class V>
V sin(V x) {
  return by_width(
      x, [&](auto... none) { return sin_f32(x, none...); },
      [&](auto... none) { return sin_f64(x, none...); });
}

// Maximum error in ulp: f32 0.76 (all), f64 0.74 (samples).
template <class V>
V cos(V x) {
  return by_width(
      x, [&](auto... none) { return cos_f32(x, none...); },
      [&](auto... none) { return cos_f64(x, none...); });
}

// Maximum error in ulp: f32 0.81 (all), f64 0.82 (samples).
template <class V>
V tan(V x) {
  return by_width(
      x, [&](auto... none) { return tan_f32(x, none...); },
      [&](auto... none) { return tan_f64(x, none...); });
}

}  // namespace ir::math
