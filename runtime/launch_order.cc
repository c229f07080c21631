// The orders of one launch: that of its results in memory, and that in which it reduces.
#include <algorithm>
#include <utility>

#include "ir/pairwise.h"
#include "runtime/launch.h"
#include "runtime/layout.h"
#include "runtime/reduce_order.h"

namespace runtime {

using ir::Ref;
using passes::Kernel;
using Form = Kernel::Form;
using Extent = Kernel::Extent;

namespace {

// A reduction in which rounding shows, as far as memory may change its bits: float16 is rounded
// after each run; other products are the same however they are cut into runs, and sums of bfloat16
// round at every step.
bool rounds(ir::DType t) { return ir::is_float(t) || ir::is_complex(t); }
bool cut_into_runs(ir::Op op, ir::DType t) {
  const bool sum = op == ir::Op::sum || op == ir::Op::buffered_sum;
  return t == ir::DType::f16 || (sum && t != ir::DType::bf16);
}

// So few elements that NumPy's tree adds them one after the other, as it does rows of columns.
bool one_by_one(const Space& s, ir::DType t) {
  const int block = ir::visit(t, [](auto tag) { return ir::pairwise_lanes<decltype(tag)>; });
  return t != ir::DType::f16 && s.product(true) < block;
}

// Rows of a few elements leave most of a vector idle, and take longer to begin and end than to
// reduce: many of them are reduced side by side, where the bits allow it.
Form side_by_side(const Space& s, int64_t few) {
  constexpr int64_t many = 64;
  return s.product(true) <= few && s.product(false) >= many ? Form::columns : s.form;
}
// Rows that vectors nearly fill are worth it only if they are added one by one otherwise, and
// nothing is written for each element.
constexpr int64_t half_filled = 4, filled = 7;
// argmin and argmax find the first place in any form; along a row they have to look twice.
int64_t soon_found(ir::DType t) { return ir::is_float(t) ? 32 : 16; }

}  // namespace

// NumPy casts in passing, and reduces views of the parts of complex numbers.
Ref KernelSite::walked(const ir::Graph& graph, Ref reduction) {
  const Ref operand = graph.inputs(reduction)[0];
  const ir::Op op = graph.op(operand);
  const bool part = op == ir::Op::real_part || op == ir::Op::imag_part;
  const bool cast = op == ir::Op::cast && graph.op(reduction) == ir::Op::buffered_sum;
  return part || cast ? graph.inputs(operand)[0] : operand;
}

// NumPy casts in passing: elements that repeat have no order after that, either.
Ref KernelSite::uncast(const ir::Graph& graph, Ref operand) {
  while (graph.op(operand) == ir::Op::cast) operand = graph.inputs(operand)[0];
  return operand;
}

KernelSite::Node KernelSite::describe_node(Ref r) const {
  const ir::Type& t = graph_.type(r);
  Node n;
  n.dtype = t.dtype;
  n.extent = kernel_.values[size_t(place(r))].extent;
  if (!t.is_array() || std::ranges::count(kernel_.tables, r) > 0) return n;
  for (int k = 0; k < kernel_.rank; ++k) {
    if (!graph_.dims.is(t.dims[size_t(k)], 1)) n.varies |= uint8_t(1 << k);
  }
  const ir::Op op = graph_.op(r);
  const bool gather = op == ir::Op::gather;
  const size_t skipped = gather ? 1 : ir::first_deciding(op);
  for (Ref in : graph_.inputs(r).subspan(skipped)) n.inputs.push_back(place(uncast(graph_, in)));
  const ir::Rule rule = ir::info(op).rule;
  n.layout = op == ir::Op::param                                             ? Node::operand
             : (ir::is_elementwise(op) && rule != ir::Rule::dense) || gather ? Node::elementwise
             : !ir::is_reduce(op)                                            ? Node::c_order
             : rule == ir::Rule::place                                       ? Node::c_order
                                                                             : Node::reduced;
  if (!ir::is_reduce(op)) return n;
  const Ref operand = graph_.inputs(r)[0];
  if (rule == ir::Rule::place) {
    n.depends = Node::positions;
  } else if (rule == ir::Rule::accumulate && rounds(graph_.type(operand).dtype)) {
    n.depends = cut_into_runs(op, graph_.type(operand).dtype) ? Node::runs : Node::order;
  }
  n.buffered = op == ir::Op::buffered_sum;
  n.walked = place(walked(graph_, r));
  return n;
}

Tensor KernelSite::shaped(const Node& n, const Space& space) const {
  Tensor t;
  t.dtype = n.dtype;
  t.rank = int8_t(kernel_.rank);
  for (int k = 0; k < kernel_.rank; ++k) t.shape[k] = n.varies >> k & 1 ? space.sizes[k] : 1;
  set_c_strides(t);
  return t;
}

// The memory order that NumPy gives to every value of the body: an order depends on those of the
// intermediate results that are never stored.
std::vector<Tensor> KernelSite::layouts(const Resolved& r, Tensors operands) const {
  std::vector<Tensor> values(nodes_.size());
  std::vector<const Tensor*> inputs;
  for (size_t i = 0; i < arrays_.size(); ++i) {
    Tensor& t = values[size_t(arrays_[i])];
    t = *operands[i];
    t.owner.reset();
  }
  // Operands in C order give results in C order. (Empty ones count as contiguous whatever their
  // order.)
  const bool plain =
      r.space.product(true) > 0 &&
      std::ranges::all_of(operands, [](const Tensor* t) { return t->c_contiguous(); });
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Node& n = nodes_[i];
    if (n.layout == Node::number || n.layout == Node::operand) continue;
    values[i] = shaped(n, r.space);
    if (n.layout == Node::c_order || plain) continue;
    inputs.clear();
    for (int in : n.inputs) {
      if (nodes_[size_t(in)].layout != Node::number) inputs.push_back(&values[size_t(in)]);
    }
    if (n.layout == Node::reduced) {
      set_reduced_strides(values[i], *inputs[0]);
    } else {
      set_elementwise_strides(values[i], inputs);
    }
  }
  return values;
}

