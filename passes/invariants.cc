// Numbers that are the same in every round of a loop are computed before it: a step of a plan costs
// as much as a small kernel. (Loops that become machine code have LLVM's own pass for that.)
//
// What moves is done once even if the loop has no rounds, so it must not be noticed: it raises
// nothing.
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "ir/raises.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

// For every node the body that it can stand in.
class Homes {
 public:
  explicit Homes(const Graph& g) : g_(g) { visit(Graph::main, false); }

  bool any() const { return !moved_.empty(); }
  std::optional<BodyId> of(Ref r) const {
    const auto at = moved_.find(r.id);
    return at == moved_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  void visit(BodyId body, bool round) {
    round_[body.id] = round;
    for (Ref r : g_.body(body).nodes) {
      const Op op = g_.op(r);
      if (op == Op::kernel) continue;
      for (BodyId inner : g_.bodies_of(r)) visit(inner, op == Op::for_ || op == Op::while_);
      if (const BodyId home = highest(r); !(home == g_[r].body)) move(r, home);
    }
  }

  // Constants go along, to the outermost of those that need them.
  void move(Ref r, BodyId home) {
    moved_[r.id] = home;
    for (Ref in : g_.inputs(r))
      if (g_.op(in) == Op::constant && is_inside(of(in).value_or(g_[in].body), home))
        moved_[in.id] = home;
  }

  bool is_inside(BodyId body, BodyId around) const {
    while (!(body == around) && !(body == Graph::main)) body = g_.body(body).parent;
    return body == around;
  }

  bool movable(Ref r) const {
    const Op op = g_.op(r);
    const auto inputs = g_.inputs(r);
    const bool numbers = g_.type(r).is_scalar() && std::ranges::all_of(inputs, [&](Ref in) {
                           return g_.type(in).is_scalar();
                         });
    if (inputs.empty() || !numbers || !ir::is_elementwise(op)) return false;
    const bool divides =
        ir::info(op).raises == ir::Raises::ratio || ir::info(op).raises == ir::Raises::ieee_ratio;
    return !divides && ir::may_raise(g_, r) == 0;
  }

  // Outside of the outermost loop that it does not depend on.
  BodyId highest(Ref r) const {
    BodyId home = g_[r].body;
    if (!movable(r)) return home;
    for (BodyId b = home; !(b == Graph::main) && !depends(r, b); b = g_.body(b).parent)
      if (round_.at(b.id)) home = g_.body(b).parent;
    return home;
  }

  bool depends(Ref r, BodyId body) const {
    const auto inputs = g_.inputs(r);
    return std::ranges::any_of(inputs, [&](Ref in) {
      return g_.op(in) != Op::constant && of(in).value_or(g_[in].body) == body;
    });
  }

  const Graph& g_;
  std::unordered_map<uint32_t, bool> round_;    // by body: of a loop
  std::unordered_map<uint32_t, BodyId> moved_;  // by node
};

}  // namespace

void invariants(Graph& graph) {
  const Homes homes(graph);
  if (!homes.any()) return;
  std::unordered_map<uint32_t, BodyId> now;  // bodies of the new graph by those of the old
  rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) {
    const Graph& from = rewrite.from;
    now[from[node].body.id] = where;
    const auto home = homes.of(node);
    if (!home) return Ref{};
    return rewrite.copy(node, now.at(home->id));
  });
}

}  // namespace passes
