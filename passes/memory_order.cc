#include "passes/memory_order.h"

#include <algorithm>

namespace passes {

using ir::Graph;
using ir::Op;
using ir::Ref;

bool decides_order(const Graph& graph, Ref r) {
  const ir::Type& t = graph.type(r);
  return t.is_array() &&
         std::ranges::count_if(t.dims, [&](ir::DimId d) { return !graph.dims.is(d, 1); }) > 1;
}

bool lies_like(const Graph& graph, Ref elementwise, Ref y) {
  constexpr int most = 64;  // nodes looked at
  std::vector<Ref> pending{elementwise};
  bool found = false;
  for (int looked = 0; !pending.empty(); ++looked) {
    const Ref r = pending.back();
    pending.pop_back();
    if (looked == most || !ir::keeps_order(graph.op(r))) return false;
    for (Ref i : graph.inputs(r)) {
      if (!decides_order(graph, i)) continue;
      // A smaller operand decides the order of its axes alone.
      if (!graph.same_shape(graph.type(i), graph.type(elementwise))) return false;
      found |= i == y;
      if (i != y) pending.push_back(i);
    }
  }
  return found;
}

bool is_dense(const Graph& graph, Ref r) {
  const Op op = graph.op(r);
  const bool made = !ir::is_view(op) && ir::info(op).kind != ir::Kind::control;
  return ir::is_elementwise(op) || (made && op != Op::eager);
}

std::vector<bool> summed_in_place(const Graph& graph) {
  std::vector<bool> summed(graph.node_count(), false);
  for (uint32_t n = 0; n < graph.node_count(); ++n) {
    const Op op = graph.op({n});
    const bool adds = ir::info(op).rule == ir::Rule::accumulate && ir::is_reduce(op);
    const bool macro = ir::info(op).kind == ir::Kind::macro;
    if (!adds && !macro) continue;
    Ref r = graph.inputs({n})[0];
    const ir::Type& t = graph.type(r);
    if (graph.attrs({n}).integers("axes").size() < 2) continue;
    if (adds && !ir::is_float(t.dtype) && !ir::is_complex(t.dtype)) continue;
    while (r.valid() && !summed[r.id]) {
      summed[r.id] = true;
      const bool through = ir::is_view(graph.op(r)) || graph.op(r) == Op::cast;
      r = through ? graph.inputs(r)[0] : Ref{};
    }
  }
  return summed;
}

}  // namespace passes
