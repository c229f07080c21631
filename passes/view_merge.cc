#include "passes/view_merge.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "passes/memory_order.h"

namespace passes {

namespace {

using ir::Attrs;
using ir::AttrView;
using ir::DimId;
using ir::Graph;
using ir::Op;
using ir::Ref;

// Where each axis of a result comes from: an axis of the operand, or -1 for a new axis of size 1.
// The operand's axes that are missing have size 1. What expand_dims, squeeze and some reshapes do.
using Axes = std::vector<int64_t>;
constexpr int64_t fresh = -1;

Axes all_axes(int rank) {
  Axes axes(static_cast<size_t>(rank));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Axes expanded(const Axes& from, const std::vector<int64_t>& axes) {
  Axes out;
  for (size_t i = 0, next = 0; i < from.size() + axes.size(); ++i)
    out.push_back(std::ranges::find(axes, int64_t(i)) != axes.end() ? fresh : from[next++]);
  return out;
}

Axes squeezed(const Axes& from, const std::vector<int64_t>& axes) {
  Axes out;
  for (size_t i = 0; i < from.size(); ++i)
    if (std::ranges::find(axes, int64_t(i)) == axes.end()) out.push_back(from[i]);
  return out;
}

// A reshape that only adds and removes axes of size 1, as axes.
std::optional<Axes> reshaped(const Graph& g, const std::vector<DimId>& from,
                             const std::vector<DimId>& to) {
  Axes out;
  size_t next = 0;
  for (DimId d : to) {
    if (g.dims.is(d, 1)) {
      const bool kept = next < from.size() && g.dims.is(from[next], 1);
      out.push_back(kept ? int64_t(next++) : fresh);
      continue;
    }
    while (next < from.size() && g.dims.is(from[next], 1)) ++next;
    if (next == from.size() || !g.dims.equal(from[next], d)) return std::nullopt;
    out.push_back(int64_t(next++));
  }
  for (; next < from.size(); ++next)
    if (!g.dims.is(from[next], 1)) return std::nullopt;
  return out;
}

// The axes that the view gives of its operand, whose axes are `from`; nothing for other views.
std::optional<Axes> axes_of(const Graph& g, Op op, AttrView a, Ref x, const Axes& from) {
  if (op == Op::expand_dims) return expanded(from, a.integers("axes"));
  if (op == Op::squeeze) return squeezed(from, a.integers("axes"));
  if (op != Op::reshape) return std::nullopt;
  auto axes = reshaped(g, g.type(x).dims, a.dims("shape"));
  if (axes)
    for (int64_t& i : *axes) i = i == fresh ? fresh : from[size_t(i)];
  return axes;
}

// A removed axis and a new one between the same two others cancel.
void cancel(Axes& axes, int rank) {
  int64_t removed = 0;  // the next axis of the operand that may have been removed
  for (size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] != fresh) {
      removed = axes[i] + 1;
      continue;
    }
    const auto next =
        std::find_if(axes.begin() + long(i), axes.end(), [](int64_t a) { return a != fresh; });
    if (removed < (next == axes.end() ? rank : *next)) axes[i] = removed++;
  }
}

// `axes` of x by at most one squeeze and one expand_dims.
Ref with_axes(Graph& g, ir::BodyId where, Ref x, Axes axes, ir::Loc loc) {
  const int rank = g.type(x).rank();
  cancel(axes, rank);
  std::vector<int64_t> gone, made;
  for (int64_t i = 0; i < rank; ++i)
    if (std::ranges::find(axes, i) == axes.end()) gone.push_back(i);
  for (size_t i = 0; i < axes.size(); ++i)
    if (axes[i] == fresh) made.push_back(int64_t(i));
  if (!gone.empty()) x = g.add(where, Op::squeeze, {x}, Attrs().integers(gone), loc);
  if (!made.empty()) x = g.add(where, Op::expand_dims, {x}, Attrs().integers(made), loc);
  return x;
}

// Through all views of that sort above x, down to what they show.
std::optional<Ref> merge_axes(Graph& g, ir::BodyId where, Op op, AttrView attrs, Ref x,
                              ir::Loc loc) {
  std::vector<Ref> chain;
  const auto regular = [&](Ref r) {
    return axes_of(g, g.op(r), g.attrs(r), g.inputs(r)[0], all_axes(g.type(g.inputs(r)[0]).rank()));
  };
  Ref root = x;
  while (ir::is_view(g.op(root)) && g.type(g.inputs(root)[0]).is_array() && regular(root)) {
    chain.push_back(root);
    root = g.inputs(root)[0];
  }
  Axes axes = all_axes(g.type(root).rank());
  for (size_t i = chain.size(); i-- > 0;)
    axes = *axes_of(g, g.op(chain[i]), g.attrs(chain[i]), g.inputs(chain[i])[0], axes);
  const auto result = axes_of(g, op, attrs, x, axes);
  if (!result) return std::nullopt;
  return with_axes(g, where, root, *result, loc);
}

bool identity(const Graph& g, Op op, AttrView a, Ref x) {
  const ir::Type& t = g.type(x);
  const auto same = [&](const std::vector<DimId>& dims) {
    return std::ranges::equal(dims, t.dims, [&](DimId p, DimId q) { return g.dims.equal(p, q); });
  };
  if (op == Op::transpose) return a.integers("axes") == all_axes(t.rank());
  if (op == Op::broadcast_to) return same(a.dims("shape"));
  if (op != Op::slice) return false;
  return std::ranges::all_of(a.dims("start"), [&](DimId d) { return g.dims.is(d, 0); }) &&
         std::ranges::all_of(a.integers("step"), [](int64_t s) { return s == 1; }) &&
         same(a.dims("size"));
}

Attrs slice_of_slice(Graph& g, AttrView outer, AttrView inner) {
  auto start = inner.dims("start");
  auto step = inner.integers("step");
  const auto outer_start = outer.dims("start");
  const auto outer_step = outer.integers("step");
  for (size_t i = 0; i < step.size(); ++i) {
    const DimId moved = g.dims.multiply(outer_start[i], g.dims.constant(step[i]));
    start[i] = g.dims.add(start[i], moved);
    step[i] *= outer_step[i];
  }
  return Attrs().dims(start).integers(step).dims(outer.dims("size"));
}

Attrs transpose_of_transpose(AttrView outer, AttrView inner) {
  const auto first = inner.integers("axes");
  std::vector<int64_t> axes;
  for (int64_t a : outer.integers("axes")) axes.push_back(first[size_t(a)]);
  return Attrs().integers(axes);
}

// A part of something repeated: the part of what is repeated, repeated.
Ref slice_of_broadcast(Graph& g, ir::BodyId where, AttrView outer, Ref x, ir::Loc loc) {
  const Ref y = g.inputs(x)[0];
  auto start = outer.dims("start"), size = outer.dims("size");
  auto step = outer.integers("step");
  const size_t extra = size.size() - g.type(y).dims.size();
  const Attrs shape = Attrs().dims(size);
  for (auto* v : {&start, &size}) v->erase(v->begin(), v->begin() + long(extra));
  step.erase(step.begin(), step.begin() + long(extra));
  for (size_t i = 0; i < size.size(); ++i) {
    if (!g.dims.is(g.type(y).dims[i], 1)) continue;
    start[i] = g.dims.constant(0);
    step[i] = 1;
    size[i] = g.dims.constant(1);
  }
  const Ref part =
      make_view(g, where, Op::slice, Attrs().dims(start).integers(step).dims(size), y, loc);
  return make_view(g, where, Op::broadcast_to, shape, part, loc);
}

// A view of an array with one value everywhere, as such an array; invalid if it would lie in memory
// in another order.
Ref view_of_full(Graph& g, ir::BodyId where, Op op, const Attrs& attrs, Ref x, ir::Loc loc) {
  const ir::Type shown = ir::infer(g, op, std::vector<Ref>{x}, attrs);
  const auto inputs = g.inputs(x);
  if (!shown.is_array()) return {};
  std::vector<Ref> operands(inputs.begin(), inputs.end());
  const bool in_order = operands.size() == 1;
  if (op == Op::transpose ? in_order && decides_order(g, x) : !in_order && op != Op::slice)
    return {};
  for (size_t i = 1; i < operands.size(); ++i) {
    if (!g.same_shape(g.type(operands[i]), g.type(x))) return {};
    operands[i] = make_view(g, where, op, attrs, operands[i], loc);
  }
  return g.add(where, Op::full, operands, Attrs().dims(shown.dims), loc);
}

}  // namespace

