// The state of emitting one scalar loop: its values in registers, its arrays as places in memory.
#pragma once
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "codegen/bounds.h"
#include "codegen/builder.h"
#include "codegen/jit.h"
#include "codegen/watch.h"
#include "passes/carried.h"
#include "passes/slow_numbers.h"

namespace codegen {

// An array, or a view of one, as far as code can see it: where it begins, sizes and strides.
struct View {
  llvm::Value* data = nullptr;
  std::vector<llvm::Value*> sizes, strides;
  size_t array = 0;  // its number in ScalarLoop::arrays, or that of the loop's own memory
};

// An element that a loop keeps in registers while it goes round.
struct Carry {
  passes::CarriedElement element;
  std::vector<Val> past;  // what the rounds before this one stored, the last first
  Val now;                // what this round has stored; nothing if that is not known

  void begin(std::vector<Val> phis) {
    past = std::move(phis);
    if (!element.moves) now = past[0];
  }
  // What is past in the next round.
  std::vector<Val> next() const {
    std::vector<Val> out{now};
    out.insert(out.end(), past.begin(), past.end() - 1);
    return out;
  }
};

struct Rounds;     // codegen/rounds.h
struct Reduction;  // codegen/reduce.h

// What a `for` node counts.
struct Range {
  llvm::Value *start, *stop, *step, *count;  // `count`: of rounds
};

// That a value, or a range's counter, is less than size + plus: `holds`, if so in all rounds.
struct Limit {
  llvm::Value* value;  // null: the counter
  ir::DimId size;
  int64_t plus;
  llvm::Value* holds;
};

class ScalarEmitter {
  friend struct ViewRows;  // codegen/scalar_views.cc

 public:
  ScalarEmitter(Builder& b, const ir::Graph& g, const passes::ScalarLoop& loop,
                const Jit::SizePlace& place, const LoopVariant& variant, const std::string& symbol);
  // True if notes are held.
  bool run(bool hold);

 private:
  // Reading the arguments.
  llvm::Value* word(llvm::Type* type, llvm::Value* from, size_t offset);
  llvm::Value* member(size_t offset) { return word(b_.ir.getPtrTy(), args_, offset); }
  llvm::Value* size(ir::DimId d);
  llvm::Value* given_size(ir::DimId d);
  llvm::Value* size_product(llvm::Value* a, llvm::Value* b);
  View array(size_t number);

  void body(ir::BodyId id);
  void node(ir::Ref r);
  void number(ir::Ref r);
  Val checked(ir::Ref r, std::span<const Val> in);
  std::optional<Val> sum_in_bounds(ir::Op op, llvm::Value* x, llvm::Value* y);
  std::optional<Val> by_power_of_two(ir::Op op, std::span<const Val> in);
  Val python_number(ir::Ref r);
  void view(ir::Ref r);
  void span(ir::Ref r);
  uint32_t symbol_of(ir::Ref span) const;
  void check_sizes(uint32_t symbol);
  View window(ir::Ref r, const View& v);
  void cut(View& v, size_t axis, ir::Ref at, ir::DimId extent, int64_t step, ir::DimId part);
  // Rows of elements (codegen/scalar_rows.cc).
  struct RowChange;
  void row(ir::Ref r, const View& to, size_t axis);
  Val row_element(const RowChange& row, llvm::Value* k);
  llvm::Value* may_overwrite(const RowChange& row, const View& from);
  // Numbers of rows (codegen/scalar_reductions.cc).
  struct RowOperand {
    View view;
    size_t axis;
  };
  struct RowOperands {
    std::unordered_map<uint32_t, RowOperand> arrays;  // by parameter of a kernel
    std::unordered_map<uint32_t, View> tables;        // of which elements are gathered; likewise
    std::vector<size_t> axes;                         // those of several elements
    std::vector<llvm::Value*> sizes;                  // of these axes
    llvm::Value* count;                               // of elements
    bool planes() const { return axes.size() > 1; }
  };
  RowOperands row_numbers(ir::Ref kernel);
  void kernel(ir::Ref r);
  Val reduction(const RowOperands& rows, ir::Ref r);
  template <class F>
  Val reduce_singly(const RowOperands& rows, const Reduction& reduction, F&& at);
  Val row_value(const RowOperands& rows, ir::Ref r, llvm::Value* column, int lanes,
                std::unordered_map<uint32_t, Val>& known);
  // Planes (codegen/scalar_planes.cc).
  void check_trees(const RowOperands& planes, ir::Ref operand);
  llvm::Value* laid_out(const RowOperands& rows, ir::Ref operand, int place);
  void lay_out(const RowOperands& planes, ir::Ref operand, llvm::Value* to, size_t axis);
  View kept_row(const RowOperands& rows, ir::Ref result, int place);
  Val load_flat(llvm::Value* from, llvm::Value* first, ir::DType t, int lanes);
  llvm::Value* scratch(int place, llvm::Value* bytes);
  Val gathered(const View& table, ir::DType t, std::span<const Val> indices);
  int report_of(ir::Ref r) const;
  void product(ir::Ref r);
  View changed(ir::Ref r);
  void update(ir::Ref r);
  void branch(ir::Ref r);
  // What goes round in a range: how many rounds are done, and what the loop carries.
  struct RangeState {
    llvm::Value* done;
    std::vector<Val> values;
  };
  RangeState carry(Rounds& loop, const RangeState& first, size_t outer);
  std::vector<llvm::Value*> round(ir::Ref r, const RangeState& at, size_t outer);
  std::vector<Val> rounds(ir::Ref r, const Range& range, std::span<const Limit> limits);
  void for_loop(ir::Ref r);
  void while_loop(ir::Ref r);
  llvm::Value* asked(ir::BodyId test, std::span<const Val> values);
  void results(ir::Ref r, std::vector<Val> values);
  std::vector<Val> numbers(std::span<const ir::Ref> refs);

