// Launching one kernel: what a launch needs of its operands' shapes and strides is found out once
// (resolve) and used until they change (run).
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "codegen/jit.h"
#include "runtime/geometry.h"
#include "runtime/parts.h"
#include "runtime/tensor.h"
#include "runtime/variants.h"

namespace runtime {

// Everything about launches with operands of certain shapes and strides. Belongs to one caller at a
// time.
struct Resolved {
  std::vector<int64_t> key;     // shapes and strides of the operands
  std::vector<Tensor> outputs;  // dtype, shape and strides of the results; no memory
  Space space;
  std::vector<Walk> walks;  // operands, then outputs
  std::vector<int> staged;  // of these: seen through a dense copy, see stage() and widen()
  Geometry geometry;
  const codegen::Code* code = nullptr;
  const codegen::Code* streaming = nullptr;  // if outputs are large; wants them 64-byte aligned
  const codegen::Code* checked = nullptr;    // reports all floating-point errors; once wanted
  bool by_nodes = false;  // the kernel cannot reduce as NumPy does where operands lie so
  bool lasts = false;     // long enough to let others work meanwhile
  int parts = 1;          // of the one row that is reduced, see runtime/parts.h
  int64_t grain = 0;      // blocks that one piece of work has; 0: one thread does all
};

// Reads the graph only while it is made and when it compiles: resolving sizes may write to a graph.
class KernelSite {
 public:
  KernelSite(const ir::Graph& graph, ir::BodyId body, codegen::Jit& jit);

  // The value whose memory NumPy walks for a reduction of a body: its operand, or what that is a
  // cast or part of.
  static ir::Ref uncast(const ir::Graph& graph, ir::Ref operand);
  static ir::Ref walked(const ir::Graph& graph, ir::Ref reduction);

  const passes::Kernel& kernel() const { return kernel_; }
  // The variants of one form. A kernel that reduces has two: memory decides which one is used.
  const Variants& variants(passes::Kernel::Form form) const { return variants_[int(form)]; }

  // True if `r` is for operands laid out like these, and for results put in places like these:
  // parts of other arrays, or null for a result with memory of its own.
  using Tensors = std::span<const Tensor* const>;
  bool matches(const Resolved& r, Tensors operands, Tensors places) const;
  // Fills r, compiling what is new. False if NumPy raises here: a maximum of nothing.
  bool resolve(Resolved& r, Tensors operands, Tensors places, int threads);
  // Compiles the code that reports all floating-point errors, if `r` has none yet.
  void check(Resolved& r);
  // The part of it that needs no code: all but what `r` has for its launch alone.
  bool arrange(Resolved& r, Tensors operands, Tensors places) const;
  // Code that is compiled for what has been arranged.
  struct Wish {
    Variants* variants;
    const passes::Kernel* kernel;
    codegen::Variant variant;
    friend auto operator<=>(const Wish&, const Wish&) = default;
  };
  void wish(const Resolved& r, std::vector<Wish>& wishes);
  // Runs the kernel. `data` has where operands and then outputs start; `operands` tell their
  // layouts; scalars has 16 bytes for each; reports is that of KernelArgs.
  struct Extras {
    const char* scalars;
    char* reports;
    bool checked;
  };
  void run(const Resolved& r, Tensors operands, std::span<char*> data, Extras extras,
           int threads) const;
  // Computes all but writes nothing, for the errors that it raises. False if that is not possible
  // or takes longer than to copy what would change.
  bool rehearse(const Resolved& r, std::span<char* const> data, Extras extras, int threads) const;
  // True if it does no more than one operation: then NumPy is as fast on large arrays.
  bool single() const;

 private:
  void find_space(Resolved& r, std::span<const Tensor* const> operands) const;
  std::vector<Tensor> layouts(const Resolved& r, std::span<const Tensor* const> operands) const;
  void find_walks(Resolved& r, std::span<const Tensor* const> operands) const;
  bool order_as_numpy(Resolved& r, const std::vector<Tensor>& values) const;
  void order_as_memory(Resolved& r) const;
  void stage(Resolved& r) const;
  void widen(Resolved& r) const;
  void choose_code(Resolved& r);
  bool is_large(const Resolved& r) const;
  bool may_stream(const Resolved& r) const;
  void share_out(Resolved& r, int threads) const;

  // A value of the body, as much as its memory order depends on.
  struct Node {
    enum Layout : uint8_t { number, operand, elementwise, reduced, c_order } layout = number;
    ir::DType dtype = ir::DType::b1;
    uint8_t varies = 0;       // bit per axis: its size is that of the space, not 1
    std::vector<int> inputs;  // places in kernel.order
    // What the bits of a reduction depend on: nothing, the order, or also the lengths of runs.
    enum Depends : uint8_t { nothing, order, runs, positions } depends = nothing;
    bool buffered = false;  // NumPy casts while it sums
    int walked = 0;         // the value whose layout decides the order: what is reduced, or cast
    passes::Kernel::Extent extent = passes::Kernel::Extent::uniform;
  };
  Node describe_node(ir::Ref r) const;
  int place(ir::Ref r) const;
  Tensor shaped(const Node& n, const Space& space) const;

  const ir::Graph& graph_;
  const passes::Kernel kernel_;
  passes::Kernel turned_;  // the same in the other form
  codegen::Jit& jit_;
  std::vector<Node> nodes_;            // parallel to kernel.order
  std::vector<int> arrays_, outputs_;  // places in kernel.order
  std::vector<int> size_from_;         // per axis: an array whose size it is; -1: always 1
  bool needs_elements_ = false;        // has a reduction that has no identity
  double ns_per_element_ = 0;
  int cost_ = 0;          // of an element, in plain instructions
  bool ordered_ = false;  // has a reduction whose bits depend on the order
  bool wide_ = false;     // writes an output for each element
  Joint joint_;
  std::optional<bool> decided_;  // once the only output is this, no element changes it
  Variants variants_[3];         // per form
};

}  // namespace runtime
