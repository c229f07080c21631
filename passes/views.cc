// Views end up at operands, where they cost nothing, or at results, and not between nodes that
// could share a kernel:
//  - views of views merge, identities vanish (view_merge.h);
//  - a view of an elementwise value becomes the same op on views of its operands, if nothing else
//    needs the value whole, or if it is cheap; not if NumPy may report an error (a pole, a square
//    root of less than 0) of an element that would not be computed then;
//  - what follows a reduction works on the kept axes: op(squeeze(v), y) is squeeze(op(v,
//  expand_dims(y))),
//    so that in `x - x.mean(axis=0)` expand_dims meets squeeze and both vanish;
//  - elementwise ops broadcast by themselves: broadcast_to and `full` vanish from their operands.
#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>

#include "ir/raises.h"
#include "passes/memory_order.h"
#include "passes/parts.h"
#include "passes/pass.h"
#include "passes/rewrite.h"
#include "passes/view_merge.h"

namespace passes {

namespace {

using ir::Attrs;
using ir::DimId;

constexpr int cheap_view = 2;       // cost of an op that is done again in every view of its result
constexpr size_t most_pieces = 64;  // between the ends of slices

class Views {
 public:
  explicit Views(Rewrite& rewrite)
      : rw_(rewrite),
        from_(rewrite.from),
        g_(rewrite.to),
        slices_(from_.node_count()),
        summed_(summed_in_place(from_)) {
    for (uint32_t i = 0; i < from_.node_count(); ++i)
      if (rw_.live({i}) && from_.op({i}) == Op::slice)
        slices_[from_.inputs({i})[0].id].push_back({i});
  }

  Ref view(Ref node, BodyId where);
  Ref elementwise(Ref node, BodyId where);

 private:
  // Sinking a view into the elementwise values above it.
  std::set<Ref> cone(Ref view) const;
  bool in_parts(Ref r) const;
  bool apart(Ref slice, Ref other) const;
  bool all_shown(Ref r) const;
  bool hides_errors(Ref view, const std::set<Ref>& cone) const;
  bool moves_through(Ref view, const std::set<Ref>& cone) const;
  bool one_layout(const std::set<Ref>& cone, const Type& top) const;
  Ref sink(Ref view, Ref r, const std::set<Ref>& cone, std::unordered_map<uint32_t, Ref>& done,
           BodyId where);
  Ref view_of_operand(Ref view, Ref operand, BodyId where);

  // Operands of elementwise ops.
  bool reduced(Ref r);
  Ref kept(Ref scalar_or_array, const Type& result, ir::Loc loc, BodyId where);
  Ref after_reduction(Ref node, const std::vector<Ref>& inputs, BodyId where);
  Ref spread(Ref operand, int rank, ir::Loc loc, BodyId where);
  bool agrees(Ref full, const std::vector<Ref>& inputs) const;
  Ref laid(Ref node, std::vector<Ref> inputs, BodyId where);

