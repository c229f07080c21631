// Kernels whose elements are independent of each other.
#pragma once
#include "codegen/kernel_builder.h"

namespace codegen {

// Emits the loops over rows and columns into `k`, up to and with the return.
void emit_map(KernelBuilder& k);

}  // namespace codegen
