#include "codegen/scalar_loop.h"

#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <cstddef>

#include "codegen/scalar_emitter.h"

namespace codegen {

using ir::BodyId;
using ir::Op;
using ir::Ref;
using passes::ScalarLoop;

void ScalarEmitter::body(BodyId id) {
  for (Ref r : g_.body(id).nodes) node(r);
}

void ScalarEmitter::node(Ref r) {
  const Op op = g_.op(r);
  if (op == Op::update) return update(r);
  if (op == Op::if_) return branch(r);
  if (op == Op::for_) return for_loop(r);
  if (op == Op::while_) return while_loop(r);
  if (op == Op::item && is_array(r)) return;
  if (op == Op::item) {
    const auto index = size_t(g_.attrs(r).integer("index"));
    numbers_[r.id] = tuples_.at(g_.inputs(r)[0].id)[index];
    return;
  }
  if (ir::is_view(op)) return view(r);
  number(r);
}

// Control nodes with one result stand for it, others are taken apart by `item`.
void ScalarEmitter::results(Ref r, std::vector<Val> values) {
  if (values.size() == 1 && !is_array(r)) numbers_[r.id] = values[0];
  tuples_[r.id] = std::move(values);
}

void ScalarEmitter::branch(Ref r) {
  const ir::AttrView attrs = g_.attrs(r);
  llvm::BasicBlock *then = b_.block("then"), *otherwise = b_.block("else"),
                   *after = b_.block("endif");
  b_.ir.CreateCondBr(numbers_.at(g_.inputs(r)[0].id).v, then, otherwise);
  std::vector<Val> values[2];
  llvm::BasicBlock* from[2];
  for (int i = 0; i < 2; ++i) {
    b_.ir.SetInsertPoint(i == 0 ? then : otherwise);
    const BodyId id = attrs.body(i == 0 ? "then" : "otherwise");
    auto known = bounds_.keep();
    body(id);
    bounds_.forget(std::move(known));
    values[i] = numbers(g_.body(id).results);
    from[i] = here();
    b_.ir.CreateBr(after);
  }
  b_.ir.SetInsertPoint(after);
  std::vector<Val> joined;
  for (size_t k = 0; k < values[0].size(); ++k) {
    const Val& v = values[0][k];
    if (!v.v) {
      joined.emplace_back();
      continue;
    }
    auto* phi = b_.ir.CreatePHI(v.v->getType(), 2);
    for (int i = 0; i < 2; ++i) phi->addIncoming(values[i][k].v, from[i]);
    joined.push_back(b_.val(phi, v.dtype));
  }
  results(r, std::move(joined));
}

namespace {

// A loop with values in registers: the block in which each round begins.
struct Rounds {
  Builder& b;
  llvm::BasicBlock *before, *head;
  std::vector<llvm::PHINode*> phis;

