#define BRAZE_IMPORTS_NUMPY
#include "frontend/bindings/array.h"

#include <cstring>

#include "frontend/bindings/draws.h"
#include "frontend/bindings/eager.h"
#include "frontend/bindings/errstate.h"
#include "frontend/bindings/numpy.h"
#include "frontend/bindings/products.h"
#include "frontend/bindings/results.h"
#include "ir/error.h"

namespace bindings {

namespace {

using ir::DType;
using runtime::Number;
using runtime::Tensor;
using runtime::Value;

// The other direction, with NumPy's second names of the same types (long long is int64 too).
int dtype_of(int number) {
  static const auto table = [] {
    std::array<int8_t, NPY_NTYPES_LEGACY> of{};
    of.fill(-1);
    for (int i = 0; i < ir::dtype_count; ++i)
      if (const int n = type_number(DType(i)); n >= 0) of[size_t(n)] = int8_t(i);
    return of;
  }();
  return number >= 0 && number < int(table.size()) ? table[size_t(number)] : -1;
}

enum Tag : uint64_t { foreign = 0, array = 1, scalar = 2, python = 3 };

uint64_t word(Tag tag, int dtype, int rank = 0, uint64_t ones = 0) {
  return tag | uint64_t(dtype) << 4 | uint64_t(rank) << 12 | ones << 20;
}
// Behind the bits of axes of size 1: an array that is not aligned.
constexpr uint64_t askew = uint64_t(1) << 30;
// Types of other objects are told apart by their address, which is aligned: the tag bits are 0.
uint64_t foreign_word(PyObject* o) {
  return reinterpret_cast<uint64_t>(Py_TYPE(o)) & ~uint64_t(15);
}

int python_dtype(PyObject* o) {
  if (PyFloat_CheckExact(o)) return int(DType::f64);
  if (PyBool_Check(o)) return int(DType::b1);
  if (PyLong_CheckExact(o)) return int(DType::i64);
  if (PyComplex_CheckExact(o)) return int(DType::c128);
  return -1;
}

int scalar_dtype(PyObject* o) {
  // The common types that are no scalars are told without a walk through their bases.
  if (PyList_CheckExact(o) || PyTuple_CheckExact(o) || PyDict_CheckExact(o) || o == Py_None)
    return -1;
  if (!PyArray_IsScalar(o, Number) && !PyArray_IsScalar(o, Bool)) return -1;
  PyArray_Descr* descr = PyArray_DescrFromScalar(o);
  const int dtype = dtype_of(descr->type_num);
  Py_DECREF(descr);
  return dtype;
}

// NumPy's flag NPY_ARRAY_WARN_ON_WRITE, which its headers do not name.
bool warns_of_writing(PyArrayObject* a) { return unsigned(PyArray_FLAGS(a)) >> 31; }

void describe(PyArrayObject* a, int dtype, Tensor& t) {
  t.data = PyArray_BYTES(a);
  t.dtype = DType(dtype);
  t.rank = int8_t(PyArray_NDIM(a));
  t.read_only = !PyArray_ISWRITEABLE(a) || warns_of_writing(a);
  const npy_intp *dims = PyArray_DIMS(a), *strides = PyArray_STRIDES(a);
  for (int k = 0; k < t.rank; ++k) {
    t.shape[size_t(k)] = dims[k];
    t.strides[size_t(k)] = strides[k];
  }
}

// NumPy's products and absolute values of these have other bits (ir/complex.h): they are left to
// it.
bool is_reversed_complex(const Tensor& t) {
  if (!ir::is_complex(t.dtype)) return false;
  bool backwards = false;
  for (int k = 0; k < t.rank; ++k) backwards |= t.strides[size_t(k)] < 0 && t.shape[size_t(k)] > 1;
  return backwards;
}

Number number_of(const void* bytes, DType dtype, bool python) {
  Number n;
  n.dtype = dtype;
  n.python = python;
  std::memcpy(n.bytes.data(), bytes, size_t(ir::info(dtype).bytes));
  return n;
}

py::object number_to_python(const Number& n) {
  if (n.python) {
    switch (ir::info(n.dtype).kind) {
      case 'b': return py::bool_(n.bytes[0] != 0);
      case 'f': return py::float_(*reinterpret_cast<const double*>(n.bytes.data()));
      case 'i': return py::int_(*reinterpret_cast<const int64_t*>(n.bytes.data()));
      case 'c': {
        const auto* parts = reinterpret_cast<const double*>(n.bytes.data());
        return py::reinterpret_steal<py::object>(PyComplex_FromDoubles(parts[0], parts[1]));
      }
      default: break;
    }
  }
  PyArray_Descr* descr = PyArray_DescrFromType(type_number(n.dtype));
  PyObject* scalar = PyArray_Scalar(const_cast<char*>(n.bytes.data()), descr, nullptr);
  Py_DECREF(descr);
  if (!scalar) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(scalar);
}

// NumPy keeps small blocks itself, and changing its handler costs more than such a block.
constexpr int64_t pooled_from = 1 << 15;

// True if NumPy would choose these strides itself. (Those of no elements may be anything.)
bool has_default_strides(const Tensor& t) {
  int64_t stride = t.itemsize();
  for (int k = t.rank - 1; k >= 0; stride *= t.shape[size_t(k--)])
    if (t.strides[size_t(k)] != stride || t.shape[size_t(k)] == 0) return false;
  return true;
}

void allocate_result(Tensor& t) {
  std::optional<PooledResults> pooled;
  if (t.size() * t.itemsize() >= pooled_from) pooled.emplace();
  PyArray_Descr* descr = PyArray_DescrFromType(type_number(t.dtype));
  PyObject* a = PyArray_NewFromDescr(&PyArray_Type, descr, t.rank, t.shape.data(),
                                     has_default_strides(t) ? nullptr : t.strides.data(), nullptr,
                                     0, nullptr);
  if (!a) throw py::error_already_set();
  t.owner = own(a);
  t.data = PyArray_BYTES(reinterpret_cast<PyArrayObject*>(a));
}

py::object borrowed_array(const Tensor& t) {
  const bool ours = std::get_deleter<Release>(t.owner) != nullptr;
  return new_array(t, ours ? static_cast<PyObject*>(t.owner.get()) : nullptr, 0);
}

Tensor call_numpy(ir::Op op, std::span<const Tensor> operands) {
  py::tuple arguments(operands.size());
  for (size_t i = 0; i < operands.size(); ++i) arguments[i] = borrowed_array(operands[i]);
  const ErrorsIgnored ignored;  // they are told of by the plan
  py::object result = py::module_::import("numpy").attr(ir::info(op).name)(*arguments);
  py::object whole = py::reinterpret_steal<py::object>(PyArray_FROM_O(result.ptr()));
  if (!whole) throw py::error_already_set();
  auto* a = reinterpret_cast<PyArrayObject*>(whole.ptr());
  Tensor t;
  describe(a, dtype_of(PyArray_TYPE(a)), t);
  t.owner = own(whole.release().ptr());
  return t;
}

}  // namespace

int type_number(DType t) {
  switch (t) {
    case DType::b1: return NPY_BOOL;
    case DType::i8: return NPY_INT8;
    case DType::i16: return NPY_INT16;
    case DType::i32: return NPY_INT32;
    case DType::i64: return NPY_INT64;
    case DType::u8: return NPY_UINT8;
    case DType::u16: return NPY_UINT16;
    case DType::u32: return NPY_UINT32;
    case DType::u64: return NPY_UINT64;
    case DType::f16: return NPY_FLOAT16;
    case DType::f32: return NPY_FLOAT32;
    case DType::f64: return NPY_FLOAT64;
    case DType::c64: return NPY_COMPLEX64;
    case DType::c128: return NPY_COMPLEX128;
    case DType::bf16: break;
  }
  return -1;
}

uint64_t signature(PyObject* o) {
  if (PyArray_CheckExact(o)) {
    auto* a = reinterpret_cast<PyArrayObject*>(o);
    const int dtype = dtype_of(PyArray_TYPE(a)), rank = PyArray_NDIM(a);
    if (dtype < 0 || rank > runtime::max_rank || PyArray_ISBYTESWAPPED(a)) return foreign_word(o);
    uint64_t ones = PyArray_ISALIGNED(a) ? 0 : askew;
    for (int k = 0; k < rank; ++k) ones |= uint64_t(PyArray_DIM(a, k) == 1) << k;
    return word(Tag::array, dtype, rank, ones);
  }
  if (const int dtype = python_dtype(o); dtype >= 0) return word(Tag::python, dtype);
  if (const int dtype = scalar_dtype(o); dtype >= 0) return word(Tag::scalar, dtype);
  return foreign_word(o);
}

bool in_c_order(PyObject* o) {
  return PyArray_Check(o) && PyArray_IS_C_CONTIGUOUS(reinterpret_cast<PyArrayObject*>(o));
}

bool repeats(PyObject* o) {
  if (!PyArray_Check(o)) return false;
  auto* a = reinterpret_cast<PyArrayObject*>(o);
  if (PyArray_SIZE(a) == 0) return false;
  for (int k = 0; k < PyArray_NDIM(a); ++k)
    if (PyArray_DIM(a, k) > 1 && PyArray_STRIDE(a, k) == 0) return true;
  return false;
}

uint64_t element_count(PyObject* o) {
  if (!PyArray_CheckExact(o)) return 0;
  auto* a = reinterpret_cast<PyArrayObject*>(o);
  uint64_t n = 1;
  for (int k = 0; k < PyArray_NDIM(a); ++k) n *= uint64_t(PyArray_DIM(a, k));
  return n;
}

bool takes(uint64_t signature) { return (signature & 15) != Tag::foreign; }

py::object describe(py::handle object) {
  const uint64_t s = signature(object.ptr());
  if (!takes(s)) return py::none();
  static constexpr const char* kinds[] = {"", "array", "scalar", "python"};
  py::list sizes;
  for (uint64_t k = 0; k < (s >> 12 & 255); ++k)
    sizes.append((s >> (20 + k) & 1) ? py::object(py::int_(1)) : py::object(py::none()));
  const char* kind = s >> (20 + 30) & 1 ? "unaligned array" : kinds[s & 15];
  return py::make_tuple(kind, ir::info(DType(s >> 4 & 255)).name, py::tuple(sizes));
}

bool to_value(PyObject* o, Value& value) {
  if (PyArray_CheckExact(o)) {
    auto* a = reinterpret_cast<PyArrayObject*>(o);
    auto* t = std::get_if<Tensor>(&value.is);
    if (!t) t = &value.is.emplace<Tensor>();
    describe(a, dtype_of(PyArray_TYPE(a)), *t);
    return !is_reversed_complex(*t);
  }
  if (PyFloat_CheckExact(o)) {
    const double v = PyFloat_AS_DOUBLE(o);
    value.is = number_of(&v, DType::f64, true);
    return true;
  }
  if (PyBool_Check(o)) {
    const bool v = o == Py_True;
    value.is = number_of(&v, DType::b1, true);
    return true;
  }
  if (PyLong_CheckExact(o)) {
    int overflow = 0;
    const int64_t v = PyLong_AsLongLongAndOverflow(o, &overflow);
    value.is = number_of(&v, DType::i64, true);
    return overflow == 0;
  }
  if (PyComplex_CheckExact(o)) {
    const Py_complex v = PyComplex_AsCComplex(o);
    value.is = number_of(&v, DType::c128, true);
    return true;
  }
  const int dtype = scalar_dtype(o);
  if (dtype < 0) return false;
  std::array<char, 32> bytes;
  PyArray_ScalarAsCtype(o, bytes.data());
  value.is = number_of(bytes.data(), DType(dtype), false);
  return true;
}

py::object to_python(const Value& value, std::span<PyObject* const> arguments) {
  PyObject* argument = value.argument >= 0 ? arguments[size_t(value.argument)] : nullptr;
  if (argument && value.same_object) return py::reinterpret_borrow<py::object>(argument);
  if (const auto* t = std::get_if<Tensor>(&value.is)) return array_to_python(*t, argument);
  if (const auto* n = std::get_if<Number>(&value.is)) return number_to_python(*n);
  if (const auto* tuple = std::get_if<runtime::Tuple>(&value.is)) {
    py::tuple result(tuple->size());
    for (size_t i = 0; i < tuple->size(); ++i) result[i] = to_python((*tuple)[i], arguments);
    return result;
  }
  return py::none();
}

py::object to_python(const Number& number) { return number_to_python(number); }

bool take(py::object object, Value& value) {
  if (!takes(signature(object.ptr())) || !to_value(object.ptr(), value)) return false;
  auto* t = std::get_if<Tensor>(&value.is);
  if (!t) return true;
  // Nobody else may see the memory.
  for (PyObject* o = object.ptr(); o; o = PyArray_BASE(reinterpret_cast<PyArrayObject*>(o)))
    if (Py_REFCNT(o) != 1 || !PyArray_Check(o)) return false;
  if (t->read_only) return false;
  t->owner = own(object.release().ptr());
  return true;
}

const runtime::Host& numpy_host() {
  static const runtime::Host host{
      allocate_result,
      call_numpy,
      call_eager,
      [](void* done) { static_cast<Draws*>(done)->take_back(); },
      numpy_matmul(),
      [] { return static_cast<void*>(PyEval_SaveThread()); },
      [](void* token) { PyEval_RestoreThread(static_cast<PyThreadState*>(token)); },
      [] {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        PyEval_RestoreThread(PyEval_SaveThread());  // other threads have their turn
      }};
  return host;
}

void import_numpy() {
  if (_import_array() < 0) throw py::error_already_set();
}

}  // namespace bindings
