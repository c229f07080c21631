// What numpy.dot does with its operands before it multiplies them.
#pragma once
#include "runtime/tensor.h"

namespace runtime {

// The operand as the host's loop for matrix products is to see it: itself, or a copy where
// numpy.dot makes one. Null where that is not known.
const Tensor* dot_operand(const Tensor& t, Tensor& copy);

}  // namespace runtime
