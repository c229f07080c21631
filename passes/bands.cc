#include "passes/bands.h"

#include <algorithm>
#include <array>
#include <set>

namespace passes {

using ir::BodyId;
using ir::DimId;
using ir::Graph;
using ir::Op;
using ir::Ref;
using ir::Type;

std::optional<int64_t> more_than(const ir::Dims& dims, DimId size, DimId rows) {
  const DimId resolved = dims.resolve(size), whole = dims.resolve(rows);
  const ir::Dims::Linear &a = dims.linear(resolved), &b = dims.linear(whole);
  if (a.terms != b.terms) return std::nullopt;
  return a.constant - b.constant;
}

namespace {

// One symbol and so many more.
bool counts_one_symbol(const ir::Dims& dims, DimId d) {
  const auto& terms = dims.linear(d).terms;
  return terms.size() == 1 && terms[0].coefficient == 1 &&
         dims.atom(terms[0].atom).kind == ir::Dims::Atom::symbol;
}

}  // namespace

namespace {

class Search {
 public:
  Search(const Graph& g, Ref loop, DimId rows) : g_(g), loop_(loop), rows_(rows) {
    symbol_ = *g.dims.symbols(rows).begin();
  }

  std::optional<Bands> run() {
    Bands out{rows_, {}, {}};
    const BodyId body = g_.attrs(loop_).body("body");
    if (!check(body) || !in_planes_) return std::nullopt;
    for (Ref r : outside_)
      if (g_.type(r).is_array() && has_rows(r)) out.read.push_back({r, *axis(g_.type(r))});
    const ir::Body& b = g_.body(body);
    for (size_t k = 0; k < b.results.size(); ++k) {
      if (!g_.type(b.results[k]).is_array()) continue;
      const auto carried = carries(b.params[k + 1], b.results[k]);
      if (!carried) return std::nullopt;
      out.carried.push_back({k, carried->first, carried->second});
    }
    return out.carried.empty() ? std::nullopt : std::optional(out);
  }

 private:
  bool depends(DimId d) const { return g_.dims.symbols(d).contains(symbol_); }

  // The one axis along which a type has rows, -1 if it has none; nothing if another size of it
  // depends on their number.
  std::optional<BandAxis> axis(const Type& t) const {
    if (t.kind == Type::Kind::tuple) return BandAxis{-1, 0};  // its items tell
    BandAxis found{-1, 0};
    for (int k = 0; k < t.rank(); ++k) {
      if (!depends(t.dims[size_t(k)])) continue;
      const auto more = more_than(g_.dims, t.dims[size_t(k)], rows_);
      if (!more || *more < 0 || found.axis >= 0) return std::nullopt;
      found = {k, *more};
    }
    return found;
  }

  bool check(BodyId body) {
    const ir::Body& b = g_.body(body);
    const auto known = [&](Ref r) { return axis(g_.type(r)).has_value(); };
    const auto read = [&](Ref r) {
      if (!inside_.contains(r)) outside_.insert(r);
      return known(r);
    };
    inside_.insert(b.params.begin(), b.params.end());
    if (!std::ranges::all_of(b.params, known)) return false;
    for (Ref r : b.nodes) {
      if (!known(r) || !std::ranges::all_of(g_.inputs(r), read) || !by_rows(r)) return false;
      inside_.insert(r);
    }
    return std::ranges::all_of(b.results, read);
  }

  // True if a row of a node's value depends on that row of its operands alone. Elementwise ops do
  // if the types have rows at all: operands that had them elsewhere would give a second such axis.
  bool by_rows(Ref r) {
    const Op op = g_.op(r);
    const ir::Kind kind = ir::info(op).kind;
    if (op == Op::slice) return part(r, g_.inputs(r)[0]) && keeps_rows(r);
    if (op == Op::update) return part(r, g_.inputs(r)[0]) && replaced(r);
    if (op == Op::index) return plane(r);
    if (op == Op::window) return plane(r) && !depends(g_.attrs(r).dim("size"));
    if (op == Op::extent) return !depends(g_.attrs(r).dim("size"));
    if (const auto bodies = g_.bodies_of(r); !bodies.empty())
      return std::ranges::all_of(bodies, [&](BodyId b) { return check(b); });
    if (kind == ir::Kind::view) return op != Op::reshape || (keeps_rows(r) && !has_rows(r));
    if (kind == ir::Kind::make) return !ir::gives_size(op) && (op == Op::full || !has_rows(r));
    if (kind == ir::Kind::control) return !ir::gives_size(op) && op != Op::store;
    return ir::is_elementwise(op);
  }

  bool has_rows(Ref r) const { return axis(g_.type(r))->axis >= 0; }
  // Of a view.
  bool keeps_rows(Ref r) const { return has_rows(g_.inputs(r)[0]) == has_rows(r); }

