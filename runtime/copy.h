// Copies between layouts.
#pragma once
#include "runtime/tensor.h"

namespace runtime {

// Copies every element of `from` to `to`, of the same dtype and shape, any strides, not
// overlapping.
void copy(const Tensor& to, const Tensor& from);
// A C-contiguous copy in the pool's memory.
Tensor contiguous(const Tensor& t);

}  // namespace runtime
