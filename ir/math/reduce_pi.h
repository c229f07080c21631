// Reduction of an angle to [-pi/4, pi/4] and a quadrant, for sin, cos and tan.
//
// Common range, Cody and Waite with fma: n = rint(x 2/pi), x - n pi/2 with pi/2 = c1 + c2 + c3. The
// step with c1 is exact (its result is a multiple of ulp(c1) below 1). In f64, c2 has so few bits
// that n c2 is exact up to the limit, so the step with c2 is exact where it cancels; where it does
// not, its error is a float, which goes to the low word together with n c3. In f32 that would leave
// too few bits to c2: n c2 is two words.
//
// Beyond it, Payne and Hanek, "Radian reduction for trigonometric functions" (ACM SIGNUM 1983):
// x = y 2^(8k) with y an integer; y times the bits of 2^(8k) 2/pi below 4, from a table.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"

namespace ir::math {

// x = n pi/2 + hi + lo, where quadrant's low two bits are those of n.
template <class V, class I>
struct Angle {
  I quadrant;
  V hi, lo;
};
template <class V, class I>
Angle(I, V, V) -> Angle<V, I>;

inline constexpr double angle_limit_f32 = 0x1p17;
inline constexpr double angle_limit_f64 = 0x1p22;

template <class V>
auto reduce_f32(V x) {
  V magic = num(x, 0x1.8p23);  // adding it rounds to an integer, and leaves that in the low bits
  V shifted = fma(x, num(x, 0x1.45f306p-1), magic);
  V n = magic - shifted;  // negated
  V t = fma(n, num(x, 0x1.921fb6p0), x);
  auto second = two_prod(n, num(x, -0x1.777a5cp-25));
  auto angle = fast_two_sum(t, second.hi);
  return Angle{bits(shifted), angle.hi, fma(n, num(x, -0x1.ee59dap-50), angle.lo + second.lo)};
}

template <class V>
auto reduce_f64(V x) {
  V magic = num(x, 0x1.8p52);
  V shifted = fma(x, num(x, 0x1.45f306dc9c883p-1), magic);
  V n = magic - shifted;
  V t = fma(n, num(x, 0x1.921fb54442d18p0), x);
  V hi = fma(n, num(x, 0x1.1a62633p-54), t);
  V lo = fma(n, num(x, 0x1.1a62633p-54), t - hi);
  return Angle{bits(shifted), hi, fma(n, num(x, 0x1.45c06e0e68948p-86), lo)};
}

// Entry i: the 48 bits of 2^(8 (i - 4)) 2/pi of weights 2 to 2^-46. Entries i and i + 6 adjoin.
// clang-format off
inline constexpr double two_over_pi_bits[144] = {
    0x0000000028bep-46, 0x00000028be60p-46, 0x000028be60dbp-46, 0x0028be60db93p-46,
    0x28be60db9391p-46, 0xbe60db939105p-46, 0x60db9391054ap-46, 0xdb9391054a7fp-46,
    0x9391054a7f09p-46, 0x91054a7f09d5p-46, 0x054a7f09d5f4p-46, 0x4a7f09d5f47dp-46,
    0x7f09d5f47d4dp-46, 0x09d5f47d4d37p-46, 0xd5f47d4d3770p-46, 0xf47d4d377036p-46,
    0x7d4d377036d8p-46, 0x4d377036d8a5p-46, 0x377036d8a566p-46, 0x7036d8a5664fp-46,
    0x36d8a5664f10p-46, 0xd8a5664f10e4p-46, 0xa5664f10e410p-46, 0x664f10e4107fp-46,
    0x4f10e4107f94p-46, 0x10e4107f9458p-46, 0xe4107f9458eap-46, 0x107f9458eaf7p-46,
    0x7f9458eaf7aep-46, 0x9458eaf7aef1p-46, 0x58eaf7aef158p-46, 0xeaf7aef1586dp-46,
    0xf7aef1586dc9p-46, 0xaef1586dc91bp-46, 0xf1586dc91b8ep-46, 0x586dc91b8e90p-46,
    0x6dc91b8e9093p-46, 0xc91b8e909374p-46, 0x1b8e909374b8p-46, 0x8e909374b801p-46,
    0x909374b80192p-46, 0x9374b801924bp-46, 0x74b801924bbap-46, 0xb801924bba82p-46,
    0x01924bba8274p-46, 0x924bba827464p-46, 0x4bba82746487p-46, 0xba827464873fp-46,
    0x827464873f87p-46, 0x7464873f877ap-46, 0x64873f877ac7p-46, 0x873f877ac72cp-46,
    0x3f877ac72c4ap-46, 0x877ac72c4a69p-46, 0x7ac72c4a69cfp-46, 0xc72c4a69cfbap-46,
    0x2c4a69cfba20p-46, 0x4a69cfba208dp-46, 0x69cfba208d7dp-46, 0xcfba208d7d4bp-46,
    0xba208d7d4baep-46, 0x208d7d4baed1p-46, 0x8d7d4baed121p-46, 0x7d4baed1213ap-46,
    0x4baed1213a67p-46, 0xaed1213a671cp-46, 0xd1213a671c09p-46, 0x213a671c09adp-46,
    0x3a671c09ad17p-46, 0x671c09ad17dfp-46, 0x1c09ad17df90p-46, 0x09ad17df904ep-46,
    0xad17df904e64p-46, 0x17df904e6475p-46, 0xdf904e64758ep-46, 0x904e64758e60p-46,
    0x4e64758e60d4p-46, 0x64758e60d4cep-46, 0x758e60d4ce7dp-46, 0x8e60d4ce7d27p-46,
    0x60d4ce7d2721p-46, 0xd4ce7d272117p-46, 0xce7d272117e2p-46, 0x7d272117e2efp-46,
    0x272117e2ef7ep-46, 0x2117e2ef7e4ap-46, 0x17e2ef7e4a0ep-46, 0xe2ef7e4a0ec7p-46,
    0xef7e4a0ec7fep-46, 0x7e4a0ec7fe25p-46, 0x4a0ec7fe25ffp-46, 0x0ec7fe25fff7p-46,
    0xc7fe25fff781p-46, 0xfe25fff78166p-46, 0x25fff7816603p-46, 0xfff7816603fbp-46,
    0xf7816603fbcbp-46, 0x816603fbcbc4p-46, 0x6603fbcbc462p-46, 0x03fbcbc462d6p-46,
    0xfbcbc462d682p-46, 0xcbc462d6829bp-46, 0xc462d6829b47p-46, 0x62d6829b47dbp-46,
    0xd6829b47db4dp-46, 0x829b47db4d9fp-46, 0x9b47db4d9fb3p-46, 0x47db4d9fb3c9p-46,
    0xdb4d9fb3c9f2p-46, 0x4d9fb3c9f2c2p-46, 0x9fb3c9f2c26dp-46, 0xb3c9f2c26dd3p-46,
    0xc9f2c26dd3d1p-46, 0xf2c26dd3d18fp-46, 0xc26dd3d18fd9p-46, 0x6dd3d18fd9a7p-46,
    0xd3d18fd9a797p-46, 0xd18fd9a797fap-46, 0x8fd9a797fa8bp-46, 0xd9a797fa8b5dp-46,
    0xa797fa8b5d49p-46, 0x97fa8b5d49eep-46, 0xfa8b5d49eeb1p-46, 0x8b5d49eeb1fap-46,
    0x5d49eeb1faf9p-46, 0x49eeb1faf97cp-46, 0xeeb1faf97c5ep-46, 0xb1faf97c5ecfp-46,
    0xfaf97c5ecf41p-46, 0xf97c5ecf41cep-46, 0x7c5ecf41ce7dp-46, 0x5ecf41ce7de2p-46,
    0xcf41ce7de294p-46, 0x41ce7de294a4p-46, 0xce7de294a4bap-46, 0x7de294a4ba9ap-46,
    0xe294a4ba9afep-46, 0x94a4ba9afed7p-46, 0xa4ba9afed7ecp-46, 0xba9afed7ec47p-46,
    0x9afed7ec47e3p-46, 0xfed7ec47e357p-46, 0xd7ec47e35742p-46, 0xec47e3574215p-46,
};
// clang-format on
inline constexpr Table<double> two_over_pi{"two_over_pi", two_over_pi_bits, 144};

// x = y 2^(8k) for f64 x >= 2^9: y is an integer below 2^(digits + 8), if x has that many digits.
template <class V, class I>
struct Scaled {
  V y;
  I entry;  // of 2^(8k) 2/pi in the table
};
template <class V>
auto scale_for_table(V x, int digits) {
  auto exponent = shr(bits(x), 52);
  auto k = sar(exponent - num(exponent, 1023 + digits - 1), 3);
  return Scaled<V, decltype(k)>{from_bits(bits(x) - shl(k, 55)), k + num(k, 4)};
}

// x - 4 rint(x / 4), exact.
template <class V>
V modulo_4(V x) {
  return fma(rint(x * num(x, 0.25)), num(x, -4.0), x);
}

// f32 values at or above the f32 limit, widened. In f64, with 2^-30 the least distance from a
// multiple, 96 bits of 2/pi leave a relative error below 2^-32.
template <class V>
auto reduce_huge_f32(V x) {
  auto wide = widen(x);
  auto [y, entry] = scale_for_table(wide, 24);
  auto top = two_prod(y, lookup(two_over_pi, entry));
  auto next = y * lookup(two_over_pi, entry + num(entry, 6));
  auto turns = modulo_4(top.hi) + top.lo;  // exact: a multiple of 2^-46
  auto magic = num(wide, 0x1.8p52);
  auto shifted = turns + magic;
  auto rest = fma(next, num(wide, 0x1p-48), turns - (shifted - magic));
  auto angle = fma(rest, num(wide, 0x1.921fb54442d18p0), wide - wide);  // NaN from infinity
  V hi = narrow(angle);
  auto quadrant = bits(narrow(modulo_4(shifted - magic) + num(wide, 0x1.8p23)));
  return Angle{quadrant, hi, narrow(angle - widen(hi))};
}

// f64 values at or above 2^22. 192 bits of 2/pi: |y| < 2^60 and a distance of at least 2^-62 from a
// multiple of pi/2 leave a relative error below 2^-66.
template <class V>
auto reduce_huge_f64(V x) {
  auto [y, entry] = scale_for_table(x, 53);
  auto six = num(entry, 6);
  auto second = entry + six, third = second + six, fourth = third + six;
  auto p0 = two_prod(y, lookup(two_over_pi, entry));
  auto p1 = two_prod(y, lookup(two_over_pi, second) * num(x, 0x1p-48));
  auto p2 = two_prod(y, lookup(two_over_pi, third) * num(x, 0x1p-96));
  V p3 = y * (lookup(two_over_pi, fourth) * num(x, 0x1p-144));
  auto turns = two_sum(modulo_4(p0.hi) + p0.lo, modulo_4(p1.hi));
  V magic = num(x, 0x1.8p52);
  V shifted = turns.hi + magic;
  auto a = two_sum(turns.hi - (shifted - magic), turns.lo);
  auto b = two_sum(p1.lo, p2.hi);
  auto c = two_sum(a.hi, b.hi);
  auto rest = fast_two_sum(c.hi, c.lo + ((a.lo + b.lo) + (p2.lo + p3)));
  V pi_half = num(x, 0x1.921fb54442d18p0);
  auto angle = two_prod(rest.hi, pi_half);
  V lo = fma(rest.lo, pi_half, fma(rest.hi, num(x, 0x1.1a62633145c07p-54), angle.lo));
  return Angle{bits(shifted), angle.hi + (x - x), lo};  // NaN from infinity
}

}  // namespace ir::math
