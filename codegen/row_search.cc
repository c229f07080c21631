#include "codegen/row_search.h"

namespace codegen {

namespace {

using llvm::Value;

constexpr int64_t piece_bytes = 1024;  // little to search again, and still many vectors

class Search {
 public:
  Search(RowLoops& loops, const Reduction& reduction, int phase, int cost)
      : loops_(loops),
        b_(loops.b),
        value_(reduction.without_place()),
        phase_(phase),
        cost_(cost),
        vectors_(loops.spread(loops.lanes, loops.uniform_vector)) {}

  Val place() {
    find_piece();
    Value* column = piece_;
    if (loops_.lanes > 1) column = scan(column, loops_.lanes, false);
    column = loops_.masked ? scan(column, loops_.lanes, true) : scan(column, 1, false);
    return b_.val(column, ir::DType::i64);
  }

 private:
  void find_piece();
  Val beyond(const Accumulators& acc, Val best);
  Value* scan(Value* from, int lanes, bool masked);
  Val found(Value* column, int lanes, Value* mask);

  RowLoops& loops_;
  Builder& b_;
  Reduction value_;
  int phase_, cost_;
  Scope vectors_;
  Val best_;
  Value* piece_ = nullptr;  // the first column of the piece with the best value
};

// Whether a value better than `best` has been met.
Val Search::beyond(const Accumulators& acc, Val best) {
  const Val vector = acc.vector[0].value;
  const Val some = any(value_.better(splat(best, vector.lanes), vector));
  return loops_.masked ? some : some | value_.better(best, acc.single[0].value);
}

void Search::find_piece() {
  const std::vector<Reduction> one{value_};
  const std::vector<ir::Ref> none;
  const int64_t length = piece_bytes / ir::info(value_.compute).bytes;
  Accumulators acc = loops_.start(one, phase_);
  const Val first = acc.single[0].value;
  const Val begin = b_.val(loops_.i64(0), ir::DType::i64);
  Loop loop(b_, begin.v, loops_.k.columns, length, "piece",
            {acc.vector[0].value, first, first, begin});
  acc = {{{loop.carried[0], {}}}, {{loop.carried[1], {}}}};
  const Val best = loop.carried[2], piece = loop.carried[3];
  Value* left = b_.ir.CreateSub(loops_.k.columns, loop.counter);
  Value* most = loops_.i64(length);
  Value* count = b_.ir.CreateSelect(b_.ir.CreateICmpSLT(left, most), left, most);
  loops_.sweep({phase_, one, none, cost_, false}, loop.counter, count, acc);
  Fork fork(b_, (!beyond(acc, best)).v);
  fork.otherwise();
  const Val found = loops_.results(one, acc)[0].value;
  fork.end();
  const Val now = fork.join(best, found);
  const Val there = fork.join(piece, b_.val(loop.counter, ir::DType::i64));
  // Nothing is beyond True, or in argmin beyond False.
  Value* stop = nullptr;
  if (now.is_mask())
    stop = (!(value_.better(now, num(now, 0)) | value_.better(now, num(now, 1)))).v;
  loop.end({acc.vector[0].value, acc.single[0].value, now, there}, stop);
  best_ = loop.carried[2];
  piece_ = loop.carried[3].v;
}

// Lanes that hold the best value, or are NaN as it is.
Val Search::found(Value* column, int lanes, Value* mask) {
  Site site{Scope(loops_.k, lanes, lanes == 1 ? loops_.row : &vectors_), column, mask, phase_};
  const Val x = splat(value_.widened(loops_.value(site, value_.operand)), lanes);
  const Val best = splat(best_, lanes);
  const Val hit = best.is_float() ? (x == best) | ((best != best) & (x != x)) : x == best;
  return mask ? hit & b_.val(mask, ir::DType::b1, lanes) : hit;
}

// From `from` on: with masks, the first column that holds the best value; else the first of a
// vector that does, or of the columns that fill no vector.
Value* Search::scan(Value* from, int lanes, bool masked) {
  auto& ir = b_.ir;
  Value* end = loops_.k.columns;
  llvm::BasicBlock* before = ir.GetInsertBlock();
  llvm::BasicBlock *head = b_.block("scan"), *body = b_.block("look"), *hit = b_.block("hit");
  ir.CreateBr(head);
  ir.SetInsertPoint(head);
  auto* column = ir.CreatePHI(ir.getInt64Ty(), 2);
  column->addIncoming(from, before);
  Value* last = masked ? column : ir.CreateAdd(column, loops_.i64(lanes - 1));
  ir.CreateCondBr(ir.CreateICmpSLT(last, end), body, hit);
  ir.SetInsertPoint(body);
  Value* mask = masked ? first_lanes(b_, ir.CreateSub(end, column), lanes) : nullptr;
  const Val lanes_hit = found(column, lanes, mask);
  llvm::BasicBlock* latch = ir.GetInsertBlock();
  column->addIncoming(ir.CreateAdd(column, loops_.i64(lanes)), latch);
  Value* lane = loops_.i64(0);
  if (masked) {
    Value* word = ir.CreateBitCast(lanes_hit.v, ir.getIntNTy(unsigned(lanes)));
    Value* wide = ir.CreateZExt(word, ir.getInt64Ty());
    lane = ir.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, wide, ir.getFalse());
  }
  Value* place = ir.CreateAdd(column, lane);
  ir.CreateCondBr(any(lanes_hit).v, hit, head);
  hit->moveAfter(latch);
  ir.SetInsertPoint(hit);
  auto* result = ir.CreatePHI(ir.getInt64Ty(), 2);
  result->addIncoming(column, head);
  result->addIncoming(place, latch);
  return result;
}

}  // namespace

Val find_place(RowLoops& loops, const Reduction& reduction, int phase, int cost) {
  return Search(loops, reduction, phase, cost).place();
}

}  // namespace codegen
