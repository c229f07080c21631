// argmax and argmin along a row, in two passes: the extreme value alone, which is as fast as max,
// noting in which piece of the row it first stands; then that piece again, for its place.
#pragma once
#include "codegen/reduce.h"
#include "codegen/row_loops.h"

namespace codegen {

// The place, as i64, of what `reduction` chooses among the values of its operand. `cost` is that of
// a value, which is computed twice within one piece.
Val find_place(RowLoops& loops, const Reduction& reduction, int phase, int cost);

}  // namespace codegen
