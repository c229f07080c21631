// Reductions over Vals, from the RED rows of the op table: the running value, its step, and how
// running values of lanes and of accumulators are joined.
#pragma once
#include <vector>

#include "codegen/kernel_builder.h"
#include "codegen/value.h"
#include "ir/graph.h"

namespace codegen {

// What the result of a reduction along a row depends on, beside the elements.
//   any       nothing: they may be taken in any order, by any number of accumulators
//   pairwise  the length: NumPy's tree (ir/pairwise.h)
//   sequence  the order: one element after the other
enum class Order : uint8_t { any, pairwise, sequence };

// What a reduction has seen so far: for argmax and argmin also the position of the value.
struct Running {
  Val value;
  Val place;
};

struct Reduction {
  // `number`: of the node in the reports of `watch`.
  Reduction(const ir::Graph& graph, ir::Ref node, int number, const Watch& watch);
  Reduction(const KernelBuilder& k, ir::Ref node)
      : Reduction(k.graph, node, k.number(node), k.watch) {}

  ir::Ref node;
  ir::Ref operand;
  ir::Op op;
  ir::DType compute;  // of Running::value: f32 for 16-bit floats
  ir::DType result;
  bool placed;        // argmax, argmin: the result is a position
  bool from_element;  // starts from an element (max), not from a constant (sum)
  Order order;
  bool buffered;          // pairwise, in a tree of its own per ir::pairwise_buffer elements
  int number;             // of the node in reports
  Watch steps, rounding;  // of the steps, and of the change to the result's dtype; or nowhere

  // The operand as it is reduced: 16-bit floats widened.
  Val widened(Val x) const;
  // Before any element. `x` is the first element if from_element, else any value of the right type.
  Running first(Val x) const;
  // The same, all lanes, for a reduction that starts from a constant.
  Running first(Builder& b, int lanes) const;
  // With x at position `place` added; lanes where the mask is off keep `a`. `rounded`: to the
  // result's dtype, as NumPy does wherever an operation on 16-bit floats ends.
  Running step(Running a, Val x, Val place, llvm::Value* mask, bool rounded) const;
  // For each lane of x, whether it takes the place of a.
  Val better(Val a, Val x) const;
  // Reports what the step from a and x to r has raised.
  void note(Val a, Val x, Val r) const;
  // The same reduction of the value alone.
  Reduction without_place() const;
  // a and b as one; for Order::any. Of equal values argmax and argmin keep the lower position.
  Running join(Running a, Running b) const;
  Running fold(Running a) const;  // all lanes joined, as a scalar
  Val finish(Running a) const;    // the value of the node
  // True if every step rounds even along a row: NumPy has bfloat16 from ml_dtypes, whose loops are
  // plain.
  bool rounds_along_rows() const { return result == ir::DType::bf16 && order == Order::sequence; }

  // Running values among the carried values of a loop.
  void push(std::vector<Val>& to, Running a) const;
  Running pop(const std::vector<Val>& from, size_t& next) const;
  int parts() const { return placed ? 2 : 1; }
};

// The vectors of a kernel that reduces. What does not fill a vector is masked, or where masks are
// dear goes element by element.
struct Shape {
  int lanes;
  bool masked;
};
Shape shape_of(const KernelBuilder& k);

// The mask of the first `left` of `lanes` lanes, where left > 0; all if it is `lanes` or more.
llvm::Value* first_lanes(Builder& b, llvm::Value* left, int lanes);
// position, position + 1, ... as i64.
Val positions(Builder& b, llvm::Value* position, int lanes);

}  // namespace codegen
