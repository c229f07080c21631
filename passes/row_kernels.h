// Kernels that compute with rows, `((a[i] - b[j]) ** 2).sum()`, or with planes of several axes,
// `(image[i : i + 3, j : j + 3] * weights).sum()`, as loops over elements have them.
#pragma once
#include <algorithm>
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
// numbers, and gives numbers, and rows if there is one axis. What it computes with elements is
// exact: functions such as exp are faster in a kernel's vectors.
struct RowKernel {
  struct Axis {
    size_t axis;  // of the kernel's arrays
    ir::DimId size;
  };
  std::vector<Axis> axes;  // those of several elements: one of a row, none of numbers alone
  std::vector<bool> rows;  // by result: whether it is one
  bool gathers;            // elements of a table
  bool gives_rows() const { return std::ranges::count(rows, true) > 0; }
  // Gives one row, of which each element depends on those at its place alone.
  bool gives_row() const { return rows.size() == 1 && rows[0] && !gathers; }
};
std::optional<RowKernel> row_kernel(const ir::Graph& graph, ir::Ref kernel);

}  // namespace passes
