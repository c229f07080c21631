#include "codegen/loop_passes.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/LoopIterator.h>
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
#include <optional>

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

// How often a walk from the users of a value to what it is made of would come by: of values that
// each round of the loop computes anew, though they are the same in all.
using Paths = llvm::DenseMap<const llvm::Value*, double>;

// Nothing where the value differs from round to round.
std::optional<double> paths_to(const llvm::Value* v, const llvm::Loop& loop, const Paths& found) {
  const auto* i = llvm::dyn_cast<llvm::Instruction>(v);
  if (!i || !loop.contains(i)) return 1;
  const auto known = found.find(i);
  return known == found.end() ? std::nullopt : std::optional(known->second);
}

// LLVM's vectoriser asks of each value whether all rounds share it, and walks to all that it is
// made of, again for each use: without end, for a sum of forty terms under conditions.
bool is_walked_without_end(const llvm::Loop& loop, const llvm::LoopInfo& loops) {
  constexpr double most = 1 << 16;
  Paths found;
  llvm::LoopBlocksRPO order(const_cast<llvm::Loop*>(&loop));
  order.perform(&loops);
  for (const llvm::BasicBlock* block : order)
    for (const llvm::Instruction& i : *block) {
      if (llvm::isa<llvm::PHINode>(i) && i.getParent() == loop.getHeader()) continue;
      double sum = 1;
      bool shared = true;
      for (const llvm::Use& u : i.operands()) {
        const auto paths = paths_to(u.get(), loop, found);
        shared &= paths.has_value();
        sum += paths.value_or(0);
      }
      if (!shared) continue;
      if (sum > most) return true;
      found[&i] = sum;
    }
  return false;
}

bool takes_long(llvm::Function& f, llvm::FunctionAnalysisManager& functions) {
  const llvm::LoopInfo& loops = functions.getResult<llvm::LoopAnalysis>(f);
  return std::ranges::any_of(loops.getLoopsInPreorder(), [&](const llvm::Loop* loop) {
    return loop->isInnermost() && is_walked_without_end(*loop, loops);
  });
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
    if (!takes_long(f, functions)) {
      const auto kept = llvm::LoopVectorizePass().run(f, functions);
      functions.invalidate(f, kept);
    }
    if (is_vectorised(f)) {
      after.run(f, functions);
      vectorised = true;
    }
    last.run(f, functions);
  }
  return vectorised;
}

}  // namespace codegen
