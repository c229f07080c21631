// What a `kernel` node means, laid out for code generation and for launching.
//
// Invariants of a kernel body, established by passes/fuse and checked by the verifier:
//  - Every array in the body has the rank of the iteration space; each of its sizes is the space's
//  size of
//    that axis, or the constant 1 (the value does not vary along the axis).
//  - Scalar parameters (NumPy or Python scalars) are passed by value and never vary.
//  - Tables are arrays of any rank and shape that gathers read, and nothing else.
//  - Nodes are elementwise ops, casts, constants, gathers of elements and reductions; every
//  reduction has keepdims and the same
//    axes, which are either the last axes (form `rows`) or adjacent axes before the last (form
//    `columns`).
//  - Sums of floats and sums of complex numbers do not stand in one kernel.
//  - The body's results are its outputs: each varies along all axes, or along all but the reduced
//  ones.
#pragma once
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace passes {

struct Kernel {
  enum class Form : uint8_t { map, rows, columns };

  // How a value varies: over the whole space (full), per row or column with the reduced axes gone
  // (partial), or not at all (uniform). In a map kernel there is no partial.
  enum class Extent : uint8_t { uniform, partial, full };

  struct Value {
    Extent extent = Extent::full;
    // The first phase in which the value can be computed: a reduction computed in phase p is usable
    // in phase p + 1. Operands have phase 0.
    int phase = 0;
  };

  ir::BodyId body;
  Form form = Form::map;
  int rank = 0;
  std::vector<ir::DimId> space;  // size of each axis
  std::vector<bool> reduced;     // per axis
  std::vector<ir::Ref> arrays;   // parameters passed as memory, in parameter order
  std::vector<ir::Ref> scalars;  // parameters passed by value, in parameter order; then the tables
  std::vector<ir::Ref> tables;   // parameters whose elements gathers read
  std::vector<ir::Ref> outputs;  // results of the body
  int phases = 1;                // passes over the reduced axes: 1 + depth of dependent reductions
  std::vector<ir::Ref> order;    // params, then nodes
  std::vector<Value> values;     // parallel to `order`
};

// `reduced` with the axes of size 1 (`ones`) that lie between reduced axes, or behind all others:
// to reduce these changes nothing, and NumPy does not see them when it picks an order of summation.
std::vector<bool> with_ones(std::vector<bool> reduced, const std::vector<bool>& ones);

// True of a gather that takes single elements: one for each element of its indices. Such a gather
// may stand in a kernel.
bool gathers_elements(const ir::Graph& graph, ir::Ref r);

// The form of a kernel that reduces these axes; nothing if they are not adjacent.
std::optional<Kernel::Form> form_of(const std::vector<bool>& reduced);

// Analyses the kernel whose body is `body`. Bug if an invariant above does not hold.
Kernel describe(const ir::Graph& graph, ir::BodyId body);

}  // namespace passes
