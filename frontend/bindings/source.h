// Where dispatch finds an object: an argument, or something that the function reads besides; and
// what must hold of it for a specialisation to be the function.
#pragma once
#include <pybind11/pybind11.h>

#include <optional>
#include <span>
#include <vector>

namespace bindings {

namespace py = pybind11;

class Source {
 public:
  // From Python: ("arg", i) counting positional then keyword arguments, ("item", dict, key),
  // ("cell", cell), ("attr", object, name) or ("const", object); or ("path", source, steps), where
  // the steps ("attr", name), ("item", key) and ("call", function of the object) lead on from
  // there. An input that is a path ends in an example.
  explicit Source(const py::tuple& spec);
  // A new reference, or null without an exception if it is not there (any more).
  PyObject* fetch(std::span<PyObject* const> arguments) const;
  int argument() const { return kind_ == Kind::argument && steps_.empty() ? int(index_) : -1; }
  // True if a function makes the object, at every call.
  bool is_made() const;
  // The dict or class whose changes alone make it another object; null if there is none.
  PyObject* owner() const;
  PyObject* constant() const {
    return kind_ == Kind::constant && steps_.empty() ? object_.ptr() : nullptr;
  }

 private:
  enum class Kind : uint8_t { argument, item, cell, attribute, constant } kind_;
  size_t index_ = 0;
  py::object object_, name_;
  struct Step {
    enum How : uint8_t { attribute, item, call } how;
    py::object key;
  };
  std::vector<Step> steps_;
};

class Guard {
 public:
  // (source, "is", expected): the same object. (source, "equal", expected): the same type, and
  // equal; numbers to the bit, so that -0.0 is not 0.0. (source, "like", example): of the same
  // signature. (source, "lacks", name): a dict, a class, or an instance whose dict, does not have
  // the name. (source, "keys", n): a tuple or list of n items; with a tuple, a dict of these
  // plain keys. (source, "order", None): an array in C order, (source,
  // "spread", None): one without axes of stride 0. (source, "one", other): the same
  // object as another source, (source, "apart", other): another one.
  explicit Guard(const py::tuple& spec);
  bool holds(std::span<PyObject* const> arguments) const;
  // The dict or class that has to change before the guard can fail; null if there is none.
  PyObject* owner() const;

 private:
  Source source_;
  enum class Kind : uint8_t { same, equal, like, lacks, keys, order, spread, one, apart } kind_;
  uint64_t signature_ = 0;
  py::object expected_;
  std::optional<Source> other_;
};

}  // namespace bindings
