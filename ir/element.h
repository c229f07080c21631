// Elements in memory as operands of the lane algebra, and its results as elements: 16-bit floats
// are widened and rounded back once, complex numbers are pairs.
#pragma once
#include <complex>

#include "ir/convert.h"
#include "ir/formula.h"

namespace ir {

template <class T>
auto operand(T v) {
  if constexpr (detail::complex<T>)
    return Complex<Lane<typename T::value_type>>{{v.real()}, {v.imag()}};
  else if constexpr (detail::half<T>)
    return Lane<float>{convert<float>(v)};
  else
    return Lane<T>{v};
}
template <class T>
using Operand = decltype(operand(T{}));

// What memory holds of the result of a formula over operands of T: a mask as bool, the real result
// of complex operands as it is, anything else as T.
template <class T, class R>
auto element(Lane<R> r) {
  if constexpr (std::is_same_v<R, bool> || detail::complex<T>)
    return r.v;
  else
    return convert<T>(r.v);
}
template <class T, class P>
std::complex<P> element(Complex<Lane<P>> r) {
  return {r.re.v, r.im.v};
}

// A bool is any byte, of which all but 0 are true.
template <class T>
T value(const char* p) {
  if constexpr (std::is_same_v<T, bool>)
    return *reinterpret_cast<const unsigned char*>(p) != 0;
  else
    return *reinterpret_cast<const T*>(p);
}
template <class T>
auto load(const char* p) {
  return operand(value<T>(p));
}
template <class T, class R>
void store(char* p, R r) {
  const auto v = element<T>(r);
  *reinterpret_cast<std::remove_const_t<decltype(v)>*>(p) = v;
}

// The types with formulas, given what their operands are: all but complex numbers where the row has
// none of them.
template <class T, class Row>
constexpr bool computes(Row row) {
  if constexpr (detail::half<T>)
    return admits<float>(row);
  else
    return admits<T>(row);
}

}  // namespace ir
