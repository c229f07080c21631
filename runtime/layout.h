// Shapes and strides: views of tensors, and the memory order that NumPy gives to fresh results.
//
// Views share the operand's memory and owner. Axes are not negative; the caller has checked
// arguments that the graph knows (ranks, sizes), so what can fail here is only what depends on
// run-time layout.
#pragma once
#include <optional>
#include <span>

#include "runtime/tensor.h"

namespace runtime {

// size[k] elements of axis k, the first at start[k], step[k] apart.
Tensor slice(const Tensor& t, std::span<const int64_t> start, std::span<const int64_t> step,
             std::span<const int64_t> size);
// Axis k of the result is axis axes[k] of the operand.
Tensor transpose(const Tensor& t, std::span<const int64_t> axes);
// The same elements in C order. Nothing where NumPy would copy, or where the sizes differ.
std::optional<Tensor> reshape(const Tensor& t, std::span<const int64_t> shape);
// Axes of size 1, and new leading axes, repeated with stride 0.
Tensor broadcast_to(const Tensor& t, std::span<const int64_t> shape);
Tensor expand_dims(const Tensor& t, std::span<const int64_t> axes);
// The real or imaginary parts of complex numbers, where they lie.
Tensor part(const Tensor& t, bool imaginary);
Tensor squeeze(const Tensor& t, std::span<const int64_t> axes);
// Index and window are what loops do most, so they fill a tensor that is there: all of it that its
// rank makes count.
//
// Where the sub-array at index i of an axis begins, counted from the end if negative; null if out
// of range.
char* element(const Tensor& t, int axis, int64_t i);
// That sub-array. False if out of range.
bool index(const Tensor& t, int axis, int64_t i, Tensor& out);
// size elements of one axis, step apart, the first at i, counted from the end if negative. False
// if one is out of range.
bool window(const Tensor& t, int axis, int64_t i, int64_t step, int64_t size, Tensor& out);
// The part of a tensor that an update replaces: a slice that begins at run-time indices along
// `axes`. Nothing if an element is out of range.
std::optional<Tensor> window(const Tensor& t, std::span<const int64_t> start,
                             std::span<const int64_t> step, std::span<const int64_t> size,
                             std::span<const int64_t> axes, std::span<const int64_t> indices);

// The strides of one operand as NumPy's iterator sees them: zero along axes of size 1.
using Strides = std::array<int64_t, max_rank>;

// The order in which NumPy's iterator (order "K") walks the axes of operands of one rank: the
// fastest axis first. Smaller strides come first; where operands disagree, C order wins.
std::array<int8_t, max_rank> k_order(int rank, std::span<const Strides> operands);
// Dense strides for t's shape, axes in the given order, the fastest first.
void set_strides(Tensor& t, const std::array<int8_t, max_rank>& fastest_first);
// Strides of a fresh elementwise result of `operands`, which broadcast to t's shape (numbers left
// out).
void set_elementwise_strides(Tensor& t, std::span<const Tensor* const> operands);
// Strides of a fresh array of several, of its rank, that are put together.
void set_joined_strides(Tensor& t, std::span<const Tensor* const> arrays);
// Strides of a fresh reduction of `operand`; t has its rank, size 1 along reduced axes (keepdims).
void set_reduced_strides(Tensor& t, const Tensor& operand);

}  // namespace runtime
