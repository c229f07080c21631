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
