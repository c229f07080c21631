#include "frontend/bindings/source.h"

#include <string>

namespace bindings {

Source::Source(const py::tuple& spec) {
  const std::string kind = spec[0].cast<std::string>();
  if (kind == "arg") {
    kind_ = Kind::argument;
    index_ = spec[1].cast<size_t>();
    return;
  }
  object_ = spec[1];
  if (kind == "item" && PyDict_Check(object_.ptr())) {
    kind_ = Kind::item;
    name_ = spec[2];
  } else if (kind == "cell" && PyCell_Check(object_.ptr())) {
    kind_ = Kind::cell;
  } else if (kind == "attr") {
    kind_ = Kind::attribute;
    name_ = spec[2];
  } else if (kind == "const") {
    kind_ = Kind::constant;
  } else {
    throw py::value_error("no such source: " + kind);
  }
}

PyObject* Source::fetch(std::span<PyObject* const> arguments) const {
  PyObject* found = nullptr;
  switch (kind_) {
    case Kind::argument: found = index_ < arguments.size() ? arguments[index_] : nullptr; break;
    case Kind::item: found = PyDict_GetItemWithError(object_.ptr(), name_.ptr()); break;
    case Kind::cell: found = PyCell_GET(object_.ptr()); break;
    case Kind::constant: found = object_.ptr(); break;
    case Kind::attribute: found = PyObject_GetAttr(object_.ptr(), name_.ptr()); break;
  }
  if (!found) PyErr_Clear();
  else if (kind_ != Kind::attribute) Py_INCREF(found);
  return found;
}

Guard::Guard(const py::tuple& spec)
    : source_(spec[0].cast<py::tuple>()),
      identity_(spec[1].cast<std::string>() == "is"),
      expected_(spec[2]) {}

bool Guard::holds(std::span<PyObject* const> arguments) const {
  const py::object found = py::reinterpret_steal<py::object>(source_.fetch(arguments));
  if (!found) return false;
  if (found.ptr() == expected_.ptr()) return true;
  if (identity_ || Py_TYPE(found.ptr()) != Py_TYPE(expected_.ptr())) return false;
  const int equal = PyObject_RichCompareBool(found.ptr(), expected_.ptr(), Py_EQ);
  if (equal < 0) PyErr_Clear();
  return equal == 1;
}

}  // namespace bindings