  Rewrite& rw_;
  const Graph& from_;
  Graph& g_;
  std::vector<std::vector<Ref>> slices_;  // of each value of the old graph
  std::vector<bool> summed_;
  std::unordered_map<uint32_t, bool> reduced_;
};

// True if the slices have no element in common: along one axis, one ends before the other begins.
bool Views::apart(Ref slice, Ref other) const {
  const ir::AttrView a = from_.attrs(slice), b = from_.attrs(other);
  const auto a_start = a.dims("start"), a_size = a.dims("size");
  const auto b_start = b.dims("start"), b_size = b.dims("size");
  const auto a_step = a.integers("step"), b_step = b.integers("step");
  for (size_t i = 0; i < a_step.size(); ++i) {
    if (a_step[i] != 1 || b_step[i] != 1) continue;
    const DimId between = g_.dims.subtract(b_start[i], a_start[i]);
    const DimId back = g_.dims.subtract(a_start[i], b_start[i]);
    if (g_.dims.never_negative(g_.dims.subtract(between, a_size[i])) ||
        g_.dims.never_negative(g_.dims.subtract(back, b_size[i])))
      return true;
  }
  return false;
}

// True if only slices read r, and no two of them the same element: computing each slice by itself
// computes nothing twice.
bool Views::in_parts(Ref r) const {
  const auto& parts = slices_[r.id];
  if (int(parts.size()) != rw_.uses(r) || rw_.escapes(r)) return false;
  for (size_t i = 0; i < parts.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (!apart(parts[i], parts[j])) return false;
  return true;
}

// True if every element of r is in one of the slices of it, or r is read otherwise, too.
bool Views::all_shown(Ref r) const {
  const auto& slices = slices_[r.id];
  if (int(slices.size()) != rw_.uses(r) || rw_.escapes(r)) return true;
  Grid grid(g_.dims, from_.type(r).dims);
  std::vector<Part> parts;
  for (Ref slice : slices) {
    const ir::AttrView attrs = from_.attrs(slice);
    const auto step = attrs.integers("step");
    const auto size = attrs.dims("size");
    Part part{attrs.dims("start"), {}, slice};
    if (!std::ranges::all_of(step, [](int64_t s) { return s == 1 || s == -1; })) continue;
    for (size_t k = 0; k < size.size(); ++k) {
      DimId& start = part.start[k];
      if (step[k] < 0) start = g_.dims.add(g_.dims.subtract(start, size[k]), g_.dims.constant(1));
      part.end.push_back(g_.dims.add(start, size[k]));
    }
    if (grid.cut(g_.dims, part)) parts.push_back(std::move(part));
    if (grid.count() > most_pieces) return false;
  }
  return std::ranges::all_of(grid.pieces(), [&](const Grid::Piece& piece) {
    return std::ranges::any_of(parts, [&](const Part& p) { return grid.holds(g_.dims, p, piece); });
  });
}

// True if NumPy would report a pole, or a number outside of a function's domain, of an element that
// no slice shows. Overflow of such an element is not waited for.
bool Views::hides_errors(Ref view, const std::set<Ref>& cone) const {
  if (from_.op(view) != Op::slice) return false;
  const bool raising = std::ranges::any_of(cone, [&](Ref r) {
    const ir::Loc& loc = from_[r].loc;
    const int kinds = ir::may_raise(from_, r) & (~loc.silenced | loc.reported);
    const bool divides = kinds & ir::divide_error;
    const Ref by = from_.inputs(r).back();
    if (divides && from_.op(by) == Op::constant)
      return from_.attrs(by).scalar("value").as_complex() == 0.0;
    return divides || ((kinds & ir::invalid_error) && !(kinds & ir::over_error));
  });
  return raising && !all_shown(from_.inputs(view)[0]);
}

// The elementwise values that are read by the view (or by slices that share no element) and by one
// another, and by nothing else.
std::set<Ref> Views::cone(Ref view) const {
  std::set<Ref> cone;
  const Ref shown = from_.inputs(view)[0];
  const int own = from_.op(view) == Op::slice && in_parts(shown) ? rw_.uses(shown) : 1;
  std::unordered_map<uint32_t, int> uses{{shown.id, own}};
  std::vector<Ref> pending{shown};
  while (!pending.empty()) {
    const Ref r = pending.back();
    pending.pop_back();
    const bool ours = uses[r.id] == rw_.uses(r) && from_[r].body == from_[view].body;
    if (!ours || !ir::keeps_order(from_.op(r)) || !from_.type(r).is_array()) continue;
    cone.insert(r);
    for (Ref i : from_.inputs(r)) {
      ++uses[i.id];
      pending.push_back(i);
    }
  }
  const Ref top = from_.inputs(view)[0];
  const auto computed = [&](Ref i) {
    return from_.type(i).is_array() && from_.op(base(from_, i)) != Op::param;
  };
  if (cone.empty() && ir::keeps_order(from_.op(top)) &&
      ir::info(from_.op(top)).cost <= cheap_view &&
      std::ranges::none_of(from_.inputs(top), computed))
    cone.insert(top);
  return cone;
}

// True if the view can be taken of everything that the cone reads, without a change that can be
// seen.
bool Views::moves_through(Ref view, const std::set<Ref>& cone) const {
  const Op op = from_.op(view);
  const Type& top = from_.type(from_.inputs(view)[0]);
  if (cone.empty() || ir::info(op).arity != 1 || op == Op::broadcast_to ||
      !from_.type(view).is_array() || from_.type(view).dtype != top.dtype)
    return false;
  for (Ref r : cone)
    for (Ref i : from_.inputs(r)) {
      const Type& t = from_.type(i);
      if (!t.is_array()) continue;
      if (t.rank() != top.rank()) return false;
      if (op == Op::reshape && !from_.same_shape(t, top)) return false;
    }
  return op != Op::transpose || one_layout(cone, top);
}

// Where operands lie in memory in different orders the result is in C order, and its transpose is
// not. So a transpose moves only if one operand alone decides the order of every value of that
// shape.
bool Views::one_layout(const std::set<Ref>& cone, const Type& top) const {
  std::set<Ref> deciding;
  for (Ref r : cone) {
    bool decided = !from_.same_shape(from_.type(r), top);
    for (Ref i : from_.inputs(r)) {
      if (!from_.type(i).is_array() || !from_.same_shape(from_.type(i), top)) continue;
      decided = true;
      for (Ref v = i; ir::is_view(from_.op(v)); v = from_.inputs(v)[0])
        if (from_.op(v) == Op::broadcast_to) return false;  // its strides of 0 decide nothing
      if (!cone.contains(i)) deciding.insert(i);
    }
    if (!decided) return false;
  }
  return deciding.size() == 1;
}

Ref Views::view_of_operand(Ref view, Ref operand, BodyId where) {
  const Type& whole = from_.type(from_.inputs(view)[0]);
  const Type& t = g_.type(operand);
  const Op op = from_.op(view);
  if (!t.is_array()) return operand;
  if (op != Op::slice)
    return make_view(g_, where, op, from_.raw_attrs(view), operand, from_[view].loc);
  auto start = from_.attrs(view).dims("start"), size = from_.attrs(view).dims("size");
  auto step = from_.attrs(view).integers("step");
  for (size_t i = 0; i < size.size(); ++i) {
    if (!g_.dims.is(t.dims[i], 1) || g_.dims.is(whole.dims[i], 1)) continue;
    start[i] = g_.dims.constant(0);
    step[i] = 1;
    size[i] = g_.dims.constant(1);
  }
  return make_view(g_, where, op, Attrs().dims(start).integers(step).dims(size), operand,
                   from_[view].loc);
}

Ref Views::sink(Ref view, Ref r, const std::set<Ref>& cone, std::unordered_map<uint32_t, Ref>& done,
                BodyId where) {
  const auto [at, fresh] = done.try_emplace(r.id);
  if (!fresh) return at->second;
  Ref now;
  if (!cone.contains(r)) {
    now = view_of_operand(view, rw_(r), where);
  } else {
    std::vector<Ref> inputs;
    for (Ref i : from_.inputs(r)) inputs.push_back(sink(view, i, cone, done, where));
    now = rw_.copy(r, where, inputs);
  }
  return done[r.id] = now;
}

Ref Views::view(Ref node, BodyId where) {
  const Op op = from_.op(node);
  const Ref operand = from_.inputs(node)[0];
  // A view that is a result keeps the strides of what it shows.
  // A part of what is computed is not dense, as that part computed by itself would be.
  const bool cut = op == Op::slice && summed_[node.id];
  const bool upwards = !rw_.escapes(node) && !cut && (op != Op::squeeze || !reduced(rw_(operand)));
  if (upwards && ir::keeps_order(from_.op(operand))) {
    const std::set<Ref> above = cone(node);
    if (moves_through(node, above) && !hides_errors(node, above)) {
      std::unordered_map<uint32_t, Ref> done;
      const Ref now = sink(node, operand, above, done, where);
      if (g_.same_type(g_.type(now), from_.type(node))) return now;
    }
  }
  // A result must stay a view of its own, of an array with one value too, and whether a reshape
  // copies depends on what it is taken of.
  const Ref shown = rw_(operand);
  if (ir::info(op).arity != 1 ||
      (rw_.escapes(node) &&
       (!ir::is_view(g_.op(shown)) || g_.op(base(g_, shown)) == Op::full || op == Op::reshape)))
    return {};
  return make_view(g_, where, op, from_.raw_attrs(node), rw_(operand), from_[node].loc);
}

// True of what has lost an axis to a reduction that keeps it: reductions and what is done with
// them.
bool Views::reduced(Ref r) {
  const Type& t = g_.type(r);
  if (ir::is_reduce(g_.op(r))) return t.is_array();
  if (!ir::is_elementwise(g_.op(r)) || !t.is_array()) return false;
  if (const auto at = reduced_.find(r.id); at != reduced_.end()) return at->second;
  const auto inputs = g_.inputs(r);
  const bool is = std::ranges::any_of(inputs, [&](Ref i) {
    return g_.type(i).is_array() && g_.same_shape(g_.type(i), t) && reduced(i);
  });
  return reduced_[r.id] = is;
}

// `operand` without the squeeze (and `scalar`) that took the axes of a reduction; or invalid.
Ref squeezed_from(const Graph& g, Ref operand) {
  if (g.op(operand) == Op::scalar) operand = g.inputs(operand)[0];
  return g.op(operand) == Op::squeeze ? g.inputs(operand)[0] : Ref{};
}

// The op on kept axes, squeezed after it; invalid where that does not apply.
Ref Views::after_reduction(Ref node, const std::vector<Ref>& inputs, BodyId where) {
  const Type& result = from_.type(node);
  const ir::Loc loc = from_[node].loc;
  if (result.kind == Type::Kind::python) return {};
  std::optional<std::vector<int64_t>> axes;
  int rank = 0;
  for (Ref i : inputs) {
    const Ref v = squeezed_from(g_, i);
    if (!v.valid() || !reduced(v) || g_.type(i).is_array() != result.is_array()) continue;
    const Ref view = g_.op(i) == Op::scalar ? g_.inputs(i)[0] : i;
    auto own = g_.attrs(view).integers("axes");
    if (axes && (*axes != own || rank != g_.type(v).rank())) return {};
    axes = std::move(own);
    rank = g_.type(v).rank();
  }
  if (!axes) return {};
  std::vector<Ref> kept;
  for (Ref i : inputs) {
    const Ref v = squeezed_from(g_, i);
    const bool own = v.valid() && reduced(v) && g_.type(i).is_array() == result.is_array();
    if (own)
      kept.push_back(v);
    else
      kept.push_back(g_.type(i).is_array() ? expand(g_, where, i, *axes, loc) : i);
  }
  Ref now = squeeze(g_, where, rw_.copy(node, where, kept), *axes, loc);
  return result.is_scalar() ? g_.add(where, Op::scalar, {now}, {}, loc) : now;
}

// What may stand for an operand of an elementwise op whose result has `rank` axes: it broadcasts
// anyway. An array of one value may have a say in how the result lies: see elementwise().
Ref Views::spread(Ref operand, int rank, ir::Loc loc, BodyId where) {
  const Op op = g_.op(operand);
  if (op == Op::full) return g_.inputs(operand)[0];
  Ref inner;
  if (op == Op::broadcast_to) inner = g_.inputs(operand)[0];
  if (op == Op::scalar)
    if (const Ref v = squeezed_from(g_, operand); v.valid() && reduced(v)) inner = v;
  if (!inner.valid() || g_.type(inner).rank() > rank) return operand;
  std::vector<int64_t> axes(size_t(rank - g_.type(inner).rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return expand(g_, where, inner, axes, loc);
}

// True if the arrays that decide the order of `full` are operands too.
bool Views::agrees(Ref full, const std::vector<Ref>& inputs) const {
  const auto likes = g_.inputs(full).subspan(1);
  return !likes.empty() && std::ranges::all_of(likes, [&](Ref like) {
    return std::ranges::find(inputs, like) != inputs.end();
  });
}

// Of an array with one value everywhere only the order counts, which may be another's.
Ref Views::laid(Ref node, std::vector<Ref> inputs, BodyId where) {
  Ref& like = inputs[1];
  while (g_.op(like) == Op::full && g_.inputs(like).size() == 2 &&
         g_.same_shape(g_.type(g_.inputs(like)[1]), g_.type(like)))
    like = g_.inputs(like)[1];
  return rw_.copy(node, where, inputs);
}

Ref Views::elementwise(Ref node, BodyId where) {
  const Type& result = from_.type(node);
  std::vector<Ref> inputs = rw_(from_.inputs(node));
  if (const Ref now = after_reduction(node, inputs, where); now.valid()) return now;
  if (!result.is_array() || result.rank() == 0) return {};
  if (from_.op(node) == Op::laid_as) return laid(node, inputs, where);
  bool in_c_order = false;
  for (Ref& i : inputs) {
    const Ref old = i;
    if (g_.op(i) == Op::full && decides_order(g_, i) && !agrees(i, inputs)) {
      if (g_.inputs(i).size() > 1 || !g_.same_shape(g_.type(i), result) ||
          !ir::keeps_order(from_.op(node)))
        continue;
      in_c_order = true;
    }
    i = spread(old, result.rank(), from_[node].loc, where);
    if (i == old) continue;
    const bool arrays = std::ranges::any_of(inputs, [&](Ref r) { return g_.type(r).is_array(); });
    if (!arrays || !g_.same_type(g_.type(rw_.copy(node, where, inputs)), result)) i = old;
  }
  const Ref now = rw_.copy(node, where, inputs);
  return in_c_order ? g_.add(where, Op::c_copy, {now}, {}, from_[node].loc) : now;
}

}  // namespace

void views(Graph& graph) {
  constexpr int rounds = 4;  // a view that one round makes may meet another in the next
  for (int round = 0; round < rounds; ++round) {
    const size_t before = fingerprint(graph);
    std::optional<Views> pass;
    rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) -> Ref {
      if (!pass) pass.emplace(rewrite);
      const Op op = rewrite.from.op(node);
      if (ir::is_view(op)) return pass->view(node, where);
      return ir::is_elementwise(op) ? pass->elementwise(node, where) : Ref{};
    });
    if (fingerprint(graph) == before) return;
  }
}

}  // namespace passes
