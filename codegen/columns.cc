#include "codegen/columns.h"

#include "ir/error.h"

namespace codegen {
void emit_columns(KernelBuilder&) {
  ir::fail<ir::Unsupported>() << "reductions along rows in kernels";
}
}  // namespace codegen
