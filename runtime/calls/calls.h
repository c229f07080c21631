// The kernels behind CALL rows, for programs without NumPy. Each is plain C++.
#pragma once
#include "runtime/tensor.h"

namespace runtime::calls {

// np.matmul of operands of one dtype; `out` has the result's shape (one element if both are 1-d).
void matmul(const Tensor& a, const Tensor& b, const Tensor& out);

}  // namespace runtime::calls
