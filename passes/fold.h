// Constant folding of one node.
#pragma once
#include "ir/graph.h"

namespace passes {

// The constant that `r`, a node of `where`, always gives; r itself if there is none.
ir::Ref folded(ir::Graph& graph, ir::BodyId where, ir::Ref r);

}  // namespace passes
