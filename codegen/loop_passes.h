// LLVM's own passes over scalar loops, which are written down node by node: equal addresses are
// computed again and again, and one element at a time.
#pragma once
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace codegen {

// True if rounds of a loop are now done several at once.
bool improve_loops(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace codegen
