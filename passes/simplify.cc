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

// True if a run may have to give up where it computes r, or if NumPy may warn there: a rule that
// drops r would drop that.
bool may_fail(const Graph& g, Ref r) {
  constexpr size_t most = 64;  // nodes looked at
  std::vector<Ref> pending{r};
  for (size_t at = 0; at < pending.size(); ++at) {
    const Ref node = pending[at];
    const Op op = g.op(node);
    const ir::Kind kind = ir::info(op).kind;
    const bool number = g.type(node).kind == Type::Kind::python;
    const bool computed = kind == ir::Kind::elementwise && !number;
    const bool moved = kind == ir::Kind::view && op != Op::index && op != Op::window;
    const bool given = g.inputs(node).empty();
    if (!(computed || moved || given || op == Op::cast) || ir::may_raise(g, node) != 0) return true;
    for (Ref in : g.inputs(node))
      if (std::ranges::find(pending, in) == pending.end()) pending.push_back(in);
    if (pending.size() > most) return true;
  }
  return false;
}

// What the rule makes of r, or an invalid Ref.
Ref applied(const Rule& rule, Graph& g, BodyId where, Ref r) {
  Bound bound;
  if (!match(rule.left, g, r, bound)) return {};
  for (size_t i = 0; i < bound.size(); ++i)
    if (rule.dropped[i] && bound[i].valid() &&
        (decides_order(g, bound[i]) || may_fail(g, bound[i])))
      return {};
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
