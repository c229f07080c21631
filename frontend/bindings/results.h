// Arrays of the runtime as NumPy's, which own their memory where NumPy's results do.
#pragma once
#include <array>
#include <memory>

#include "frontend/bindings/array.h"

namespace bindings {

// Owns a reference to a Python object; found again through std::get_deleter.
struct Release {
  void operator()(void* object) const { Py_DECREF(static_cast<PyObject*>(object)); }
};

// Keeps some blocks of its one size for the next: a call of few elements spends a twentieth of its
// time on the counts of its result's owner. Python's lock is held, as for the object itself.
template <class T>
struct Recycled {
  using value_type = T;
  Recycled() = default;
  template <class U>
  Recycled(const Recycled<U>&) {}

  T* allocate(size_t n) {
    if (n == 1 && count > 0) return kept[--count];
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* block, size_t n) {
    if (n == 1 && count < kept.size())
      kept[count++] = block;
    else
      std::allocator<T>().deallocate(block, n);
  }
  friend bool operator==(const Recycled&, const Recycled&) { return true; }

 private:
  static inline std::array<T*, 16> kept{};
  static inline size_t count = 0;
};

inline std::shared_ptr<void> own(PyObject* object) {
  return {object, Release{}, Recycled<void*>()};
}

// An array over the tensor's memory, which `base` keeps alive.
py::object new_array(const runtime::Tensor& t, PyObject* base, int flags);

// A tensor as a result: an argument's array if it shows that one, a new array, or the one it was
// made in.
py::object array_to_python(const runtime::Tensor& t, PyObject* argument);

}  // namespace bindings
