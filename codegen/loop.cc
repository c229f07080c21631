// Counted loops, tested before the first round and after each, and branches.
#include <llvm/IR/MDBuilder.h>

#include "codegen/kernel_builder.h"
#include "ir/error.h"

namespace codegen {

Loop::Loop(Builder& b, llvm::Value* from, llvm::Value* to, int64_t step, const char* name,
           std::vector<Val> initial)
    : carried(initial), b_(b), initial_(std::move(initial)), to_(to), step_(step) {
  auto& ir = b.ir;
  before_ = ir.GetInsertBlock();
  head_ = b.block(name);
  after_ = b.block("after");
  ir.CreateCondBr(ir.CreateICmpSLT(from, to), head_, after_);
  ir.SetInsertPoint(head_);
  auto* phi = ir.CreatePHI(from->getType(), 2);
  phi->addIncoming(from, before_);
  counter = phi;
  for (Val& v : carried) {
    auto* p = ir.CreatePHI(v.v->getType(), 2);
    p->addIncoming(v.v, before_);
    v.v = p;
  }
}

void Loop::end(const std::vector<Val>& next, llvm::Value* stop) {
  BRAZE_CHECK(next.size() == carried.size()) << "codegen: a loop carries " << carried.size();
  auto& ir = b_.ir;
  llvm::Value* step = llvm::ConstantInt::get(counter->getType(), uint64_t(step_));
  llvm::Value* following = ir.CreateNSWAdd(counter, step);
  llvm::BasicBlock* latch = ir.GetInsertBlock();
  llvm::Value* more = ir.CreateICmpSLT(following, to_);
  if (stop) more = ir.CreateAnd(more, ir.CreateNot(stop));
  ir.CreateCondBr(more, head_, after_);
  after_->moveAfter(latch);
  llvm::cast<llvm::PHINode>(counter)->addIncoming(following, latch);
  ir.SetInsertPoint(after_);
  for (size_t i = 0; i < next.size(); ++i) {
    llvm::cast<llvm::PHINode>(carried[i].v)->addIncoming(next[i].v, latch);
    auto* last = ir.CreatePHI(next[i].v->getType(), 2);
    last->addIncoming(initial_[i].v, before_);
    last->addIncoming(next[i].v, latch);
    carried[i].v = last;
  }
}

Fork::Fork(Builder& b, llvm::Value* condition)
    : b_(b), first_(b.block("likely")), second_(b.block("unlikely")), after_(b.block("joined")) {
  b.ir.CreateCondBr(condition, first_, second_,
                    llvm::MDBuilder(b.context()).createLikelyBranchWeights());
  b.ir.SetInsertPoint(first_);
}

void Fork::otherwise() {
  first_ = b_.ir.GetInsertBlock();
  b_.ir.CreateBr(after_);
  b_.ir.SetInsertPoint(second_);
}

void Fork::end() {
  second_ = b_.ir.GetInsertBlock();
  b_.ir.CreateBr(after_);
  b_.ir.SetInsertPoint(after_);
}

Val Fork::join(Val first, Val second) {
  auto* phi = b_.ir.CreatePHI(first.v->getType(), 2);
  phi->addIncoming(first.v, first_);
  phi->addIncoming(second.v, second_);
  return b_.val(phi, first.dtype, first.lanes);
}

}  // namespace codegen
