#include "frontend/bindings/shown.h"

#include <algorithm>
#include <cstring>

#include "frontend/bindings/array.h"
#include "frontend/bindings/numpy.h"

namespace bindings {

using runtime::Tensor;

namespace {

PyArrayObject* as_array(PyObject* o) { return reinterpret_cast<PyArrayObject*>(o); }
auto& fields(PyObject* o) { return *reinterpret_cast<PyArrayObject_fields*>(o); }

constexpr int layout_flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS | NPY_ARRAY_ALIGNED;

PyObject* made(const Tensor& t) {
  PyArray_Descr* descr = PyArray_DescrFromType(type_number(t.dtype));
  PyObject* a =
      PyArray_NewFromDescr(&PyArray_Type, descr, t.rank, const_cast<npy_intp*>(t.shape.data()),
                           const_cast<npy_intp*>(t.strides.data()), t.data, 0, nullptr);
  if (!a) throw py::error_already_set();
  return a;
}

// Whether an array can show a tensor by other sizes and strides.
bool suits(PyObject* o, const Tensor& t) {
  return Py_REFCNT(o) == 1 && PyArray_NDIM(as_array(o)) == t.rank &&
         PyArray_TYPE(as_array(o)) == type_number(t.dtype);
}

}  // namespace

PyObject* Shown::show(const Tensor& t) {
  if (!array_ || !suits(array_, t)) {
    PyObject* const fresh = made(t);
    Py_XSETREF(array_, fresh);
    return array_;
  }
  npy_intp *dims = PyArray_DIMS(as_array(array_)), *strides = PyArray_STRIDES(as_array(array_));
  fields(array_).data = t.data;
  const bool same = std::equal(dims, dims + t.rank, t.shape.data()) &&
                    std::equal(strides, strides + t.rank, t.strides.data());
  if (same) return array_;
  std::copy_n(t.shape.data(), t.rank, dims);
  std::copy_n(t.strides.data(), t.rank, strides);
  PyArray_UpdateFlags(as_array(array_), layout_flags);
  return array_;
}

void Shown::hide() {
  if (!array_ || Py_REFCNT(array_) == 1) return;
  PyObject* const held = std::exchange(array_, nullptr);
  PyObject* const own = PyArray_NewCopy(as_array(held), NPY_KEEPORDER);
  if (own) {
    fields(held).data = PyArray_BYTES(as_array(own));
    std::copy_n(PyArray_STRIDES(as_array(own)), PyArray_NDIM(as_array(own)),
                PyArray_STRIDES(as_array(held)));
    PyArray_UpdateFlags(as_array(held), layout_flags);
    if (PyArray_SetBaseObject(as_array(held), own) < 0) PyErr_Clear();
  } else {
    PyErr_Clear();
  }
  Py_DECREF(held);
}

py::object copied(const Tensor& t) {
  PyObject* copy = nullptr;
  if (t.c_contiguous()) {
    PyArray_Descr* descr = PyArray_DescrFromType(type_number(t.dtype));
    copy = PyArray_NewFromDescr(&PyArray_Type, descr, t.rank, t.shape.data(), nullptr, nullptr, 0,
                                nullptr);
    if (copy && t.size() > 0)
      std::memcpy(PyArray_BYTES(as_array(copy)), t.data, size_t(t.size() * t.itemsize()));
  } else {
    const py::object shown = py::reinterpret_steal<py::object>(made(t));
    copy = PyArray_NewCopy(as_array(shown.ptr()), NPY_KEEPORDER);
  }
  if (!copy) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(copy);
}

}  // namespace bindings
