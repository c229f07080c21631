// The kernels behind CALL rows, for programs without NumPy. Each is plain C++.
#pragma once
#include "ir/op.h"
#include "runtime/tensor.h"

namespace runtime::calls {

// np.matmul of operands of one dtype; `out` has the result's shape (one element if both are 1-d).
void matmul(const Tensor& a, const Tensor& b, const Tensor& out);

// A running sum, product or extreme along an axis; `out` has the operand's shape and dtype.
void accumulate(ir::Op op, const Tensor& in, int axis, const Tensor& out);

}  // namespace runtime::calls
