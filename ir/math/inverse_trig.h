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

// arctan t = t + t^3 P(t^2), |t| <= 1/2: relative error 2^-27.4 and 2^-57.8.
template <class V>
V arctan_tail_f32(V square) {
  return horner(square, -0x1.555512p-2, 0x1.997b06p-3, -0x1.2249cep-3, 0x1.9ffd42p-4,
                -0x1.a3dffp-5);
}
template <class V>
V arctan_tail_f64(V square) {
  return estrin(square, -0x1.5555555555516p-2, 0x1.999999999113dp-3, -0x1.249249215dbb7p-3,
                0x1.c71c7090d957fp-4, -0x1.745cf4c9a47b3p-4, 0x1.3b113da8c5e2ap-4,
                -0x1.10f31e2c194bap-4, 0x1.dfe96bad7c40fp-5, -0x1.a398328f21381p-5,
                0x1.56f53d2f96a2cp-5, -0x1.c17e33dd6041cp-6, 0x1.4b81ee75f8e66p-7);
}

// An angle base + arctan(t.hi + t.lo), where |t| <= 1/2; turns are of pi/2.
template <class V>
struct Arc {
  V turns;
  Pair<V> t;
};

// arctan(small / large), where 0 <= small <= large: above 1/2 it is
// pi/4 + arctan((small - large) / (small + large)), whose numerator is exact.
template <class V>
Arc<V> fold_ratio(V small, V large) {
  V zero = num(small, 0.0), one = num(small, 1.0);
  auto high = small + small > large;
  auto sum = fast_two_sum(large, select(high, small, zero));
  V n = small - select(high, large, zero);
  V inverse = one / sum.hi;
  V t = n * inverse;
  V rest = fma(-t, sum.lo, fma(-t, sum.hi, n));
  return {select(high, num(small, 0.5), zero), {t, rest * inverse}};
}

// For the angle's mirror images: pi - angle, pi/2 - angle.
template <class V, class M>
Arc<V> reflect(M condition, Arc<V> a, double turns) {
  return {select(condition, num(a.turns, turns) - a.turns, a.turns),
          {select(condition, -a.t.hi, a.t.hi), select(condition, -a.t.lo, a.t.lo)}};
}

// turns pi/2 is rounded only where turns are 3/2; its error is added all the same.
template <class V>
V arctan_join(Arc<V> a, V square, V tail, Pair<V> half_pi) {
  V hi = half_pi.hi * a.turns;
  Pair<V> base = {hi, fma(half_pi.lo, a.turns, fma(half_pi.hi, a.turns, -hi))};
  return add_to_base(base, a.t.hi, fma(a.t.hi * square, tail, a.t.lo));
}

template <class V>
V arctan_of_f32(Arc<V> a) {
  V square = a.t.hi * a.t.hi;
  return arctan_join(a, square, arctan_tail_f32(square), half_pi_f32(square));
}
template <class V>
V arctan_of_f64(Arc<V> a) {
  V square = a.t.hi * a.t.hi;
  return arctan_join(a, square, arctan_tail_f64(square), half_pi_f64(square));
}

// The arc of x >= 0; beyond 2^64, pi/2 absorbs all.
template <class V>
Arc<V> fold_arctan(V x) {
  V one = num(x, 1.0), limit = num(x, 0x1p64);
  auto steep = x > one;
  V small = select(steep, one, x);
  V large = select(steep, select(x > limit, limit, x), one);
  return reflect(steep, fold_ratio(small, large), 1);
}

// The arc of |y| / x. |x| and |y| are scaled by a power of two so that the larger one has a normal
// reciprocal and the remainder of the division does not underflow; 0 / 0 is 0, inf / inf is 1.
template <class V>
Arc<V> fold_arctan2(V y, V x, double high, double low, double step) {
  V zero = num(x, 0.0), one = num(x, 1.0),
    infinity = num(x, std::numeric_limits<double>::infinity());
  V a = abs(x), b = abs(y);
  auto steep = b > a;
  V small = select(steep, a, b), large = select(steep, b, a);
  V scale = select(large > num(x, high), num(x, 1 / step),
                   select(large < num(x, low), num(x, step), one));
  auto infinite = large == infinity;
  V n = select(infinite, select(small == infinity, one, small * zero), small * scale);
  V d = select(infinite | (large == zero), one, large * scale);
  return reflect(bits(x) < num(bits(x), 0), reflect(steep, fold_ratio(n, d), 1), 2);
}

template <class V>
V arctan_f32(V x) {
  return flip_sign(arctan_of_f32(fold_arctan(abs(x))), x);
}
template <class V>
V arctan_f64(V x) {
  return flip_sign(arctan_of_f64(fold_arctan(abs(x))), x);
}
template <class V>
V arctan2_f32(V y, V x) {
  return flip_sign(arctan_of_f32(fold_arctan2(y, x, 0x1p100, 0x1p40, 0x1p64)), y);
}
template <class V>
V arctan2_f64(V y, V x) {
  return flip_sign(arctan_of_f64(fold_arctan2(y, x, 0x1p900, 0x1p400, 0x1p512)), y);
}

// Maximum error in ulp:
template <class V>
V arcsin(V x) {
  return by_width(
      x, [&](auto... none) { return arcsin_f32(x, none...); },
      [&](auto... none) { return arcsin_f64(x, none...); });
}

// Maximum error in ulp:
template <class V>
V arccos(V x) {
  return by_width(
      x, [&](auto... none) { return arccos_f32(x, none...); },
      [&](auto... none) { return arccos_f64(x, none...); });
}

// Maximum error in ulp:
template <class V>
V arctan(V x) {
  return by_width(
      x, [&](auto... none) { return arctan_f32(x, none...); },
      [&](auto... none) { return arctan_f64(x, none...); });
}

// The angle of the point (x, y), signs of zeros as C's atan2. Maximum error in ulp:
template <class V>
V arctan2(V y, V x) {
  return by_width(
      x, [&](auto... none) { return arctan2_f32(y, x, none...); },
      [&](auto... none) { return arctan2_f64(y, x, none...); });
}

}  // namespace ir::math
