// Rows in a scalar loop: updates that change one element after the other.
//
// NumPy computes a row before it changes anything. So does the loop where elements are read behind
// the place where it writes; then the row goes by way of memory of its own.
#include "codegen/rounds.h"
#include "codegen/scalar_emitter.h"
#include "passes/row_kernels.h"

namespace codegen {

using ir::Op;
using ir::Ref;

// What an update does to a row: `kernel` invalid if the value is a number or a row itself.
struct ScalarEmitter::RowChange {
  Ref value, kernel;
  size_t axis;
  ir::DType dtype;
  View to;
  llvm::Value* count;
};

namespace {

llvm::Value* place_of(Builder& b, const View& v, size_t axis, llvm::Value* k) {
  return b.ir.CreateGEP(b.ir.getInt8Ty(), v.data, b.ir.CreateMul(k, v.strides[axis]));
}

}  // namespace

// The k-th element of the row that is computed.
Val ScalarEmitter::row_element(const RowChange& row, llvm::Value* k) {
  const auto at = [&](Ref r) {
    if (!is_array(r)) return numbers_.at(r.id);
    const View& v = seen(r);
    const View element{place_of(b_, v, row.axis, k), {}, {}, v.array};
    return load_element(element, g_.type(r).dtype);
  };
  if (!row.kernel.valid()) return at(row.value);
  const ir::Body& body = g_.body(g_.bodies_of(row.kernel)[0]);
  for (size_t i = 0; i < body.params.size(); ++i)
    if (!passes::is_number(g_, body.params[i]))
      numbers_[body.params[i].id] = at(g_.inputs(row.kernel)[i]);
  for (Ref r : body.nodes)
    if (!passes::is_number(g_, r)) number(r);
  return numbers_.at(body.results[0].id);
}

// Whether an element may be changed before it is read: not if the rows lie apart, and not if each
// is read where it is written, or further on.
llvm::Value* ScalarEmitter::may_overwrite(const RowChange& row, const View& from) {
  auto& ir = b_.ir;
  const auto address = [&](llvm::Value* p) { return ir.CreatePtrToInt(p, ir.getInt64Ty()); };
  llvm::Value *reads = address(from.data), *writes = address(row.to.data);
  llvm::Value *pace = row.to.strides[row.axis], *other = from.strides[row.axis];
  llvm::Value* forward = ir.CreateICmpSGE(pace, constant(0));
  llvm::Value* ahead =
      ir.CreateSelect(forward, ir.CreateICmpUGE(reads, writes), ir.CreateICmpULE(reads, writes));
  llvm::Value* follows = ir.CreateAnd(ir.CreateICmpEQ(pace, other), ahead);
  llvm::Value* gaps = ir.CreateSub(row.count, constant(1));
  const auto ends = [&](llvm::Value* first, llvm::Value* stride) {
    llvm::Value* last = ir.CreateAdd(first, ir.CreateMul(gaps, stride));
    llvm::Value* low = ir.CreateBinaryIntrinsic(llvm::Intrinsic::umin, first, last);
    llvm::Value* high = ir.CreateBinaryIntrinsic(llvm::Intrinsic::umax, first, last);
    return std::pair(low, ir.CreateAdd(high, constant(ir::info(row.dtype).bytes)));
  };
  const auto [from_low, from_high] = ends(reads, other);
  const auto [to_low, to_high] = ends(writes, pace);
  llvm::Value* apart =
      ir.CreateOr(ir.CreateICmpULE(from_high, to_low), ir.CreateICmpULE(to_high, from_low));
  return ir.CreateNot(ir.CreateOr(follows, apart));
}

void ScalarEmitter::row(Ref r, const View& to, size_t axis) {
  auto& ir = b_.ir;
  const Ref value = g_.inputs(r)[1];
  // A kernel before the loop has made an array, and rows may be kept.
  const bool computed = g_.op(value) == Op::kernel && !loop_.array_of.contains(value.id) &&
                        !loop_.kept_rows.contains(value.id);
  if (computed) row_numbers(value);
  const RowChange row{value, computed ? value : Ref{}, axis, g_.type(r).dtype, to, to.sizes[axis]};
  const auto write = [&](llvm::Value* k, Val v) {
    store_element({place_of(b_, to, axis, k), {}, {}, to.array}, v);
  };
  const auto directly = [&] {
    each(b_, row.count, [&](auto* k) { write(k, row_element(row, k)); });
  };
  llvm::Value* overwrites = nullptr;
  for (Ref in : computed ? g_.inputs(value) : g_.inputs(r).subspan(1, 1)) {
    if (passes::is_number(g_, in) || seen(in).array != to.array) continue;
    llvm::Value* one = may_overwrite(row, seen(in));
    overwrites = overwrites ? ir.CreateOr(overwrites, one) : one;
  }
  if (!overwrites) return directly();
  Ways ways(b_, overwrites);
  ways.first();
  const int64_t bytes = ir::info(row.dtype).bytes;
  llvm::Value* memory = scratch(0, ir.CreateMul(row.count, constant(bytes)));
  const auto kept = [&](llvm::Value* k) {
    return ir.CreateGEP(ir.getInt8Ty(), memory, ir.CreateMul(k, constant(bytes)));
  };
  each(b_, row.count, [&](auto* k) { store(kept(k), row_element(row, k)); });
  each(b_, row.count, [&](auto* k) { write(k, load(kept(k), row.dtype)); });
  ways.second();
  directly();
  ways.join({}, {});
}

}  // namespace codegen
