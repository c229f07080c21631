// The skeleton of every kernel: its function, the arguments loaded from KernelArgs, reads and
// writes of arrays, and scopes that remember which values have been emitted where in the loop nest.
#pragma once
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/builder.h"
#include "codegen/emit.h"
#include "codegen/jit.h"
#include "codegen/value.h"
#include "codegen/watch.h"
#include "ir/graph.h"
#include "passes/kernel.h"

namespace codegen {

// How elements of a dtype lie in memory: as themselves, bool as a byte.
llvm::Type* memory_type(Builder& b, ir::DType t, int lanes);
Val from_memory(Builder& b, ir::DType t, llvm::Value* v, int lanes);

// One array operand or output.
struct Array {
  ir::Ref ref;
  ir::DType dtype = ir::DType::b1;
  Access access = Access::unit;
  llvm::Value* base = nullptr;           // its element at row 0, column 0
  llvm::Value* row_stride = nullptr;     // bytes, i64
  llvm::Value* column_stride = nullptr;  // bytes, i64; null unless strided
  int bytes() const { return ir::info(dtype).bytes; }
};

struct KernelBuilder {
  // Makes the function `symbol` and its entry block, loads sizes, pointers and strides, and leaves
  // the builder there.
  KernelBuilder(Builder& b, const ir::Graph& graph, const passes::Kernel& kernel,
                const Variant& variant, const std::string& symbol);

  Builder& b;
  const ir::Graph& graph;
  const passes::Kernel& kernel;
  const Variant& variant;
  llvm::Function* function = nullptr;
  llvm::Value* rows = nullptr;     // i64
  llvm::Value* columns = nullptr;  // i64
  llvm::Value* scratch = nullptr;  // pointer
  Watch watch;
  size_t scratch_per_column = 0;  // to be set by kernels that use scratch
  std::vector<Array> operands;    // parallel to kernel.arrays
  std::vector<Array> outputs;     // parallel to kernel.outputs

  int number(ir::Ref r) const;  // the value's place in kernel.order
  // The value of kernel.scalars[number], loaded here; of a table its address, as an int.
  Val scalar(size_t number);
  // The elements of a gather node's table at indices, the nearest where one is out of range.
  Val gather(ir::Ref node, std::span<const Val> operands);
  const Array& operand(ir::Ref param) const;
  // Where the row starts: base + row * row_stride.
  llvm::Value* row_pointer(const Array& a, llvm::Value* row);

  // Elements column .. column + lanes - 1 of the row that starts at `row_start`, as the array's
  // dtype (bool as mask). With a mask (of `lanes`), whose first lane is on, lanes that are off are
  // not touched and read as the first. A broadcast array is read once, as a scalar, whatever
  // `lanes` is.
  Val load(const Array& a, llvm::Value* row_start, llvm::Value* column, int lanes,
           llvm::Value* mask = nullptr);
  void store(const Array& a, llvm::Value* row_start, llvm::Value* column, Val value,
             llvm::Value* mask = nullptr, bool stream = false);

  // The mask of lanes i with column + i < columns.
  llvm::Value* tail_mask(llvm::Value* column, int lanes);
  llvm::Value* index(int64_t value) { return b.ir.getInt64(uint64_t(value)); }
  // Lanes of a full vector of this kernel: vector_bytes over the widest element that varies in
  // full.
  int lanes(int vector_bytes) const;
  void finish();  // returns from the function; after streaming stores, makes them visible

 private:
  Array array(ir::Ref r, size_t number, bool output);
  Val load_each(const Array& a, llvm::Value* first, int lanes);
  void store_plain(llvm::Value* v, llvm::Value* place, int stream);
  void load_tables();
  llvm::Value* args = nullptr;
  struct Axis {
    llvm::Value *stride, *size;
  };
  std::vector<std::vector<Axis>> tables_;  // parallel to kernel.tables
};

// A counted loop: construct, emit the body, end(). The counter runs from `from` while below `to`;
// the body is skipped if there is nothing to do, and left early where `stop` holds. Carried values
// (accumulators) are phis: `carry` before the body, `next` to set the value for the next round,
// `value` inside the loop, and after end() the final value.
class Loop {
 public:
  Loop(Builder& b, llvm::Value* from, llvm::Value* to, int64_t step, const char* name,
       std::vector<Val> carried = {});
  llvm::Value* counter = nullptr;
  std::vector<Val> carried;  // in the body: this round's values; after end(): the last
  void end(const std::vector<Val>& next = {}, llvm::Value* stop = nullptr);

 private:
  Builder& b_;
  llvm::BasicBlock* head_;
  llvm::BasicBlock* after_;
  std::vector<Val> initial_;
  llvm::BasicBlock* before_;
  llvm::Value* to_;
  int64_t step_;
};

// Two ways, the first likely: construct, emit the first, otherwise(), emit the second, end(), then
// join pairs of values.
class Fork {
 public:
  Fork(Builder& b, llvm::Value* condition);
  void otherwise();
  void end();
  Val join(Val first, Val second);

 private:
  Builder& b_;
  llvm::BasicBlock *first_, *second_, *after_;
};

// The values emitted at one place of the loop nest, all of `lanes` lanes. Values of enclosing
// places are found too, and splat (once) if they are scalars.
class Scope {
 public:
  Scope(KernelBuilder& k, int lanes, Scope* outer = nullptr)
      : k_(k), lanes_(lanes), outer_(outer) {}
  int lanes() const { return lanes_; }
  bool has(ir::Ref r) const { return values_.contains(r.id) || (outer_ && outer_->has(r)); }
  void set(ir::Ref r, Val v) { values_.insert_or_assign(r.id, v); }
  Val at(ir::Ref r);    // Bug if it has not been emitted
  Val emit(ir::Ref r);  // a node whose operands are known here: emits it and remembers it

 private:
  const Val* find(ir::Ref r) const;
  KernelBuilder& k_;
  int lanes_;
  Scope* outer_;
  std::unordered_map<uint32_t, Val> values_;
};

}  // namespace codegen
