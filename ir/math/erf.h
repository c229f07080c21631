// erf.
//
// |x| < 1: x + x P(x^2 - 1/2); about the middle, a polynomial rounds least at both ends. Above,
// f32: one polynomial in x - 2.5, whose constant term dominates; f64: 1 - exp(-x^2) N(x) / D(x),
// the form of Cody, "Rational Chebyshev approximations for the error function" (Math. Comp. 1969).
// Coefficients by Remez exchange; the rational ones by iterated linear fits, weighted for the
// absolute error of erf.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"
#include "ir/math/reduce_ln2.h"
#include "ir/math/sign.h"

namespace ir::math {

// Relative error 2^-28 up to 1, absolute error 2^-28.3 from 1 to 4.
template <class V>
V erf_f32(V x) {
  V a = clamp_magnitude(x, 4.0);
  V s = fma(a, a, num(x, -0.5));
  V low = horner(s, -0x1.1ae14ep-5, -0x1.1fd164p-2, 0x1.454368p-4, -0x1.2b8df4p-6, 0x1.c82b76p-9,
                 -0x1.286f3p-11, 0x1.496a3ep-14);
  V high = horner(a - num(x, 0x1.3ffce2p1), 0x1.ffcaa2p-1, 0x1.1da5aap-9, -0x1.650b86p-8,
                  0x1.11ba36p-7, -0x1.1aa3e6p-7, 0x1.90f5b6p-8, -0x1.6ebc52p-9, 0x1.1d6b96p-11,
                  0x1.0f9a68p-12, -0x1.09e4cp-12, 0x1.53e89p-14, 0x1.06847ep-17, -0x1.077f18p-16,
                  0x1.ce676cp-19, 0x1.dcdb48p-21, -0x1.76eb9ap-22);
  return flip_sign(select(a < num(x, 1.0), fma(a, low, a), high), x);
}

// exp(-(hi + lo)) for values up to 36.
template <class V>
V exp_of_negative(Pair<V> x) {
  auto r = reduce_ln2_f64(-x.hi);
  V power = from_bits(shl(r.power + num(r.power, 1023), 52));
  return fma(power, r.hi + fma(r.hi * r.hi, expm1_tail_f64(r.hi), r.lo - x.lo), power);
}

// Relative error 2^-56.4 up to 1, absolute error 2^-58.7 from 1 to 6. Errors of `high` are largest
// at 1; there, polynomials in x - 1 hardly round, and a denominator just below 2 rounds least.
template <class V>
V erf_f64(V x) {
  V one = num(x, 1.0);
  V a = clamp_magnitude(x, 6.0);
  V s = fma(a, a, num(x, -0.5));
  V tail = estrin(s, 0x1.454368017b042p-4, -0x1.2b902b7b2f28ep-6, 0x1.c82aa249df2aap-9,
                  -0x1.263991b803132p-11, 0x1.486638bcd65bep-14, -0x1.429e93e615123p-17,
                  0x1.1ad5ed8845fdep-20, -0x1.bf8d2d1a4898dp-24, 0x1.428f5c36db310p-27,
                  -0x1.acba43195dbeap-31, 0x1.0579fbd943256p-34);
  V low = horner_from(tail, s, -0x1.1ae14dc34815ap-5, -0x1.1fd16292151fdp-2);
  V t = a - one;
  V n = horner(t, 0x1.9a7af08e9c147p-1, 0x1.01d19cfc520a0p0, 0x1.1e3d3e17f64cbp-1,
               0x1.56ff0120929d9p-3, 0x1.b93d92f008fa6p-6, 0x1.e75f3ce4fd708p-10);
  V d = horner(t, 1.875, 0x1.c6d5f1d8c0328p1, 0x1.73560a74a70c9p1, 0x1.4f55551ca77bep0,
               0x1.628c841e018c2p-2, 0x1.a207533a4be20p-5, 0x1.afed01dee5caap-9);
  V high = fma(-exp_of_negative(two_square(a)), n / d, one);
  return flip_sign(select(a < one, fma(a, low, a), high), x);
}

// Maximum error in ulp: f32 0.92 (all), f64 0.96 (samples).
template <class V>
V erf(V x) {
  return by_width(
      x, [&](auto... none) { return erf_f32(x, none...); },
      [&](auto... none) { return erf_f64(x, none...); });
}

}  // namespace ir::math
