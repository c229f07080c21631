// Arrays that NumPy sees for the length of a call.
#pragma once
#include <pybind11/pybind11.h>

#include <utility>

#include "runtime/value.h"

namespace bindings {

namespace py = pybind11;

// An array of NumPy's that shows one tensor after the other, read-only. The tensor's memory lives
// as long as it is shown.
class Shown {
 public:
  Shown() = default;
  Shown(Shown&& other) noexcept : array_(std::exchange(other.array_, nullptr)) {}
  Shown& operator=(Shown&&) = delete;
  ~Shown() { Py_XDECREF(array_); }

  PyObject* show(const runtime::Tensor& tensor);  // borrowed
  // What somebody still holds then gets memory of its own.
  void hide();

 private:
  PyObject* array_ = nullptr;
};

// A new array with a tensor's elements, in its order in memory.
py::object copied(const runtime::Tensor& tensor);

}  // namespace bindings
