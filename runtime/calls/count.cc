// How often each index of a small array comes: several counts run side by side, since an equal
// index right after another would wait for the number to come back from memory.
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ir/element.h"
#include "runtime/calls/calls.h"

namespace runtime::calls {

namespace {

constexpr int beside = 4;                  // counts that run side by side
constexpr int64_t most_places = 4096;      // of an array whose counts fit the nearest cache
constexpr int64_t most_at_once = 1 << 30;  // of indices, so that no count overflows

// Index i in range, as the nearest element; an index type that reaches no further needs no look.
template <class I, bool all>
int64_t place_of(const char* from, int64_t extent) {
  I index;
  std::memcpy(&index, from, sizeof index);
  if constexpr (all) return int64_t(index);
  int64_t i = int64_t(index);
  if (std::is_signed_v<I> && i < 0) i += extent;
  return std::clamp<int64_t>(i, 0, extent - 1);
}

template <class I, bool all>
void count(const char* from, int64_t step, int64_t n, int64_t extent, uint32_t* counts) {
  int64_t i = 0;
  for (; i + beside <= n; i += beside)
    for (int k = 0; k < beside; ++k)
      ++counts[k * extent + place_of<I, all>(from + (i + k) * step, extent)];
  for (; i < n; ++i) ++counts[place_of<I, all>(from + i * step, extent)];
}

void count(const Tensor& index, int64_t begin, int64_t n, int64_t extent, uint32_t* counts) {
  const char* from = index.data + begin * index.strides[0];
  ir::visit(index.dtype, [&](auto tag) {
    using I = decltype(tag);
    if constexpr (std::is_integral_v<I>) {
      const bool all = !std::is_signed_v<I> && sizeof(I) == 1 && extent >= 256;
      if (all)
        count<I, true>(from, index.strides[0], n, extent, counts);
      else
        count<I, false>(from, index.strides[0], n, extent, counts);
    }
  });
}

// x + times * value; integers wrap around.
template <class T>
void add_times(char* x, const char* value, uint64_t times) {
  T a, b;
  std::memcpy(&a, x, sizeof a);
  std::memcpy(&b, value, sizeof b);
  a = T(uint64_t(a) + times * uint64_t(b));
  std::memcpy(x, &a, sizeof a);
}

}  // namespace

bool add_one_number(const Tensor& to, const Tensor& index, const Tensor& values) {
  const int64_t n = index.size(), extent = to.rank == 1 ? to.shape[0] : 0;
  const bool one = values.rank == 1 && values.strides[0] == 0;
  if (index.rank != 1 || !one || !ir::is_integer(to.dtype)) return false;
  if (extent == 0 || extent > most_places || n < beside * extent) return false;
  std::vector<uint32_t> counts(size_t(beside * extent));
  for (int64_t begin = 0; begin < n; begin += most_at_once) {
    std::ranges::fill(counts, 0u);
    count(index, begin, std::min(most_at_once, n - begin), extent, counts.data());
    ir::visit(to.dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        for (int64_t i = 0; i < extent; ++i) {
          uint64_t times = 0;
          for (int k = 0; k < beside; ++k) times += counts[size_t(k * extent + i)];
          add_times<T>(to.data + i * to.strides[0], values.data, times);
        }
      }
    });
  }
  return true;
}

}  // namespace runtime::calls
