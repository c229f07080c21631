// Loops over small arrays (the state of an ODE, a position, a colour) become loops over numbers:
// every array of few elements whose shape is known is taken apart, elements of large arrays are
// read and written one by one, and the loop is then one function of machine code
// (passes/scalar_loop.h). A loop for which that does not come out stays as it is.
//
// The elements are computed by the same operations in the same order, so the bits are the same.
// What a loop carries apart is put together behind it only where nobody can tell that this is
// another array than the one that the loop began with.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "passes/loop_apart.h"
#include "passes/pass.h"
#include "passes/scalar_loop.h"

namespace passes {

namespace {

constexpr int most_attempts = 4;

class Scalarise {
 public:
  explicit Scalarise(const Graph& g) : g_(g), users_(g.node_count()), results_(g.node_count()) {
    for (uint32_t b = 0; b < g.body_count(); ++b) {
      for (Ref r : g.body({b}).nodes)
        for (Ref in : g.inputs(r)) users_[in.id].push_back(r);
      for (Ref r : g.body({b}).results) results_[r.id] = true;
    }
  }

  Ref replace(Rewrite& rw, Ref node, BodyId where) {
    const Op op = g_.op(node);
    if (op == Op::item) {
      const auto made = made_.find(g_.inputs(node)[0].id);
      if (made == made_.end()) return {};
      return made->second[size_t(g_.attrs(node).integer("index"))];
    }
    if ((op != Op::for_ && op != Op::while_) || !computes_small(node) || scalar_loop(g_, node))
      return {};
    return attempt(rw, node, where);
  }

 private:
  // True if a body computes with arrays that can be taken apart.
  bool computes_small(Ref node) const {
    return std::ranges::any_of(g_.bodies_of(node), [&](BodyId b) {
      return std::ranges::any_of(g_.body(b).nodes, [&](Ref r) {
        const bool made = ir::is_elementwise(g_.op(r)) || g_.op(r) == Op::update;
        return (made && small_shape(g_, g_.type(r))) || computes_small(r);
      });
    });
  }

  Ref attempt(Rewrite& rw, Ref node, BodyId where) {
    std::set<Ref> whole;
    for (int i = 0; i < most_attempts; ++i) {
      try {
        LoopApart loop(rw, whole);
        const Ref made = loop.make(node, where);
        if (!scalar_loop(rw.to, made)) return {};
        return put_together(rw, loop, node, where);
      } catch (const StaysWhole& stays) {
        if (!whole.insert(stays.root).second) return {};
      } catch (const ir::Unsupported&) { return {}; }
    }
    return {};
  }

  // What stands for the loop, with its items noted; nothing if it may show that a carried array is
  // another one than that which the loop began with.
  Ref put_together(Rewrite& rw, LoopApart& loop, Ref node, BodyId where) {
    const size_t first = g_.op(node) == Op::for_ ? 3 : 0;
    const std::vector<Shown>& results = loop.results(node);
    std::vector<Ref> items;
    for (size_t k = 0; k < results.size(); ++k) {
      const Shown& s = results[k];
      if (s.apart() && !unnoticed(rw, g_.inputs(node)[first + k], values_of(rw, node, k)))
        return {};
      items.push_back(s.apart() ? loop.together(s.elements, where, g_[node].loc) : s.ref);
    }
    if (g_.type(node).kind != Type::Kind::tuple) return items[0];
    const Ref all = rw.to.add(where, Op::tuple, items, {}, g_[node].loc);
    made_[node.id] = std::move(items);
    return all;
  }

  // The values of the old graph that are this result of the loop.
  std::vector<Ref> values_of(const Rewrite& rw, Ref node, size_t index) const {
    if (g_.type(node).kind != Type::Kind::tuple) return {node};
    std::vector<Ref> out;
    for (Ref user : users_[node.id]) {
      if (!rw.live(user)) continue;
      const bool other =
          g_.op(user) == Op::item && g_.attrs(user).integer("index") != int64_t(index);
      if (!other) out.push_back(user);
    }
    return out;
  }

  // True if nobody can tell the values from fresh arrays that lie in C order.
  bool unnoticed(const Rewrite& rw, Ref initial, const std::vector<Ref>& values) const {
    const bool begins_fresh = fresh(initial);
    return std::ranges::all_of(values, [&](Ref value) {
      if (!g_.type(value).is_array()) return false;  // the whole tuple
      const bool flat = g_.type(value).rank() <= 1;
      return (flat && begins_fresh && rw.uses(initial) == 1) ||
             only_read(rw, value, flat, begins_fresh);
    });
  }

  // True if nothing but the elements of an array is asked for, here and through views: by
  // operations, the results of which lie as it does if it is not flat; by reductions, if it cannot
  // lie backwards.
  bool only_read(const Rewrite& rw, Ref array, bool flat, bool forwards) const {
    if (g_.type(array).is_scalar()) return true;
    if (results_[array.id]) return false;
    return std::ranges::all_of(users_[array.id], [&](Ref user) {
      if (!rw.live(user)) return true;
      const Op op = g_.op(user);
      if (ir::is_view(op)) return only_read(rw, user, flat, forwards);
      if (op == Op::update || op == Op::store) return g_.inputs(user)[0] != array;
      return flat && (ir::is_elementwise(op) || (forwards && ir::is_reduce(op)));
    });
  }

  bool fresh(Ref r) const {
    while (g_.op(r) == Op::update) r = g_.inputs(r)[0];
    return ir::is_elementwise(g_.op(r)) || g_.op(r) == Op::full;
  }

  const Graph& g_;
  std::vector<std::vector<Ref>> users_;
  std::vector<bool> results_;                            // of any body
  std::unordered_map<uint32_t, std::vector<Ref>> made_;  // the items of loops, by loop
};

}  // namespace

void scalarise(Graph& graph) {
  bool loops = false;
  for (uint32_t i = 0; i < graph.node_count() && !loops; ++i)
    loops = graph.op({i}) == Op::for_ || graph.op({i}) == Op::while_;
  if (!loops) return;
  Scalarise pass(graph);
  rewrite(graph,
          [&](Rewrite& rw, Ref node, BodyId where) { return pass.replace(rw, node, where); });
}

}  // namespace passes
