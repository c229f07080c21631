// Views made in their simplest form: views of views merged, identities dropped.
#pragma once
#include "ir/graph.h"

namespace passes {

// The view `op` of `x`, or what shows the same elements in the same shape with fewer views.
ir::Ref make_view(ir::Graph& graph, ir::BodyId where, ir::Op op, const ir::Attrs& attrs, ir::Ref x,
                  ir::Loc loc);

ir::Ref expand(ir::Graph& graph, ir::BodyId where, ir::Ref x, const std::vector<int64_t>& axes,
               ir::Loc loc);
ir::Ref squeeze(ir::Graph& graph, ir::BodyId where, ir::Ref x, const std::vector<int64_t>& axes,
                ir::Loc loc);

}  // namespace passes
