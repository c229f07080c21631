#include "codegen/pairwise.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>

#include "codegen/kernel_builder.h"
#include "ir/pairwise.h"

namespace codegen {

namespace {

constexpr int blocks_at_once = 4;

using Vals = std::vector<Val>;
using llvm::BasicBlock;
using llvm::Value;

// Every second element of x and y, and its right neighbour.
std::pair<Val, Val> neighbours(Val x, Val y) {
  Builder& b = *x.b;
  if (x.is_complex()) {
    const ir::Complex<Val> p = parts(x), q = y.v ? parts(y) : ir::Complex<Val>{};
    const auto re = neighbours(p.re, q.re), im = neighbours(p.im, q.im);
    return {joined({re.first, im.first}), joined({re.second, im.second})};
  }
  const int n = x.lanes * (y.v ? 2 : 1) / 2;
  llvm::SmallVector<int, 16> even, odd;
  for (int i = 0; i < n; ++i) even.push_back(2 * i), odd.push_back(2 * i + 1);
  Value* second = y.v ? y.v : llvm::PoisonValue::get(x.v->getType());
  const Val left = b.val(b.ir.CreateShuffleVector(x.v, second, even), x.dtype, n);
  const Val right = b.val(b.ir.CreateShuffleVector(x.v, second, odd), x.dtype, n);
  return {left, right};
}

class Tree {
 public:
  Tree(Builder& b, const Summands& s)
      : b_(b), ir_(b.ir), s_(s), lanes_(s.dtypes.empty() ? 8 : block_of(s.dtypes[0])) {}
  Vals walk(Value* from, Value* n);

 private:
  struct Node {
    Value* begin;   // column
    Value* blocks;  // of `lanes_` columns
    Value* tail;    // columns beyond the blocks
  };
  // The place of the walk: the turns from the root, how many, and the node's first column.
  struct Place {
    llvm::PHINode *turns, *depth, *begin;
  };
  // Sums of a node: v if it is a leaf, else pair + (third + v); the tail is yet to be added to v.
  struct Partial {
    Vals pair, third, v;
  };
  Value* i64(int64_t v) { return ir_.getInt64(uint64_t(v)); }
  Value* columns(Value* blocks) { return ir_.CreateMul(blocks, i64(lanes_)); }
  Vals constants(double value, int n);
  Val plus(size_t sum, Val x, Val y);
  Val add_neighbours(size_t sum, Val x, Val y);
  Vals add(const Vals& x, const Vals& y);
  Vals leaf_sums(const Node& node, Value* four);
  Vals add_blocks(Value* begin, Value* end);
  Partial join_four(const Vals& sums);
  Partial last_alone(const Vals& sums);
  Vals node_sums(const Node& node, Value* four);
  Vals merge(const Vals& x, BasicBlock* from_x, const Vals& y, BasicBlock* from_y);
  Vals stack_at(Value* depth, const Vals* store);
  Vals climb(const Place& node, const Vals& sums, BasicBlock* head, Value* count);
  llvm::PHINode* phi(Value* v, BasicBlock* from) {
    auto* p = ir_.CreatePHI(v->getType(), 3);
    p->addIncoming(v, from);
    return p;
  }

