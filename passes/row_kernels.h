// Kernels that compute with rows, `((a[i] - b[j]) ** 2).sum()`, as loops over elements have them.
#pragma once
#include <optional>

#include "ir/graph.h"

namespace passes {

// Of elements that code computes with one by one.
bool has_elements(ir::DType t);

// A scalar, or an array of one element.
bool is_number(const ir::Graph& graph, ir::Ref r);

// The one axis of a type along which it has more than one element; nothing if there are others, or
// none.
std::optional<size_t> row_axis(const ir::Graph& graph, ir::Ref r);

// Of a kernel that computes with rows of one size and with numbers, and gives numbers alone or one
// row. What it computes with elements is exact: functions such as exp are faster in a kernel's
// vectors.
struct RowKernel {
  std::optional<ir::DimId> count;  // elements of a row; nothing if it has none
  bool gives_row;
};
std::optional<RowKernel> row_kernel(const ir::Graph& graph, ir::Ref kernel);

}  // namespace passes
