// NumPy's own loops for products, called without Python around them.
#pragma once
#include "runtime/tensor.h"

namespace bindings {

// Writes a @ b, of arrays with one or two axes and one dtype, to `out`, which is in C order. False
// if NumPy has no such loop or would warn; `out` may have been written then.
using Matmul = bool (*)(const runtime::Tensor& a, const runtime::Tensor& b,
                        const runtime::Tensor& out);

// Finds NumPy's loops; what it returns needs neither Python nor its lock.
Matmul numpy_matmul();

}  // namespace bindings
