// Planes of several axes that a scalar loop reduces, `image[i : i + 3, j : j + 3].sum()`. As NumPy,
// which puts what is not contiguous into its buffer, the loop lays the elements one after the other
// first, in memory of its own.
#include <cstddef>

#include "codegen/kernel_builder.h"
#include "codegen/rounds.h"
#include "codegen/scalar_emitter.h"
#include "ir/pairwise.h"

namespace codegen {

using ir::Ref;

// NumPy reduces in the order of memory, which is that of the axes (runtime::has_small_planes), and
// adds up several trees of what is too large for its buffer; what it computes is in one piece.
void ScalarEmitter::check_trees(const RowOperands& planes, Ref operand) {
  auto& ir = b_.ir;
  const auto array = planes.arrays.find(operand.id);
  if (array == planes.arrays.end()) return;
  llvm::Value* runs = ir.getTrue();
  for (size_t k = 1; k < planes.axes.size(); ++k) {
    const auto& strides = array->second.view.strides;
    llvm::Value* behind = ir.CreateMul(strides[planes.axes[k]], planes.sizes[k]);
    runs = ir.CreateAnd(runs, ir.CreateICmpEQ(strides[planes.axes[k - 1]], behind));
  }
  need(ir.CreateOr(runs, ir.CreateICmpULE(planes.count, constant(::ir::pairwise_buffer))));
}

// Memory that lasts until it is asked for again. Kept rows have places of their own; the first is
// for what is used up at once.
llvm::Value* ScalarEmitter::scratch(int place, llvm::Value* bytes) {
  auto& ir = b_.ir;
  llvm::Type* word = ir.getInt64Ty();
  auto* type = llvm::FunctionType::get(ir.getPtrTy(), {ir.getPtrTy(), word, word}, false);
  llvm::Value* memory =
      ir.CreateCall(type, member(offsetof(LoopArgs, scratch)),
                    {member(offsetof(LoopArgs, context)), constant(place), bytes});
  need(ir.CreateIsNotNull(memory));
  return memory;
}

llvm::Value* ScalarEmitter::laid_out(const RowOperands& rows, Ref operand, int place) {
  const int64_t bytes = ir::info(g_.type(operand).dtype).bytes;
  llvm::Value* to = scratch(place, b_.ir.CreateMul(rows.count, constant(bytes)));
  lay_out(rows, operand, to, 0);
  return to;
}

View ScalarEmitter::kept_row(const RowOperands& rows, Ref result, int place) {
  const ir::Type& type = g_.type(result);
  View v{laid_out(rows, result, place), {}, {}, own_memory()};
  for (ir::DimId d : type.dims) {
    v.sizes.push_back(size(d));
    v.strides.push_back(constant(ir::info(type.dtype).bytes));
  }
  return v;
}

// The elements along the axes from this one on, at `to`.
void ScalarEmitter::lay_out(const RowOperands& planes, Ref operand, llvm::Value* to, size_t axis) {
  auto& ir = b_.ir;
  const bool last = axis + 1 == planes.axes.size();
  llvm::Value* pace = constant(ir::info(g_.type(operand).dtype).bytes);
  for (size_t k = axis + 1; k < planes.sizes.size(); ++k)
    pace = ir.CreateMul(pace, planes.sizes[k]);
  each(b_, planes.sizes[axis], [&](llvm::Value* index) {
    llvm::Value* place = ir.CreateGEP(ir.getInt8Ty(), to, ir.CreateMul(index, pace));
    if (last) {
      std::unordered_map<uint32_t, Val> known;
      store(place, row_value(planes, operand, index, 1, known));
      return;
    }
    RowOperands part = planes;
    for (auto& [param, array] : part.arrays) {
      View& v = array.view;
      v.data =
          ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(index, v.strides[planes.axes[axis]]));
    }
    lay_out(part, operand, place, axis + 1);
  });
}

Val ScalarEmitter::load_flat(llvm::Value* from, llvm::Value* first, ir::DType t, int lanes) {
  auto& ir = b_.ir;
  llvm::Value* place =
      ir.CreateGEP(ir.getInt8Ty(), from, ir.CreateMul(first, constant(ir::info(t).bytes)));
  auto* bits = ir.CreateAlignedLoad(memory_type(b_, t, lanes), place, llvm::Align(1));
  return from_memory(b_, t, bits, lanes);
}

}  // namespace codegen
