// log, log2, log10.
//
// x = 2^e m with m in [sqrt(1/2), sqrt(2)) and f = m - 1, which is exact. In f32 log(1 + f) is
// f + f^2 q(f) with a minimax q. In f64, as in fdlibm (Sun 1993), s = f / (2 + f) gives
// log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), which needs a third of the coefficients; the
// division runs beside the multiplications. What f and e contribute is added with its rounding
// error kept.
//
//           f32 (all inputs)   f64 (samples)
//   log     0.91 ulp           0.62 ulp
//   log2    0.95 ulp           0.67 ulp
//   log10   0.90 ulp           0.63 ulp
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/polynomial.h"

namespace ir::math {

template <class V>
struct LogParts {
  V e, f, sum;  // x = 2^e (1 + f), sum = 2 + f
};

// x = 2^e m with m in [sqrt(1/2), sqrt(2)), whose bits make equal parts, 32 (f32) or 16 (f64).
template <class V, class I>
struct LogMantissa {
  V e, m;
  I part;
};

// True of all but positive normal numbers, whose bits, moved, are the least.
template <class V>
auto log_odd_32(V x) {
  auto moved = bits(x) + num(bits(x), 0x7f800000);
  return !(moved < num(moved, -0x1000000));
}
template <class V>
auto log_odd_64(V x) {
  auto moved = bits(x) + num(bits(x), 0x7ff0000000000000);
  return !(moved < num(moved, -0x20000000000000));
}

// For positive finite x. A subnormal one, at least these being `small`, is scaled and its bits are
// then given the exponent, zero or less, that belongs to x.
template <class V, class M>
auto log_mantissa_32(V x, M small) {
  auto i = rare(small, bits(x), [&] { return bits(x * num(x, 0x1p23)) - num(bits(x), 23 << 23); });
  auto above = i - num(i, 0x3f3504f3);
  auto rest = above & num(i, 0x7fffff);
  return LogMantissa<V, decltype(i)>{to_float(sar(above, 23)), from_bits(rest + num(i, 0x3f3504f3)),
                                     shr(rest, 18)};
}

// 2^52 + n as a float for the high 12 bits n of i: AVX2 cannot convert 64-bit integers.
template <class I>
auto high_bits_plus_2_52(I i) {
  return from_bits(shr(i, 52) | num(i, 0x4330000000000000));
}

template <class V>
auto log_mantissa_32(V x) {
  return log_mantissa_32(x, x < num(x, 0x1p-126));
}

// e + 1024 + 63 is in the high bits of `above`.
template <class V, class M>
auto log_mantissa_64(V x, M small) {
  auto i = rare(small, bits(x),
                [&] { return bits(x * num(x, 0x1p52)) - num(bits(x), int64_t(52) << 52); });
  auto above = i + num(i, 0x3ff0000000000000 - 0x3fe6a09e667f3bcd + (int64_t(64) << 52));
  auto rest = above & num(i, 0xfffffffffffff);
  V e = high_bits_plus_2_52(above) - num(x, 0x1p52 + 1023 + 64);
  return LogMantissa<V, decltype(i)>{e, from_bits(rest + num(i, 0x3fe6a09e667f3bcd)),
                                     shr(rest, 48)};
}

template <class V>
auto log_mantissa_64(V x) {
  return log_mantissa_64(x, x < num(x, 0x1p-1022));
}

template <class V, class M>
LogParts<V> log_parts_32(V x, M odd) {
  auto [e, m, part] = log_mantissa_32(x, odd);
  return {e, m - num(x, 1.0), m + num(x, 1.0)};
}
template <class V, class M>
LogParts<V> log_parts_64(V x, M odd) {
  auto [e, m, part] = log_mantissa_64(x, odd);
  return {e, m - num(x, 1.0), m + num(x, 1.0)};
}

// y for positive finite x, and the limits of a logarithm elsewhere; `odd` holds there, at least.
template <class V, class M>
V log_limits(V x, M odd, V y) {
  return rare(odd, y, [&] {
    V infinity = num(x, std::numeric_limits<double>::infinity());
    V nan = num(x, std::numeric_limits<double>::quiet_NaN());
    V limit = select(x == num(x, 0.0), -infinity, nan);
    return select(x <= num(x, 0.0), limit, select(x < infinity, y, x));
  });
}

// log(1 + f) - f, with a relative error of 2^-27.8 in log(1 + f).
template <class V>
V log_tail_32(V f) {
  V q = horner(f, -0x1.fffff8p-2, 0x1.55555p-2, -0x1.000432p-2, 0x1.99a416p-3, -0x1.5425cp-3,
               0x1.226e66p-3, -0x1.0f4042p-3, 0x1.085de8p-3, -0x1.383c4p-4);
  return f * f * q;
}

// f - f^2 / 2 in two words. `parabola` is f^2 / 2 rounded.
template <class V>
struct LogHead {
  V hi, lo, parabola;
};

template <class V>
LogHead<V> log_head(V f) {
  auto p = two_prod(num(f, 0.5) * f, f);
  V hi = f - p.hi;
  return {hi, ((f - hi) - p.hi) - p.lo, p.hi};
}

// c log(1 + f) - c.hi f, where the leading term - c f^2 / 2 is rounded less often; relative error
// of the approximation below 2^-27.3.
template <class V>
V log_low_32(V f, Pair<V> c) {
  V q = estrin(f, 0x1.555554p-2, -0x1.000226p-2, 0x1.99a022p-3, -0x1.547296p-3, 0x1.22d8d2p-3,
               -0x1.0d816p-3, 0x1.055fc4p-3, -0x1.38cf92p-4);
  auto square = two_square(f);
  V half = c.hi * num(f, -0.5);
  V low = fma(square.hi * (f * q), c.hi, f * c.lo);
  return fma(square.hi, half, fma(square.lo, half, low));
}

// log(1 + f) in two words, given s = f / (2 + f) and r = R(s^2).
template <class V>
Pair<V> log_words(V f, V s, V r) {
  auto [hi, lo, parabola] = log_head(f);
  return {hi, fma(s, parabola + r, lo)};
}

// The relative error of the approximation is below 2^-59.4 for f in [sqrt(1/2) - 1, sqrt(2) - 1].
template <class V>
Pair<V> log_words_64(V f, V sum) {
  V s = f / sum;
  V z = s * s;
  V q = estrin(z, 0x1.5555555555593p-1, 0x1.999999997f9bap-2, 0x1.2492494230386p-2,
               0x1.c71c51d13d736p-3, 0x1.74664b5b166d1p-3, 0x1.39a062adae124p-3,
               0x1.2f13ca58979f2p-3);
  return log_words(f, s, z * q);
}

// e ln2 + a in f64; e times the leading 42 bits of ln2 is exact.
template <class V>
V plus_ln2(V e, Pair<V> a) {
  auto head = fast_two_sum(e * num(e, 0x1.62e42fefa38p-1), a.hi);
  return head.hi + (head.lo + fma(e, num(e, 0x1.ef35793c7673p-45), a.lo));
}

template <class V>
V log_f32(V x) {
  auto odd = log_odd_32(x);
  auto [e, f, sum] = log_parts_32(x, odd);
  return log_limits(x, odd, fma(e, num(x, 0x1.62e43p-1), f + log_tail_32(f)));
}

template <class V>
V log_f64(V x) {
  auto odd = log_odd_64(x);
  auto [e, f, sum] = log_parts_64(x, odd);
  return log_limits(x, odd, plus_ln2(e, log_words_64(f, sum)));
}

template <class V>
V log(V x) {
  return by_width(x, [&] { return log_f32(x); }, [&] { return log_f64(x); });
}

// A logarithm to another base: e * unit + c a, where e * unit.hi is exact.
template <class V>
V log_to_base(V e, Pair<V> unit, Pair<V> a, Pair<V> c) {
  auto p = two_prod(a.hi, c.hi);
  auto head = fast_two_sum(e * unit.hi, p.hi);
  V low = fma(a.lo, c.hi, fma(a.hi, c.lo, p.lo));
  return head.hi + (head.lo + fma(e, unit.lo, low));
}

template <class V>
V log2_f32(V x) {
  auto odd = log_odd_32(x);
  auto [e, f, sum] = log_parts_32(x, odd);
  auto c = constant(x, 0x1.715476p0, 0x1.4ae0cp-26);
  return log_limits(x, odd, e + fma(f, c.hi, log_low_32(f, c)));
}

template <class V>
V log2_f64(V x) {
  auto odd = log_odd_64(x);
  auto [e, f, sum] = log_parts_64(x, odd);
  auto c = constant(x, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56);
  return log_limits(x, odd, log_to_base(e, constant(x, 1.0, 0.0), log_words_64(f, sum), c));
}

template <class V>
V log2(V x) {
  return by_width(x, [&] { return log2_f32(x); }, [&] { return log2_f64(x); });
}

template <class V>
V log10_f32(V x) {
  auto odd = log_odd_32(x);
  auto [e, f, sum] = log_parts_32(x, odd);
  auto c = constant(x, 0x1.bcb7b2p-2, -0x1.5b235ep-27);
  V low = fma(e, num(x, -0x1.ec10cp-27), log_low_32(f, c));
  return log_limits(x, odd, fma(e, num(x, 0x1.344136p-2), fma(f, c.hi, low)));
}

template <class V>
V log10_f64(V x) {
  auto odd = log_odd_64(x);
  auto [e, f, sum] = log_parts_64(x, odd);
  auto c = constant(x, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57);
  auto unit = constant(x, 0x1.34413509f78p-2, 0x1.fef311f12b358p-46);
  return log_limits(x, odd, log_to_base(e, unit, log_words_64(f, sum), c));
}

template <class V>
V log10(V x) {
  return by_width(x, [&] { return log10_f32(x); }, [&] { return log10_f64(x); });
}

}  // namespace ir::math
