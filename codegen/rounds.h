// Loops and branches of a scalar loop's code.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "codegen/builder.h"
#include "codegen/value.h"
#include "ir/graph.h"

namespace codegen {

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

// Two ways, of which one is gone.
class Ways {
 public:
  Ways(Builder& b, llvm::Value* condition)
      : b_(b), to_{b.block("then"), b.block("else")}, after_(b.block("endif")) {
    b.ir.CreateCondBr(condition, to_[0], to_[1]);
  }
  void first() { b_.ir.SetInsertPoint(to_[0]); }
  void second() {
    from_[0] = b_.ir.GetInsertBlock();
    b_.ir.CreateBr(after_);
    b_.ir.SetInsertPoint(to_[1]);
  }
  // Behind both. What only one of them has is not known there.
  std::vector<Val> join(std::span<const Val> first, std::span<const Val> second) {
    if (!from_[1]) {
      from_[1] = b_.ir.GetInsertBlock();
      b_.ir.CreateBr(after_);
      b_.ir.SetInsertPoint(after_);
    }
    std::vector<Val> joined;
    for (size_t k = 0; k < first.size(); ++k) {
      const Val &x = first[k], &y = second[k];
      if (!x.v || !y.v || x.v == y.v) {
        joined.push_back(x.v == y.v ? x : Val{});
        continue;
      }
      auto* phi = b_.ir.CreatePHI(x.v->getType(), 2);
      phi->addIncoming(x.v, from_[0]);
      phi->addIncoming(y.v, from_[1]);
      joined.push_back(b_.val(phi, x.dtype));
    }
    return joined;
  }

 private:
  Builder& b_;
  llvm::BasicBlock *to_[2], *after_, *from_[2] = {nullptr, nullptr};
};

// How many are no arrays.
inline size_t with_values(std::span<const Val> some) {
  return size_t(std::ranges::count_if(some, [](const Val& v) { return v.v; }));
}

// `like`, arrays left out, with these values.
inline std::vector<Val> valued(Builder& b, std::span<const Val> like,
                               std::span<llvm::Value* const> v) {
  std::vector<Val> out;
  size_t k = 0;
  for (const Val& l : like) out.push_back(l.v ? b.val(v[k++], l.dtype) : Val{});
  return out;
}

// True if a body has loops, in its branches too; reductions of rows are such.
inline bool has_loops(const ir::Graph& g, ir::BodyId id) {
  return std::ranges::any_of(g.body(id).nodes, [&](ir::Ref r) {
    const ir::Op op = g.op(r);
    const bool loop = op == ir::Op::for_ || op == ir::Op::while_ || ir::is_reduce(op);
    const auto bodies = g.bodies_of(r);
    return loop || std::ranges::any_of(bodies, [&](ir::BodyId b) { return has_loops(g, b); });
  });
}

// For each index below `count`.
template <class F>
void each(Builder& b, llvm::Value* count, F&& f) {
  Rounds loop(b, b.ir.CreateICmpNE(count, b.ir.getInt64(0)));
  loop.begin();
  llvm::Value* k = loop.carry(b.ir.getInt64(0));
  f(k);
  llvm::Value* next = b.ir.CreateNUWAdd(k, b.ir.getInt64(1));
  loop.again(b.ir.CreateICmpULT(next, count), std::span(&next, 1), 0);
}

}  // namespace codegen
