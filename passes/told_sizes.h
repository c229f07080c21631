// Sizes that nodes make known while the graph runs, and where questions about them are asked.
#pragma once
#include <set>
#include <unordered_map>

#include "ir/graph.h"

namespace passes {

class ToldSizes {
 public:
  explicit ToldSizes(const ir::Graph& graph);
  // True of a way of an `if` behind the node that makes one of a size's symbols known: what must
  // hold there need not hold elsewhere. A graph that is rewritten keeps the numbers of symbols, not
  // those of sizes.
  bool asked_in_a_way(const std::set<uint32_t>& symbols, ir::BodyId body) const;

 private:
  void visit(ir::BodyId body);

  const ir::Graph& graph_;
  std::unordered_map<uint32_t, uint32_t> body_of_;  // by symbol: that of the first such node
  std::set<uint32_t> ways_;                         // bodies
};

}  // namespace passes
