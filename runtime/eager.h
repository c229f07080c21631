// The reference engine: evaluates one node at a time on tensors, every op from its row of the
// table. Plain, strided, single-threaded; the oracle of the tests, and what runs where no kernel is
// worth it.
#pragma once
#include <functional>
#include <span>

#include "ir/graph.h"
#include "runtime/value.h"

namespace runtime {

// Evaluates a node that has no bodies. `sizes` gives the value of a size of the graph. Throws
// Unsupported where the op cannot be done on these values (index out of range, overflow of Python
// ints).
// `walked_as`: see reduce() in runtime/loops.h.
using Sizes = std::function<int64_t(ir::DimId)>;
Value evaluate(const ir::Graph& graph, ir::Ref node, std::span<const Value> operands,
               const Sizes& sizes, const Tensor* walked_as = nullptr);

// Whether an op takes elements at indices or under a mask, or changes them (eager_selection.cc).
bool selects(ir::Op op);
bool changes_selected(ir::Op op);
// The result of the former, its memory from `provide`, which is given dtype, shape and strides.
// False if the operands do not fit.
bool select_elements(const ir::Graph& graph, ir::Ref node, std::span<const Tensor> operands,
                     Tensor& out, const std::function<void(Tensor&)>& provide);
// Changes `to`, in whose place the first operand is.
bool change_elements(const ir::Graph& graph, ir::Ref node, const Tensor& to,
                     std::span<const Tensor> operands);

// Evaluates all of a graph, bodies and kernels too, without plan or kernels.
std::vector<Value> interpret(const ir::Graph& graph, std::span<const Value> arguments);

}  // namespace runtime
