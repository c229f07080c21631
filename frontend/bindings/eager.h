// NumPy's functions as steps of a plan.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "runtime/value.h"

namespace bindings {

// Makes the call that an `eager` node names (frontend/braze/eager_calls.py). Nothing where it is
// not known, has been replaced in its module, raises or would warn, or gives other types than the
// node's: the plain function is to run then.
std::optional<std::vector<runtime::Value>> call_eager(const ir::Graph& graph, ir::Ref node,
                                                      std::span<const runtime::Value> operands);

}  // namespace bindings
