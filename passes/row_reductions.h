// Kernels that make numbers of rows, `((a[i] - b[j]) ** 2).sum()`, as loops over elements have
// them.
#pragma once
#include <optional>

#include "ir/graph.h"

namespace passes {

// Of elements that code computes with one by one.
bool has_elements(ir::DType t);

// A scalar, or an array of one element.
bool is_number(const ir::Graph& graph, ir::Ref r);

// Of a kernel that gives nothing but numbers, computed of numbers and by reductions of rows of one
// size. What it computes with elements is exact: functions such as exp are faster in a kernel's
// vectors.
struct KernelOfNumbers {
  std::optional<ir::DimId> count;  // elements of a row; nothing if it has none
};
std::optional<KernelOfNumbers> kernel_of_numbers(const ir::Graph& graph, ir::Ref kernel);

}  // namespace passes
