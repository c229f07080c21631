// What a scalar loop reads and writes. Arrays that it changes are memory of their own: values of
// the graph never change, so nothing else that the loop reads can lie there.
#include <llvm/IR/MDBuilder.h>

#include "codegen/kernel_builder.h"
#include "codegen/scalar_emitter.h"

namespace codegen {

void ScalarEmitter::name_memory() {
  llvm::MDBuilder md(b_.context());
  llvm::MDNode* domain = md.createAnonymousAliasScopeDomain();
  std::vector<llvm::Metadata*> each;
  for (size_t i = 0; i <= own_memory(); ++i) each.push_back(md.createAnonymousAliasScope(domain));
  for (size_t i = 0; i < each.size(); ++i) {
    std::vector<llvm::Metadata*> rest = each;
    rest.erase(rest.begin() + std::ptrdiff_t(i));
    scopes_.push_back(llvm::MDNode::get(b_.context(), each[i]));
    others_.push_back(llvm::MDNode::get(b_.context(), rest));
  }
  each.pop_back();
  all_ = llvm::MDNode::get(b_.context(), each);
}

namespace {

void tell(llvm::Instruction* i, llvm::MDNode* scope, llvm::MDNode* others) {
  i->setMetadata(llvm::LLVMContext::MD_alias_scope, scope);
  i->setMetadata(llvm::LLVMContext::MD_noalias, others);
}

}  // namespace

Val ScalarEmitter::load(llvm::Value* place, ir::DType t) {
  auto* v = b_.ir.CreateAlignedLoad(memory_type(b_, t, 1), place, llvm::Align(1));
  return from_memory(b_, t, v, 1);
}

llvm::Instruction* ScalarEmitter::store(llvm::Value* place, Val v) {
  llvm::Value* bits = v.is_mask() ? convert(v, ir::DType::u8).v : v.v;
  return b_.ir.CreateAlignedStore(bits, place, llvm::Align(1));
}

Val ScalarEmitter::load_element(const View& v, ir::DType t) {
  auto* bits = b_.ir.CreateAlignedLoad(memory_type(b_, t, 1), v.data, llvm::Align(1));
  tell(bits, scopes_[v.array], others_[v.array]);
  return from_memory(b_, t, bits, 1);
}

Val ScalarEmitter::load_run(const RowOperand& row, llvm::Value* first, ir::DType t, int lanes) {
  auto& ir = b_.ir;
  const View& v = row.view;
  llvm::Value* pace = v.strides[row.axis];
  const auto place = [&](llvm::Value* k) {
    return ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(k, pace));
  };
  if (lanes == 1) return load_element({place(first), {}, {}, v.array}, t);
  const auto one = [&](llvm::Value* at, int many) {
    auto* bits = ir.CreateAlignedLoad(memory_type(b_, t, many), at, llvm::Align(1));
    tell(bits, scopes_[v.array], others_[v.array]);
    return bits;
  };
  const auto* stride = llvm::dyn_cast<llvm::ConstantInt>(pace);
  if (stride && stride->getSExtValue() == ir::info(t).bytes)
    return from_memory(b_, t, one(place(first), lanes), lanes);
  llvm::Value* all = llvm::PoisonValue::get(memory_type(b_, t, lanes));
  for (int k = 0; k < lanes; ++k)
    all = ir.CreateInsertElement(all, one(place(ir.CreateAdd(first, constant(k))), 1), uint64_t(k));
  return from_memory(b_, t, all, lanes);
}

// As in kernels (KernelBuilder::gather), indices that are out of range read some element: whether
// there are such is another value.
Val ScalarEmitter::gathered(const View& table, ir::DType t, std::span<const Val> indices) {
  auto& ir = b_.ir;
  const int lanes = indices[0].lanes;
  llvm::Value* all = llvm::PoisonValue::get(memory_type(b_, t, lanes));
  for (int lane = 0; lane < lanes; ++lane) {
    llvm::Value* place = table.data;
    for (size_t k = 0; k < indices.size(); ++k) {
      llvm::Value *i = indices[k].v, *size = table.sizes[k];
      if (lanes > 1) i = ir.CreateExtractElement(i, uint64_t(lane));
      i = ir.CreateSelect(ir.CreateICmpSLT(i, constant(0)), ir.CreateAdd(i, size), i);
      i = ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, i, constant(0));
      i = ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, i, ir.CreateSub(size, constant(1)));
      place = ir.CreateGEP(ir.getInt8Ty(), place, ir.CreateMul(i, table.strides[k]));
    }
    if (lanes == 1) return load_element({place, {}, {}, table.array}, t);
    auto* bits = ir.CreateAlignedLoad(memory_type(b_, t, 1), place, llvm::Align(1));
    tell(bits, scopes_[table.array], others_[table.array]);
    all = ir.CreateInsertElement(all, bits, uint64_t(lane));
  }
  return from_memory(b_, t, all, lanes);
}

void ScalarEmitter::store_element(const View& v, Val value) {
  tell(store(v.data, value), scopes_[v.array], others_[v.array]);
}

// Reports, results and whatever the host does when it is asked.
void ScalarEmitter::nothing_else_is_an_element() {
  for (llvm::BasicBlock& block : *entry_->getParent())
    for (llvm::Instruction& i : block)
      if (i.mayReadOrWriteMemory() && !i.getMetadata(llvm::LLVMContext::MD_alias_scope) &&
          !readers_.contains(&i))
        i.setMetadata(llvm::LLVMContext::MD_noalias, all_);
}

}  // namespace codegen
