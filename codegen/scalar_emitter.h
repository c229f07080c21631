// The state of emitting one scalar loop: its values in registers, its arrays as places in memory.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "codegen/bounds.h"
#include "codegen/builder.h"
#include "codegen/jit.h"
#include "codegen/watch.h"

namespace codegen {

// An array, or a view of one, as far as code can see it: where it begins, sizes and strides.
struct View {
  llvm::Value* data = nullptr;
  std::vector<llvm::Value*> sizes, strides;
};

class ScalarEmitter {
  friend struct ViewRows;  // codegen/scalar_views.cc

 public:
  ScalarEmitter(Builder& b, const ir::Graph& g, const passes::ScalarLoop& loop,
                const Jit::SizePlace& place, bool checked, const std::string& symbol);
  void run();

 private:
  // Reading the arguments.
  llvm::Value* word(llvm::Type* type, llvm::Value* from, size_t offset);
  llvm::Value* member(size_t offset) { return word(b_.ir.getPtrTy(), args_, offset); }
  llvm::Value* size(ir::DimId d);
  View array(size_t number);

  void body(ir::BodyId id);
  void node(ir::Ref r);
  void number(ir::Ref r);
  Val checked(ir::Ref r, std::span<const Val> in);
  std::optional<Val> sum_in_bounds(ir::Op op, llvm::Value* x, llvm::Value* y);
  Val python_number(ir::Ref r);
  void view(ir::Ref r);
  void update(ir::Ref r);
  void branch(ir::Ref r);
  void for_loop(ir::Ref r);
  void while_loop(ir::Ref r);
  void results(ir::Ref r, std::vector<Val> values);
  std::vector<Val> numbers(std::span<const ir::Ref> refs);

  // `size` is that of the axis.
  llvm::Value* element(const View& v, size_t axis, Val index, ir::DimId size);
  Val load(llvm::Value* place, ir::DType t);
  void store(llvm::Value* place, Val v);
  void need(llvm::Value* condition);
  void poll(llvm::Value* rounds, bool nested);
  llvm::Value* int64(Val v);
  llvm::Value* constant(int64_t v) { return b_.ir.getInt64(uint64_t(v)); }
  llvm::BasicBlock* here() { return b_.ir.GetInsertBlock(); }
  bool is_array(ir::Ref r) const { return g_.type(r).is_array(); }
  const View& root(ir::Ref r) const { return roots_[size_t(loop_.array_of.at(r.id))]; }
  const View& seen(ir::Ref r) const;

  Builder& b_;
  const ir::Graph& g_;
  const passes::ScalarLoop& loop_;
  const Jit::SizePlace& place_;
  llvm::Value* args_;
  Watch watch_;
  llvm::BasicBlock *entry_, *declined_, *stopped_;
  std::vector<View> roots_;                                // per array
  std::unordered_map<uint32_t, View> views_;               // of the values that are views
  std::unordered_map<uint32_t, Val> numbers_;              // of the values that are numbers
  std::unordered_map<uint32_t, std::vector<Val>> tuples_;  // results of control nodes, arrays empty
  std::unordered_map<uint32_t, llvm::Value*> sizes_;
  Bounds bounds_;
  int depth_ = 0;
};

}  // namespace codegen
