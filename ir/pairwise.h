// The order in which NumPy adds: the pairwise tree of np.add.reduce along an axis whose elements
// follow each other (numpy/_core/src/umath/loops_utils.h.src). Its shape depends on the length
// alone.
//
//   sum(n)  = 0 + tree(0, n)
//   tree(n) = n < 8:    one after the other
//             n <= 128: 8 accumulators, then ((r0+r1)+(r2+r3)) + ((r4+r5)+(r6+r7)), then the rest
//             else      tree(left) + tree(n - left), left = pairwise_split(n)
//
// Complex numbers have 4 accumulators and blocks of 64. float16 is summed in float and rounded
// once. Where NumPy casts on the way (np.add.reduce(x, dtype=...) of another dtype), it does so in
// buffers of 8192 elements, each a tree of its own, added one after the other.
#pragma once
#include <array>
#include <complex>
#include <cstdint>

namespace ir {

inline constexpr int64_t pairwise_block = 16;  // elements per accumulator in a leaf
inline constexpr int64_t pairwise_buffer = 8192;

template <class T>
inline constexpr int pairwise_lanes = 8;
template <class T>
inline constexpr int pairwise_lanes<std::complex<T>> = 4;

// Where a run of n > 16 * lanes elements is halved.
constexpr int64_t pairwise_split(int64_t n, int lanes = 8) { return n / 2 - n / 2 % lanes; }

// At most 16 * lanes elements.
template <class T, class At>
T pairwise_leaf(const At& at, int64_t begin, int64_t n) {
  constexpr int lanes = pairwise_lanes<T>;
  T sum = -T{};  // -0.0 + x is x, even for x = -0.0
  int64_t i = 0;
  if (n >= lanes) {
    std::array<T, lanes> r;
    for (int k = 0; k < lanes; ++k) r[k] = at(begin + k);
    for (i = lanes; i < n - n % lanes; i += lanes)
      for (int k = 0; k < lanes; ++k) r[k] = r[k] + at(begin + i + k);
    for (int half = lanes / 2; half > 0; half /= 2)
      for (int k = 0; k < half; ++k) r[k] = r[2 * k] + r[2 * k + 1];
    sum = r[0];
  }
  for (; i < n; ++i) sum = sum + at(begin + i);
  return sum;
}

// at(i) gives element i as a T.
template <class T, class At>
T pairwise_tree(const At& at, int64_t begin, int64_t n) {
  constexpr int lanes = pairwise_lanes<T>;
  if (n <= pairwise_block * lanes) return pairwise_leaf<T>(at, begin, n);
  const int64_t left = pairwise_split(n, lanes);
  return pairwise_tree<T>(at, begin, left) + pairwise_tree<T>(at, begin + left, n - left);
}

// The sum of at(0) .. at(n - 1); `buffer` elements to a tree, 0: all.
template <class T, class At>
T pairwise_sum(const At& at, int64_t n, int64_t buffer = 0) {
  if (buffer == 0) return T{} + pairwise_tree<T>(at, 0, n);
  T sum{};
  for (int64_t i = 0; i < n; i += buffer)
    sum = sum + pairwise_tree<T>(at, i, n - i < buffer ? n - i : buffer);
  return sum;
}

}  // namespace ir
