// How a kernel walks memory: from the sizes and strides of one launch to a plane of rows and
// columns, the axes around it, and how each array is read along the columns. Pure arithmetic, made
// once per shapes and strides.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "codegen/abi.h"
#include "passes/kernel.h"
#include "runtime/tensor.h"

namespace runtime {

// One array of a launch, operand or output, seen over the kernel's space.
struct Walk {
  std::array<int64_t, max_rank> strides{};  // bytes; 0 where the array does not vary
  int itemsize = 1;
  passes::Kernel::Extent extent = passes::Kernel::Extent::full;
};

struct Space {
  passes::Kernel::Form form = passes::Kernel::Form::map;
  int rank = 0;
  std::array<int64_t, max_rank> sizes{};
  std::array<bool, max_rank> reduced{};
  std::array<int8_t, max_rank> fastest_first{};  // the order in which reduced axes are one
  int first_output = 0;                          // walks from here on are outputs

  int64_t product(bool of_reduced) const;
};

// True if the reduced axes of the space are one axis for this array: its strides over them are
// those of a dense block, or all 0. Kernels see reduced axes as one.
bool reduces_as_one(const Space& space, const Walk& walk);

struct Geometry {
  bool nothing = false;  // there is no element to compute
  int64_t rows = 1, columns = 1;
  std::vector<int64_t> row_strides, column_strides;  // per pointer
  int outer_axes = 0;
  std::array<int64_t, max_rank> outer_sizes{};  // slowest first
  int64_t outer_total = 1;
  std::vector<int64_t> outer_strides;  // outer_axes rows of one stride per pointer
  std::vector<codegen::Access> access;

  // A kernel call covers at most a block; blocks are independent of each other.
  int64_t row_block = 1, column_block = 1;
  int64_t row_blocks() const { return rows > row_block ? (rows + row_block - 1) / row_block : 1; }
  int64_t column_blocks() const {
    return columns > column_block ? (columns + column_block - 1) / column_block : 1;
  }
  int64_t blocks() const { return outer_total * row_blocks() * column_blocks(); }

  // A reduction over bools may be known before its end: blocks are then pieces of the one row, and
  // the walk ends when the output, a byte, is `decided`.
  int deciding_output = -1;  // pointer; -1: all blocks run
  char decided = 0;
};

// Every walk must reduce as one. Keeps g's memory, so a repeated call allocates nothing.
void plan_walk(const Space& space, std::span<const Walk> walks, Geometry& g);
// Cuts the blocks so that there are about `pieces` of them, where the form allows it.
void cut(const Space& space, Geometry& g, int64_t pieces);

}  // namespace runtime
