// Slices with run-time ends in a scalar loop, and products of the vectors that they give.
#include <algorithm>
#include <cstddef>

#include "codegen/kernel_builder.h"
#include "codegen/scalar_emitter.h"
#include "passes/loop_sizes.h"

namespace codegen {

using ir::Op;
using ir::Ref;

namespace {

int64_t magnitude(int64_t step) { return step < 0 ? int64_t(0 - uint64_t(step)) : step; }

// True if a span of this extent, step and size says where a part begins: then it is in range.
bool in_range(const ir::Graph& g, Ref at, ir::DimId extent, int64_t step, ir::DimId size) {
  if (g.op(at) != Op::span) return false;
  const ir::AttrView attrs = g.attrs(at);
  return g.dims.is(attrs.dim("step"), step) && g.dims.equal(attrs.dim("extent"), extent) &&
         g.dims.equal(attrs.dim("size"), size);
}

}  // namespace

uint32_t ScalarEmitter::symbol_of(Ref span) const {
  return passes::distance_to_size(g_.dims, g_.attrs(span).dim("size"))->symbol;
}

// What must hold of the sizes that depend on one that is known now, and on none that follows.
void ScalarEmitter::check_sizes(uint32_t symbol) {
  auto& ir = b_.ir;
  const auto follows = [&](uint32_t s) {
    return !given_.contains(s) &&
           std::ranges::any_of(loop_.giving, [&](Ref span) { return symbol_of(span) == s; });
  };
  for (const ::ir::Check& c : g_.dims.checks()) {
    const auto symbols = g_.dims.symbols(c.dim);
    if (!symbols.contains(symbol) || std::ranges::any_of(symbols, follows)) continue;
    llvm::Value *value = size(c.dim), *zero = constant(0);
    need(c.relation == ::ir::Check::zero      ? ir.CreateICmpEQ(value, zero)
         : c.relation == ::ir::Check::nonzero ? ir.CreateICmpNE(value, zero)
                                              : ir.CreateICmpSGE(value, zero));
  }
}

// As runtime::span_of: the ends of a slice as Python cuts them to an extent, then how many elements
// lie between them.
void ScalarEmitter::span(Ref r) {
  auto& ir = b_.ir;
  const ir::AttrView attrs = g_.attrs(r);
  const int64_t step = *g_.dims.value(attrs.dim("step"));
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
  llvm::Value* pace = constant(magnitude(step));
  llvm::Value* gaps = ir.CreateUDiv(ir.CreateSub(distance, one), pace);
  llvm::Value* count = ir.CreateSelect(some, ir.CreateAdd(gaps, one), zero);
  llvm::Value* first = ir.CreateSelect(some, start, zero);
  bounds_.at_least(count, 0);
  bounds_.at_least(first, 0);
  const ir::DimId given = attrs.dim("size");
  if (std::ranges::find(loop_.giving, r) != loop_.giving.end()) {
    const uint32_t symbol = symbol_of(r);
    given_[symbol] = count;
    check_sizes(symbol);
  } else {
    need(ir.CreateICmpEQ(count, size(given)));
  }
  numbers_[r.id] = b_.val(first, ir::DType::i64);
}

// As runtime::window: leaves `count` elements of an axis, `step` apart.
void ScalarEmitter::cut(View& v, size_t axis, Ref at, ir::DimId extent, int64_t step,
                        ir::DimId part) {
  auto& ir = b_.ir;
  llvm::Value *first = int64(numbers_.at(at.id)), *count = size(part);
  if (!in_range(g_, at, extent, step, part)) {
    llvm::Value *zero = constant(0), *all = v.sizes[axis];
    llvm::Value* negative = ir.CreateICmpSLT(first, zero);
    first = ir.CreateSelect(negative, ir.CreateAdd(first, all), first);
    llvm::Value* none = ir.CreateICmpEQ(count, zero);
    llvm::Value* begins = ir.CreateICmpULT(first, all);
    need(ir.CreateOr(none, ir.CreateAnd(begins, ir.CreateICmpULE(count, all))));
    llvm::Value* room = step > 0 ? ir.CreateSub(ir.CreateSub(all, constant(1)), first) : first;
    llvm::Value* steps = ir.CreateUDiv(room, constant(magnitude(step)));
    need(ir.CreateOr(none, ir.CreateICmpULE(ir.CreateSub(count, constant(1)), steps)));
    first = ir.CreateSelect(none, zero, first);
  }
  v.data = ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(first, v.strides[axis]));
  v.sizes[axis] = count;
  v.strides[axis] = ir.CreateMul(v.strides[axis], constant(step));
}

View ScalarEmitter::window(Ref r, const View& v) {
  const ir::AttrView attrs = g_.attrs(r);
  const Ref of = g_.inputs(r)[0], at = g_.inputs(r)[1];
  const auto axis = size_t(attrs.integer("axis"));
  View out = v;
  const int64_t step = *g_.dims.value(attrs.dim("step"));
  cut(out, axis, at, g_.type(of).dims[axis], step, attrs.dim("size"));
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
      {member(offsetof(LoopArgs, context)), constant(int64_t(g_.op(r)) << 8 | int64_t(t)),
       left.data, left.strides[0], right.data, right.strides[0], left.sizes[0], out});
  readers_.insert(done);
  need(ir.CreateIsNotNull(done));
  numbers_[r.id] = load(out, t);
}

}  // namespace codegen
