// What numpy.dot does with its operands before it multiplies them.
#pragma once
#include "runtime/tensor.h"

namespace runtime {

// The operand as the host's loop for matrix products is to see it: itself, or a copy where
// numpy.dot makes one. Null where that is not known.
const Tensor* dot_operand(const Tensor& t, Tensor& copy);

// numpy.dot of two floats or complex numbers, each in an array of its own: their product, rounded
// as that of scalars, where the sum of one product would lose the sign of a zero.
bool dot_of_one(const Tensor& a, const Tensor& b, char* out);

// True if numpy.dot takes another function of BLAS than numpy.matmul for operands of these sizes.
bool dot_differs(const Tensor& a, const Tensor& b);

}  // namespace runtime
