// A strided array in memory: what plans, kernels and the reference engine work on. No Python.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "ir/dtype.h"

namespace runtime {

inline constexpr int max_rank = 8;  // arrays of higher rank run in the plain function

struct Tensor {
  char* data = nullptr;  // the element with all indices 0
  ir::DType dtype = ir::DType::b1;
  int8_t rank = 0;
  bool read_only = false;  // an argument that its owner does not let anybody change
  std::array<int64_t, max_rank> shape{};
  std::array<int64_t, max_rank> strides{};  // bytes
  std::shared_ptr<void> owner;              // keeps the memory alive; null if the caller does

  int64_t size() const;
  int itemsize() const { return ir::info(dtype).bytes; }
  bool c_contiguous() const;
  std::span<const int64_t> dims() const { return {shape.data(), size_t(rank)}; }
};

// C-contiguous strides for the shape.
void set_c_strides(Tensor& t);
// True if the byte ranges of a and b can overlap.
bool may_overlap(const Tensor& a, const Tensor& b);

}  // namespace runtime
