// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite, with fma), and exp(r) - 1, in the form that
// the hyperbolic functions and erf need: r in two words, n as an integer.
#pragma once
#include "ir/lane.h"
#include "ir/math/polynomial.h"

namespace ir::math {

// x = n ln 2 + hi + lo. n is in the low bits of `power`.
template <class V, class I>
struct Remainder {
  I power;
  V hi, lo;
};
template <class V, class I>
Remainder(I, V, V) -> Remainder<V, I>;

// For |x| < 2^21 at least: the step with the high word of ln 2 is exact, as in reduce_pi.h.
template <class V>
auto reduce_ln2(V x, double magic_number, double log2_e, double ln2_hi, double ln2_lo) {
  V magic = num(x, magic_number);
  V shifted = fma(x, num(x, log2_e), magic);
  V n = magic - shifted;  // negated
  V t = fma(n, num(x, ln2_hi), x);
  V hi = fma(n, num(x, ln2_lo), t);
  return Remainder{bits(shifted), hi, fma(n, num(x, ln2_lo), t - hi)};
}
template <class V>
auto reduce_ln2_f32(V x) {
  return reduce_ln2(x, 0x1.8p23, 0x1.715476p0, 0x1.62e43p-1, -0x1.05c61p-29);
}
template <class V>
auto reduce_ln2_f64(V x) {
  return reduce_ln2(x, 0x1.8p52, 0x1.71547652b82fep0, 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56);
}

// (exp(r) - 1 - r) / r^2. The relative error of exp(r) - 1 is 2^-31 and 2^-59.7.
template <class V>
V expm1_tail_f32(V r) {
  return horner(r, 0x1p-1, 0x1.555554p-3, 0x1.5554eap-5, 0x1.1113aap-7, 0x1.6d4c8ap-10,
                0x1.9c64a2p-13);
}
template <class V>
V expm1_tail_f64(V r) {
  V tail = estrin(r, 0x1.5555555555558p-3, 0x1.5555555555556p-5, 0x1.111111110f7d0p-7,
                  0x1.6c16c16c15da9p-10, 0x1.a01a01b017c17p-13, 0x1.a01a01a93cd30p-16,
                  0x1.71ddf6a7e67e8p-19, 0x1.27e4d4cd03ff5p-22, 0x1.af632acf52cafp-26,
                  0x1.1f7f27d6b52c8p-29);
  return fma(r, tail, num(r, 0.5));
}

}  // namespace ir::math
