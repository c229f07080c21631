// How a launch sees the arrays of its step: through views that no other step needs, or as the part
// of an array that changes. What views make of an array's layout is found out once; where the
// result starts, every time.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "runtime/updates.h"
#include "runtime/views.h"

namespace runtime {

// From a slot to what a launch reads of it.
struct Path {
  std::vector<View> views;   // one after the other, none of which copies
  std::vector<int> indices;  // slots of their run-time indices, in the same order
};

// What is seen of arrays of one layout.
struct Seen {
  // A run-time index: bytes for each step, how many there are, and what it moves in `box`.
  struct Index {
    int64_t stride, size;
    int axis = -1;  // of the array; -1: it has but one element
    int64_t step = 0;
  };
  Tensor layout;       // dtype, shape and strides
  int64_t offset = 0;  // in bytes, where all indices are 0
  int count = 0;
  std::array<Index, max_rank> indices;
  Box box;  // where all indices are 0

  // Puts i where it counts from the front; false if there is no such element.
  static bool wrap(int64_t size, int64_t& i) {
    i += i < 0 ? size : 0;
    return i >= 0 && i < size;
  }
};

// Nothing if there is no element at any index.
std::optional<Seen> see(const Path& path, const Tensor& base, std::span<const int64_t> sizes);
std::optional<Seen> see(const Window& part, const Tensor& base, std::span<const int64_t> sizes);

// Where what is seen starts, at these indices, of which none is out of range.
inline char* start(const Seen& s, char* data, std::span<const int64_t> at) {
  data += s.offset;
  for (int k = 0; k < s.count; ++k) data += at[size_t(k)] * s.indices[size_t(k)].stride;
  return data;
}

// True if two views of one array, at these indices, have no element in common. May say false where
// it is true.
bool apart(const Seen& a, std::span<const int64_t> at_a, const Seen& b,
           std::span<const int64_t> at_b);

}  // namespace runtime
