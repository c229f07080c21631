#include "codegen/kernel_builder.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <cstddef>

#include "ir/error.h"

namespace codegen {

namespace {

// Reads a word of KernelArgs, or of an array it points to.
llvm::Value* read(Builder& b, llvm::Type* type, llvm::Value* from, size_t offset) {
  llvm::Value* place = b.ir.CreateConstInBoundsGEP1_64(b.ir.getInt8Ty(), from, offset);
  auto* load = b.ir.CreateAlignedLoad(type, place, llvm::Align(8));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(b.context(), {}));
  return load;
}

}  // namespace

KernelBuilder::KernelBuilder(Builder& builder, const ir::Graph& g, const passes::Kernel& kern,
                             const Variant& var, const std::string& symbol)
    : b(builder), graph(g), kernel(kern), variant(var) {
  BRAZE_CHECK(variant.access.size() == kernel.arrays.size() + kernel.outputs.size())
      << "codegen: " << variant.access.size() << " accesses for " << kernel.arrays.size()
      << " operands and " << kernel.outputs.size() << " outputs";
  llvm::Type* pointer = b.ir.getPtrTy();
  auto* type = llvm::FunctionType::get(b.ir.getVoidTy(), {pointer}, false);
  function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, symbol, b.module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  b.ir.SetInsertPoint(llvm::BasicBlock::Create(b.context(), "entry", function));
  args = function->getArg(0);
  auto* word = b.ir.getInt64Ty();
  rows = read(b, word, args, offsetof(KernelArgs, rows));
  columns = read(b, word, args, offsetof(KernelArgs, columns));
  scratch = read(b, pointer, args, offsetof(KernelArgs, scratch));
  watch = {read(b, pointer, args, offsetof(KernelArgs, reports)), variant.checked};
  watch.find_chosen(graph, kernel.order);
  for (ir::Ref r : kernel.arrays) operands.push_back(array(r, operands.size(), false));
  for (ir::Ref r : kernel.outputs)
    outputs.push_back(array(r, operands.size() + outputs.size(), true));
  load_tables();
}

// Behind the scalars stand the axes of the tables: stride in bytes, size.
void KernelBuilder::load_tables() {
  if (kernel.tables.empty()) return;
  llvm::Value* from = read(b, b.ir.getPtrTy(), args, offsetof(KernelArgs, scalars));
  size_t at = kernel.scalars.size() * 16;
  for (ir::Ref table : kernel.tables) {
    auto& axes = tables_.emplace_back();
    for (int k = 0; k < graph.type(table).rank(); ++k, at += 16)
      axes.push_back(
          {read(b, b.ir.getInt64Ty(), from, at), read(b, b.ir.getInt64Ty(), from, at + 8)});
  }
}

Array KernelBuilder::array(ir::Ref r, size_t number, bool output) {
  Array a{r, graph.type(r).dtype, variant.access[number]};
  // An output that does not move along the columns has one column: any stride is right.
  if (output && a.access == Access::broadcast) a.access = Access::strided;
  auto part = [&](size_t offset, llvm::Type* type) {
    return read(b, type, read(b, b.ir.getPtrTy(), args, offset), number * 8);
  };
  a.base = part(offsetof(KernelArgs, pointers), b.ir.getPtrTy());
  a.row_stride = part(offsetof(KernelArgs, row_strides), b.ir.getInt64Ty());
  if (a.access == Access::strided)
    a.column_stride = part(offsetof(KernelArgs, column_strides), b.ir.getInt64Ty());
  return a;
}

int KernelBuilder::number(ir::Ref r) const {
  return int(std::ranges::find(kernel.order, r) - kernel.order.begin());
}

Val KernelBuilder::scalar(size_t number) {
  const ir::Type& type = graph.type(kernel.scalars[number]);
  const ir::DType t = type.is_array() ? ir::DType::i64 : type.dtype;
  llvm::Value* from = read(b, b.ir.getPtrTy(), args, offsetof(KernelArgs, scalars));
  return from_memory(b, t, read(b, memory_type(b, t, 1), from, number * 16), 1);
}

const Array& KernelBuilder::operand(ir::Ref param) const {
  for (const Array& a : operands)
    if (a.ref == param) return a;
  ir::fail<ir::Bug>() << "codegen: " << param << " is no array operand";
}

llvm::Value* KernelBuilder::row_pointer(const Array& a, llvm::Value* row) {
  return b.ir.CreateGEP(b.ir.getInt8Ty(), a.base, b.ir.CreateMul(row, a.row_stride));
}

// The bits 0 .. columns - column - 1, as a mask.
llvm::Value* KernelBuilder::tail_mask(llvm::Value* column, int lanes) {
  auto& ir = b.ir;
  llvm::Value* left = ir.CreateSub(columns, column);
  llvm::Value* ones = index(-1);
  llvm::Value* some = ir.CreateNot(ir.CreateShl(ones, left));
  llvm::Value* word = ir.CreateSelect(ir.CreateICmpUGE(left, index(lanes)), ones, some);
  return ir.CreateBitCast(ir.CreateTrunc(word, ir.getIntNTy(unsigned(lanes))),
                          type_of(b, ir::DType::b1, lanes));
}

int KernelBuilder::lanes(int vector_bytes) const {
  int widest = 1;
  for (size_t i = 0; i < kernel.order.size(); ++i) {
    if (kernel.values[i].extent != passes::Kernel::Extent::full) continue;
    const ir::DType t = ir::part_of(graph.type(kernel.order[i]).dtype);
    widest = std::max(widest, ir::is_half(t) ? 4 : ir::info(t).bytes);
  }
  return std::max(1, vector_bytes / widest);
}

void KernelBuilder::finish() {
  const llvm::Triple& triple = b.module.getTargetTriple();
  if (variant.stream && triple.isX86()) b.ir.CreateIntrinsic(llvm::Intrinsic::x86_sse_sfence, {});
  b.ir.CreateRetVoid();
}

Val Scope::at(ir::Ref r) {
  const Val* known = find(r);
  BRAZE_CHECK(known) << "codegen: " << r << " is used before it is emitted";
  if (known->lanes == lanes_) return *known;
  const Val wide = splat(*known, lanes_);
  set(r, wide);
  return wide;
}

const Val* Scope::find(ir::Ref r) const {
  auto it = values_.find(r.id);
  if (it != values_.end()) return &it->second;
  return outer_ ? outer_->find(r) : nullptr;
}

Val Scope::emit(ir::Ref r) {
  llvm::SmallVector<Val, 4> inputs;
  for (ir::Ref in : k_.graph.inputs(r)) inputs.push_back(at(in));
  if (k_.graph.op(r) == ir::Op::gather) {
    const Val v = k_.gather(r, inputs);
    set(r, v);
    return v;
  }
  Val v = k_.graph.op(r) == ir::Op::constant
              ? literal(k_.b, k_.graph.type(r).dtype, k_.graph.attrs(r).scalar("value"))
              : codegen::emit(k_.graph, r, inputs);
  if (fences(k_.watch, k_.graph, r)) {
    v.v = k_.b.ir.CreateArithmeticFence(v.v, v.v->getType());
  } else if (watches(k_.watch, k_.graph, r)) {
    watch(k_.b, k_.watch, k_.number(r), k_.graph, r, inputs, v);
  }
  set(r, v);
  return v;
}

}  // namespace codegen
