// Reports of floating-point errors: instructions that note what an operation has raised, by its
// operands and result (ir/raises.h). They stand beside the operation and branch away where nothing
// is to be noted.
//
// A kernel reports what the processor's flags do not say: errors of functions that it computes by
// choosing among results, of integers, of casts. A kernel that checks all reports every node; it is
// for data on which the flags say too much.
#pragma once
#include <llvm/IR/Intrinsics.h>

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "codegen/builder.h"
#include "codegen/value.h"
#include "ir/graph.h"

namespace codegen {

// Reports that are kept in registers while a loop runs and stored when it is done, so that its
// rounds have no other way to go and can be done several at once.
class HeldNotes {
 public:
  // `entry`: what runs first.
  HeldNotes(Builder& b, llvm::BasicBlock* entry) : b_(b), entry_(entry) {}
  void add(int place, llvm::Value* raised);
  void store(llvm::Value* reports);
  bool empty() const { return places_.empty(); }

 private:
  Builder& b_;
  llvm::BasicBlock* entry_;
  std::vector<int> places_;               // of each bit
  std::vector<llvm::AllocaInst*> words_;  // for each 64 bits, which SSA form makes registers
};

struct Watch {
  llvm::Value* reports = nullptr;  // bytes, as KernelArgs::reports has them
  bool all = false;                // check every node
  HeldNotes* held = nullptr;       // where notes go instead, if anywhere
  // Values among which an operation chooses: the instruction that computes one may be masked by the
  // choice and then raises no flag in lanes that are not chosen.
  std::unordered_set<uint32_t> chosen = {};

  void find_chosen(const ir::Graph& graph, std::span<const ir::Ref> nodes);
};

// True if it is enough to keep a chosen value apart from the choice, so that no lane of its
// instruction is masked and the processor's flags tell of all.
bool fences(const Watch& w, const ir::Graph& graph, ir::Ref node);
bool watches(const Watch& w, const ir::Graph& graph, ir::Ref node);
// Notes under `number` what the node has raised.
void watch(Builder& b, const Watch& w, int number, const ir::Graph& graph, ir::Ref node,
           std::span<const Val> operands, Val result);
// The sum, difference or product of integer scalars, whose overflow is noted under `number`;
// nothing if the node is something else.
std::optional<Val> watched_integer(Builder& b, const Watch& w, int number, const ir::Graph& graph,
                                   ir::Ref node, std::span<const Val> operands);
// The intrinsic that also tells of overflow; not_intrinsic if the op has none.
llvm::Intrinsic::ID with_overflow(ir::Op op, bool is_signed);
// The same for a step of a reduction, and for the change of its result's dtype.
void watch_step(Builder& b, const Watch& w, int number, ir::Raises raises, Val x, Val y, Val r);

}  // namespace codegen
