// Indices that are checked before a loop begins, not in each of its rounds.
//
// Every round does all that stands directly in the loop's body. So if the last counter gives an
// index out of range, the plain function raises IndexError sooner or later: to decline is right
// before the first round, too.
#include "codegen/scalar_emitter.h"

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
  for (size_t k = 0; k < axes.size(); ++k) f(inputs[0], size_t(axes[k]), inputs[k + 2]);
}

}  // namespace

std::vector<ScalarEmitter::Below> ScalarEmitter::check_ahead(Ref loop, llvm::Value* start,
                                                             llvm::Value* stop, llvm::Value* step,
                                                             llvm::Value* count) {
  auto& ir = b_.ir;
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(step);
  if (!pace || pace->isZero()) return {};
  const bool up = !pace->isNegative();
  const passes::LoopPositions positions(g_, loop);
  const auto low = bounds_.least(up ? start : stop);
  llvm::Value* rounds = ir.CreateSub(count, constant(1));
  llvm::Value* high = up ? ir.CreateAdd(start, ir.CreateMul(rounds, step)) : start;
  std::vector<Below> found;
  const auto check = [&](Ref array, size_t k, Ref index) {
    const auto p = positions.of(index);
    const auto at = axis_of(g_, array, k);
    if (!p || !p->base.valid() || !at || !loop_.array_of.contains(at->array.id)) return;
    const ir::DimId size = g_.type(array).dims[k];
    const bool moves = p->base == positions.counter();
    if (!moves && (is_array(p->base) || !numbers_.contains(p->base.id))) return;
    llvm::Value* v = moves ? high : numbers_.at(p->base.id).v;
    const auto least = moves ? (low && !up ? std::optional(*low + 1) : low) : bounds_.least(v);
    if (!least || *least + p->plus < 0) return;
    const bool known = moves && up ? bounds_.is_below(stop, size, 1 - p->plus)
                                   : bounds_.is_below(moves ? start : v, size, -p->plus);
    for (const Below& b : found)
      if (moves && b.size == size && b.plus <= -p->plus) return;
    if (known) return;
    llvm::Value* limit = ir.CreateSub(root(at->array).sizes[at->axis], constant(p->plus));
    need(ir.CreateICmpSLT(v, limit));
    if (moves) {
      found.push_back({size, -p->plus});
    } else {
      bounds_.found_below(v, size, -p->plus);
    }
  };
  for (Ref r : g_.body(g_.attrs(loop).body("body")).nodes) each_index(g_, r, check);
  return found;
}

}  // namespace codegen
