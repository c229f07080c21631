// logaddexp, logaddexp2: log(e^x + e^y) and log2(2^x + 2^y).
//
// With the larger operand m and the distance d, m + log1p(e^-d) and m + log1p(2^-d) / ln2; the
// logarithm has two words and e^-d knows the rounding of d. Where the sum is far smaller than the
// operands, an error of 1 ulp of the larger one remains, as in NumPy. f32 in f64.
#pragma once
#include "ir/lane.h"
#include "ir/math/dd.h"
#include "ir/math/exp.h"
#include "ir/math/log1p.h"

namespace ir::math {

// log1p(t) in two words, for t in [0, 1].
template <class V>
Pair<V> log1p_pair_64(V t) {
  auto [e, a] = log1p_split_64(t);
  auto head = fast_two_sum(e * num(e, 0x1.62e42fefa38p-1), a.hi);
  V low = head.lo + fma(e, num(e, 0x1.ef35793c7673p-45), a.lo);
  return {select(t > num(t, 0x1p-60), head.hi, t), select(t > num(t, 0x1p-60), low, num(t, 0.0))};
}

// `join` gives the logarithm of 1 + base^-d for the distance d of two words; equal operands, which
// may be infinite, give x + log_2. A NaN passes.
template <class V, class F>
V log_of_sum(V x, V y, double log_2, F&& join) {
  const auto larger = x > y;
  V high = select(larger, x, y), low = select(larger, y, x);
  auto d = two_sum(high, -low);
  Pair<V> a = join(Pair<V>{d.hi, select(d.hi < num(x, 0x1p60), d.lo, num(x, 0.0))});
  auto head = two_sum(high, a.hi);
  V sum = head.hi + (head.lo + a.lo);
  const auto far = !(d.hi < num(x, 0x1p60));  // infinity, or NaN
  V limit = select(x == y, x + num(x, log_2), select((x != x) | (y != y), x + y, high));
  return select(far | (x == y), limit, sum);
}

template <class V>
V logaddexp_f64(V x, V y) {
  return log_of_sum(x, y, 0x1.62e42fefa39efp-1, [](Pair<V> d) {
    V t = exp_f64(-d.hi);
    return log1p_pair_64(fma(-t, d.lo, t));
  });
}

template <class V>
V logaddexp2_f64(V x, V y) {
  return log_of_sum(x, y, 1.0, [](Pair<V> d) {
    V t = exp2_f64(-d.hi);
    auto a = log1p_pair_64(fma(-t, d.lo * num(t, 0x1.62e42fefa39efp-1), t));
    auto p = two_prod(a.hi, num(t, 0x1.71547652b82fep0));
    return Pair<V>{p.hi, fma(a.lo, num(t, 0x1.71547652b82fep0),
                             fma(a.hi, num(t, 0x1.777d0ffda0d24p-56), p.lo))};
  });
}

template <class V>
V logaddexp_f32(V x, V y) {
  return narrow(logaddexp_f64(widen(x), widen(y)));
}
template <class V>
V logaddexp2_f32(V x, V y) {
  return narrow(logaddexp2_f64(widen(x), widen(y)));
}

template <class V>
V logaddexp(V x, V y) {
  return by_width(
      x, [&](auto... none) { return logaddexp_f32(x, y, none...); },
      [&](auto... none) { return logaddexp_f64(x, y, none...); });
}

template <class V>
V logaddexp2(V x, V y) {
  return by_width(
      x, [&](auto... none) { return logaddexp2_f32(x, y, none...); },
      [&](auto... none) { return logaddexp2_f64(x, y, none...); });
}

}  // namespace ir::math
