#include "passes/row_updates.h"

namespace passes {

using ir::Graph;
using ir::Ref;

bool keeps_itself(const Graph& graph, Ref update) {
  const auto inputs = graph.inputs(update);
  const ir::AttrView attrs = graph.attrs(update);
  const auto size = attrs.dims("size");
  const auto& shape = graph.type(update).dims;
  if (inputs[0] != inputs[1] || inputs.size() > 2) return false;
  for (size_t k = 0; k < shape.size(); ++k)
    if (!graph.dims.is(attrs.dims("step")[k], 1) || !graph.dims.equal(size[k], shape[k]))
      return false;
  return true;
}

std::optional<RowUpdate> row_of(const Graph& graph, Ref update) {
  const auto size = graph.attrs(update).dims("size");
  RowUpdate out;
  for (size_t k = 0; k < size.size(); ++k) {
    if (graph.dims.is(size[k], 1)) continue;
    if (!out.single) return std::nullopt;
    out = {false, k};
  }
  return out;
}

}  // namespace passes
