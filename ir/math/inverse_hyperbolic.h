// arcsinh, arccosh, arctanh.
//
// Each is log(1 + w): arcsinh x = log1p(x + x^2 / (1 + sqrt(x^2 + 1))) and arccosh x =
// log1p(x - 1 + sqrt(x^2 - 1)), where above 2^60 the root is x itself, and arctanh x =
// log1p(2x / (1 - x)) / 2. In f64 w has two words, of which the lower one adds w.lo / (1 + w.hi) to
// the logarithm; f32 is computed in f64.
#pragma once
#include <limits>

#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/log1p.h"
#include "ir/math/sign.h"

namespace ir::math {

// a / d of two words each.
template <class V>
Pair<V> divide_words(Pair<V> a, Pair<V> d) {
  V q = a.hi / d.hi;
  return {q, (fma(-q, d.hi, a.hi) + fma(-q, d.lo, a.lo)) / d.hi};
}

// The root of two words; 0 of 0.
template <class V>
Pair<V> sqrt_words(Pair<V> s) {
  V r = sqrt(s.hi);
  V rest = fma(-r, r, s.hi) + s.lo;
  return {r, rest / (r + r + num(r, std::numeric_limits<double>::min()))};
}

// log(2^doublings (1 + w)) for finite w > -1.
template <class V>
V log1p_words(Pair<V> w, V doublings) {
  auto [e, a] = log1p_split_64(w.hi);
  V low = w.lo / (w.hi + num(w.hi, 1.0));
  return plus_ln2(e + doublings, Pair<V>{a.hi, a.lo + low});
}

// Above it sqrt(x^2 +- 1) is x.
inline constexpr double square_limit = 0x1p60;

template <class V>
V arcsinh_f64(V x) {
  const V zero = num(x, 0.0), one = num(x, 1.0), a = abs(x);
  const auto large = a > num(x, square_limit);
  const V m = select(large, one, a);
  auto square = two_square(m);
  auto sum = two_sum(square.hi, one);
  auto root = sqrt_words(Pair<V>{sum.hi, sum.lo + square.lo});
  auto base = two_sum(root.hi, one);
  auto q = divide_words(square, Pair<V>{base.hi, base.lo + root.lo});
  auto w = fast_two_sum(m, q.hi);
  V y = log1p_words(Pair<V>{select(large, a, w.hi), select(large, zero, w.lo + q.lo)},
                    select(large, one, zero));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  return flip_sign(select((a > num(x, 0x1p-28)) & (a < infinity), y, a), x);
}

// NaN below 1.
template <class V>
V arccosh_f64(V x) {
  const V zero = num(x, 0.0), one = num(x, 1.0);
  const auto large = x > num(x, square_limit);
  const V m = select(large | (x < one), one, x);
  auto square = two_square(m);
  auto less = two_sum(square.hi, -one);
  auto root = sqrt_words(fast_two_sum(less.hi, less.lo + square.lo));
  auto minus = two_sum(m, -one);
  auto w = two_sum(root.hi, minus.hi);
  V y =
      log1p_words(Pair<V>{select(large, x, w.hi), select(large, zero, w.lo + (root.lo + minus.lo))},
                  select(large, one, zero));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V nan = num(x, std::numeric_limits<double>::quiet_NaN());
  return select(x < one, nan, select(x < infinity, y, x));
}

// Infinite at 1, NaN beyond.
template <class V>
V arctanh_f64(V x) {
  const V one = num(x, 1.0), a = abs(x);
  const V m = select(a < one, a, num(x, 0.0));
  auto w = divide_words(Pair<V>{m + m, num(x, 0.0)}, two_sum(one, -m));
  V y = num(x, 0.5) * log1p_words(w, num(x, 0.0));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  V nan = num(x, std::numeric_limits<double>::quiet_NaN());
  V inside = select(a > num(x, 0x1p-28), y, a);
  V edge = select(a == one, infinity, select(a > one, nan, a));
  return flip_sign(select(a < one, inside, edge), x);
}

// f32 in f64, where neither squares overflow nor low words matter.
template <class V>
V arcsinh_f32(V x) {
  auto a = widen(abs(x));
  auto square = a * a, one = num(a, 1.0);
  auto y = log1p_f64(a + square / (one + sqrt(square + one)));
  V infinity = num(x, std::numeric_limits<double>::infinity());
  return flip_sign(select(abs(x) < infinity, narrow(y), abs(x)), x);
}
template <class V>
V arccosh_f32(V x) {
  auto a = widen(x);
  auto less = a - num(a, 1.0);
  return narrow(log1p_f64(select(x < num(x, 1.0), num(a, std::numeric_limits<double>::quiet_NaN()),
                                 less + sqrt(less * (a + num(a, 1.0))))));
}
template <class V>
V arctanh_f32(V x) {
  auto a = widen(abs(x));
  auto y = num(a, 0.5) * log1p_f64((a + a) / (num(a, 1.0) - a));
  return flip_sign(narrow(y), x);
}

// Maximum error in ulp: f32 0.501 (all), f64 0.72 (samples).
template <class V>
V arcsinh(V x) {
  return by_width(
      x, [&](auto... none) { return arcsinh_f32(x, none...); },
      [&](auto... none) { return arcsinh_f64(x, none...); });
}
template <class V>
V arccosh(V x) {
  return by_width(
      x, [&](auto... none) { return arccosh_f32(x, none...); },
      [&](auto... none) { return arccosh_f64(x, none...); });
}
template <class V>
V arctanh(V x) {
  return by_width(
      x, [&](auto... none) { return arctanh_f32(x, none...); },
      [&](auto... none) { return arctanh_f64(x, none...); });
}

}  // namespace ir::math
