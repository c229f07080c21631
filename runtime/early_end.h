// Reductions over bools that some element decides: `any` is true from the first true element on.
#pragma once
#include <optional>

#include "ir/graph.h"
#include "passes/kernel.h"
#include "runtime/geometry.h"

namespace runtime {

// The value of the kernel's only output that no further element changes; nothing if it has none.
std::optional<bool> absorbing(const ir::Graph& graph, const passes::Kernel& kernel);

// Cuts a walk along one long row into blocks, the first of which that gives `decided` is the last
// to run. False if the walk is another.
bool may_end_early(bool decided, const Space& space, Geometry& g);

}  // namespace runtime
