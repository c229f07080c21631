#include "codegen/scalar_loop.h"

#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <cstddef>

#include "codegen/rounds.h"
#include "codegen/scalar_emitter.h"
#include "passes/row_kernels.h"

namespace codegen {

using ir::BodyId;
using ir::Op;
using ir::Ref;
using passes::ScalarLoop;

void ScalarEmitter::body(BodyId id) {
  const auto outer = given_;
  for (Ref r : g_.body(id).nodes) node(r);
  given_ = outer;
}

void ScalarEmitter::node(Ref r) {
  const Op op = g_.op(r);
  if (op == Op::update) return update(r);
  if (op == Op::if_) return branch(r);
  if (op == Op::for_) return for_loop(r);
  if (op == Op::while_) return while_loop(r);
  if (op == Op::item) {
    const auto index = size_t(g_.attrs(r).integer("index"));
    const Val v = tuples_.at(g_.inputs(r)[0].id)[index];
    const auto rows = kept_.find(g_.inputs(r)[0].id);
    if (v.v) numbers_[r.id] = v;  // no array
    if (!v.v && rows != kept_.end()) views_[r.id] = rows->second[index];
    return;
  }
  if (ir::is_view(op)) return view(r);
  if (op == Op::kernel) return kernel(r);
  if (op == Op::span) return span(r);
  if (op == Op::require) return need(numbers_.at(g_.inputs(r)[0].id).v);
  if (ir::is_product(op)) return product(r);
  number(r);
}

// Control nodes with one result stand for it, others are taken apart by `item`.
void ScalarEmitter::results(Ref r, std::vector<Val> values) {
  if (values.size() == 1 && values[0].v) numbers_[r.id] = values[0];
  tuples_[r.id] = std::move(values);
}

void ScalarEmitter::branch(Ref r) {
  const ir::AttrView attrs = g_.attrs(r);
  const std::vector<Val> before = held_elements();
  const auto way = [&](const char* name) {
    const BodyId id = attrs.body(name);
    auto known = bounds_.keep();
    body(id);
    bounds_.forget(std::move(known));
    return std::pair(numbers(g_.body(id).results), held_elements());
  };
  Ways ways(b_, numbers_.at(g_.inputs(r)[0].id).v);
  ways.first();
  const auto [then, held_then] = way("then");
  hold(before);
  ways.second();
  const auto [otherwise, held_otherwise] = way("otherwise");
  std::vector<Val> joined = ways.join(then, otherwise);
  hold(ways.join(held_then, held_otherwise));
  results(r, std::move(joined));
}

namespace {

// How many rounds of the outermost loop go by until the host is asked: if there are no loops inside
// it, or some.
constexpr int64_t polled_rounds = 65536, polled_nests = 64;

llvm::Value* behind_each(Builder& b, llvm::Value* rounds, int64_t many) {
  return b.ir.CreateICmpEQ(b.ir.CreateURem(rounds, b.ir.getInt64(many)), b.ir.getInt64(0));
}

}  // namespace

// Lets the host end the outermost loop.
void ScalarEmitter::poll(llvm::Value* due) {
  auto& ir = b_.ir;
  llvm::BasicBlock *ask = b_.block("ask"), *on = b_.block("on");
  auto* rarely = llvm::MDBuilder(b_.context()).createBranchWeights(1, 1 << 16);
  ir.CreateCondBr(due, ask, on, rarely);
  ir.SetInsertPoint(ask);
  auto* type = llvm::FunctionType::get(ir.getInt32Ty(), {ir.getPtrTy()}, false);
  llvm::Value* stop =
      ir.CreateCall(type, member(offsetof(LoopArgs, poll)), {member(offsetof(LoopArgs, context))});
  ir.CreateCondBr(ir.CreateIsNull(stop), on, stopped_);
  ir.SetInsertPoint(on);
}

namespace {

// How often a range goes round: 0, or the distance between its ends over the step, rounded up.
llvm::Value* trip_count(Builder& b, llvm::Value* start, llvm::Value* stop, llvm::Value* step) {
  auto& ir = b.ir;
  llvm::Value* zero = ir.getInt64(0);
  llvm::Value* up = ir.CreateICmpSGT(step, zero);
  llvm::Value* low = ir.CreateSelect(up, start, stop);
  llvm::Value* high = ir.CreateSelect(up, stop, start);
  llvm::Value* pace = ir.CreateSelect(up, step, ir.CreateNeg(step));
  llvm::Value* gaps = ir.CreateSub(ir.CreateSub(high, low), ir.getInt64(1));
  llvm::Value* rounds = ir.CreateAdd(ir.CreateUDiv(gaps, pace), ir.getInt64(1));
  return ir.CreateSelect(ir.CreateICmpSLT(low, high), rounds, zero);
}

}  // namespace

ScalarEmitter::RangeState ScalarEmitter::carry(Rounds& loop, const RangeState& first,
                                               size_t outer) {
  RangeState at{loop.carry(first.done), loop.carry(first.values)};
  for (size_t k = outer; k < carries_.size(); ++k) carries_[k].begin(loop.carry(carries_[k].past));
  return at;
}

// One round, and what goes on to the next.
std::vector<llvm::Value*> ScalarEmitter::round(Ref r, const RangeState& at, size_t outer) {
  const BodyId id = g_.attrs(r).body("body");
  const auto& params = g_.body(id).params;
  for (size_t k = 0; k < at.values.size(); ++k)
    if (at.values[k].v) numbers_[params[k + 1].id] = at.values[k];
  ++depth_;
  body(id);
  --depth_;
  std::vector<llvm::Value*> next = {b_.ir.CreateNUWAdd(at.done, constant(1))};
  for (const Val& v : numbers(g_.body(id).results))
    if (v.v) next.push_back(v.v);
  for (size_t k = outer; k < carries_.size(); ++k)
    for (const Val& v : carries_[k].next()) next.push_back(v.v);
  return next;
}

// All rounds, where these limits hold; what the loop carries in the end.
std::vector<Val> ScalarEmitter::rounds(Ref r, const Range& range, std::span<const Limit> limits) {
  auto& ir = b_.ir;
  const std::vector<Val> initial = numbers(g_.inputs(r).subspan(3));
  Rounds loop(b_, ir.CreateICmpNE(range.count, constant(0)));
  auto known = bounds_.keep();
  for (const Limit& l : limits) {
    need(l.holds);
    if (l.value) bounds_.found_below(l.value, l.size, l.plus);
  }
  const size_t outer = carries_.size();
  load_ahead(r, range);
  loop.begin();
  RangeState at = carry(loop, {constant(0), initial}, outer);
  // The host is asked behind many rounds; in a loop without loops behind a stretch of them, in
  // which nothing goes round but the body.
  const BodyId id = g_.attrs(r).body("body");
  const bool asks = depth_ == 0;
  llvm::Value* end = range.count;
  std::optional<Rounds> stretch;
  if (asks && !has_loops(g_, id)) {
    end = ir.CreateBinaryIntrinsic(llvm::Intrinsic::umin, range.count,
                                   ir.CreateNUWAdd(at.done, constant(polled_rounds)));
    stretch.emplace(b_, ir.CreateICmpULT(at.done, end));
    stretch->begin();
    at = carry(*stretch, at, outer);
  }
  // In every round the counter lies between the ends; how far it is from the first may be more than
  // an int64 holds, if the steps are long.
  constexpr int64_t long_step = 1 << 16;
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(range.step);
  const bool near = pace && std::abs(pace->getSExtValue() / 2) < long_step / 2;
  llvm::Value* counter = ir.CreateAdd(
      range.start, ir.CreateMul(at.done, range.step, "", false, near), "", false, near);
  numbers_[g_.body(id).params[0].id] = b_.val(counter, ir::DType::i64);
  bounds_.counts(counter, range.start, range.stop, range.step);
  for (const Limit& l : limits)
    if (!l.value) bounds_.found_below(counter, l.size, l.plus);
  std::vector<llvm::Value*> next = round(r, at, outer);
  drop_carries(outer);
  bounds_.forget(std::move(known));
  if (stretch) next = stretch->again(ir.CreateICmpULT(next[0], end), next, next.size());
  llvm::Value* more = ir.CreateICmpULT(next[0], range.count);
  if (asks) poll(stretch ? more : behind_each(b_, next[0], polled_nests));
  const auto ends = loop.again(more, next, 1 + with_values(initial));
  return valued(b_, initial, std::span(ends).subspan(1));
}

void ScalarEmitter::for_loop(Ref r) {
  auto& ir = b_.ir;
  const auto inputs = g_.inputs(r);
  const auto number = [&](size_t k) { return int64(numbers_.at(inputs[k].id)); };
  Range range{number(0), number(1), number(2), nullptr};
  need(ir.CreateICmpNE(range.step, constant(0)));
  range.count = trip_count(b_, range.start, range.stop, range.step);
  const Ahead ahead = find_ahead(r, range);
  if (ahead.all.empty()) return results(r, rounds(r, range, ahead.always));

  llvm::Value* inside = ir.getTrue();
  for (const Limit& l : ahead.all) inside = ir.CreateAnd(inside, l.holds);
  Ways ways(b_, inside);
  ways.first();
  const std::vector<Val> first = rounds(r, range, ahead.all);
  ways.second();
  const std::vector<Val> second = rounds(r, range, ahead.always);
  results(r, ways.join(first, second));
}

// Whether there is a round with these values.
llvm::Value* ScalarEmitter::asked(BodyId test, std::span<const Val> values) {
  for (size_t k = 0; k < values.size(); ++k)
    if (values[k].v) numbers_[g_.body(test).params[k].id] = values[k];
  auto known = bounds_.keep();
  body(test);
  bounds_.forget(std::move(known));
  return numbers_.at(g_.body(test).results[0].id).v;
}

void ScalarEmitter::while_loop(Ref r) {
  auto& ir = b_.ir;
  const ir::AttrView attrs = g_.attrs(r);
  const BodyId test = attrs.body("test"), id = attrs.body("body");
  const std::vector<Val> initial = numbers(g_.inputs(r));
  ++depth_;
  Rounds loop(b_, asked(test, initial));
  loop.begin();
  llvm::Value* done = loop.carry(constant(0));
  const std::vector<Val> now = loop.carry(initial);
  for (size_t k = 0; k < now.size(); ++k)
    if (now[k].v) numbers_[g_.body(id).params[k].id] = now[k];
  auto known = bounds_.keep();
  body(id);
  bounds_.forget(std::move(known));
  std::vector<llvm::Value*> next = {ir.CreateAdd(done, constant(1))};
  for (const Val& v : numbers(g_.body(id).results))
    if (v.v) next.push_back(v.v);
  llvm::Value* more = asked(test, valued(b_, now, std::span(next).subspan(1)));
  --depth_;
  if (depth_ == 0) poll(behind_each(b_, next[0], has_loops(g_, id) ? polled_nests : polled_rounds));
  const auto ends = loop.again(more, next, next.size());
  results(r, valued(b_, now, std::span(ends).subspan(1)));
}

bool emit_scalar_loop(Builder& b, const ir::Graph& graph, const ScalarLoop& loop,
                      const Jit::SizePlace& place, const LoopVariant& variant,
                      const std::string& symbol, bool hold_notes) {
  return ScalarEmitter(b, graph, loop, place, variant, symbol).run(hold_notes);
}

}  // namespace codegen
