#include <algorithm>

#include "ir/raises.h"
#include "passes/fold.h"
#include "passes/memory_order.h"
#include "passes/pass.h"
#include "passes/rewrite.h"
#include "passes/rules.h"
#include "passes/typed_rules.h"

namespace passes {

namespace {

// The rules by the op at the root of their left side.
const std::vector<const Rule*>& rules_for(Op op) {
  static const auto by_op = [] {
    std::array<std::vector<const Rule*>, size_t(ir::op_count)> table;
    for (const Rule& r : rules()) table[size_t(r.left.op)].push_back(&r);
    return table;
  }();
  return by_op[size_t(op)];
}

// NumPy's integer scalars report overflow: sums that are put together in another way would report
// another one.
bool tells_of_overflow(const Graph& g, Ref r) {
  return g[r].loc.scalar && ir::is_integer(g.type(r).dtype) && ir::may_raise(g, r) != 0;
}

bool reports_overflow(const Graph& g, Ref r) {
  const auto inputs = g.inputs(r);
  return tells_of_overflow(g, r) ||
         std::ranges::any_of(inputs, [&](Ref in) { return tells_of_overflow(g, in); });
}

// What the rule makes of r, or an invalid Ref.
Ref applied(const Rule& rule, Graph& g, BodyId where, Ref r) {
  Bound bound;
  if (!match(rule.left, g, r, bound)) return {};
  for (size_t i = 0; i < bound.size(); ++i)
    if (rule.dropped[i] && bound[i].valid() && decides_order(g, bound[i])) return {};
  const Ref c = bound[wild_c];
  const ir::Literal literal = c.valid() ? g.attrs(c).scalar("value") : ir::Literal{};
  if (!holds(rule.when, subject(g, bound), literal)) return {};
  std::array<ir::Sym, wildcards> operands;
  for (size_t i = 0; i < operands.size(); ++i) operands[i] = {&g, where, bound[i], g[r].loc};
  const Ref now = rule.build_right(operands).ref;
  return g.same_type(g.type(now), g.type(r)) ? now : Ref{};
}

Ref simplified(Graph& g, BodyId where, Ref r) {
  constexpr int most = 16;  // no chain of rules at one node is nearly as long
  for (int i = 0; i < most; ++i) {
    if (g.type(r).kind == Type::Kind::python) return r;
    Ref now = typed_rule(g, where, r);
    const bool kept = reports_overflow(g, r);
    for (const Rule* rule : rules_for(g.op(r))) {
      if (now.valid() || kept) break;
      now = applied(*rule, g, where, r);
    }
    if (!now.valid()) return r;
    r = folded(g, where, now);
  }
  return r;
}

}  // namespace

void simplify(Graph& graph) {
  constexpr int rounds = 8;
  for (int round = 0; round < rounds; ++round) {
    const size_t before = fingerprint(graph);
    const std::vector<bool> summed = summed_in_place(graph);
    rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) {
      Graph& g = rewrite.to;
      const Ref copy = folded(g, where, rewrite.copy(node, where));
      const Ref now = simplified(g, where, copy);
      return now != copy && summed[node.id] && !is_dense(g, now) ? copy : now;
    });
    if (fingerprint(graph) == before) return;
  }
}

}  // namespace passes
