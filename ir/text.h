// The text form of graphs, both ways. docs/ir.md describes it.
#pragma once
#include <string>
#include <string_view>

#include "ir/graph.h"

namespace ir {

struct PrintOptions {
  bool locations = false;  // append @ "file":line:column to nodes
};

// Values are numbered in the order of the text, so equal graphs have equal text.
std::string print(const Graph& graph, const PrintOptions& options = {});
std::string print(const Graph& graph, const Type& type);
// One attribute's value, such as [0, 1]; of a field that is no body.
std::string print_attribute(const Graph& graph, Ref node, const AttrField& field);
// One node as the text form has it, with the ids of the graph; for messages.
std::string print_node(const Graph& graph, Ref node);

// Reads the text form. UserError "line 3, column 7: ..." where it is not one.
Graph parse(std::string_view text);
// Reads one type, such as "f32[n, 128]", into the graph.
Type parse_type(Graph& graph, std::string_view text);

// A literal of this dtype as text: shortest digits that read back, "nan", "-inf", "true".
std::string print_literal(Literal value, DType dtype);
// Reads one word of a literal; false if the text is none of this dtype.
bool read_literal(std::string_view text, DType dtype, int64_t& bits);

}  // namespace ir
