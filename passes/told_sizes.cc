#include "passes/told_sizes.h"

#include <algorithm>

namespace passes {

using ir::BodyId;
using ir::Graph;
using ir::Op;
using ir::Ref;

ToldSizes::ToldSizes(const Graph& graph) : graph_(graph) { visit(Graph::main); }

void ToldSizes::visit(BodyId body) {
  for (Ref r : graph_.body(body).nodes) {
    if (ir::gives_size(graph_.op(r)))
      for (uint32_t symbol : graph_.dims.symbols(graph_.attrs(r).dim("size")))
        body_of_.emplace(symbol, body.id);
    for (BodyId inner : graph_.bodies_of(r)) {
      if (graph_.op(r) == Op::if_) ways_.insert(inner.id);
      visit(inner);
    }
  }
}

bool ToldSizes::asked_in_a_way(const std::set<uint32_t>& symbols, BodyId body) const {
  if (ways_.empty() || body_of_.empty()) return false;
  const auto tells = [&](BodyId b) {
    return std::ranges::any_of(symbols, [&](uint32_t symbol) {
      const auto at = body_of_.find(symbol);
      return at != body_of_.end() && at->second == b.id;
    });
  };
  const bool told =
      std::ranges::any_of(symbols, [&](uint32_t symbol) { return body_of_.contains(symbol); });
  if (!told) return false;
  for (BodyId b = body; !tells(b) && !(b == Graph::main); b = graph_.body(b).parent)
    if (ways_.contains(b.id)) return true;
  return false;
}

}  // namespace passes
