#include "passes/slow_numbers.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace passes {

using ir::BodyId;
using ir::Graph;
using ir::Op;
using ir::Ref;

namespace {

constexpr int64_t small = int64_t(1) << 61, short_way = 16;

// The greatest set of values that may all be slow: what contradicts itself is taken out.
class Search {
 public:
  Search(const Graph& g, const ScalarLoop& loop) : g_(g) {
    for (Ref r : loop.scalars) consider(r);
    gather(loop.node);
  }

  std::unordered_set<uint32_t> run() {
    for (size_t before = 0; before != slow_.size();) {
      before = slow_.size();
      for (Ref r : candidates_)
        if (slow_.contains(r.id) && !holds(r)) slow_.erase(r.id);
    }
    return std::move(slow_);
  }

 private:
  void consider(Ref r) {
    if (g_.type(r).kind != ir::Type::Kind::python || g_.type(r).dtype != ir::DType::i64) return;
    candidates_.push_back(r);
    slow_.insert(r.id);
  }

  void gather(Ref r) {
    consider(r);
    const Op op = g_.op(r);
    const auto inputs = g_.inputs(r);
    for (BodyId b : g_.bodies_of(r)) {
      const auto& params = g_.body(b).params;
      const size_t first = op == Op::for_ ? 1 : 0;  // behind the counter
      if (op == Op::for_) from_[params[0].id] = {inputs[0], inputs[1]};
      for (size_t k = first; k < params.size(); ++k) from_[params[k].id] = results(r, k - first);
      for (Ref p : params) consider(p);
      for (Ref n : g_.body(b).nodes) gather(n);
    }
  }

  // What the k-th result of a control node may be; nothing is known of those of kernels.
  std::vector<Ref> results(Ref r, size_t k) const {
    if (g_.bodies_of(r).empty() || g_.op(r) == Op::kernel) return {};
    const ir::AttrView attrs = g_.attrs(r);
    const auto of = [&](const char* body) { return g_.body(attrs.body(body)).results[k]; };
    if (g_.op(r) == Op::if_) return {of("then"), of("otherwise")};
    return {g_.inputs(r)[k + (g_.op(r) == Op::for_ ? 3 : 0)], of("body")};
  }

  bool all(std::span<const Ref> refs) const {
    for (Ref r : refs)
      if (!slow_.contains(r.id)) return false;
    return !refs.empty();
  }

  bool is_constant(Ref r, int64_t most) const {
    if (g_.op(r) != Op::constant) return false;
    const int64_t v = g_.attrs(r).scalar("value").bits[0];
    return v <= most && v >= -most;
  }

  // A few times sizes, as memory has them, and a small number.
  bool is_near(ir::DimId size) const {
    constexpr int64_t times = 1 << 8;
    const ir::Dims::Linear l = g_.dims.linear(g_.dims.resolve(size));
    return l.constant <= small && l.constant >= -small && l.terms.size() <= 8 &&
           std::ranges::all_of(l.terms, [&](const ir::Dims::Term& t) {
             const ir::Dims::AtomInfo atom = g_.dims.atom(t.atom);
             if (t.coefficient > times || t.coefficient < -times) return false;
             if (atom.kind == ir::Dims::Atom::symbol) return true;
             return atom.kind != ir::Dims::Atom::multiply && is_near(atom.a) && is_near(atom.b);
           });
  }

  bool holds(Ref r) const {
    const Op op = g_.op(r);
    const auto inputs = g_.inputs(r);
    if (const auto from = from_.find(r.id); from != from_.end()) return all(from->second);
    if (op == Op::constant) return is_constant(r, small);
    if (op == Op::item) return all(results(inputs[0], size_t(g_.attrs(r).integer("index"))));
    if (!g_.bodies_of(r).empty()) return all(results(r, 0));
    if (ir::info(op).rule == ir::Rule::pick) return all(inputs.last(2));
    if (op == Op::add && is_constant(inputs[0], short_way)) return all(inputs.last(1));
    if (op == Op::add || op == Op::subtract)
      return is_constant(inputs[1], short_way) && all(inputs.first(1));
    return op == Op::extent && is_near(g_.attrs(r).dim("size"));
  }

  const Graph& g_;
  std::vector<Ref> candidates_;
  std::unordered_map<uint32_t, std::vector<Ref>> from_;  // by id of a parameter
  std::unordered_set<uint32_t> slow_;
};

}  // namespace

std::unordered_set<uint32_t> slow_numbers(const Graph& graph, const ScalarLoop& loop) {
  return Search(graph, loop).run();
}

}  // namespace passes
