#include "passes/row_kernels.h"

#include <algorithm>

#include "ir/exact.h"

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

std::optional<size_t> row_axis(const Graph& g, Ref r) {
  std::optional<size_t> axis;
  const auto& dims = g.type(r).dims;
  for (size_t k = 0; k < dims.size(); ++k) {
    if (g.dims.is(dims[k], 1)) continue;
    if (axis) return std::nullopt;
    axis = k;
  }
  return axis;
}

namespace {

class Search {
 public:
  explicit Search(const Graph& g) : g_(g) {}

  std::optional<RowKernel> run(Ref kernel) {
    const ir::Body& body = g_.body(g_.bodies_of(kernel)[0]);
    const auto& results = body.results;
    const auto numbers = [&](Ref r) { return number(r); };
    const bool gives_row = results.size() == 1 && row(results[0]);
    const bool fits = std::ranges::all_of(body.params, [&](Ref r) { return number(r) || row(r); });
    if (!fits || !std::ranges::all_of(body.nodes, [&](Ref r) { return node(r); }))
      return std::nullopt;
    if (!gives_row && !std::ranges::all_of(results, numbers)) return std::nullopt;
    return RowKernel{size_, gives_row};
  }

 private:
  bool number(Ref r) const { return is_number(g_, r) && has_elements(g_.type(r).dtype); }

  // All rows have one size, along one axis: of a square's row and column the elements at a place of
  // one are not those of the other.
  bool row(Ref r) {
    const ir::Type& t = g_.type(r);
    if (!t.is_array() || !has_elements(t.dtype)) return false;
    const auto axis = row_axis(g_, r);
    if (!axis || axis_.value_or(*axis) != *axis) return false;
    axis_ = axis;
    if (!size_) size_ = t.dims[*axis];
    return g_.dims.equal(*size_, t.dims[*axis]);
  }

  bool node(Ref r) {
    const Op op = g_.op(r);
    if (op == Op::constant) return number(r);
    if (ir::is_reduce(op)) return reduction(r);
    return ir::is_elementwise(op) && ir::is_exact(op) && (number(r) || row(r));
  }

  bool reduction(Ref r) {
    const Op op = g_.op(r);
    const Ref operand = g_.inputs(r)[0];
    const bool truth = ir::info(op).rule == ir::Rule::truth;
    if (truth && g_.type(operand).dtype != ir::DType::b1) return false;
    return op != Op::buffered_sum && row(operand) && number(r);
  }

  const Graph& g_;
  std::optional<ir::DimId> size_;
  std::optional<size_t> axis_;
};

}  // namespace

std::optional<RowKernel> row_kernel(const Graph& graph, Ref kernel) {
  return Search(graph).run(kernel);
}

}  // namespace passes
