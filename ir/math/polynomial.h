// Polynomials c0 + c1 x + c2 x^2 + ..., coefficients from the constant term upwards.
//
// horner: one fma a coefficient, the least work and the least error: the choice where other
// elements can fill the wait for each fma, as in any loop over an array. estrin: a tree, 3 log2(n)
// deep instead of n, a few products more. Their results differ in the last bits.
#pragma once
#include <array>
#include <cstddef>
#include <utility>

#include "ir/lane.h"

namespace ir::math {

template <class V>
V horner(V x, double c0) {
  return num(x, c0);
}

template <class V, class... C>
V horner(V x, double c0, double c1, C... c) {
  return fma(horner(x, c1, c...), x, num(x, c0));
}

// As horner, but goes on from a highest coefficient that is not a constant: `top` multiplies x^n.
template <class V>
V horner_from(V top, V) {
  return top;
}

template <class V, class... C>
V horner_from(V top, V x, double c0, C... c) {
  return fma(horner_from(top, x, c...), x, num(x, c0));
}

namespace detail {
// Coefficient k of the polynomial in x^2 that two neighbours c[2k] + c[2k+1] x make.
template <std::size_t k, class V, std::size_t n>
V neighbours(V x, const std::array<V, n>& c) {
  if constexpr (2 * k + 1 < n) {
    return fma(c[2 * k + 1], x, c[2 * k]);
  } else {
    return c[2 * k];
  }
}

template <class V, std::size_t n, std::size_t... k>
std::array<V, sizeof...(k)> halved(V x, const std::array<V, n>& c, std::index_sequence<k...>) {
  return {neighbours<k>(x, c)...};
}

template <class V, std::size_t n>
V estrin_tree(V x, const std::array<V, n>& c) {
  if constexpr (n == 1) {
    return c[0];
  } else if constexpr (n == 2) {
    return neighbours<0>(x, c);
  } else {
    return estrin_tree(x * x, halved(x, c, std::make_index_sequence<(n + 1) / 2>()));
  }
}

template <class V, std::size_t n, std::size_t... even, std::size_t... odd>
V even_odd(V x, std::array<double, n> c, std::index_sequence<even...>,
           std::index_sequence<odd...>) {
  V square = x * x;
  return fma(horner(square, c[2 * odd + 1]...), x, horner(square, c[2 * even]...));
}
}  // namespace detail

// Even and odd powers by themselves: half as deep as horner for one product more.
template <class V, class... C>
V horner2(V x, C... c) {
  constexpr std::size_t n = sizeof...(C);
  return detail::even_odd(x, std::array<double, n>{double(c)...},
                          std::make_index_sequence<(n + 1) / 2>(),
                          std::make_index_sequence<n / 2>());
}

template <class V, class... C>
V estrin(V x, C... c) {
  return detail::estrin_tree(x, std::array<V, sizeof...(C)>{num(x, double(c))...});
}

}  // namespace ir::math