  // Of a run-time index: along another axis than the rows.
  bool plane(Ref r) {
    const Ref array = g_.inputs(r)[0];
    const int64_t at = g_.attrs(r).integer("axis");
    const int rows = axis(g_.type(array))->axis;
    in_planes_ = in_planes_ || (rows >= 0 && at == g_.type(array).rank() - 1);
    return at != rows;
  }

  // Of a slice of `whole`, or a part of it that an update replaces: the rows from a fixed one on,
  // and along the other axes no place that depends on their number.
  bool part(Ref r, Ref whole) const {
    const auto start = g_.attrs(r).dims("start"), size = g_.attrs(r).dims("size");
    const int rows = axis(g_.type(whole))->axis;
    for (int k = 0; k < int(size.size()); ++k) {
      if (k != rows) {
        if (depends(start[size_t(k)]) || depends(size[size_t(k)])) return false;
        continue;
      }
      const bool fixed = g_.dims.value(start[size_t(k)]).value_or(-1) >= 0;
      if (!fixed || !dense(r, size_t(k))) return false;
    }
    return true;
  }

  // True if a part takes one element after the other along an axis.
  bool dense(Ref r, size_t k) const {
    const ir::AttrView attrs = g_.attrs(r);
    if (g_.op(r) == Op::slice) return attrs.integers("step")[k] == 1;
    return g_.dims.is(attrs.dims("step")[k], 1);
  }

  // Of an update: all rows, of an array that has no more than these.
  bool replaced(Ref r) {
    const auto along = *axis(g_.type(g_.inputs(r)[0]));
    if (along.axis < 0) return true;
    const auto start = g_.attrs(r).dims("start"), size = g_.attrs(r).dims("size");
    const size_t k = size_t(along.axis);
    const auto at = g_.attrs(r).integers("axes");
    for (int64_t a : at) in_planes_ = in_planes_ || a == g_.type(r).rank() - 1;
    return along.more == 0 && g_.dims.is(start[k], 0) && more_than(g_.dims, size[k], rows_) == 0 &&
           std::ranges::find(at, along.axis) == at.end();
  }

  // What the ways of a branch give for an array; nothing if that is no branch's.
  std::optional<std::array<Ref, 2>> ways(Ref r) const {
    const bool item = g_.op(r) == Op::item;
    const Ref branch = item ? g_.inputs(r)[0] : r;
    if (g_.op(branch) != Op::if_) return std::nullopt;
    const size_t k = item ? size_t(g_.attrs(r).integer("index")) : 0;
    const auto bodies = g_.bodies_of(branch);
    return std::array{g_.body(bodies[0]).results[k], g_.body(bodies[1]).results[k]};
  }

  // What an array was before the updates of a round, and whether there was one for sure.
  struct Before {
    Ref array;
    bool changed;
  };
  Before before(Ref r) const {
    bool changed = false;
    for (;;) {
      if (g_.op(r) == Op::update) {
        r = g_.inputs(r)[0];
        changed = true;
        continue;
      }
      const auto both = ways(r);
      if (!both) return {r, changed};
      const Before then = before((*both)[0]), otherwise = before((*both)[1]);
      if (then.array != otherwise.array) return {r, true};
      r = then.array;
      changed = changed || (then.changed && otherwise.changed);
    }
  }

  // The rows of an array that the loop carries, and whether each round makes it anew. One that a
  // round may leave as it is stays the array that it was, which no bands of it are.
  std::optional<std::pair<int, bool>> carries(Ref param, Ref result) const {
    const auto along = axis(g_.type(param));
    if (!along || along->axis < 0 || along->more != 0) return std::nullopt;
    const auto [first, changed] = before(result);
    if (first == param)
      return changed ? std::optional(std::pair(along->axis, false)) : std::nullopt;
    Ref made = first;
    if (g_.op(made) == Op::item) made = g_.inputs(made)[0];
    const bool computed = g_.op(made) == Op::kernel || ir::is_elementwise(g_.op(made));
    if (!computed || g_.type(result).rank() != 1) return std::nullopt;
    return std::pair(along->axis, true);
  }

  const Graph& g_;
  Ref loop_;
  DimId rows_;
  uint32_t symbol_;
  std::set<Ref> inside_, outside_;  // values of the bodies, and those that they read besides
  bool in_planes_ = false;          // a round takes or changes planes along the last axis
};

}  // namespace

std::optional<Bands> bands(const Graph& graph, Ref loop) {
  std::set<DimId> tried;
  const auto inputs = graph.inputs(loop);
  for (size_t i = 3; i < inputs.size(); ++i) {
    if (!graph.type(inputs[i]).is_array()) continue;
    for (DimId d : graph.type(inputs[i]).dims) {
      d = graph.dims.resolve(d);
      if (!counts_one_symbol(graph.dims, d) || !tried.insert(d).second) continue;
      if (auto found = Search(graph, loop, d).run()) return found;
    }
  }
  return std::nullopt;
}

}  // namespace passes
