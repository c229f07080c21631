// Double-word arithmetic: an unevaluated sum hi + lo of two floats of one type, |lo| <= ulp(hi)
// / 2.
//
// Dekker (1971); Knuth, TAOCP 2, 4.2.2; Joldes, Muller and Popescu, "Tight and rigorous error
// bounds for basic building blocks of double-word arithmetic" (ACM TOMS 2017). What builds on these
// steps is written where it is used, without the normalisations that it can do without. Infinities
// and NaN make both words NaN.
#pragma once
#include "ir/lane.h"

namespace ir::math {

template <class V>
struct Pair {
  V hi, lo;
};

template <class M, class V>
Pair<V> select(M mask, Pair<V> a, Pair<V> b) {
  return {select(mask, a.hi, b.hi), select(mask, a.lo, b.lo)};
}

// a + b exactly. Needs |a| >= |b| or a == 0.
template <class V>
Pair<V> fast_two_sum(V a, V b) {
  V s = a + b;
  return {s, b - (s - a)};
}

// a + b exactly, in any order.
template <class V>
Pair<V> two_sum(V a, V b) {
  V s = a + b;
  V t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

// a * b exactly, unless the low word underflows.
template <class V>
Pair<V> two_prod(V a, V b) {
  V p = a * b;
  return {p, fma(a, b, -p)};
}

template <class V>
Pair<V> two_square(V a) {
  return two_prod(a, a);
}

// A constant given to twice the precision of x's type as the sum of two constants.
template <class V>
Pair<V> constant(V x, double hi, double lo) {
  return {num(x, hi), num(x, lo)};
}

// Exact: scale must be a power of two, and nothing may underflow.
template <class V>
Pair<V> scaled(Pair<V> a, V scale) {
  return {a.hi * scale, a.lo * scale};
}

}  // namespace ir::math
