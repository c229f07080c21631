// The machine that code is made for: processor, features, vector width.
#pragma once
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Triple.h>

#include <memory>
#include <string>

namespace codegen {

struct Target {
  llvm::Triple triple;
  std::string cpu;
  std::string features;  // "+avx2,-sse4a,..."
  int vector_bytes = 16;
  bool native_half = false;  // f16 is converted in hardware
  bool big_masks = false;    // masks are registers, masked loads and stores are cheap

  // A code generator: the fast pipeline, position-independent code. Not thread-safe; have one a
  // thread.
  std::unique_ptr<llvm::TargetMachine> machine() const;
  std::string text() const;  // "znver5, 512-bit vectors"
};

// "host", the processor of this process, or one that LLVM has a name for ("x86-64-v3"); UserError
// if it has none. Initialises LLVM's back end on the first call.
Target target_named(const std::string& cpu);

}  // namespace codegen
