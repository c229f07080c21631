// How values lie in memory, as far as passes must not change it: it shows in the strides of
// results, in the order of what is computed from them, and in the last bits of sums.
#pragma once
#include <vector>

#include "ir/graph.h"

namespace passes {

// True of an array that takes part in deciding the order of elementwise results: one with at least
// two axes that may be longer than 1.
bool decides_order(const ir::Graph& graph, ir::Ref r);

// True if the result of an elementwise op is a dense array in the order of `y` whatever that is.
bool lies_like(const ir::Graph& graph, ir::Ref elementwise, ir::Ref y);

// True of a value that is computed into memory of its own, which is then dense.
bool is_dense(const ir::Graph& graph, ir::Ref r);

// By node: whether a sum over several axes walks the memory of the value, directly or through
// views. Whether that is dense decides into how many runs NumPy cuts the sum.
std::vector<bool> summed_in_place(const ir::Graph& graph);

}  // namespace passes