  Builder& b_;
  llvm::IRBuilder<>& ir_;
  const Summands& s_;
  const int lanes_;  // of a block
  const int64_t leaf = ir::pairwise_block * lanes_;
  std::vector<Value*> stack_;  // per sum, the value of the left sibling at each depth
};

Vals Tree::constants(double value, int n) {
  Vals r;
  for (ir::DType t : s_.dtypes) {
    const Val x = constant(b_, ir::part_of(t), n, value);
    r.push_back(ir::is_complex(t) ? joined({x, x}) : x);
  }
  return r;
}

Val Tree::plus(size_t sum, Val x, Val y) {
  const Val r = x + y;
  if (s_.added) s_.added(sum, x, y, r);
  return r;
}

Val Tree::add_neighbours(size_t sum, Val x, Val y) {
  const auto [left, right] = neighbours(x, y);
  return plus(sum, left, right);
}

Vals Tree::add(const Vals& x, const Vals& y) {
  Vals r;
  for (size_t i = 0; i < x.size(); ++i) r.push_back(plus(i, x[i], y[i]));
  return r;
}

// The sums of a node's leaves, of which there are four or one, which is then the last. They are
// summed one after the other, as memory has them: the processor fetches ahead of a single stream,
// and runs the chains of additions of some leaves at once.
Vals Tree::leaf_sums(const Node& node, Value* four) {
  const size_t n = s_.dtypes.size();
  Vals carried{b_.val(node.begin, ir::DType::i64)};
  for (int q = 0; q < 4; ++q)
    for (const Val& zero : constants(-0.0, lanes_)) carried.push_back(zero);
  Value* shift = ir_.CreateSelect(four, i64(2), i64(0));
  Loop leaves(b_, i64(0), ir_.CreateSelect(four, i64(4), i64(1)), 1, "leaves", carried);
  // The turns that lead to the leaf, the first in the lowest bit.
  Value* turns = ir_.CreateOr(ir_.CreateLShr(leaves.counter, 1),
                              ir_.CreateShl(ir_.CreateAnd(leaves.counter, i64(1)), 1));
  Value* blocks = ir_.CreateLShr(ir_.CreateAdd(node.blocks, turns), shift);
  Value* begin = leaves.carried[0].v;
  Value* end = ir_.CreateAdd(begin, columns(blocks));
  Vals next{b_.val(end, ir::DType::i64)};
  next.insert(next.end(), leaves.carried.begin() + 1 + ptrdiff_t(n), leaves.carried.end());
  for (const Val& sum : add_blocks(begin, end)) next.push_back(sum);
  leaves.end(next);
  return {leaves.carried.begin() + 1, leaves.carried.end()};
}

// From -0.0 on, which changes nothing.
Vals Tree::add_blocks(Value* begin, Value* end) {
  const int64_t round = int64_t(blocks_at_once) * lanes_;
  Value* middle = ir_.CreateAdd(begin, ir_.CreateAnd(ir_.CreateSub(end, begin), i64(-round)));
  Loop rounds(b_, begin, middle, round, "blocks", constants(-0.0, lanes_));
  Vals sums = rounds.carried;
  for (int64_t at = 0; at < round; at += lanes_)
    sums = add(sums, s_.at(ir_.CreateNSWAdd(rounds.counter, i64(at)), lanes_));
  rounds.end(sums);
  Loop rest(b_, middle, end, lanes_, "block", rounds.carried);
  rest.end(add(rest.carried, s_.at(rest.counter, lanes_)));
  return rest.carried;
}

Tree::Partial Tree::join_four(const Vals& sums) {
  const size_t n = s_.dtypes.size();
  Partial r;
  for (size_t i = 0; i < n; ++i) {
    const Val* c = sums.data() + i;
    const Val halves =
        add_neighbours(i, add_neighbours(i, c[0], c[n]), add_neighbours(i, c[2 * n], c[3 * n]));
    const Val leaves = lanes_ == 8 ? add_neighbours(i, halves, {}) : halves;
    r.pair.push_back(plus(i, extract(leaves, 0), extract(leaves, 1)));
    r.third.push_back(extract(leaves, 2));
    r.v.push_back(extract(leaves, 3));
  }
  return r;
}

Tree::Partial Tree::last_alone(const Vals& sums) {
  const size_t n = s_.dtypes.size();
  Partial r{constants(0, 1), constants(0, 1), {}};
  for (size_t i = 0; i < n; ++i) {
    Val x = sums[3 * n + i];
    while (x.lanes > 2) x = add_neighbours(i, x, {});
    r.v.push_back(plus(i, extract(x, 0), extract(x, 1)));
  }
  return r;
}

Vals Tree::merge(const Vals& x, BasicBlock* from_x, const Vals& y, BasicBlock* from_y) {
  Vals r;
  for (size_t i = 0; i < x.size(); ++i) {
    auto* phi = ir_.CreatePHI(x[i].v->getType(), 2);
    phi->addIncoming(x[i].v, from_x);
    phi->addIncoming(y[i].v, from_y);
    r.push_back(b_.val(phi, x[i].dtype, x[i].lanes));
  }
  return r;
}

Vals Tree::node_sums(const Node& node, Value* four) {
  const Vals sums = leaf_sums(node, four);
  BasicBlock *on_four = b_.block("four"), *on_one = b_.block("one"), *joined = b_.block("joined");
  ir_.CreateCondBr(four, on_four, on_one);
  ir_.SetInsertPoint(on_four);
  const Partial x = join_four(sums);
  BasicBlock* from_four = ir_.GetInsertBlock();
  ir_.CreateBr(joined);
  on_one->moveAfter(from_four);
  ir_.SetInsertPoint(on_one);
  const Partial y = last_alone(sums);
  BasicBlock* from_one = ir_.GetInsertBlock();
  ir_.CreateBr(joined);
  joined->moveAfter(from_one);
  ir_.SetInsertPoint(joined);
  const Vals pair = merge(x.pair, from_four, y.pair, from_one);
  const Vals third = merge(x.third, from_four, y.third, from_one);
  const Vals v = merge(x.v, from_four, y.v, from_one);

  Value* from = ir_.CreateAdd(node.begin, columns(node.blocks));
  Loop tail(b_, from, ir_.CreateAdd(from, node.tail), 1, "rest", v);
  tail.end(add(tail.carried, s_.at(tail.counter, 1)));
  const Vals inner = add(pair, add(third, tail.carried));
  Vals r;
  for (size_t i = 0; i < inner.size(); ++i)
    r.push_back(b_.val(ir_.CreateSelect(four, inner[i].v, tail.carried[i].v), inner[i].dtype));
  return r;
}

// Reads what stands at a depth of the stack, or writes it.
Vals Tree::stack_at(Value* depth, const Vals* store) {
  Vals r;
  for (size_t i = 0; i < s_.dtypes.size(); ++i) {
    llvm::Type* t = type_of(b_, s_.dtypes[i], 1);
    Value* place = ir_.CreateGEP(t, stack_[i], depth);
    if (store) {
      ir_.CreateStore((*store)[i].v, place);
    } else {
      r.push_back(b_.val(ir_.CreateLoad(t, place), s_.dtypes[i]));
    }
  }
  return r;
}

Vals Tree::walk(Value* from, Value* n) {
  for (ir::DType t : s_.dtypes) stack_.push_back(stack_slot(b_, type_of(b_, t, 1), 64));
  Value *all = ir_.CreateUDiv(n, i64(lanes_)), *rest = ir_.CreateURem(n, i64(lanes_));
  BasicBlock* entry = ir_.GetInsertBlock();
  BasicBlock *head = b_.block("node"), *down = b_.block("down"), *here = b_.block("here");
  ir_.CreateBr(head);
  ir_.SetInsertPoint(head);
  Place at{phi(i64(0), entry), phi(i64(0), entry), phi(from, entry)};
  Value* blocks = ir_.CreateLShr(ir_.CreateAdd(all, at.turns), at.depth);
  Value* rightmost =
      ir_.CreateICmpEQ(ir_.CreateAdd(at.turns, i64(1)), ir_.CreateShl(i64(1), at.depth));
  Value* tail = ir_.CreateSelect(rightmost, rest, i64(0));
  Value* count = ir_.CreateAdd(columns(blocks), tail);
  // Four leaves: each half is more than a leaf, each quarter, the last with the tail, is not.
  Value* last = ir_.CreateAdd(columns(ir_.CreateLShr(ir_.CreateAdd(blocks, i64(3)), 2)), tail);
  Value* four = ir_.CreateAnd(ir_.CreateICmpUGE(blocks, i64(2 * (leaf / lanes_ + 1))),
                              ir_.CreateICmpULE(last, i64(leaf)));
  ir_.CreateCondBr(ir_.CreateOr(four, ir_.CreateICmpULE(count, i64(leaf))), here, down);
  ir_.SetInsertPoint(down);
  at.turns->addIncoming(at.turns, down);
  at.depth->addIncoming(ir_.CreateAdd(at.depth, i64(1)), down);
  at.begin->addIncoming(at.begin, down);
  ir_.CreateBr(head);

  ir_.SetInsertPoint(here);
  if (s_.before) s_.before(at.begin, count);
  return climb(at, node_sums({at.begin, blocks, tail}, four), head, count);
}

// From a finished node: up as long as it is a right child, whose left sibling waits on the stack;
// then over to the right sibling, through `head`. Ends at the root, with its sums.
Vals Tree::climb(const Place& node, const Vals& sums, BasicBlock* head, Value* count) {
  BasicBlock* from = ir_.GetInsertBlock();
  BasicBlock *up = b_.block("up"), *turn = b_.block("turn"), *join = b_.block("join");
  BasicBlock *next = b_.block("next"), *done = b_.block("done");
  ir_.CreateBr(up);
  ir_.SetInsertPoint(up);
  auto *depth = phi(node.depth, from), *turns = phi(node.turns, from);
  Vals v;
  for (const Val& s : sums) v.push_back(b_.val(phi(s.v, from), s.dtype));
  ir_.CreateCondBr(ir_.CreateICmpEQ(depth, i64(0)), done, turn);
  ir_.SetInsertPoint(turn);
  Value* above = ir_.CreateSub(depth, i64(1));
  Value* bit = ir_.CreateShl(i64(1), above);
  Value* toggled = ir_.CreateXor(turns, bit);
  ir_.CreateCondBr(ir_.CreateICmpEQ(ir_.CreateAnd(turns, bit), i64(0)), next, join);
  ir_.SetInsertPoint(join);
  const Vals joined = add(stack_at(depth, nullptr), v);
  BasicBlock* latch = ir_.GetInsertBlock();
  depth->addIncoming(above, latch), turns->addIncoming(toggled, latch);
  for (size_t i = 0; i < v.size(); ++i)
    llvm::cast<llvm::PHINode>(v[i].v)->addIncoming(joined[i].v, latch);
  ir_.CreateBr(up);
  ir_.SetInsertPoint(next);
  stack_at(depth, &v);
  node.turns->addIncoming(toggled, next), node.depth->addIncoming(depth, next);
  node.begin->addIncoming(ir_.CreateAdd(node.begin, count), next);
  ir_.CreateBr(head);
  ir_.SetInsertPoint(done);
  return v;
}

}  // namespace

int block_of(ir::DType t) {
  return ir::visit(t, [](auto tag) { return ir::pairwise_lanes<decltype(tag)>; });
}

std::vector<Val> emit_pairwise(Builder& b, Value* begin, Value* n, const Summands& summands) {
  return Tree(b, summands).walk(begin, n);
}

Value* stack_slot(Builder& b, llvm::Type* type, int64_t count) {
  BasicBlock& entry = b.ir.GetInsertBlock()->getParent()->getEntryBlock();
  llvm::IRBuilder<> at(&entry, entry.begin());
  auto* slot = at.CreateAlloca(type, at.getInt64(uint64_t(count)));
  slot->setAlignment(llvm::Align(64));
  return slot;
}

}  // namespace codegen
