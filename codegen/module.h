// From a kernel to an LLVM module, and from a module to object code or text. No linking.
#pragma once
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <functional>
#include <memory>
#include <string>

#include "codegen/jit.h"
#include "codegen/target.h"

namespace codegen {

struct KernelModule {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::string symbol;
  size_t scratch_per_column = 0;
  bool loop = false;  // a scalar loop, which the code generator's own passes leave too long
  // The same loop in another form, the better one where rounds are done one by one; may be empty.
  std::function<KernelModule()> one_by_one = {};
};

// The module of one kernel variant for `target`. Unsupported if the kernel cannot be compiled.
KernelModule build(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant,
                   const Target& target, const llvm::TargetMachine& machine);

// The module of a scalar loop.
KernelModule build(const ir::Graph& graph, const passes::ScalarLoop& loop,
                   const Jit::SizePlace& place, const LoopVariant& variant, const Target& target,
                   const llvm::TargetMachine& machine);

using Bytes = llvm::SmallVector<char, 0>;
Bytes emit_object(KernelModule& module, llvm::TargetMachine& machine);
std::string emit_assembly(KernelModule& module, llvm::TargetMachine& machine);

// A name made of the kernel's content: equal for kernels with equal code for equal targets.
std::string symbol_of(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant,
                      const Target& target);

// The same of a module, where nothing less says what is in it.
std::string key_of(const KernelModule& module, const Target& target);
// A hash of the module's instructions.
uint64_t hash_of(const KernelModule& module);

}  // namespace codegen
