// Values between Python and the runtime: NumPy arrays and scalars, Python numbers. Nothing is
// copied.
#pragma once
#include <pybind11/pybind11.h>

#include <optional>

#include "runtime/plan.h"

namespace bindings {

namespace py = pybind11;

// NumPy's type number of a dtype; -1 where a plain NumPy has none.
int type_number(ir::DType t);

// What dispatch distinguishes about an argument, in one word: its kind, dtype, rank and which sizes
// are 1; for an object that graphs do not hold, its type.
uint64_t signature(PyObject* object);
// True if the word is of a value that a plan takes.
bool takes(uint64_t signature);

bool in_c_order(PyObject* object);
// Whether elements of an array are those beside them, along an axis of stride 0.
bool repeats(PyObject* object);
// How many elements an array has; 0 of another object.
uint64_t element_count(PyObject* object);

// The type of a value as (kind, dtype, sizes), where a size is 1 or None (any); None for another
// object.
py::object describe(py::handle object);

// The value without copying; false if it does not fit (a Python int beyond 64 bits). The object
// must outlive the value.
bool to_value(PyObject* object, runtime::Value& value);

// A new reference. `arguments` are the objects that the plan's arguments were made of.
py::object to_python(const runtime::Value& value, std::span<PyObject* const> arguments);

py::object to_python(const runtime::Number& number);
// The other way, for what nobody else holds; an array's memory then lives as long as the value.
// False if graphs hold no such value, or somebody else may see its memory.
bool take(py::object object, runtime::Value& value);

// NumPy as a plan's host: results are NumPy's memory, matmul is NumPy's.
const runtime::Host& numpy_host();

// Makes NumPy's results come from the runtime's pool while it lives.
class PooledResults {
 public:
  PooledResults();
  ~PooledResults();
  PooledResults(const PooledResults&) = delete;

 private:
  PyObject* previous_;
};

void import_numpy();

}  // namespace bindings
