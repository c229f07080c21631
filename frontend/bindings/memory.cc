// The runtime's pool as a NumPy data-memory handler, so that results own pooled memory as usual.
#include "runtime/memory.h"

#include <cstring>

#include "frontend/bindings/array.h"
#include "frontend/bindings/collection.h"
#include "frontend/bindings/numpy.h"

namespace bindings {

namespace {

void* take(void*, size_t bytes) {
  try {
    return runtime::allocate(bytes);
  } catch (const std::bad_alloc&) { return nullptr; }
}

void* take_zeroed(void*, size_t count, size_t size) {
  void* block = take(nullptr, count * size);
  if (block) std::memset(block, 0, count * size);
  return block;
}

void* grow(void*, void* block, size_t bytes) {
  try {
    return runtime::reallocate(block, bytes);
  } catch (const std::bad_alloc&) { return nullptr; }
}

void give_back(void*, void* block, size_t) { runtime::release(block); }

PyObject* handler() {
  static PyDataMem_Handler table{"braze", 1, {nullptr, take, take_zeroed, grow, give_back}};
  static PyObject* capsule = PyCapsule_New(&table, "mem_handler", nullptr);
  return capsule;
}

}  // namespace

// NumPy keeps its handler in a context variable.
PooledResults::PooledResults() {
  const NoCollection guard;
  previous_ = PyDataMem_SetHandler(handler());
  if (!previous_) throw py::error_already_set();
}

PooledResults::~PooledResults() {
  const NoCollection guard;
  PyObject* ours = PyDataMem_SetHandler(previous_);
  Py_XDECREF(ours);
  Py_DECREF(previous_);
}

}  // namespace bindings
