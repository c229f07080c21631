#include "codegen/loop_passes.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/ScopedNoAliasAA.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopStrengthReduce.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>

#include <algorithm>

namespace codegen {

namespace {

// Aliases are known from what the loop's accesses say (name_memory) and from addresses.
llvm::AAManager aliases() {
  llvm::AAManager out;
  out.registerFunctionAnalysis<llvm::BasicAA>();
  out.registerFunctionAnalysis<llvm::ScopedNoAliasAA>();
  return out;
}

template <class Pass>
auto in_loops(Pass pass, bool memory_ssa) {
  return llvm::createFunctionToLoopPassAdaptor(std::move(pass), memory_ssa);
}

void simplify(llvm::FunctionPassManager& passes) {
  passes.addPass(llvm::SimplifyCFGPass(
      llvm::SimplifyCFGOptions().sinkCommonInsts(true).hoistCommonInsts(true)));
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(in_loops(llvm::LICMPass(llvm::LICMOptions()), true));
  passes.addPass(in_loops(llvm::IndVarSimplifyPass(), false));
}

// What LLVM's vectoriser has left alone has no vectors: braze writes one element at a time.
bool is_vectorised(llvm::Function& f) {
  return std::ranges::any_of(llvm::instructions(f),
                             [](const llvm::Instruction& i) { return i.getType()->isVectorTy(); });
}

}  // namespace

bool improve_loops(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  functions.registerPass(aliases);
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  llvm::FunctionPassManager before, after, last;
  before.addPass(llvm::PromotePass());
  simplify(before);
  before.addPass(in_loops(llvm::LoopFullUnrollPass(), false));
  simplify(after);
  last.addPass(in_loops(llvm::LoopStrengthReducePass(), false));
  bool vectorised = false;
  for (llvm::Function& f : module) {
    if (f.isDeclaration()) continue;
    before.run(f, functions);
    const auto kept = llvm::LoopVectorizePass().run(f, functions);
    functions.invalidate(f, kept);
    if (is_vectorised(f)) {
      after.run(f, functions);
      vectorised = true;
    }
    last.run(f, functions);
  }
  return vectorised;
}

}  // namespace codegen
