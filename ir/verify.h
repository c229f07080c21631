// Checks every invariant of a graph:
//  1. operands are defined before use, in the same body or one around it
//  2. a node stands in the body that lists it, once
//  3. the operand count, the attributes and the type of a node are what its row and `infer` say
//  4. parameters are numbered in order; the bodies of a node lie in the body of the node
//  5. the results of a body are defined in it or around it
//  6. a kernel reads nothing but its operands (its body captures no value from outside)
//  7. a store changes a parameter of the main body, stands in that body, and once for each
//  parameter;
//     behind it are only stores and views of what is stored
//  8. a size that a span gives, and no parameter, is given by one span, and named only behind it,
//  in
//     its body or inside
#pragma once
#include "ir/graph.h"

namespace ir {

// Throws Bug with the place, the printed node and the broken invariant. `after` names what ran
// before.
void verify(const Graph& graph, const char* after = "");

}  // namespace ir