  // `size` is that of the axis.
  llvm::Value* element(const View& v, size_t axis, Val index, ir::DimId size);
  Val load(llvm::Value* place, ir::DType t);
  llvm::Instruction* store(llvm::Value* place, Val v);
  Val load_element(const View& v, ir::DType t);
  void store_element(const View& v, Val value);
  // `lanes` elements of a row, from `first` on.
  Val load_run(const RowOperand& row, llvm::Value* first, ir::DType t, int lanes);
  std::optional<Val> held(ir::Ref load) const;
  void load_ahead(ir::Ref loop, const Range& range);
  Val load_if_there(const passes::CarriedElement& e, ir::Ref counter, llvm::Value* count);
  void drop_carries(size_t count);
  std::optional<Limit> limit(const passes::LoopPositions& positions, const Range& range,
                             ir::Ref array, size_t axis, ir::Ref index);
  void gather(ir::Ref loop, const Range& range, ir::BodyId body, bool branches,
              std::vector<Limit>& limits);
  // Limits of what every round does; of what it may do, too, if that is more.
  struct Ahead {
    std::vector<Limit> always, all;
  };
  Ahead find_ahead(ir::Ref loop, const Range& range);
  std::vector<Val> held_elements() const;
  void hold(const std::vector<Val>& values);
  void name_memory();
  void nothing_else_is_an_element();
  void need(llvm::Value* condition);
  void poll(llvm::Value* due);
  llvm::Value* int64(Val v);
  llvm::Value* constant(int64_t v) { return b_.ir.getInt64(uint64_t(v)); }
  llvm::BasicBlock* here() { return b_.ir.GetInsertBlock(); }
  bool is_array(ir::Ref r) const { return g_.type(r).is_array(); }
  size_t own_memory() const { return loop_.arrays.size(); }
  const View& root(ir::Ref r) const { return roots_[size_t(loop_.array_of.at(r.id))]; }
  const View& seen(ir::Ref r) const;

  Builder& b_;
  const ir::Graph& g_;
  const passes::ScalarLoop& loop_;
  const Jit::SizePlace& place_;
  const LoopVariant& variant_;
  llvm::Value* args_;
  Watch watch_;
  std::optional<HeldNotes> notes_;
  llvm::BasicBlock *entry_, *declined_, *stopped_;
  std::vector<View> roots_;                                // per array
  std::vector<llvm::MDNode*> scopes_, others_;             // per array: its memory, all other
  llvm::MDNode* all_ = nullptr;                            // the memory of all arrays
  std::unordered_map<uint32_t, View> views_;               // of the values that are views
  std::unordered_map<uint32_t, std::vector<View>> kept_;   // the rows of kernels, empty for numbers
  std::unordered_map<uint32_t, Val> numbers_;              // of the values that are numbers
  std::unordered_map<uint32_t, std::vector<Val>> tuples_;  // results of control nodes, arrays empty
  std::unordered_map<uint32_t, llvm::Value*> sizes_;
  std::unordered_map<uint32_t, llvm::Value*>
      given_;  // by symbol: sizes that spans give, where they hold
  std::unordered_set<llvm::Instruction*> readers_;  // calls that read elements
  std::vector<Carry> carries_;                      // of the loops around this place
  std::unordered_map<uint32_t, size_t> held_;       // loads and stores, their carries
  Bounds bounds_;
  const std::unordered_set<uint32_t> slow_;  // ints that do not overflow
  int depth_ = 0;
};

}  // namespace codegen
