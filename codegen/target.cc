#include "codegen/target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <mutex>

#include "ir/error.h"

namespace codegen {

namespace {

void initialise_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    // The kernels' addresses are already as the processor wants them: without these passes
    // compiling takes two thirds of the time, and code needs fewer registers.
    const char* options[] = {"braze", "-disable-lsr", "-disable-cgp"};
    llvm::cl::ParseCommandLineOptions(3, options, "", &llvm::nulls());
  });
}

// Bytes of the widest vector worth using. AVX-512 counts with byte, word and short-vector
// instructions.
int width(const llvm::Triple& triple, const llvm::StringMap<bool>& has) {
  if (!triple.isX86()) return 16;
  if (has.lookup("avx512f") && has.lookup("avx512bw") && has.lookup("avx512dq") &&
      has.lookup("avx512vl"))
    return 64;
  return has.lookup("avx2") && has.lookup("fma") ? 32 : 16;
}

}  // namespace

Target host_target() {
  initialise_llvm();
  Target t;
  t.triple = llvm::Triple(llvm::sys::getProcessTriple());
  t.cpu = llvm::sys::getHostCPUName().str();
  const llvm::StringMap<bool> has = llvm::sys::getHostCPUFeatures();
  llvm::SubtargetFeatures features;
  for (const auto& feature : has) features.AddFeature(feature.getKey(), feature.getValue());
  t.features = features.getString();
  t.vector_bytes = width(t.triple, has);
  t.native_half = has.lookup("f16c") || t.triple.isAArch64();
  t.big_masks = t.vector_bytes == 64;
  return t;
}

std::unique_ptr<llvm::TargetMachine> Target::machine() const {
  std::string why;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, why);
  if (!target) ir::fail<ir::Unsupported>() << "code for " << triple.str() << ": " << why;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, cpu, features, options, llvm::Reloc::PIC_,
                                  llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less, true));
  if (!machine) ir::fail<ir::Unsupported>() << "code for " << triple.str();
  return machine;
}

std::string Target::text() const {
  return cpu + ", " + std::to_string(vector_bytes * 8) + "-bit vectors";
}

}  // namespace codegen
