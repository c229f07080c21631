// The JSON form of graphs: the same content as the text form, for other programs. docs/ir.md has
// the schema.
#pragma once
#include <string>
#include <string_view>

#include "ir/graph.h"

namespace ir {

inline constexpr int json_version = 1;

std::string to_json(const Graph& graph, int indent = 2);
// UserError, with line and column where the JSON itself is broken.
Graph from_json(std::string_view json);

}  // namespace ir
