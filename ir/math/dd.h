// Double-word arithmetic: an unevaluated sum hi + lo of two floats of one type, |lo| <= ulp(hi)
// / 2.
//
// Algorithms and error bounds: Dekker (1971); Knuth, TAOCP 2, 4.2.2; Joldes, Muller and Popescu,
// "Tight and rigorous error bounds for basic building blocks of double-word arithmetic" (ACM TOMS
// 2017). u is half an ulp of 1: 2^-24 for f32, 2^-53 for f64. Infinities and NaN make both words
// NaN.
#pragma once
#include "ir/lane.h"

namespace ir::math {

template <class V>
struct Pair {
  V hi, lo;
};

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

// a - b exactly, in any order.
template <class V>
Pair<V> two_diff(V a, V b) {
  V s = a - b;
  V t = s - a;
  return {s, (a - (s - t)) - (b + t)};
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

template <class V>
Pair<V> negate(Pair<V> a) {
  return {-a.hi, -a.lo};
}

// Exact: scale must be a power of two, and nothing may underflow.
template <class V>
Pair<V> scaled(Pair<V> a, V scale) {
  return {a.hi * scale, a.lo * scale};
}

template <class V>
V sum(Pair<V> a) {
  return a.hi + a.lo;
}

// Relative error 2u^2.
template <class V>
Pair<V> add(Pair<V> a, V b) {
  auto s = two_sum(a.hi, b);
  return fast_two_sum(s.hi, s.lo + a.lo);
}

// Relative error 3u^2 + 13u^3 if a and b have one sign; an absolute error of 3u^2 (|a| + |b|) in
// general.
template <class V>
Pair<V> add(Pair<V> a, Pair<V> b) {
  auto s = two_sum(a.hi, b.hi);
  return fast_two_sum(s.hi, s.lo + (a.lo + b.lo));
}

// a + b where |a| >= |b| in the high words, with the same absolute error, three operations less.
template <class V>
Pair<V> fast_add(Pair<V> a, Pair<V> b) {
  auto s = fast_two_sum(a.hi, b.hi);
  return fast_two_sum(s.hi, s.lo + (a.lo + b.lo));
}

// b + a where |b| >= |a|.
template <class V>
Pair<V> fast_add(V b, Pair<V> a) {
  auto s = fast_two_sum(b, a.hi);
  return fast_two_sum(s.hi, s.lo + a.lo);
}

// Relative error 2u^2.
template <class V>
Pair<V> mul(Pair<V> a, V b) {
  auto p = two_prod(a.hi, b);
  return fast_two_sum(p.hi, fma(a.lo, b, p.lo));
}

// Relative error 5u^2.
template <class V>
Pair<V> mul(Pair<V> a, Pair<V> b) {
  auto p = two_prod(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + fma(a.hi, b.lo, a.lo * b.hi));
}

template <class V>
Pair<V> square(Pair<V> a) {
  auto p = two_square(a.hi);
  return fast_two_sum(p.hi, fma(a.hi + a.hi, a.lo, p.lo));
}

// a / b. Relative error about 3u^2; one division.
template <class V>
Pair<V> div(V a, V b) {
  V q = a / b;
  return {q, fma(-q, b, a) / b};
}

// a / b with the reciprocal of b.hi computed once. Relative error below 10u^2.
template <class V>
Pair<V> div(Pair<V> a, Pair<V> b) {
  V r = num(b.hi, 1.0) / b.hi;
  V q = a.hi * r;
  V rest = fma(-q, b.hi, a.hi) + (a.lo - q * b.lo);
  return fast_two_sum(q, rest * r);
}

// sqrt(a) for a > 0. Relative error about u^2.
template <class V>
Pair<V> sqrt_pair(V a) {
  V r = sqrt(a);
  return {r, fma(-r, r, a) / (r + r)};
}

}  // namespace ir::math
