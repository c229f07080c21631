// Kernels that compute with rows, `((a[i] - b[j]) ** 2).sum()`, or with planes of several axes,
// `(image[i : i + 3, j : j + 3] * weights).sum()`, as loops over elements have them.
#pragma once
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace passes {

// Of elements that code computes with one by one.
bool has_elements(ir::DType t);

// A scalar, or an array of one element.
bool is_number(const ir::Graph& graph, ir::Ref r);

// True of a view that shows the axes of its array in their order, forwards.
bool keeps_axes(const ir::Graph& graph, ir::Ref r);

// Of a kernel that computes with elements of one shape, or of shapes that spread over it, and with
// numbers, and gives numbers alone or one row. What it computes with elements is exact: functions
// such as exp are faster in a kernel's vectors.
struct RowKernel {
  struct Axis {
    size_t axis;  // of the kernel's arrays
    ir::DimId size;
  };
  std::vector<Axis> axes;  // those of several elements: one of a row, none of numbers alone
  bool gives_row;
};
std::optional<RowKernel> row_kernel(const ir::Graph& graph, ir::Ref kernel);

}  // namespace passes
