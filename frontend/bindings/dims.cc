// Sizes of a graph: linear expressions over symbols, with Python's operators.
#include "frontend/bindings/bind.h"

namespace bindings {
namespace {

using Binary = ir::DimId (ir::Dims::*)(ir::DimId, ir::DimId);

Dim binary(const Dim& a, py::handle b, Binary f, bool swapped) {
  ir::DimId other = to_dim(a.graph, b);
  ir::Dims& dims = a.graph->dims;
  return {a.graph, swapped ? (dims.*f)(other, a.id) : (dims.*f)(a.id, other)};
}

template <Binary f>
void arithmetic(py::class_<Dim>& c, const char* name, const char* swapped) {
  c.def(name, [](const Dim& a, py::handle b) { return binary(a, b, f, false); });
  if (swapped) c.def(swapped, [](const Dim& a, py::handle b) { return binary(a, b, f, true); });
}

std::optional<int64_t> evaluate(const Dim& d, const py::dict& sizes) {
  return d.graph->dims.eval(d.id, [&](std::string_view name) -> std::optional<int64_t> {
    py::str key(name.data(), name.size());
    if (!sizes.contains(key)) return {};
    return sizes[key].cast<int64_t>();
  });
}

}  // namespace

ir::DimId to_dim(const GraphPtr& graph, py::handle value) {
  if (py::isinstance<Dim>(value)) {
    const auto& d = value.cast<const Dim&>();
    if (d.graph != graph) throw py::value_error("a size of another graph");
    return d.id;
  }
  if (!PyLong_Check(value.ptr())) throw py::type_error("a size is an int or a Dim");
  return graph->dims.constant(value.cast<int64_t>());
}

py::object from_dim(const GraphPtr& graph, ir::DimId id) {
  if (auto v = graph->dims.value(id)) return py::int_(*v);
  return py::cast(Dim{graph, graph->dims.resolve(id)});
}

void bind_dims(py::module_& m) {
  py::class_<Dim> c(m, "Dim", "A size of a graph: an expression over the sizes of arguments.");
  arithmetic<&ir::Dims::add>(c, "__add__", "__radd__");
  arithmetic<&ir::Dims::subtract>(c, "__sub__", "__rsub__");
  arithmetic<&ir::Dims::multiply>(c, "__mul__", "__rmul__");
  arithmetic<&ir::Dims::floor_divide>(c, "__floordiv__", "__rfloordiv__");
  arithmetic<&ir::Dims::modulo>(c, "__mod__", "__rmod__");
  arithmetic<&ir::Dims::maximum>(c, "maximum", nullptr);
  arithmetic<&ir::Dims::minimum>(c, "minimum", nullptr);
  c.def("__neg__", [](const Dim& a) {
    ir::Dims& dims = a.graph->dims;
    return Dim{a.graph, dims.subtract(dims.constant(0), a.id)};
  });
  // Equal for all sizes that pass the graph's checks.
  c.def("__eq__", [](const Dim& a, py::handle b) {
    if (!py::isinstance<Dim>(b) && !PyLong_Check(b.ptr())) return false;
    return a.graph->dims.equal(a.id, to_dim(a.graph, b));
  });
  c.def("__hash__", [](const Dim& a) { return a.graph->dims.resolve(a.id).id; });
  c.def("__str__", [](const Dim& a) { return a.graph->dims.str(a.id); });
  c.def("__repr__", [](const Dim& a) { return "Dim(" + a.graph->dims.str(a.id) + ")"; });
  c.def_property_readonly(
      "value", [](const Dim& a) { return a.graph->dims.value(a.id); },
      "The size as an int, or None if it differs between calls.");
  c.def_property_readonly("symbol", [](const Dim& a) { return a.graph->dims.symbol_name(a.id); });
  c.def_property_readonly("symbols", [](const Dim& a) {
    std::vector<std::string> names;
    for (uint32_t atom : a.graph->dims.symbols(a.id))
      names.push_back(a.graph->dims.atom(atom).name);
    return names;
  });
  c.def_property_readonly("never_negative",
                          [](const Dim& a) { return a.graph->dims.never_negative(a.id); });
  c.def("evaluate", &evaluate, py::arg("sizes"), "The value where symbols have these sizes.");
}

}  // namespace bindings
