#include <numeric>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

// `r` with as many axes as the result; a 0-d array becomes a scalar.
Ref aligned(Graph& g, BodyId where, Ref r, int rank, ir::Loc loc) {
  const Type& t = g.type(r);
  if (!t.is_array() || (t.rank() == rank && rank > 0)) return r;
  if (t.rank() == 0) return g.add(where, Op::scalar, {r}, {}, loc);
  std::vector<int64_t> axes(size_t(rank - t.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return g.add(where, Op::expand_dims, {r}, ir::Attrs().integers(axes), loc);
}

// A gather whose index arrays all have the rank that they have together.
Ref aligned_indices(Rewrite& rewrite, Ref node, BodyId where) {
  std::vector<Ref> inputs = rewrite(rewrite.from.inputs(node));
  int rank = 0;
  for (size_t k = 1; k < inputs.size(); ++k)
    rank = std::max(rank, rewrite.to.type(inputs[k]).rank());
  if (rank == 0) return {};
  for (size_t k = 1; k < inputs.size(); ++k)
    inputs[k] = aligned(rewrite.to, where, inputs[k], rank, rewrite.from[node].loc);
  return rewrite.copy(node, where, inputs);
}

}  // namespace

void align(Graph& graph) {
  rewrite(graph, [](Rewrite& rewrite, Ref node, BodyId where) -> Ref {
    const Graph& from = rewrite.from;
    Graph& g = rewrite.to;
    const bool gather = from.op(node) == Op::gather;
    if (gather) return aligned_indices(rewrite, node, where);
    if (!ir::is_elementwise(from.op(node)) || !from.type(node).is_array()) return {};
    const int rank = from.type(node).rank();
    const ir::Loc loc = from[node].loc;
    std::vector<Ref> inputs;
    for (Ref i : from.inputs(node)) inputs.push_back(aligned(g, where, rewrite(i), rank, loc));
    const Ref now = rewrite.copy(node, where, inputs);
    return rank == 0 ? g.add(where, Op::array, {now}, {}, loc) : now;
  });
}

}  // namespace passes
