// Rewrites that are about dtypes or structure, which an equation over values cannot say.
#pragma once
#include "ir/graph.h"

namespace passes {

// True if every value of `from` keeps its value in `to` (floats: infinities and the sign of zero
// too).
bool keeps_values(ir::DType from, ir::DType to);

// What stands for r, or an invalid Ref:
//   cast to the own dtype      -> the operand
//   cast of a cast, lossless   -> one cast
//   item of a tuple            -> the element
//   laid_as(x, y)              -> x, where x is computed in the order of y
//   isnan and its like of an integer -> its value, the same for all integers
ir::Ref typed_rule(ir::Graph& graph, ir::BodyId where, ir::Ref r);

}  // namespace passes