  explicit Rounds(Builder& builder) : b(builder), before(b.ir.GetInsertBlock()) {
    head = b.block("head");
    b.ir.CreateBr(head);
    b.ir.SetInsertPoint(head);
  }
  llvm::PHINode* carry(llvm::Value* initial) {
    auto* phi = b.ir.CreatePHI(initial->getType(), 2);
    phi->addIncoming(initial, before);
    phis.push_back(phi);
    return phi;
  }
  std::vector<Val> carry(std::span<const Val> initial) {
    std::vector<Val> out;
    for (const Val& v : initial) out.push_back(v.v ? b.val(carry(v.v), v.dtype) : Val{});
    return out;
  }
  // Goes round: `next` in the order of the phis, arrays left out.
  void again(std::span<llvm::Value* const> next) {
    for (size_t i = 0; i < next.size(); ++i) phis[i]->addIncoming(next[i], b.ir.GetInsertBlock());
    b.ir.CreateBr(head);
  }
};

}  // namespace

// Lets the host end the outermost loop, now and then.
void ScalarEmitter::poll(llvm::Value* rounds, bool nested) {
  auto& ir = b_.ir;
  const int64_t mask = nested ? 63 : 65535;
  llvm::BasicBlock *ask = b_.block("ask"), *on = b_.block("on");
  llvm::Value* due = ir.CreateICmpEQ(ir.CreateAnd(rounds, constant(mask)), constant(mask));
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

bool has_loops(const ir::Graph& g, BodyId id) {
  return std::ranges::any_of(g.body(id).nodes, [&](Ref r) {
    const bool loop = g.op(r) == Op::for_ || g.op(r) == Op::while_;
    const auto bodies = g.bodies_of(r);
    return loop || std::ranges::any_of(bodies, [&](BodyId b) { return has_loops(g, b); });
  });
}

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

void ScalarEmitter::for_loop(Ref r) {
  auto& ir = b_.ir;
  const BodyId id = g_.attrs(r).body("body");
  const auto inputs = g_.inputs(r);
  const auto& params = g_.body(id).params;
  llvm::Value *start = int64(numbers_.at(inputs[0].id)), *stop = int64(numbers_.at(inputs[1].id)),
              *step = int64(numbers_.at(inputs[2].id));
  if (!llvm::isa<llvm::ConstantInt>(step)) need(ir.CreateICmpNE(step, constant(0)));
  llvm::Value* count = trip_count(b_, start, stop, step);
  const std::vector<Val> initial = numbers(inputs.subspan(3));

  Rounds loop(b_);
  llvm::Value *done = loop.carry(constant(0)), *counter = loop.carry(start);
  const std::vector<Val> now = loop.carry(initial);
  llvm::BasicBlock *inside = b_.block("round"), *after = b_.block("after");
  ir.CreateCondBr(ir.CreateICmpULT(done, count), inside, after);
  ir.SetInsertPoint(inside);
  auto known = bounds_.keep();
  bounds_.counts(counter, start, stop, step);
  numbers_[params[0].id] = b_.val(counter, ir::DType::i64);
  for (size_t k = 0; k < now.size(); ++k)
    if (now[k].v) numbers_[params[k + 1].id] = now[k];
  ++depth_;
  body(id);
  --depth_;
  std::vector<llvm::Value*> next = {ir.CreateAdd(done, constant(1)), ir.CreateAdd(counter, step)};
  for (const Val& v : numbers(g_.body(id).results))
    if (v.v) next.push_back(v.v);
  bounds_.forget(std::move(known));
  if (depth_ == 0) poll(done, has_loops(g_, id));
  loop.again(next);
  ir.SetInsertPoint(after);
  results(r, now);
}

void ScalarEmitter::while_loop(Ref r) {
  auto& ir = b_.ir;
  const ir::AttrView attrs = g_.attrs(r);
  const BodyId test = attrs.body("test"), id = attrs.body("body");
  const std::vector<Val> initial = numbers(g_.inputs(r));
  Rounds loop(b_);
  llvm::Value* done = loop.carry(constant(0));
  const std::vector<Val> now = loop.carry(initial);
  for (BodyId b : {test, id}) {
    for (size_t k = 0; k < now.size(); ++k)
      if (now[k].v) numbers_[g_.body(b).params[k].id] = now[k];
  }
  ++depth_;
  auto known = bounds_.keep();
  body(test);
  llvm::BasicBlock *inside = b_.block("round"), *after = b_.block("after");
  ir.CreateCondBr(numbers_.at(g_.body(test).results[0].id).v, inside, after);
  ir.SetInsertPoint(inside);
  body(id);
  --depth_;
  std::vector<llvm::Value*> next = {ir.CreateAdd(done, constant(1))};
  for (const Val& v : numbers(g_.body(id).results))
    if (v.v) next.push_back(v.v);
  bounds_.forget(std::move(known));
  if (depth_ == 0) poll(done, has_loops(g_, id));
  loop.again(next);
  ir.SetInsertPoint(after);
  results(r, now);
}

void emit_scalar_loop(Builder& b, const ir::Graph& graph, const ScalarLoop& loop,
                      const Jit::SizePlace& place, bool checked, const std::string& symbol) {
  ScalarEmitter(b, graph, loop, place, checked, symbol).run();
}

}  // namespace codegen
