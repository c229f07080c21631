#include "codegen/reduce.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>

#include <algorithm>

#include "ir/error.h"
#include "ir/formula.h"

namespace codegen {

using ir::DType;
using ir::minimum;

namespace {

template <class V>
V first_of(ir::Op op, V x) {
  V result;
  ir::visit_reduce(op, [&](auto, auto first, auto) { result = first(x); });
  return result;
}

Val step_of(ir::Op op, Val a, Val x) {
  Val result;
  ir::visit_reduce(op, [&](auto, auto, auto step) { result = step(a, x); });
  return result;
}

Val half_of(Val x, bool upper) {
  const int lanes = x.lanes / 2;
  if (lanes == 1) return extract(x, upper);
  llvm::SmallVector<int, 64> pick;
  for (int i = 0; i < lanes; ++i) pick.push_back(upper ? i + lanes : i);
  return x.b->val(x.b->ir.CreateShuffleVector(x.v, pick), x.dtype, lanes);
}

Val masked(llvm::Value* mask, Val on, Val off) {
  return mask ? select(on.b->val(mask, DType::b1, on.lanes), on, off) : on;
}

}  // namespace

Reduction::Reduction(const ir::Graph& graph, ir::Ref n, int place, const Watch& watch)
    : node(n),
      operand(graph.inputs(n)[0]),
      op(graph.op(n)),
      result(graph.type(n).dtype),
      number(place) {
  const DType t = graph.type(operand).dtype;
  compute = ir::is_half(t) ? DType::f32 : t;
  placed = ir::info(op).rule == ir::Rule::place;
  using Number = ir::Lane<int32_t>;
  from_element = first_of(op, Number{2}).v != first_of(op, Number{3}).v;
  buffered = op == ir::Op::buffered_sum;
  // Rounding makes order matter. NumPy adds neighbours pairwise, but multiplies one by one.
  const bool rounds = ir::is_float(compute) || ir::is_complex(compute);
  if (!rounds || from_element) {
    order = Order::any;
  } else {
    const bool sum = op == ir::Op::sum || buffered;
    order = sum && result != DType::bf16 ? Order::pairwise : Order::sequence;
  }
  if (!ir::is_float(compute) || !watches(watch, graph, n)) return;
  if (watch.all) steps = watch;
  if (ir::is_half(result)) rounding = watch;
}

Val Reduction::widened(Val x) const { return ir::is_half(x.dtype) ? widen(x) : x; }

Running Reduction::first(Val x) const {
  Running a{first_of(op, x), {}};
  if (placed) a.place = constant(*x.b, DType::i64, x.lanes, int64_t(0));
  return a;
}

Running Reduction::first(Builder& b, int lanes) const {
  BRAZE_CHECK(!from_element) << "codegen: " << ir::spelling(op) << " has no constant start";
  return first(constant(b, compute, lanes, int64_t(0)));
}

// Along a row of any order x stands first: what a NaN or a tie gives then waits for x alone, so
// that the chain through `a` is one instruction shorter.
Running Reduction::step(Running a, Val x, Val place, llvm::Value* mask, bool rounded) const {
  const bool turned = !rounded && order == Order::any && ir::info(op).commutative;
  const Val s = turned ? step_of(op, x, a.value) : step_of(op, a.value, x);
  if (placed) {
    const Val better =
        masked(mask, ir::replaces(a.value, s), constant(*x.b, DType::b1, x.lanes, int64_t(0)));
    return {select(better, x, a.value), select(better, place, a.place)};
  }
  const Val value = rounded && ir::is_half(result) ? widen(convert(s, result)) : s;
  note(a.value, x, value);
  return {masked(mask, value, a.value), {}};
}

void Reduction::note(Val a, Val x, Val r) const {
  if (steps.reports || (ir::is_half(result) && rounding.reports))
    watch_step(*r.b, steps.reports ? steps : rounding, number, ir::info(op).raises, a, x, r);
}

Val Reduction::better(Val a, Val x) const { return ir::replaces(a, step_of(op, a, x)); }

Reduction Reduction::without_place() const {
  Reduction r = *this;
  r.placed = false;
  return r;
}

Running Reduction::join(Running a, Running b) const {
  BRAZE_CHECK(order == Order::any) << "codegen: join of " << ir::spelling(op);
  if (!placed) return step(a, b.value, {}, nullptr, false);
  const Val tie = (!better(b.value, a.value)) & (b.place < a.place);
  const Val moves = better(a.value, b.value) | tie;
  return {select(moves, b.value, a.value), select(moves, b.place, a.place)};
}

Running Reduction::fold(Running a) const {
  const auto halve = [](Val x, auto&& join) {
    while (x.lanes > 1) x = join(half_of(x, false), half_of(x, true));
    return x;
  };
  const auto joined = [&](Val x, Val y) {
    return without_place().step({x, {}}, y, {}, nullptr, false).value;
  };
  const Val best = halve(a.value, joined);
  if (!placed) return {best, {}};
  // The value first; then the lowest of the positions where no lane is behind it.
  const Val behind = better(a.value, splat(best, a.value.lanes));
  const Val far = constant(*best.b, DType::i64, a.value.lanes, INT64_MAX);
  const Val place = halve(select(behind, far, a.place), [](Val x, Val y) { return minimum(x, y); });
  return {best, place};
}

Val Reduction::finish(Running a) const {
  if (placed) return a.place;
  const Val r = convert(a.value, result);
  if (rounding.reports)
    watch_step(*r.b, rounding, number, ir::Raises::over, a.value, a.value, widen(r));
  return r;
}

void Reduction::push(std::vector<Val>& to, Running a) const {
  to.push_back(a.value);
  if (placed) to.push_back(a.place);
}

Running Reduction::pop(const std::vector<Val>& from, size_t& next) const {
  Running a{from[next++], {}};
  if (placed) a.place = from[next++];
  return a;
}

Shape shape_of(const KernelBuilder& k) {
  bool strided = false, small_strided = false;
  for (const auto* arrays : {&k.operands, &k.outputs})
    for (const Array& a : *arrays)
      if (a.access == Access::strided) strided = true, small_strided |= a.bytes() < 4;
  // Strided elements cost an instruction each, so more of them at once gain nothing.
  const int lanes = std::min(k.lanes(k.b.vector_bytes), strided ? 16 : 64);
  return {lanes, k.b.big_masks && !small_strided && lanes > 1};
}

llvm::Value* first_lanes(Builder& b, llvm::Value* left, int lanes) {
  auto& ir = b.ir;
  llvm::Value* ones = ir.getInt64(~uint64_t(0));
  llvm::Value* some = ir.CreateNot(ir.CreateShl(ones, left));
  llvm::Value* word =
      ir.CreateSelect(ir.CreateICmpUGE(left, ir.getInt64(uint64_t(lanes))), ones, some);
  return ir.CreateBitCast(ir.CreateTrunc(word, ir.getIntNTy(unsigned(lanes))),
                          type_of(b, DType::b1, lanes));
}

Val positions(Builder& b, llvm::Value* position, int lanes) {
  const Val first = splat(b.val(position, DType::i64), lanes);
  if (lanes == 1) return first;
  llvm::SmallVector<llvm::Constant*, 64> steps;
  for (int i = 0; i < lanes; ++i) steps.push_back(b.ir.getInt64(uint64_t(i)));
  return first + b.val(llvm::ConstantVector::get(steps), DType::i64, lanes);
}

}  // namespace codegen
