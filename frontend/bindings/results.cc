#include "frontend/bindings/results.h"

#include "frontend/bindings/numpy.h"

namespace bindings {

using runtime::Tensor;

py::object new_array(const Tensor& t, PyObject* base, int flags) {
  PyArray_Descr* descr = PyArray_DescrFromType(type_number(t.dtype));
  PyObject* a =
      PyArray_NewFromDescr(&PyArray_Type, descr, t.rank, const_cast<npy_intp*>(t.shape.data()),
                           const_cast<npy_intp*>(t.strides.data()), t.data, flags, nullptr);
  if (!a) throw py::error_already_set();
  py::object result = py::reinterpret_steal<py::object>(a);
  if (base) {
    Py_INCREF(base);
    if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(a), base) < 0)
      throw py::error_already_set();
  }
  return result;
}

namespace {

// Strides of axes without a second element say nothing.
bool is_whole(const Tensor& t, PyArrayObject* a) {
  if (t.data != PyArray_BYTES(a) || !PyArray_EquivTypenums(PyArray_TYPE(a), type_number(t.dtype)) ||
      t.rank != PyArray_NDIM(a)) {
    return false;
  }
  const bool several = t.size() > 1;
  for (int k = 0; k < t.rank; ++k) {
    const int64_t size = t.shape[size_t(k)];
    if (size != PyArray_DIM(a, k)) return false;
    if (several && size > 1 && t.strides[size_t(k)] != PyArray_STRIDE(a, k)) return false;
  }
  return true;
}

// Memory that Python did not allocate stays alive through a capsule.
py::object keep(const std::shared_ptr<void>& owner) {
  auto* held = new std::shared_ptr<void>(owner);
  return py::capsule(held, [](void* p) { delete static_cast<std::shared_ptr<void>*>(p); });
}

// True if the tensor shows all elements of the array in their order in memory: only axes of one
// element may have come or gone, or all is in C order.
bool shows_all(const Tensor& t, PyArrayObject* a) {
  if (t.data != PyArray_BYTES(a) || !PyArray_EquivTypenums(PyArray_TYPE(a), type_number(t.dtype)) ||
      t.size() != PyArray_SIZE(a)) {
    return false;
  }
  if (t.c_contiguous() && PyArray_IS_C_CONTIGUOUS(a)) return true;
  int axis = 0;
  for (int k = 0; k < t.rank; ++k) {
    if (t.shape[size_t(k)] == 1) continue;
    while (axis < PyArray_NDIM(a) && PyArray_DIM(a, axis) == 1) ++axis;
    if (axis == PyArray_NDIM(a) || t.shape[size_t(k)] != PyArray_DIM(a, axis) ||
        t.strides[size_t(k)] != PyArray_STRIDE(a, axis)) {
      return false;
    }
    ++axis;
  }
  return true;
}

// The tensor as an array that owns the memory of `a`, as NumPy's result does; null if something
// else shows that memory, or the tensor is only a part of it, or in another order.
py::object take_over(const Tensor& t, PyArrayObject* a) {
  if (t.owner.use_count() != 1 || Py_REFCNT(a) != 1 || !PyArray_CHKFLAGS(a, NPY_ARRAY_OWNDATA) ||
      !shows_all(t, a)) {
    return py::object();
  }
  py::object result = new_array(t, nullptr, NPY_ARRAY_WRITEABLE);
  auto* to = reinterpret_cast<PyArrayObject_fields*>(result.ptr());
  auto* from = reinterpret_cast<PyArrayObject_fields*>(a);
  std::swap(to->mem_handler, from->mem_handler);
  to->flags |= NPY_ARRAY_OWNDATA;
  from->flags &= ~NPY_ARRAY_OWNDATA;
  return result;
}

}  // namespace

py::object array_to_python(const Tensor& t, PyObject* argument) {
  const bool ours = std::get_deleter<Release>(t.owner) != nullptr;
  PyObject* base = argument ? argument : ours ? static_cast<PyObject*>(t.owner.get()) : nullptr;
  if (base && !argument) {
    auto* a = reinterpret_cast<PyArrayObject*>(base);
    if (is_whole(t, a)) return py::reinterpret_borrow<py::object>(base);
    if (py::object whole = take_over(t, a)) return whole;
  }
  bool writable = !argument || PyArray_ISWRITEABLE(reinterpret_cast<PyArrayObject*>(argument));
  // Elements that share memory are not for writing, as in NumPy's broadcast_to, unless they do in
  // the argument already.
  const auto repeated = [](int rank, const auto* shape, const auto* strides) {
    int axes = 0;
    for (int k = 0; k < rank; ++k) axes += strides[k] == 0 && shape[k] > 1;
    return axes;
  };
  if (const int axes = t.size() > 0 ? repeated(t.rank, t.shape.data(), t.strides.data()) : 0) {
    auto* a = reinterpret_cast<PyArrayObject*>(argument);
    writable &= a && axes <= repeated(PyArray_NDIM(a), PyArray_DIMS(a), PyArray_STRIDES(a));
  }
  const int flags = writable ? NPY_ARRAY_WRITEABLE : 0;
  if (base) return new_array(t, base, flags);
  return new_array(t, keep(t.owner).ptr(), flags);
}

}  // namespace bindings
