// Python ints of a scalar loop that change by so little at a time that none of them can overflow.
#pragma once
#include <unordered_set>

#include "ir/graph.h"
#include "passes/scalar_loop.h"

namespace passes {

// By id of the value: |v| <= 2^61 + 16 times the additions that the machine has done. To reach 2^63
// would take it 2^58 of them, a year at ten in a nanosecond.
std::unordered_set<uint32_t> slow_numbers(const ir::Graph& graph, const ScalarLoop& loop);

}  // namespace passes
