// The shape of operands that meet in an elementwise op.
#include <algorithm>

#include "ir/graph.h"

namespace ir {

std::vector<DimId> broadcast(Graph& g, std::span<const std::vector<DimId>> shapes) {
  size_t rank = 0;
  for (const auto& s : shapes) rank = std::max(rank, s.size());
  std::vector<DimId> out(rank, g.dims.constant(1));
  for (const auto& s : shapes) {
    for (size_t i = 0; i < s.size(); ++i) {
      DimId& into = out[rank - s.size() + i];
      if (g.dims.is(s[i], 1)) continue;
      if (g.dims.is(into, 1))
        into = s[i];
      else if (!g.dims.unify(into, s[i]))
        throw Unsupported("shapes do not broadcast: " + g.dims.str(into) + " and " +
                          g.dims.str(s[i]));
    }
  }
  return out;
}

}  // namespace ir
