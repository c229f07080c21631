// Updates of rows of elements, `a[i, j:] = x`.
#pragma once
#include <optional>

#include "ir/graph.h"

namespace passes {

// The axis along which an update changes more than one element; nothing if it may be several.
struct RowUpdate {
  bool single = true;  // no axis has more than one
  size_t axis = 0;
};
std::optional<RowUpdate> row_of(const ir::Graph& graph, ir::Ref update);

// True if an update gives an array all of its own elements: another node for the same contents.
bool keeps_itself(const ir::Graph& graph, ir::Ref update);

}  // namespace passes
