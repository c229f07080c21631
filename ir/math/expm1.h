// expm1: e^x - 1 without cancellation.
//
// With x = n ln2 + r as in exp.h, e^x - 1 = (2^n - 1) + 2^n (r + r^2 / 2 + ...). The leading terms
// are added with their rounding errors kept. One half of it all is computed, so that 2^n cannot
// overflow.
//
//           f32 (all inputs)   f64 (samples)
//   expm1   0.90 ulp           0.71 ulp
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/exp.h"
#include "ir/math/polynomial.h"

namespace ir::math {

// h - 1/2 + h r for h = 2^(n-1), n in the low bits of t, in two words. |h r| <= |h - 1/2| unless n
// is 0, when the sum is exact; h - 1/2 itself rounds when h is large.
template <class V>
Pair<V> expm1_linear(V h, V r) {
  V a = h - num(h, 0.5);
  V s = fma(h, r, a);
  return {s, fma(h, r, a - s) + ((h - a) - num(h, 0.5))};
}

// Close to zero the result is x itself: its sign is kept, and halving a subnormal would round.
template <class V>
V expm1_finished(V x, V half, double tiny, double most) {
  return overflow_above(x, most, select(abs(x) < num(x, tiny), x, half + half));
}

// |1 + r + r^2 q(r) - e^r| < 2^-30.9 |e^r - 1| for |r| <= 0.34661.
template <class V>
V expm1_f32(V x) {
  V z = at_least(x, -18.0);
  V t = fma(z, num(x, 0x1.715476p0), num(x, 0x1.8p23));
  V n = t - num(x, 0x1.8p23);
  V first = fma(n, num(x, -0x1.62e43p-1), z);
  V r = fma(n, num(x, 0x1.05c61p-29), first);
  V rest = fma(n, num(x, 0x1.05c61p-29), first - r);
  V q = horner(r, 0.5, 0x1.555554p-3, 0x1.5554fp-5, 0x1.111302p-7, 0x1.6d436ap-10, 0x1.9e1538p-13);
  V h = from_bits(shl(bits(t), 23) + num(bits(t), 126 << 23));
  auto line = expm1_linear(h, r);
  return expm1_finished(x, line.hi + fma(h, fma(r * r, q, rest), line.lo), 0x1p-30,
                        exp_limits_32.most);
}

// |1 + r + r^2 / 2 + r^3 q(r) - e^r| < 2^-61.5 |e^r - 1| for |r| <= 0.34661.
template <class V>
V expm1_f64(V x) {
  V z = at_least(x, -40.0);
  V t = fma(z, num(x, 0x1.71547652b82fep0), num(x, 0x1.8p52));
  V n = t - num(x, 0x1.8p52);
  V first = fma(n, num(x, -0x1.62e42fefa39efp-1), z);
  V r = fma(n, num(x, -0x1.abc9e3b39803fp-56), first);
  V rest = fma(n, num(x, -0x1.abc9e3b39803fp-56), first - r);
  V q = horner2(r, 0x1.5555555555559p-3, 0x1.555555555554dp-5, 0x1.111111110f658p-7,
                0x1.6c16c16c1ab08p-10, 0x1.a01a01b001328p-13, 0x1.a01a018e07ff1p-16,
                0x1.71ddf81779fcdp-19, 0x1.27e51352595cep-22, 0x1.af5f1ac063c13p-26,
                0x1.1f1a00a2b6edbp-29);
  V h = from_bits(shl(bits(t), 52) + num(bits(t), int64_t(1022) << 52));
  auto line = expm1_linear(h, r);
  V w = h * num(x, 0.5) * r;
  V parabola = fma(w, r, line.hi);
  V low = line.lo + fma(w, r, line.hi - parabola);
  return expm1_finished(x, parabola + fma(h, fma(r * r, r * q, fma(r, rest, rest)), low), 0x1p-60,
                        exp_limits_64.most);
}

template <class V>
V expm1(V x) {
  return by_width(x, [&] { return expm1_f32(x); }, [&] { return expm1_f64(x); });
}

}  // namespace ir::math
