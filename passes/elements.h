// Small arrays as the numbers in them: what loops that scalarise compute with
// (passes/scalarise.cc).
#pragma once
#include <optional>
#include <vector>

#include "passes/rewrite.h"

namespace passes {

constexpr int64_t most_elements = 16;  // of an array that is taken apart

// The elements of an array in C order, each a NumPy scalar of the graph.
struct Elements {
  std::vector<int64_t> shape;
  std::vector<Ref> at;
  Ref root;  // the value of the old graph that a loop carries, if it is one or a part of one
};

// The shape, if it is known and small.
std::optional<std::vector<int64_t>> small_shape(const Graph& graph, const Type& type);

// The attribute's sizes; Unsupported if they are known only when the function runs.
std::vector<int64_t> known(const Graph& graph, const std::vector<ir::DimId>& dims);

// Calls f(index) for each index of the shape in C order.
template <class F>
void each_index(const std::vector<int64_t>& shape, F&& f) {
  for (int64_t n : shape)
    if (n == 0) return;
  std::vector<int64_t> index(shape.size(), 0);
  for (;;) {
    f(index);
    size_t k = shape.size();
    while (k > 0 && ++index[k - 1] == shape[k - 1]) index[--k] = 0;
    if (k == 0) return;
  }
}

// The element at an index, broadcast from the right.
Ref element(const Elements& e, const std::vector<int64_t>& index);

// What a view op of the graph `from` shows of the elements of its operand. Unsupported where that
// is known only when the function runs.
Elements view(const Graph& from, Ref node, const Elements& of);

// The elements with a part replaced: that of `update`, a node of the graph `from` without run-time
// positions.
Elements updated(const Graph& from, Ref update, const Elements& base, const Elements& value);

}  // namespace passes
