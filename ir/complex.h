// Complex operands of the lane algebra: pairs of real operands, and what NumPy's loops compute of
// them, to the bit. A formula of the op table that is flagged `pair` compiles over Complex<V> too.
//
// Products are fused, x.re * y.re - (x.im * y.im) with one rounding less, since NumPy's vector
// loops are (processors with FMA; numpy/_core/src/umath/loops_arithm_fp.dispatch.c.src). NumPy's
// and Python's complex scalars are not: the frontend writes their products with real operations.
#pragma once
#include <limits>

#include "ir/c_functions.h"
#include "ir/lane.h"

namespace ir {

template <class V>
struct Complex {
  V re, im;
};

template <class V, class C>
Complex<V> num(Complex<V> x, C c) {
  return {num(x.re, c), num(x.im, 0)};
}
template <class V>
Complex<V> operator+(Complex<V> x, Complex<V> y) {
  return {x.re + y.re, x.im + y.im};
}
template <class V>
Complex<V> operator-(Complex<V> x, Complex<V> y) {
  return {x.re - y.re, x.im - y.im};
}
template <class V>
Complex<V> operator-(Complex<V> x) {
  return {-x.re, -x.im};
}
template <class V>
Complex<V> operator*(Complex<V> x, Complex<V> y) {
  return {fma(x.re, y.re, -(x.im * y.im)), fma(x.re, y.im, x.im * y.re)};
}

template <class M, class V>
Complex<V> select(M mask, Complex<V> x, Complex<V> y) {
  return {select(mask, x.re, y.re), select(mask, x.im, y.im)};
}

// Smith's method: the part of y that is smaller is divided by the other.
template <class V>
Complex<V> operator/(Complex<V> x, Complex<V> y) {
  const V zero = num(x.re, 0), size = abs(y.re);
  const auto real = size >= abs(y.im);
  const V larger = select(real, y.re, y.im), smaller = select(real, y.im, y.re);
  const V u = select(real, x.re, x.im), v = select(real, x.im, x.re);
  const V ratio = smaller / larger;
  const V scale = num(x.re, 1) / (larger + smaller * ratio);
  const V across = u * ratio;
  const Complex<V> quotient = {(u + v * ratio) * scale,
                               select(real, v - across, across - v) * scale};
  const auto by_zero = (size == zero) & (y.im == zero);
  return select(by_zero, Complex<V>{x.re / size, x.im / size}, quotient);
}

template <class V>
Complex<V> reciprocal(Complex<V> x) {
  const V one = num(x.re, 1);
  const auto real = abs(x.im) <= abs(x.re);
  const V larger = select(real, x.re, x.im), smaller = select(real, x.im, x.re);
  const V ratio = smaller / larger;
  const V size = larger + smaller * ratio;
  return {select(real, one, ratio) / size, -select(real, ratio, one) / size};
}

template <class V>
auto operator==(Complex<V> x, Complex<V> y) {
  return (x.re == y.re) & (x.im == y.im);
}
template <class V>
auto operator!=(Complex<V> x, Complex<V> y) {
  return (x.re != y.re) | (x.im != y.im);
}
// By the real parts, then by the imaginary parts.
#define COMPARE(op, strict)                                                    \
  template <class V>                                                           \
  auto operator op(Complex<V> x, Complex<V> y) {                               \
    const auto numbers = (x.im == x.im) & (y.im == y.im);                      \
    return ((x.re strict y.re) & numbers) | ((x.re == y.re) & (x.im op y.im)); \
  }
COMPARE(<, <)
COMPARE(<=, <)
COMPARE(>, >)
COMPARE(>=, >)
#undef COMPARE

template <class V>
Complex<V> conjugate(Complex<V> x) {
  return {x.re, -x.im};
}
template <class V>
V real_part(Complex<V> x) {
  return x.re;
}
template <class V>
V imag_part(Complex<V> x) {
  return x.im;
}

template <class V>
Complex<V> from_parts(V re, V im) {
  return {re, im};
}

// As NumPy's vector loop has it: larger * sqrt(1 + (smaller / larger)^2); infinite if a part is,
// even beside a NaN.
template <class V>
V absolute(Complex<V> x) {
  const V inf = num(x.re, std::numeric_limits<double>::infinity());
  const V a = abs(x.re), b = abs(x.im);
  const auto infinite = (a == inf) | (b == inf), invalid = (a != a) | (b != b);
  const V larger = select(a > b, a, b), smaller = select(a > b, b, a);
  const V ratio = select(larger == num(a, 0), num(a, 0), smaller / larger);
  const V length = sqrt(fma(ratio, ratio, num(a, 1))) * larger;
  const V nan = num(a, std::numeric_limits<double>::quiet_NaN());
  return select(infinite, inf, select(invalid, nan, length));
}

template <class T>
Complex<Lane<T>> c_function(CFunction f, Complex<Lane<T>> x) {
  T parts[2] = {x.re.v, x.im.v};
  c_function(f, parts, 1);
  return {{parts[0]}, {parts[1]}};
}
namespace math {
#define C_FUNCTION(name, function)         \
  template <class V>                       \
  Complex<V> name(Complex<V> x) {          \
    return c_function(CFunction::name, x); \
  }
#include "ir/c_functions.def"
}  // namespace math
template <class V>
Complex<V> sqrt(Complex<V> x) {
  return math::sqrt(x);
}

// As Python and NumPy's scalars have it.
template <class V>
V modulus(Complex<V> x) {
  return exact_hypot(x.re, x.im);
}

}  // namespace ir
