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

// NumPy reduces in the order of memory, which has to be that of the axes; of what its buffer does
// not hold it adds up several trees.
void ScalarEmitter::check_order(const RowOperands& planes) {
  auto& ir = b_.ir;
  llvm::Value* fits = ir.CreateICmpULE(planes.count, constant(ir::pairwise_buffer));
  for (const auto& [param, operand] : planes.arrays) {
    llvm::Value* outer = nullptr;
    for (size_t axis : planes.axes) {
      if (g_.dims.is(g_.type(Ref{param}).dims[axis], 1)) continue;
      llvm::Value* stride = operand.view.strides[axis];
      fits = ir.CreateAnd(fits, ir.CreateICmpSGE(stride, constant(0)));
      if (outer) fits = ir.CreateAnd(fits, ir.CreateICmpSGE(outer, stride));
      outer = stride;
    }
  }
  need(fits);
}

// Memory that lasts until more is asked for.
llvm::Value* ScalarEmitter::scratch(llvm::Value* bytes) {
  auto& ir = b_.ir;
  auto* type = llvm::FunctionType::get(ir.getPtrTy(), {ir.getPtrTy(), ir.getInt64Ty()}, false);
  llvm::Value* memory = ir.CreateCall(type, member(offsetof(LoopArgs, scratch)),
                                      {member(offsetof(LoopArgs, context)), bytes});
  need(ir.CreateIsNotNull(memory));
  return memory;
}

llvm::Value* ScalarEmitter::laid_out(const RowOperands& planes, Ref operand) {
  const int64_t bytes = ir::info(g_.type(operand).dtype).bytes;
  llvm::Value* to = scratch(b_.ir.CreateMul(planes.count, constant(bytes)));
  lay_out(planes, operand, to, 0);
  return to;
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
