// The order in which NumPy reduces an array: which axes are walked first, and how many elements one
// call of its inner loop adds up, which for floats shows in the last bits. NumPy decides both from
// the strides (numpy/_core/src/multiarray/nditer_constr.c).
#pragma once
#include <array>
#include <cstdint>

#include "runtime/tensor.h"

namespace runtime {

using AxisSet = std::array<bool, max_rank>;

struct ReduceOrder {
  std::array<int8_t, max_rank> axes{};  // those of sizes other than 1, the fastest first
  int count = 0;
  // So many of the first axes are reduced and form a run, of which every `piece` elements make one
  // call: a pairwise tree for sums. 0 where the fastest axis is kept: rows are added to each other.
  int run = 0;
  int64_t length = 1, piece = 1;  // elements of a run

  bool whole() const { return piece == length; }
};

// `cast`: NumPy converts the elements on the way, in buffers.
ReduceOrder reduce_order(const Tensor& operand, const AxisSet& reduced, bool cast);

}  // namespace runtime