// Where the order shows in no result: that of memory, and runs along the columns only if memory is
// fastest along a reduced axis.
void KernelSite::order_as_memory(Resolved& r) const {
  Space& s = r.space;
  s.form = kernel_.form;
  for (int k = 0; k < s.rank; ++k) s.fastest_first[k] = int8_t(s.rank - 1 - k);
  if (s.form == Form::map || s.product(true) == 0) return;
  std::array<Strides, 16> strides;
  size_t n = 0;
  for (const Walk& w : r.walks) {
    if (w.extent == Extent::full && n < strides.size()) strides[n++] = w.strides;
  }
  const auto order = k_order(s.rank, {strides.data(), n});
  for (int i = s.rank - 1; i >= 0; --i) {
    const int k = order[i];
    if (s.sizes[k] > 1) s.form = s.reduced[k] ? Form::rows : Form::columns;
  }
  s.form = side_by_side(s, half_filled);
  const auto logical = std::exchange(s.fastest_first, order);
  auto one = [&](const Walk& w) { return reduces_as_one(s, w); };
  if (!std::ranges::all_of(r.walks, one)) s.fastest_first = logical;
}

namespace {

// What one reduction asks of the walk.
struct Wanted {
  std::array<int8_t, max_rank> axes{};  // the reduced ones of sizes other than 1, fastest first
  int count = 0;
  bool operator==(const Wanted&) const = default;
};

Wanted reduced_of(const Space& s, const std::array<int8_t, max_rank>& fastest_first, int count) {
  Wanted w;
  for (int i = 0; i < count; ++i) {
    const int8_t k = fastest_first[size_t(i)];
    if (s.reduced[size_t(k)] && s.sizes[size_t(k)] != 1) w.axes[size_t(w.count++)] = k;
  }
  return w;
}

}  // namespace

// Reduces as NumPy does: each operand, computed or not, in the order of its own memory. False if
// the reductions of the kernel differ in that, or add several runs to each other.
bool KernelSite::order_as_numpy(Resolved& r, const std::vector<Tensor>& values) const {
  Space& s = r.space;
  s.form = kernel_.form;
  for (int k = 0; k < s.rank; ++k) s.fastest_first[k] = int8_t(s.rank - 1 - k);
  if (s.product(true) == 0 || s.product(false) == 0) return true;
  std::optional<Wanted> wanted;
  std::optional<Form> form;
  int64_t few = INT64_MAX;
  for (const Node& n : nodes_) {
    if (n.depends == Node::nothing) continue;
    const bool finds = n.depends == Node::positions;
    few = std::min(few, finds ? soon_found(nodes_[size_t(n.inputs[0])].dtype) : filled);
    ReduceOrder order = reduce_order(values[size_t(n.walked)], s.reduced, n.buffered);
    Form own = order.run > 0 ? Form::rows : Form::columns;
    if (n.depends == Node::positions) {
      own = kernel_.form;
      order.axes = s.fastest_first;
      order.count = s.rank;
    }
    const Wanted axes = reduced_of(s, order.axes, order.count);
    if (axes.count == 0) continue;
    if (wanted && *wanted != axes) return false;
    wanted = axes;
    if (n.depends == Node::order) continue;
    const bool tree = n.depends == Node::runs && !n.buffered && order.run == axes.count;
    if (own == Form::rows &&
        (finds ? s.product(true) <= few : tree && order.whole() && one_by_one(s, n.dtype)))
      continue;
    if (form && *form != own) return false;
    form = own;
    if (n.depends == Node::positions || own == Form::columns) continue;
    const bool pieces = n.buffered && order.piece == ir::pairwise_buffer;
    if (order.run != axes.count || !(order.whole() || pieces)) return false;
  }
  s.form = form ? *form
                : side_by_side(s, wide_ ? half_filled : std::min(few, soon_found(ir::DType::f64)));
  if (!wanted) return true;
  // The kept axes may stand anywhere.
  int next = 0;
  for (int k = s.rank - 1; k >= 0; --k) {
    if (!s.reduced[size_t(k)] || s.sizes[size_t(k)] == 1)
      s.fastest_first[size_t(next++)] = int8_t(k);
  }
  std::copy_n(wanted->axes.begin(), wanted->count, s.fastest_first.begin() + next);
  return true;
}

// Arrays whose reduced axes are not one are seen through a dense copy, in the order in which they
// are reduced, which leaves out the kept axes that they do not vary along.
void KernelSite::stage(Resolved& r) const {
  r.staged.clear();
  const Space& s = r.space;
  for (size_t i = 0; i < r.walks.size(); ++i) {
    Walk& w = r.walks[i];
    if (reduces_as_one(s, w)) continue;
    r.staged.push_back(int(i));
    int64_t stride = w.itemsize;
    for (const bool reduced : {s.form == Form::rows, s.form != Form::rows}) {
      for (int a = 0; a < s.rank; ++a) {
        const auto k = size_t(s.fastest_first[size_t(a)]);
        if (s.reduced[k] != reduced || (w.strides[k] == 0 && !reduced)) continue;
        w.strides[k] = stride;
        stride *= s.sizes[k];
      }
    }
  }
}

}  // namespace runtime
