// One op on constants: the op's formula over C++ scalars, so that folding, the reference engine and
// the machine code agree.
#pragma once
#include <optional>
#include <span>

#include "ir/attrs.h"
#include "ir/dtype.h"
#include "ir/op.h"

namespace ir {

// The value of an elementwise op that computes in `t` (the dtype of its last operand); nothing if
// the op is not defined there.
std::optional<Literal> evaluate(Op op, DType t, std::span<const Literal> operands);

// The value of a cast.
std::optional<Literal> evaluate_cast(Literal value, DType from, DType to);

}  // namespace ir
