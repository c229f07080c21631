// Attributes of a node from a Python dict and back, by the schema of the op's row.

#include "frontend/bindings/bind.h"

namespace bindings {
namespace {

std::vector<ir::DimId> to_dims(const GraphPtr& graph, py::handle values) {
  std::vector<ir::DimId> dims;
  if (!values) return dims;
  for (py::handle v : values) dims.push_back(to_dim(graph, v));
  return dims;
}

ir::BodyId to_body(const GraphPtr& graph, py::handle value) {
  auto id = value.cast<uint32_t>();
  if (id >= graph->body_count()) throw py::value_error("no such body");
  return {id};
}

py::tuple dims_tuple(const GraphPtr& graph, const std::vector<ir::DimId>& dims) {
  py::tuple t(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) t[i] = from_dim(graph, dims[i]);
  return t;
}

ir::Type::Kind kind_named(std::string_view name) {
  for (auto kind : {ir::Type::Kind::array, ir::Type::Kind::scalar, ir::Type::Kind::python})
    if (name == kind_name(kind)) return kind;
  throw py::value_error("no such kind of type: " + std::string(name));
}

// (kind, dtype, sizes), or a list of such for a tuple.
ir::Type to_type(const GraphPtr& graph, py::handle value) {
  if (py::isinstance<py::tuple>(value)) {
    const auto [kind, dtype, dims] =
        value.cast<std::tuple<std::string, std::string, py::sequence>>();
    return make_type(graph, kind, dtype, dims);
  }
  std::vector<ir::TypeId> elements;
  for (py::handle v : value) elements.push_back(graph->intern(to_type(graph, v)));
  return ir::Type::tuple(std::move(elements));
}

void append(const GraphPtr& graph, ir::Attrs& attrs, ir::AttrKind kind, py::handle value) {
  switch (kind) {
    case ir::AttrKind::integer: attrs.integer(value ? value.cast<int64_t>() : 0); break;
    case ir::AttrKind::boolean: attrs.boolean(value && value.cast<bool>()); break;
    case ir::AttrKind::integers:
      attrs.integers(value ? value.cast<std::vector<int64_t>>() : std::vector<int64_t>{});
      break;
    case ir::AttrKind::dtype: attrs.dtype(to_dtype(value.cast<std::string>())); break;
    case ir::AttrKind::dim: attrs.dim(to_dim(graph, value)); break;
    case ir::AttrKind::dims: attrs.dims(to_dims(graph, value)); break;
    case ir::AttrKind::body: attrs.body(to_body(graph, value)); break;
    case ir::AttrKind::text: attrs.text(value.cast<std::string>()); break;
    case ir::AttrKind::type: attrs.type(graph->intern(to_type(graph, value))); break;
    case ir::AttrKind::scalar: throw py::type_error("use Graph.constant");
  }
}

}  // namespace

const char* kind_name(ir::Type::Kind kind) {
  static constexpr const char* names[] = {"array", "scalar", "python", "tuple", "none", "object"};
  return names[int(kind)];
}

ir::Type make_type(const GraphPtr& graph, std::string_view kind, std::string_view dtype,
                   const py::sequence& dims) {
  ir::Type type{kind_named(kind), to_dtype(dtype), {}, {}};
  for (py::handle d : dims) type.dims.push_back(to_dim(graph, d));
  return type;
}

ir::DType to_dtype(std::string_view name) {
  if (auto t = ir::dtype_named(name)) return *t;
  ir::fail<ir::UserError>() << "no dtype is called '" << name << "'";
}

ir::Attrs to_attrs(const GraphPtr& graph, ir::Op op, const py::dict& values) {
  ir::Attrs attrs;
  size_t used = 0;
  for (const ir::AttrField& field : ir::schema(op)) {
    py::str key(field.name.data(), field.name.size());
    py::object value;
    if (values.contains(key)) {
      value = values[key];
      ++used;
    } else if (field.kind == ir::AttrKind::dtype || field.kind == ir::AttrKind::dim ||
               field.kind == ir::AttrKind::body || field.kind == ir::AttrKind::text ||
               field.kind == ir::AttrKind::type) {
      throw py::type_error(std::string(ir::spelling(op)) + " needs " + std::string(field.name));
    }
    append(graph, attrs, field.kind, value);
  }
  if (used != values.size())
    throw py::type_error(std::string(ir::spelling(op)) +
                         " has no such attribute: " + py::repr(values).cast<std::string>());
  return attrs;
}

py::dict from_attrs(const GraphPtr& graph, ir::Ref node) {
  py::dict d;
  ir::AttrView view = graph->attrs(node);
  for (const ir::AttrField& field : ir::schema(graph->op(node))) {
    py::object v;
    switch (field.kind) {
      case ir::AttrKind::integer: v = py::int_(view.integer(field.name)); break;
      case ir::AttrKind::boolean: v = py::bool_(view.boolean(field.name)); break;
      case ir::AttrKind::integers: v = py::tuple(py::cast(view.integers(field.name))); break;
      case ir::AttrKind::dtype: v = py::str(ir::info(view.dtype(field.name)).name); break;
      case ir::AttrKind::dim: v = from_dim(graph, view.dim(field.name)); break;
      case ir::AttrKind::dims: v = dims_tuple(graph, view.dims(field.name)); break;
      case ir::AttrKind::body: v = py::int_(view.body(field.name).id); break;
      case ir::AttrKind::text: v = py::str(view.text(field.name)); break;
      case ir::AttrKind::scalar:
      case ir::AttrKind::type: continue;
    }
    d[py::str(field.name.data(), field.name.size())] = v;
  }
  return d;
}

}  // namespace bindings
