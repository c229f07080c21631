// Machine code of loops over numbers and elements (passes/scalar_loop.h): one function, whose
// values are in registers and whose arrays change where they lie.
#pragma once
#include "codegen/builder.h"
#include "codegen/jit.h"

namespace codegen {

// Emits the function `symbol`, a LoopEntry. If notes of floating-point errors are to be held until
// the loop is done, says whether there are any.
bool emit_scalar_loop(Builder& b, const ir::Graph& graph, const passes::ScalarLoop& loop,
                      const Jit::SizePlace& place, const LoopVariant& variant,
                      const std::string& symbol, bool hold_notes);

}  // namespace codegen
