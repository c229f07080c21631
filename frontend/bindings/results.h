// Arrays of the runtime as NumPy's, which own their memory where NumPy's results do.
#pragma once
#include <memory>

#include "frontend/bindings/array.h"

namespace bindings {

// Owns a reference to a Python object; found again through std::get_deleter.
struct Release {
  void operator()(void* object) const { Py_DECREF(static_cast<PyObject*>(object)); }
};

inline std::shared_ptr<void> own(PyObject* object) { return {object, Release{}}; }

// An array over the tensor's memory, which `base` keeps alive.
py::object new_array(const runtime::Tensor& t, PyObject* base, int flags);

// A tensor as a result: an argument's array if it shows that one, a new array, or the one it was
// made in.
py::object array_to_python(const runtime::Tensor& t, PyObject* argument);

}  // namespace bindings
