// log1p: log(1 + x) without cancellation.
//
// As in log.h, but m lies in [3/4, 3/2]: then f = 2^-e x + (2^-e - 1) is exact although 1 + x is
// not. For this e must be 0 at both ends, where 1 + x may have been rounded to 3/4 or 3/2: the sign
// of x tells which end it is.
//
//           f32 (all inputs)   f64 (samples)
//   log1p   0.93 ulp           0.69 ulp
#pragma once
#include <cstdint>
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log.h"
#include "ir/math/polynomial.h"

namespace ir::math {

// For finite x > -1. 2^(2-e) is used, since 2^-e may be subnormal.
template <class V>
LogParts<V> log1p_parts_32(V x) {
  auto above = bits(x + num(x, 1.0)) + shr(bits(x), 31) - num(bits(x), 0x3f400001);
  V scale = from_bits(num(above, 0x40800000) - (above & num(above, -0x800000)));
  V f = fma(x * num(x, 0.25), scale, fma(scale, num(x, 0.25), num(x, -1.0)));
  return {to_float(sar(above, 23)), f, f + num(f, 2.0)};
}

template <class V>
LogParts<V> log1p_parts_64(V x) {
  auto shift = num(bits(x), 0x3ff0000000000000 - 0x3fe8000000000001);
  auto above = bits(x + num(x, 1.0)) + shr(bits(x), 63) + shift;
  V scale = from_bits(num(above, std::numeric_limits<int64_t>::min()) -
                      (above & num(above, int64_t(-1) << 52)));
  V f = fma(x * num(x, 0.25), scale, fma(scale, num(x, 0.25), num(x, -1.0)));
  return {high_bits_plus_2_52(above) - num(x, 0x1p52 + 1023), f, f + num(f, 2.0)};
}

// y for finite x > -1, x itself where it is tiny, which keeps the sign of zero, and the limits
// elsewhere.
template <class V>
V log1p_limits(V x, V y, double tiny) {
  V infinity = num(x, std::numeric_limits<double>::infinity());
  auto common = (abs(x) >= num(x, tiny)) & (x < infinity);
  return rare(!(common & (x > num(x, -1.0))), y, [&] {
    V nan = num(x, std::numeric_limits<double>::quiet_NaN());
    V limit = select(x == num(x, -1.0), -infinity, nan);
    return select(x <= num(x, -1.0), limit, select(common, y, x));
  });
}

// q with |f + f^2 q(f) - log(1 + f)| < 2^-27.5 |log(1 + f)| for f in [-1/4, 1/2].
template <class V>
V log1p_tail_32(V f) {
  return horner(f, -0.5, 0x1.5555a6p-2, -0x1.00005p-2, 0x1.9968f6p-3, -0x1.54eabcp-3, 0x1.2883aap-3,
                -0x1.0db9f6p-3, 0x1.ad6608p-4, -0x1.725cc6p-5);
}

template <class V>
V log1p_f32(V x) {
  auto [e, f, sum] = log1p_parts_32(x);
  V y = fma(e, num(x, 0x1.62e43p-1), fma(f * f, log1p_tail_32(f), f));
  return log1p_limits(x, y, 0x1p-26);
}

// log(1 + x) = e ln2 + words, for finite x > -1. The relative error of the approximation is below
// 2^-62.6 for f in [-1/4, 1/2].
template <class V>
struct LogSplit {
  V e;
  Pair<V> words;
};
template <class V>
LogSplit<V> log1p_split_64(V x) {
  auto [e, f, sum] = log1p_parts_64(x);
  V s = f / sum;
  V z = s * s;
  V q = estrin(z, 0x1.555555555554fp-1, 0x1.999999999c188p-2, 0x1.24924921e3257p-2,
               0x1.c71c7490db572p-3, 0x1.745c4a970d741p-3, 0x1.3b35c9aef2761p-3,
               0x1.0dcafec2ee838p-3, 0x1.1b859991abb17p-3);
  return {e, log_words(f, s, z * q)};
}

template <class V>
V log1p_f64(V x) {
  auto [e, words] = log1p_split_64(x);
  return log1p_limits(x, plus_ln2(e, words), 0x1p-55);
}

template <class V>
V log1p(V x) {
  return by_width(x, [&] { return log1p_f32(x); }, [&] { return log1p_f64(x); });
}

}  // namespace ir::math
