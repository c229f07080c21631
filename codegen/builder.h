// Where instructions go: the LLVM builder, its module, and what the target can do. Every Val points
// to the Builder it belongs to.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include "codegen/value.h"

namespace codegen {

struct Builder {
  explicit Builder(llvm::Module& m) : module(m), ir(m.getContext()) {}
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  llvm::Module& module;
  llvm::IRBuilder<> ir;
  bool native_half = false;  // the target converts f16 in hardware
  bool big_masks = false;    // AVX-512: masks are registers, masked loads and stores cost nothing
  int vector_bytes = 16;     // of a whole vector

  llvm::LLVMContext& context() { return module.getContext(); }
  // A new block of the current function, after the last one.
  llvm::BasicBlock* block(const char* name) {
    return llvm::BasicBlock::Create(context(), name, ir.GetInsertBlock()->getParent());
  }
  Val val(llvm::Value* v, ir::DType dtype, int lanes = 1) { return {this, v, dtype, lanes}; }
};

}  // namespace codegen
