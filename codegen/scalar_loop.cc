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
  std::vector<Val> values[2], held[2];
  const std::vector<Val> before = held_elements();
  llvm::BasicBlock* from[2];
  for (int i = 0; i < 2; ++i) {
    b_.ir.SetInsertPoint(i == 0 ? then : otherwise);
    const BodyId id = attrs.body(i == 0 ? "then" : "otherwise");
    auto known = bounds_.keep();
    body(id);
    bounds_.forget(std::move(known));
    values[i] = numbers(g_.body(id).results);
    held[i] = held_elements();
    hold(before);
    from[i] = here();
    b_.ir.CreateBr(after);
  }
  b_.ir.SetInsertPoint(after);
  // What only one of the ways has is not known afterwards.
  const auto join = [&](std::span<const std::vector<Val>, 2> ways) {
    std::vector<Val> joined;
    for (size_t k = 0; k < ways[0].size(); ++k) {
      const Val &x = ways[0][k], &y = ways[1][k];
      if (!x.v || !y.v || x.v == y.v) {
        joined.push_back(x.v == y.v ? x : Val{});
        continue;
      }
      auto* phi = b_.ir.CreatePHI(x.v->getType(), 2);
      phi->addIncoming(x.v, from[0]);
      phi->addIncoming(y.v, from[1]);
      joined.push_back(b_.val(phi, x.dtype));
    }
    return joined;
  };
  std::vector<Val> joined = join(values);
  hold(join(held));
  results(r, std::move(joined));
}

namespace {

// A loop with values in registers, whose rounds end with the question whether there is another: a
// loop without rounds is left before it begins.
struct Rounds {
  Builder& b;
  llvm::BasicBlock *left, *after, *before = nullptr, *head = nullptr;
  std::vector<llvm::Value*> initial;
  std::vector<llvm::PHINode*> phis;

  // What follows happens once, if the condition holds.
  Rounds(Builder& builder, llvm::Value* any)
      : b(builder), left(b.ir.GetInsertBlock()), after(b.block("after")) {
    before = b.block("before");
    b.ir.CreateCondBr(any, before, after);
    b.ir.SetInsertPoint(before);
  }
  // Begins the first round.
  void begin() {
    before = b.ir.GetInsertBlock();
    head = b.block("round");
    b.ir.CreateBr(head);
    b.ir.SetInsertPoint(head);
  }
  llvm::PHINode* carry(llvm::Value* first) {
    auto* phi = b.ir.CreatePHI(first->getType(), 2);
    phi->addIncoming(first, before);
    initial.push_back(first);
    phis.push_back(phi);
    return phi;
  }
  std::vector<Val> carry(std::span<const Val> first) {
    std::vector<Val> out;
    for (const Val& v : first) out.push_back(v.v ? b.val(carry(v.v), v.dtype) : Val{});
    return out;
  }
  // Goes round while the condition holds, with `next` in the order of the phis. Then the first of
  // them, those whose ends are asked for, are what they were in the end.
  std::vector<llvm::Value*> again(llvm::Value* more, std::span<llvm::Value* const> next,
                                  size_t asked) {
    llvm::BasicBlock* last = b.ir.GetInsertBlock();
    b.ir.CreateCondBr(more, head, after);
    b.ir.SetInsertPoint(after);
    std::vector<llvm::Value*> ends;
    for (size_t i = 0; i < next.size(); ++i) {
      phis[i]->addIncoming(next[i], last);
      if (i >= asked) continue;
      auto* end = b.ir.CreatePHI(next[i]->getType(), 2);
      end->addIncoming(initial[i], left);
      end->addIncoming(next[i], last);
      ends.push_back(end);
    }
    return ends;
  }
};

// `like`, arrays left out, with these values.
std::vector<Val> valued(Builder& b, std::span<const Val> like, std::span<llvm::Value* const> v) {
  std::vector<Val> out;
  size_t k = 0;
  for (const Val& l : like) out.push_back(l.v ? b.val(v[k++], l.dtype) : Val{});
  return out;
}

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

  Rounds loop(b_, ir.CreateICmpNE(count, constant(0)));
  auto known = bounds_.keep();
  const auto below = check_ahead(r, start, stop, step, count);
  const size_t outer = carries_.size();
  load_ahead(r, start, stop, step);
  loop.begin();
  llvm::Value *done = loop.carry(constant(0)), *counter = loop.carry(start);
  const std::vector<Val> now = loop.carry(initial);
  for (size_t k = outer; k < carries_.size(); ++k) carries_[k].begin(loop.carry(carries_[k].past));
  bounds_.counts(counter, start, stop, step);
  for (const Below& b : below) bounds_.found_below(counter, b.size, b.plus);
  numbers_[params[0].id] = b_.val(counter, ir::DType::i64);
  for (size_t k = 0; k < now.size(); ++k)
    if (now[k].v) numbers_[params[k + 1].id] = now[k];
  ++depth_;
  body(id);
  --depth_;
  // Behind the last round of steps of one the counter is `stop`.
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(step);
  const bool near = pace && (pace->isOne() || pace->isMinusOne());
  std::vector<llvm::Value*> next = {ir.CreateNUWAdd(done, constant(1)),
                                    ir.CreateAdd(counter, step, "", false, near)};
  for (const Val& v : numbers(g_.body(id).results))
    if (v.v) next.push_back(v.v);
  const size_t asked_for = next.size();
  for (size_t k = outer; k < carries_.size(); ++k)
    for (const Val& v : carries_[k].next()) next.push_back(v.v);
  drop_carries(outer);
  bounds_.forget(std::move(known));
  if (depth_ == 0) poll(done, has_loops(g_, id));
  const auto ends = loop.again(ir.CreateICmpULT(next[0], count), next, asked_for);
  results(r, valued(b_, now, std::span(ends).subspan(2)));
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
  if (depth_ == 0) poll(done, has_loops(g_, id));
  const auto ends = loop.again(more, next, next.size());
  results(r, valued(b_, now, std::span(ends).subspan(1)));
}

void emit_scalar_loop(Builder& b, const ir::Graph& graph, const ScalarLoop& loop,
                      const Jit::SizePlace& place, const LoopVariant& variant,
                      const std::string& symbol) {
  ScalarEmitter(b, graph, loop, place, variant, symbol).run();
}

}  // namespace codegen