Ref make_view(Graph& g, ir::BodyId where, Op op, const Attrs& attrs, Ref x, ir::Loc loc) {
  const AttrView a(op, attrs);
  const bool parts = op == Op::real || op == Op::imag;
  if (!g.type(x).is_array() || parts) return g.add(where, op, {x}, attrs, loc);
  if (identity(g, op, a, x)) return x;
  if (const auto merged = merge_axes(g, where, op, a, x, loc)) return *merged;
  const Op below = g.op(x);
  if (below == Op::full && ir::info(op).arity == 1)
    if (const Ref full = view_of_full(g, where, op, attrs, x, loc); full.valid()) return full;
  if (op == Op::slice && below == Op::broadcast_to) return slice_of_broadcast(g, where, a, x, loc);
  if (op == below && op == Op::slice)
    return make_view(g, where, op, slice_of_slice(g, a, g.attrs(x)), g.inputs(x)[0], loc);
  if (op == below && op == Op::transpose)
    return make_view(g, where, op, transpose_of_transpose(a, g.attrs(x)), g.inputs(x)[0], loc);
  if (op == below && (op == Op::broadcast_to || op == Op::reshape))
    return make_view(g, where, op, attrs, g.inputs(x)[0], loc);
  return g.add(where, op, {x}, attrs, loc);
}

Ref expand(Graph& g, ir::BodyId where, Ref x, const std::vector<int64_t>& axes, ir::Loc loc) {
  if (axes.empty()) return x;
  return make_view(g, where, Op::expand_dims, Attrs().integers(axes), x, loc);
}

Ref squeeze(Graph& g, ir::BodyId where, Ref x, const std::vector<int64_t>& axes, ir::Loc loc) {
  if (axes.empty()) return x;
  return make_view(g, where, Op::squeeze, Attrs().integers(axes), x, loc);
}

}  // namespace passes
