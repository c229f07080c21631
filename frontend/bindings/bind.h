// The parts of braze._core: one function per file, called by module.cc.
#pragma once
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>

#include "ir/graph.h"

namespace bindings {

namespace py = pybind11;

// A graph as Python holds it. Sizes and types keep it alive.
using GraphPtr = std::shared_ptr<ir::Graph>;

// A size of one graph, with Python's arithmetic.
struct Dim {
  GraphPtr graph;
  ir::DimId id;
};

// The size that a Python int or a Dim stands for.
ir::DimId to_dim(const GraphPtr& graph, py::handle value);
py::object from_dim(const GraphPtr& graph, ir::DimId id);
// Attributes from a dict of the op's field names; False, 0 or () where a field is missing.
ir::Attrs to_attrs(const GraphPtr& graph, ir::Op op, const py::dict& values);
py::dict from_attrs(const GraphPtr& graph, ir::Ref node);
ir::DType to_dtype(std::string_view name);
// Types as Python spells them: 'array', 'scalar', 'python', ..., and a type of one of the first
// three.
const char* kind_name(ir::Type::Kind kind);
ir::Type make_type(const GraphPtr& graph, std::string_view kind, std::string_view dtype,
                   const py::sequence& dims);

// File, line and column; None where nothing is known.
py::object location(const ir::Graph& g, ir::Loc loc);

void bind_errors(py::module_& m);
void bind_ops(py::module_& m);
void bind_dims(py::module_& m);
void bind_graph(py::module_& m);
void bind_text(py::module_& m);
void bind_fusion(py::module_& m);
void bind_machine(py::module_& m);

}  // namespace bindings
