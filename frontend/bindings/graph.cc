// Graphs in Python: building and reading.
#include <pybind11/complex.h>

#include <complex>

#include "frontend/bindings/bind.h"
#include "runtime/prospects.h"

namespace bindings {
namespace {

struct PyType {
  GraphPtr graph;
  ir::Type type;
};

ir::Op to_op(std::string_view name) {
  if (auto op = ir::op_named(name)) return *op;
  throw py::value_error("no op is called " + std::string(name));
}

ir::BodyId to_body(const GraphPtr& g, uint32_t id) {
  if (id >= g->body_count()) throw py::value_error("no such body");
  return {id};
}

ir::Ref to_ref(const GraphPtr& g, uint32_t id) {
  if (id >= g->node_count()) throw py::value_error("no such node");
  return {id};
}

std::vector<ir::Ref> to_refs(const GraphPtr& g, const std::vector<uint32_t>& ids) {
  std::vector<ir::Ref> refs;
  for (uint32_t id : ids) refs.push_back(to_ref(g, id));
  return refs;
}

std::vector<uint32_t> from_refs(std::span<const ir::Ref> refs) {
  std::vector<uint32_t> ids;
  for (ir::Ref r : refs) ids.push_back(r.id);
  return ids;
}

// (line, column, file, errors silenced, errors reported), or None.
using PyLoc = std::optional<std::tuple<uint32_t, uint32_t, uint16_t, uint8_t, uint8_t>>;
ir::Loc to_loc(const PyLoc& given) {
  ir::Loc loc;
  if (!given) return loc;
  const auto& [line, column, file, silenced, reported] = *given;
  loc.line = line;
  loc.column = uint16_t(std::min(column, 65535u));
  loc.file = file;
  loc.silenced = silenced;
  loc.reported = reported;
  return loc;
}

ir::Literal to_literal(ir::DType t, py::handle value) {
  if (ir::is_float(t)) return ir::Literal::of(value.cast<double>());
  if (ir::is_complex(t)) {
    const auto z = value.cast<std::complex<double>>();
    return {{ir::Literal::of(z.real()).bits[0], ir::Literal::of(z.imag()).bits[0]}};
  }
  if (t == ir::DType::u64) return ir::Literal::of(int64_t(value.cast<uint64_t>()));
  if (ir::is_bool(t)) return ir::Literal::of(int64_t(value.cast<bool>()));
  return ir::Literal::of(value.cast<int64_t>());
}

void bind_type(py::module_& m) {
  py::class_<PyType>(m, "Type", "The type of a value of a graph.")
      .def_property_readonly(
          "kind", [](const PyType& t) { return kind_name(t.type.kind); },
          "'array', 'scalar', 'python', 'tuple', 'none' or 'object'.")
      .def_property_readonly("dtype", [](const PyType& t) { return ir::info(t.type.dtype).name; })
      .def_property_readonly("dims",
                             [](const PyType& t) {
                               py::tuple dims(t.type.dims.size());
                               for (size_t i = 0; i < t.type.dims.size(); ++i)
                                 dims[i] = from_dim(t.graph, t.type.dims[i]);
                               return dims;
                             })
      .def_property_readonly("elements",
                             [](const PyType& t) {
                               py::tuple types(t.type.elements.size());
                               for (size_t i = 0; i < t.type.elements.size(); ++i)
                                 types[i] = PyType{t.graph, t.graph->type(t.type.elements[i])};
                               return types;
                             })
      // Equal once sizes are resolved.
      .def("__eq__", [](const PyType& a, const PyType& b) {
        return a.graph == b.graph && a.graph->same_type(a.type, b.type);
      });
}

using GraphClass = py::class_<ir::Graph, GraphPtr>;

void bind_building(GraphClass& c) {
  c.def(
      "param",
      [](const GraphPtr& g, uint32_t body, std::string_view kind, std::string_view dtype,
         const py::sequence& dims, const PyLoc& loc) {
        return g->param(to_body(g, body), make_type(g, kind, dtype, dims), to_loc(loc)).id;
      },
      py::arg("body"), py::arg("kind"), py::arg("dtype"), py::arg("dims") = py::tuple(),
      py::arg("loc") = py::none(), "Adds a parameter of a body.");
  c.def(
      "param_like",
      [](const GraphPtr& g, uint32_t body, const PyType& type, const PyLoc& loc) {
        return g->param(to_body(g, body), type.type, to_loc(loc)).id;
      },
      py::arg("body"), py::arg("type"), py::arg("loc") = py::none());
  c.def(
      "apply",
      [](const GraphPtr& g, uint32_t body, std::string_view op, const std::vector<uint32_t>& in,
         const py::dict& attrs, const PyLoc& loc) {
        const ir::Op o = to_op(op);
        return ir::apply(*g, to_body(g, body), o, to_refs(g, in), to_attrs(g, o, attrs),
                         to_loc(loc))
            .id;
      },
      py::arg("body"), py::arg("op"), py::arg("operands"), py::arg("attrs") = py::dict(),
      py::arg("loc") = py::none(), "Adds an op as NumPy would evaluate it, with promotion.");
  c.def(
      "add",
      [](const GraphPtr& g, uint32_t body, std::string_view op, const std::vector<uint32_t>& in,
         const py::dict& attrs, const PyLoc& loc) {
        const ir::Op o = to_op(op);
        return g->add(to_body(g, body), o, to_refs(g, in), to_attrs(g, o, attrs), to_loc(loc)).id;
      },
      py::arg("body"), py::arg("op"), py::arg("operands"), py::arg("attrs") = py::dict(),
      py::arg("loc") = py::none(), "Adds a node whose operands already agree.");
  c.def(
      "constant",
      [](const GraphPtr& g, uint32_t body, std::string_view kind, std::string_view dtype,
         py::handle value, const PyLoc& loc) {
        const ir::Type type = make_type(g, kind, dtype, py::tuple());
        return g->constant(to_body(g, body), type, to_literal(type.dtype, value), to_loc(loc)).id;
      },
      py::arg("body"), py::arg("kind"), py::arg("dtype"), py::arg("value"),
      py::arg("loc") = py::none());
  c.def(
      "nest", [](const GraphPtr& g, uint32_t parent) { return g->nest(to_body(g, parent)).id; },
      py::arg("parent") = 0, "Makes an empty body inside another.");
  c.def(
      "set_results",
      [](const GraphPtr& g, uint32_t body, const std::vector<uint32_t>& refs) {
        g->results(to_body(g, body), to_refs(g, refs));
      },
      py::arg("body"), py::arg("refs"));
  c.def_readwrite("name", &ir::Graph::name);
  c.def_readwrite("files", &ir::Graph::files);
}

bool require(const GraphPtr& g, std::string_view relation, py::handle dim) {
  const ir::Check::Relation relations[] = {ir::Check::zero, ir::Check::nonzero,
                                           ir::Check::nonnegative};
  const std::string_view names[] = {"zero", "nonzero", "nonnegative"};
  for (int i = 0; i < 3; ++i)
    if (relation == names[i]) return g->dims.require({relations[i], to_dim(g, dim)});
  throw py::value_error("no such relation");
}

void bind_sizes(GraphClass& c) {
  c.def("symbol",
        [](const GraphPtr& g, std::string_view name) { return Dim{g, g->dims.symbol(name)}; });
  c.def("fresh",
        [](const GraphPtr& g, std::string_view prefix) { return Dim{g, g->dims.fresh(prefix)}; });
  c.def("require", &require, py::arg("relation"), py::arg("dim"),
        "Records what must hold of the sizes; False if it never can.");
  c.def("unify", [](const GraphPtr& g, py::handle a, py::handle b) {
    return g->dims.unify(to_dim(g, a), to_dim(g, b));
  });
  c.def_property_readonly("checks", [](const GraphPtr& g) {
    std::vector<std::string> texts;
    for (const auto& check : g->dims.checks()) texts.push_back(g->dims.str(check));
    return texts;
  });
}

void bind_reading(GraphClass& c) {
  c.def("type", [](const GraphPtr& g, uint32_t ref) { return PyType{g, g->type(to_ref(g, ref))}; });
  c.def("op", [](const GraphPtr& g, uint32_t ref) {
    return std::string(ir::spelling(g->op(to_ref(g, ref))));
  });
  c.def("operands",
        [](const GraphPtr& g, uint32_t ref) { return from_refs(g->inputs(to_ref(g, ref))); });
  c.def("attrs", [](const GraphPtr& g, uint32_t ref) { return from_attrs(g, to_ref(g, ref)); });
  c.def("loc", [](const GraphPtr& g, uint32_t ref) -> py::object {
    const ir::Loc loc = (*g)[to_ref(g, ref)].loc;
    if (!loc.known()) return py::none();
    return py::make_tuple(loc.line, loc.column, loc.file);
  });
  c.def(
      "params",
      [](const GraphPtr& g, uint32_t body) { return from_refs(g->body(to_body(g, body)).params); },
      py::arg("body") = 0);
  c.def(
      "nodes",
      [](const GraphPtr& g, uint32_t body) { return from_refs(g->body(to_body(g, body)).nodes); },
      py::arg("body") = 0);
  c.def(
      "results",
      [](const GraphPtr& g, uint32_t body) { return from_refs(g->body(to_body(g, body)).results); },
      py::arg("body") = 0);
  c.def("bodies_of", [](const GraphPtr& g, uint32_t ref) {
    std::vector<uint32_t> ids;
    for (ir::BodyId b : g->bodies_of(to_ref(g, ref))) ids.push_back(b.id);
    return ids;
  });
  c.def_property_readonly(
      "exact", [](const ir::Graph& g) { return runtime::is_exact(g); },
      "Whether all operations give NumPy's bits; of a graph that no pass has changed.");
  c.def("copy", [](const ir::Graph& g) { return std::make_shared<ir::Graph>(g); });
}

}  // namespace

void bind_graph(py::module_& m) {
  bind_type(m);
  GraphClass c(m, "Graph", "The SSA graph of a function.");
  c.def(py::init([](const std::string& name) {
          auto g = std::make_shared<ir::Graph>();
          g->name = name;
          return g;
        }),
        py::arg("name") = "");
  bind_building(c);
  bind_sizes(c);
  bind_reading(c);
}

}  // namespace bindings
