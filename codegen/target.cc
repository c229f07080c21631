#include "codegen/target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <iterator>
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
    // compiling takes two thirds of the time, and code needs fewer registers. Constants that do not
    // fit into registers are read where they are used; hoisted, they are spilled, which costs the
    // allocator most of its time.
    const char* options[] = {"braze", "-disable-lsr", "-disable-cgp",
                             "-sink-insts-to-avoid-spills"};
    llvm::cl::ParseCommandLineOptions(std::size(options), options, "", &llvm::nulls());
  });
}

const llvm::Target& find(const llvm::Triple& triple) {
  std::string why;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, why);
  if (!target) ir::fail<ir::Unsupported>() << "code for " << triple.str() << ": " << why;
  return *target;
}

// Bytes of the widest vector worth using. AVX-512 counts with byte, word and short-vector
// instructions.
int width(const llvm::Triple& triple, const llvm::MCSubtargetInfo& has) {
  if (!triple.isX86()) return 16;
  if (has.checkFeatures("+avx512f,+avx512bw,+avx512dq,+avx512vl")) return 64;
  return has.checkFeatures("+avx2,+fma") ? 32 : 16;
}

}  // namespace

Target target_named(const std::string& cpu) {
  initialise_llvm();
  Target t;
  t.triple = llvm::Triple(llvm::sys::getProcessTriple());
  t.cpu = cpu;
  if (cpu == "host") {
    t.cpu = llvm::sys::getHostCPUName().str();
    llvm::SubtargetFeatures features;
    for (const auto& feature : llvm::sys::getHostCPUFeatures())
      features.AddFeature(feature.getKey(), feature.getValue());
    t.features = features.getString();
  }
  const std::unique_ptr<llvm::MCSubtargetInfo> has(
      find(t.triple).createMCSubtargetInfo(t.triple, t.cpu, t.features));
  if (!has || !has->isCPUStringValid(t.cpu)) throw ir::UserError("no processor is named " + cpu);
  t.vector_bytes = width(t.triple, *has);
  t.native_half = t.triple.isAArch64() || has->checkFeatures("+f16c");
  t.big_masks = t.vector_bytes == 64;
  return t;
}

std::unique_ptr<llvm::TargetMachine> Target::machine() const {
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(
      find(triple).createTargetMachine(triple, cpu, features, options, llvm::Reloc::PIC_,
                                       llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less, true));
  if (!machine) ir::fail<ir::Unsupported>() << "code for " << triple.str();
  return machine;
}

std::string Target::text() const {
  return cpu + ", " + std::to_string(vector_bytes * 8) + "-bit vectors";
}

}  // namespace codegen
