// Emits the value of one elementwise node, cast or constant from its row of the op table.
#pragma once
#include <span>

#include "codegen/value.h"
#include "ir/graph.h"

namespace codegen {

// The node's value for operands of equal lanes. f16 and bf16 operands are computed in f32 and the
// result is rounded once. Bug if the op is not elementwise.
Val emit(const ir::Graph& graph, ir::Ref node, std::span<const Val> operands);

// The formula of an elementwise op on operands of its computing type; no f16 or bf16.
Val formula(ir::Op op, std::span<const Val> operands);

// A literal in memory as dtype `t` gives it, as a scalar; f16 and bf16 too.
Val literal(Builder& b, ir::DType t, const ir::Literal& value);

}  // namespace codegen
