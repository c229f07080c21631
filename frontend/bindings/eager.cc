#include "frontend/bindings/eager.h"

#include <pybind11/pybind11.h>

#include <string>
#include <unordered_map>

#include "frontend/bindings/array.h"
#include "frontend/bindings/errstate.h"

namespace bindings {

namespace {

using runtime::Tensor;
using runtime::Value;

// A call that graphs name: what runs it, and where the function stands that is called.
struct Callee {
  py::object run;  // of the operands; empty if there is no such function
  py::object names, name, function;

  bool stands() const {
    return run && PyDict_GetItemWithError(names.ptr(), name.ptr()) == function.ptr();
  }
};

Callee find(const std::string& text) {
  try {
    const auto found =
        py::module_::import("braze.eager_calls").attr("callee")(text).cast<py::tuple>();
    return {found[0], found[1], found[2], found[3]};
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_ValueError)) throw;
    return {};
  }
}

// By text. Python's lock is held; never destroyed, since Python may be gone before static objects.
const Callee& callee(const std::string& text) {
  static auto& known = *new std::unordered_map<std::string, Callee>();
  const auto at = known.find(text);
  if (at != known.end()) return at->second;
  Callee made = find(text);  // which may let other threads run
  return known.try_emplace(text, std::move(made)).first->second;
}

// An array with one axis has to be dense, too, as the frontend takes it to be.
bool is_of(const ir::Type& type, const Value& v) {
  if (const auto* t = std::get_if<Tensor>(&v.is))
    return type.is_array() && t->dtype == type.dtype && t->rank == type.rank() &&
           (t->rank != 1 || t->c_contiguous());
  const auto& n = std::get<runtime::Number>(v.is);
  return type.is_scalar() && n.dtype == type.dtype &&
         n.python == (type.kind == ir::Type::Kind::python);
}

// A new reference; nothing if the call raised.
py::object made_by(const Callee& callee, std::span<const Value> operands, uint8_t kinds) {
  std::vector<py::object> held;
  std::vector<PyObject*> arguments;
  for (const Value& v : operands) {
    held.push_back(borrowed(v));
    arguments.push_back(held.back().ptr());
  }
  const ErrorsRaised raised(kinds);
  PyObject* made =
      PyObject_Vectorcall(callee.run.ptr(), arguments.data(), arguments.size(), nullptr);
  if (made) return py::reinterpret_steal<py::object>(made);
  if (!PyErr_ExceptionMatches(PyExc_Exception)) throw py::error_already_set();
  PyErr_Clear();
  return {};
}

// What a call gave, one after the other; none if it is not a tuple of so many.
std::vector<py::object> parts_of(py::object made, const ir::Type& type) {
  std::vector<py::object> parts;
  if (type.kind != ir::Type::Kind::tuple) {
    parts.push_back(std::move(made));
    return parts;
  }
  if (!PyTuple_Check(made.ptr()) || size_t(PyTuple_GET_SIZE(made.ptr())) != type.elements.size())
    return parts;
  for (size_t i = 0; i < type.elements.size(); ++i)
    parts.push_back(
        py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(made.ptr(), Py_ssize_t(i))));
  return parts;  // the tuple lets go of them
}

// Memory that another value shows too must not be taken for a new array's.
bool stands_apart(const Value& v, std::span<const Value> others) {
  const auto* t = std::get_if<Tensor>(&v.is);
  if (!t || t->size() == 0) return true;
  for (const Value& other : others) {
    const auto* o = std::get_if<Tensor>(&other.is);
    if (o && o->size() > 0 && runtime::may_overlap(*t, *o)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<Value>> call_eager(const ir::Graph& graph, ir::Ref node,
                                             std::span<const Value> operands) {
  const Callee& called = callee(graph.attrs(node).text("call"));
  if (!called.stands()) return std::nullopt;
  const ir::Loc& loc = graph[node].loc;
  const auto kinds = uint8_t((error_modes().reported & ~loc.silenced) | loc.reported);
  const ir::Type& type = graph.type(node);
  py::object made = made_by(called, operands, kinds);
  if (!made) return std::nullopt;
  std::vector<py::object> parts = parts_of(std::move(made), type);
  std::vector<Value> values(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool several = type.kind == ir::Type::Kind::tuple;
    const ir::Type& expected = several ? graph.type(type.elements[i]) : type;
    if (!take(std::move(parts[i]), values[i]) || !is_of(expected, values[i])) return std::nullopt;
    if (!stands_apart(values[i], operands) || !stands_apart(values[i], {values.data(), i}))
      return std::nullopt;
  }
  if (values.empty()) return std::nullopt;
  return values;
}

}  // namespace bindings
