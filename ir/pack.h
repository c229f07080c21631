// Graphs as bytes, for another process of the same build: everything that a graph holds, as it
// stands, what the text form leaves out too.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ir/graph.h"

namespace ir {

std::string pack(const Graph& graph);
// Nothing if the bytes end too early or too late, or name what is not there. That they are those of
// a graph is for the caller to know (codegen/object_store.h).
std::optional<Graph> unpack(std::string_view bytes);

}  // namespace ir
