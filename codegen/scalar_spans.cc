// Slices with run-time ends in a scalar loop, and products of the vectors that they give.
#include <algorithm>
#include <cstddef>

#include "codegen/kernel_builder.h"
#include "codegen/scalar_emitter.h"

namespace codegen {

using ir::Op;
using ir::Ref;

// As runtime::span_of: the ends of a slice as Python cuts them to an extent, then how many elements
// lie between them.
void ScalarEmitter::span(Ref r) {
  auto& ir = b_.ir;
  const ir::AttrView attrs = g_.attrs(r);
  const int64_t step = attrs.integer("step");
  llvm::Value* extent = size(attrs.dim("extent"));
  llvm::Value *zero = constant(0), *one = constant(1);
  llvm::Value* low = step < 0 ? constant(-1) : zero;
  llvm::Value* high = step < 0 ? ir.CreateSub(extent, one) : extent;
  const auto clamp = [&](Ref end) {
    llvm::Value* at = int64(numbers_.at(end.id));
    llvm::Value* inside = ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, at, high);
    const auto least = bounds_.least(at);
    if (least && *least >= 0) return inside;
    llvm::Value* from_end =
        ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, ir.CreateAdd(at, extent), low);
    return ir.CreateSelect(ir.CreateICmpSLT(at, zero), from_end, inside);
  };
  llvm::Value *start = clamp(g_.inputs(r)[0]), *stop = clamp(g_.inputs(r)[1]);
  llvm::Value* distance = step < 0 ? ir.CreateSub(start, stop) : ir.CreateSub(stop, start);
  llvm::Value* some = ir.CreateICmpSGT(distance, zero);
  llvm::Value* pace = constant(step < 0 ? int64_t(0 - uint64_t(step)) : step);
  llvm::Value* gaps = ir.CreateUDiv(ir.CreateSub(distance, one), pace);
  llvm::Value* count = ir.CreateSelect(some, ir.CreateAdd(gaps, one), zero);
  llvm::Value* first = ir.CreateSelect(some, start, zero);
  bounds_.at_least(count, 0);
  bounds_.at_least(first, 0);
  const ir::DimId given = g_.dims.resolve(attrs.dim("size"));
  if (std::ranges::find(loop_.giving, r) != loop_.giving.end()) {
    given_[given.id] = count;
  } else {
    need(ir.CreateICmpEQ(count, size(given)));
  }
  numbers_[r.id] = b_.val(first, ir::DType::i64);
}

// As runtime::window. What a span of the same extent and size says is in range.
View ScalarEmitter::window(Ref r, const View& v) {
  auto& ir = b_.ir;
  const ir::AttrView attrs = g_.attrs(r);
  const auto axis = size_t(attrs.integer("axis"));
  const int64_t step = attrs.integer("step");
  const Ref at = g_.inputs(r)[1];
  llvm::Value *first = int64(numbers_.at(at.id)), *count = size(attrs.dim("size"));
  const ir::DimId extent = g_.type(g_.inputs(r)[0]).dims[axis];
  const bool is_span = g_.op(at) == Op::span && g_.attrs(at).integer("step") == step &&
                       g_.dims.equal(g_.attrs(at).dim("extent"), extent) &&
                       g_.dims.equal(g_.attrs(at).dim("size"), attrs.dim("size"));
  if (!is_span) {
    llvm::Value *zero = constant(0), *all = v.sizes[axis];
    llvm::Value* negative = ir.CreateICmpSLT(first, zero);
    first = ir.CreateSelect(negative, ir.CreateAdd(first, all), first);
    llvm::Value* none = ir.CreateICmpEQ(count, zero);
    llvm::Value* begins = ir.CreateICmpULT(first, all);
    need(ir.CreateOr(none, ir.CreateAnd(begins, ir.CreateICmpULE(count, all))));
    // At most `all` steps, which are short enough not to overflow where an array has them.
    llvm::Value* room = step > 0 ? ir.CreateSub(ir.CreateSub(all, constant(1)), first) : first;
    llvm::Value* steps =
        ir.CreateUDiv(room, constant(step > 0 ? step : int64_t(0 - uint64_t(step))));
    need(ir.CreateOr(none, ir.CreateICmpULE(ir.CreateSub(count, constant(1)), steps)));
    first = ir.CreateSelect(none, zero, first);
  }
  View out = v;
  out.data = ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(first, v.strides[axis]));
  out.sizes[axis] = count;
  out.strides[axis] = ir.CreateMul(v.strides[axis], constant(step));
  return out;
}

void ScalarEmitter::product(Ref r) {
  auto& ir = b_.ir;
  const View &left = seen(g_.inputs(r)[0]), &right = seen(g_.inputs(r)[1]);
  const ir::DType t = g_.type(r).dtype;
  llvm::AllocaInst* out = nullptr;
  {
    const llvm::IRBuilderBase::InsertPointGuard guard(ir);
    ir.SetInsertPoint(entry_, entry_->begin());
    out = ir.CreateAlloca(memory_type(b_, t, 1));
  }
  llvm::Type *word = ir.getInt64Ty(), *pointer = ir.getPtrTy();
  auto* type = llvm::FunctionType::get(
      ir.getInt32Ty(), {pointer, word, pointer, word, pointer, word, word, pointer}, false);
  need(ir.CreateICmpEQ(left.sizes[0], right.sizes[0]));
  llvm::CallInst* done = ir.CreateCall(
      type, member(offsetof(LoopArgs, product)),
      {member(offsetof(LoopArgs, context)), constant(product_kind(int64_t(g_.op(r)), int64_t(t))),
       left.data, left.strides[0], right.data, right.strides[0], left.sizes[0], out});
  readers_.insert(done);
  need(ir.CreateIsNotNull(done));
  numbers_[r.id] = load(out, t);
}

}  // namespace codegen
