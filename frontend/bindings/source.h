// Where dispatch finds an object: an argument, or something that the function reads besides; and what must
// hold of it for a specialisation to be the function.
#pragma once
#include <pybind11/pybind11.h>

#include <span>

namespace bindings {

namespace py = pybind11;

class Source {
 public:
  // From Python: ("arg", i) counting positional then keyword arguments, ("item", dict, key),
  // ("cell", cell), ("attr", object, name) or ("const", object).
  explicit Source(const py::tuple& spec);
  // A new reference, or null without an exception if it is not there (any more).
  PyObject* fetch(std::span<PyObject* const> arguments) const;
  int argument() const { return kind_ == Kind::argument ? int(index_) : -1; }
  const py::object& held() const { return object_; }

 private:
  enum class Kind : uint8_t { argument, item, cell, attribute, constant } kind_;
  size_t index_ = 0;
  py::object object_, name_;
};

class Guard {
 public:
  // (source, "is", expected): the same object. (source, "equal", expected): the same type, and equal.
  explicit Guard(const py::tuple& spec);
  bool holds(std::span<PyObject* const> arguments) const;
  const Source& source() const { return source_; }

 private:
  Source source_;
  bool identity_;
  py::object expected_;
};

}  // namespace bindings
