#include "passes/row_kernels.h"

#include <algorithm>
#include <set>

#include "ir/exact.h"
#include "passes/kernel.h"

namespace passes {

using ir::Graph;
using ir::Op;
using ir::Ref;

bool has_elements(ir::DType t) {
  return !ir::is_complex(t) && t != ir::DType::f16 && t != ir::DType::bf16;
}

bool is_number(const Graph& g, Ref r) {
  const ir::Type& t = g.type(r);
  return t.is_scalar() ||
         (t.is_array() && std::ranges::all_of(t.dims, [&](auto d) { return g.dims.is(d, 1); }));
}

bool keeps_axes(const Graph& g, Ref r) {
  for (; ir::is_view(g.op(r)); r = g.inputs(r)[0]) {
    const Op op = g.op(r);
    const auto attrs = g.attrs(r);
    if (op == Op::transpose || op == Op::broadcast_to) return false;
    if (op == Op::window && g.dims.value(attrs.dim("step")).value_or(0) <= 0) return false;
    if (op == Op::slice &&
        std::ranges::any_of(attrs.integers("step"), [](auto s) { return s < 0; }))
      return false;
  }
  return true;
}

namespace {

class Search {
 public:
  explicit Search(const Graph& g) : g_(g) {}

  std::optional<RowKernel> run(Ref kernel) {
    const ir::Body& body = g_.body(g_.bodies_of(kernel)[0]);
    const auto shaped = [&](Ref r) { return shape(r); };
    for (Ref r : body.nodes)
      if (gathers_elements(g_, r)) tables_.insert(g_.inputs(r)[0]);
    if (!std::ranges::all_of(body.params, shaped) || !std::ranges::all_of(body.nodes, shaped))
      return std::nullopt;
    if (!std::ranges::all_of(body.nodes, [&](Ref r) { return node(r); })) return std::nullopt;
    RowKernel out{{}, {}, !tables_.empty()};
    for (size_t k = 0; k < sizes_.size(); ++k)
      if (sizes_[k]) out.axes.push_back({k, *sizes_[k]});
    for (Ref r : body.results) {
      out.rows.push_back(!number(r));
      if (out.rows.back() && (out.axes.size() != 1 || !whole(r))) return std::nullopt;
    }
    return out;
  }

 private:
  bool number(Ref r) const { return is_number(g_, r); }

  // Along each axis a value has one element, or as many as the others; but for tables.
  bool shape(Ref r) {
    const ir::Type& t = g_.type(r);
    if (!has_elements(t.dtype)) return false;
    if (tables_.contains(r)) return true;
    if (!t.is_array()) return t.is_scalar();
    if (sizes_.empty()) sizes_.resize(t.dims.size());
    if (sizes_.size() != t.dims.size()) return false;
    for (size_t k = 0; k < sizes_.size(); ++k) {
      if (g_.dims.is(t.dims[k], 1)) continue;
      if (!sizes_[k]) sizes_[k] = t.dims[k];
      if (!g_.dims.equal(*sizes_[k], t.dims[k])) return false;
    }
    return true;
  }

  bool node(Ref r) const {
    const Op op = g_.op(r);
    if (op == Op::constant) return number(r);
    if (ir::is_reduce(op)) return reduction(r);
    if (op == Op::gather) return gathers_elements(g_, r);
    return ir::is_elementwise(op) && ir::is_exact(op);
  }

  // Of all elements there are.
  bool reduction(Ref r) const {
    const Op op = g_.op(r);
    const Ref operand = g_.inputs(r)[0];
    const bool truth = ir::info(op).rule == ir::Rule::truth;
    if (truth && g_.type(operand).dtype != ir::DType::b1) return false;
    return op != Op::buffered_sum && !number(operand) && whole(operand) && number(r);
  }

  bool whole(Ref r) const {
    const auto& dims = g_.type(r).dims;
    for (size_t k = 0; k < sizes_.size(); ++k)
      if (sizes_[k] && g_.dims.is(dims[k], 1)) return false;
    return true;
  }

  const Graph& g_;
  std::vector<std::optional<ir::DimId>> sizes_;  // by axis; nothing where all have one element
  std::set<Ref> tables_;                         // parameters from which elements are gathered
};

}  // namespace

std::optional<RowKernel> row_kernel(const Graph& graph, Ref kernel) {
  return Search(graph).run(kernel);
}

}  // namespace passes
