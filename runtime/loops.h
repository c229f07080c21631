// Inner loops of the reference engine, found by op and dtype, and the walk over strided operands.
#pragma once
#include <array>
#include <span>

#include "ir/op.h"
#include "runtime/tensor.h"

namespace runtime {

// n elements of each pointer, strides in bytes; inputs first, then the output.
using Loop = void (*)(char* const* pointers, const int64_t* strides, int64_t n);

inline constexpr int max_operands = 4;  // three inputs and the output

// The loop of an elementwise op that computes in `t`; null if the op is not defined on it.
Loop elementwise_loop(ir::Op op, ir::DType t);
Loop cast_loop(ir::DType from, ir::DType to);

// Runs the loop over all elements of `out`; operands broadcast to its shape.
void run_loop(Loop loop, std::span<const Tensor> operands, const Tensor& out);

// Reduces `in` over the axes that have size 1 in `out` and are listed in `axes`; out has in's rank.
// `walked_as`: what NumPy casts while it sums, where that lies differently; its layout decides the
// order.
void reduce(ir::Op op, const Tensor& in, std::span<const int64_t> axes, const Tensor& out,
            const Tensor* walked_as = nullptr);

}  // namespace runtime
