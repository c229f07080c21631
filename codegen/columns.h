// Kernels whose reductions run along the rows, once per column, in row order.
#pragma once
#include "codegen/kernel_builder.h"

namespace codegen {

// Emits the loops into `k`, up to and with the return, and sets k.scratch_per_column.
void emit_columns(KernelBuilder& k);

}  // namespace codegen
