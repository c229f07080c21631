// Indices that are checked before a loop begins, not in each of its rounds.
//
// Every round does all that stands directly in the loop's body. So if the last counter gives an
// index out of range, the plain function raises IndexError sooner or later: to decline is right
// before the first round, too. What stands in branches may never be done: the loop is written down
// twice, for where its indices are all in range and for where they are not.
#include <algorithm>

#include "codegen/rounds.h"
#include "codegen/scalar_emitter.h"
#include "passes/row_updates.h"

namespace codegen {

using ir::Op;
using ir::Ref;
using passes::Position;

namespace {

struct Axis {
  Ref array;
  size_t axis;
};

// The axis of the array itself that an axis of an indexed part of it is; nothing for other views.
std::optional<Axis> axis_of(const ir::Graph& g, Ref r, size_t axis) {
  for (; g.op(r) == Op::index; r = g.inputs(r)[0])
    if (axis >= size_t(g.attrs(r).integer("axis"))) ++axis;
  return ir::is_view(g.op(r)) ? std::nullopt : std::optional(Axis{r, axis});
}

// Calls f(part of an array, its axis, index) for each index that the node checks.
template <class F>
void each_index(const ir::Graph& g, Ref r, F&& f) {
  const auto inputs = g.inputs(r);
  if (g.op(r) == Op::index) f(inputs[0], size_t(g.attrs(r).integer("axis")), inputs[1]);
  if (g.op(r) != Op::update || passes::keeps_itself(g, r)) return;
  const auto axes = g.attrs(r).integers("axes");
  const auto size = g.attrs(r).dims("size");
  for (size_t k = 0; k < axes.size(); ++k)
    if (g.dims.is(size[size_t(axes[k])], 1)) f(inputs[0], size_t(axes[k]), inputs[k + 2]);
}

}  // namespace

std::optional<Limit> ScalarEmitter::limit(const passes::LoopPositions& positions,
                                          const Range& range, Ref array, size_t k, Ref index) {
  const bool up = !llvm::cast<llvm::ConstantInt>(range.step)->isNegative();
  const auto p = positions.of(index);
  const auto at = axis_of(g_, array, k);
  if (!p || !p->base.valid() || !at || !loop_.array_of.contains(at->array.id)) return std::nullopt;
  const ir::DimId size = g_.type(array).dims[k];
  const bool moves = p->base == positions.counter();
  if (!moves && (is_array(p->base) || !numbers_.contains(p->base.id))) return std::nullopt;
  const auto low = bounds_.least(up ? range.start : range.stop);
  llvm::Value* v = moves ? range.start : numbers_.at(p->base.id).v;
  const auto least = moves ? (low && !up ? std::optional(*low + 1) : low) : bounds_.least(v);
  if (!least || *least + p->plus < 0) return std::nullopt;
  const bool known = moves && up ? bounds_.is_below(range.stop, size, 1 - p->plus)
                                 : bounds_.is_below(v, size, -p->plus);
  if (known) return std::nullopt;
  if (moves && up) {
    llvm::Value* gaps = b_.ir.CreateSub(range.count, constant(1));
    v = b_.ir.CreateAdd(range.start, b_.ir.CreateMul(gaps, range.step));
  }
  llvm::Value* most = b_.ir.CreateSub(root(at->array).sizes[at->axis], constant(p->plus));
  return Limit{moves ? nullptr : v, size, -p->plus, b_.ir.CreateICmpSLT(v, most)};
}

// Adds to `limits` those of the indices that stand directly in a body, or in its branches.
void ScalarEmitter::gather(Ref loop, const Range& range, ir::BodyId body, bool branches,
                           std::vector<Limit>& limits) {
  const passes::LoopPositions positions(g_, loop);
  const auto add = [&](Ref array, size_t k, Ref index) {
    const auto l = limit(positions, range, array, k, index);
    const auto says_it = [&](const Limit& known) {
      return known.value == l->value && known.size == l->size && known.plus <= l->plus;
    };
    if (l && std::ranges::none_of(limits, says_it)) limits.push_back(*l);
  };
  for (Ref r : g_.body(body).nodes) {
    if (!branches) {
      each_index(g_, r, add);
    } else if (g_.op(r) == Op::if_) {
      for (ir::BodyId way : g_.bodies_of(r)) {
        gather(loop, range, way, false, limits);
        gather(loop, range, way, true, limits);
      }
    }
  }
}

ScalarEmitter::Ahead ScalarEmitter::find_ahead(Ref loop, const Range& range) {
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(range.step);
  if (!pace || pace->isZero()) return {};
  const ir::BodyId body = g_.attrs(loop).body("body");
  Ahead out;
  gather(loop, range, body, false, out.always);
  if (has_loops(g_, body)) return out;
  out.all = out.always;
  gather(loop, range, body, true, out.all);
  if (out.all.size() == out.always.size()) out.all.clear();
  return out;
}

}  // namespace codegen
