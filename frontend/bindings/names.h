// Guards on the names of one dict or class. They are asked when it has changed; a call in between
// costs one comparison, however many names of NumPy, Python and its own module a function reads.
#pragma once
#include <span>
#include <vector>

#include "frontend/bindings/source.h"

namespace bindings {

class Names {
 public:
  explicit Names(PyObject* owner) : owner_(py::reinterpret_borrow<py::object>(owner)) {}
  PyObject* owner() const { return owner_.ptr(); }
  void add(Guard guard) { guards_.push_back(std::move(guard)); }
  bool hold() const;

 private:
  py::object owner_;
  std::vector<Guard> guards_;
  // The owner's version when all guards held last; 0 is none.
  mutable uint64_t seen_ = 0;
};

// Sorts guards: those on names, by owner, and the others.
class Guards {
 public:
  explicit Guards(const py::sequence& specs);
  bool empty() const { return names_.empty() && others_.empty(); }
  bool hold(std::span<PyObject* const> arguments) const;

 private:
  std::vector<Names> names_;
  std::vector<Guard> others_;
};

}  // namespace bindings
