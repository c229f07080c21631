// Ops on masks and index arrays: attributes and operands as the kernels of runtime/calls/ take
// them.
#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/calls/calls.h"
#include "runtime/eager.h"
#include "runtime/layout.h"

namespace runtime {

namespace {

struct Node {
  const ir::Graph& g;
  ir::Ref node;
  std::span<const Tensor> operands;

  Tensor shaped(std::span<const int64_t> shape) const {
    if (shape.size() > size_t(max_rank)) throw ir::Unsupported("an array of too many axes");
    Tensor t;
    t.dtype = g.type(node).dtype;
    t.rank = int8_t(shape.size());
    std::copy(shape.begin(), shape.end(), t.shape.begin());
    set_c_strides(t);
    return t;
  }

  int64_t count(size_t operand) const {
    const Tensor& t = operands[operand];
    return ir::visit(t.dtype, [&](auto tag) -> int64_t {
      using T = decltype(tag);
      if constexpr (std::is_integral_v<T>) return int64_t(*reinterpret_cast<const T*>(t.data));
      return -1;
    });
  }

  using Provide = std::function<void(Tensor&)>;

  bool compress(Tensor& out, const Provide& provide) const {
    const Tensor &in = operands[0], &mask = operands[1];
    std::vector<int64_t> shape{count(2)};
    if (shape[0] < 0 || shape[0] > mask.size()) return false;
    for (int k = mask.rank; k < in.rank; ++k) shape.push_back(in.shape[size_t(k)]);
    out = shaped(shape);
    provide(out);
    return calls::compress(in, mask, out);
  }

  bool nonzero(Tensor& out, const Provide& provide) const {
    const int64_t n = count(1);
    if (n < 0 || n > operands[0].size()) return false;
    out = shaped({&n, 1});
    provide(out);
    return calls::nonzero(operands[0], int(g.attrs(node).integer("axis")), out);
  }

  bool gather(Tensor& out, const Provide& provide) const {
    const auto axes = g.attrs(node).integers("axes");
    const calls::Indices at{axes, operands.subspan(1)};
    const Tensor& in = operands[0];
    std::vector<int64_t> shape;
    for (const Tensor& t : at.arrays) {
      const size_t rank = size_t(t.rank);
      if (rank > shape.size()) shape.insert(shape.begin(), rank - shape.size(), 1);
      for (size_t k = 0; k < rank; ++k) {
        int64_t& size = shape[shape.size() - rank + k];
        if (size == 1) size = t.shape[k];
        if (t.shape[k] != 1 && t.shape[k] != size) return false;
      }
    }
    for (int k = 0; k < in.rank; ++k)
      if (std::ranges::find(axes, k) == axes.end()) shape.push_back(in.shape[size_t(k)]);
    out = shaped(shape);
    if (out.size() != 0 && in.size() == 0) return false;
    calls::set_gathered_strides(out, in, at);
    provide(out);
    calls::gather(in, at, out);
    return true;
  }
};

// One function for each row that takes elements.
using Select = bool (Node::*)(Tensor&, const Node::Provide&) const;
constexpr std::pair<ir::Op, Select> selections[] = {
    {ir::Op::compress, &Node::compress},
    {ir::Op::nonzero, &Node::nonzero},
    {ir::Op::gather, &Node::gather},
};

}  // namespace

bool selects(ir::Op op) {
  return std::ranges::any_of(selections, [&](const auto& row) { return row.first == op; });
}

bool changes_selected(ir::Op op) {
#define AT(name, of, doc) \
  if (op == ir::Op::name) return true;
#include "ir/ops.def"
  return op == ir::Op::place;
}

bool select_elements(const ir::Graph& graph, ir::Ref node, std::span<const Tensor> operands,
                     Tensor& out, const std::function<void(Tensor&)>& provide) {
  const Node n{graph, node, operands};
  for (const auto& [op, select] : selections)
    if (op == graph.op(node)) return (n.*select)(out, provide);
  return false;
}

bool change_elements(const ir::Graph& graph, ir::Ref node, const Tensor& to,
                     std::span<const Tensor> operands) {
  const ir::Op op = graph.op(node);
  if (op == ir::Op::place) return calls::place(to, operands[1], operands[2]);
  const auto axes = graph.attrs(node).integers("axes");
  return calls::change_at(op, to, {axes, operands.subspan(2)}, operands[1]);
}

}  // namespace runtime
