// Generators of random numbers that plans draw from: graphs hold them as ints, which are theirs for
// the length of a call.
#pragma once
#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "runtime/value.h"

namespace bindings {

namespace py = pybind11;

// Whether an object is a numpy.random.Generator or RandomState, and no instance of a subclass.
bool is_generator(PyObject* object);
runtime::Number handle_of(PyObject* object);

// The generators among the inputs of a call, while it lasts: only these have handles that count.
class Lent {
 public:
  Lent() = default;
  ~Lent();
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  // A handle; false if the object is no generator.
  bool lend(PyObject* object, runtime::Value& handle);

 private:
  std::vector<PyObject*> mine_;
};

// What the eager calls of one call of a plan did to generators.
class Draws {
 public:
  // That of a call; made if there is none yet.
  static Draws& of(std::shared_ptr<void>& done);

  // The generator of a handle, borrowed; null if it is nobody's.
  PyObject* generator(const runtime::Number& handle) const;
  // Keeps a generator that the call has made, and gives it a handle.
  runtime::Number keep(py::object made);
  // Notes the state of a generator before it is drawn from for the first time. False if it has none
  // that could be put back.
  bool note(PyObject* generator);
  // Puts back what was noted.
  void take_back();

 private:
  struct State {
    py::object generator, held;
  };
  std::vector<State> states_;
  std::vector<py::object> made_;
};

}  // namespace bindings
