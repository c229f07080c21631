#include "frontend/bindings/products.h"

#include <pybind11/pybind11.h>

#include <array>
#include <cfenv>

#include "frontend/bindings/array.h"
#include "frontend/bindings/numpy.h"
#ifdef __SSE2__
#include <immintrin.h>
#endif
#include <numpy/ufuncobject.h>

namespace bindings {

namespace py = pybind11;

namespace {

struct MatmulLoop {
  PyUFuncGenericFunction run = nullptr;
  void* data = nullptr;
};

// By dtype. A ufunc lives as long as NumPy, and its table of loops does not change.
using Loops = std::array<MatmulLoop, ir::dtype_count>;

Loops find_loops() {
  Loops loops;
  const py::object matmul = py::module_::import("numpy").attr("matmul");
  const auto* u = reinterpret_cast<PyUFuncObject*>(matmul.ptr());
  if (u->nin != 2 || u->nout != 1 || !u->functions || !u->types) return loops;
  for (int t = 0; t < ir::dtype_count; ++t) {
    const char number = char(type_number(ir::DType(t)));
    for (int i = 0; i < u->ntypes; ++i) {
      const char* types = u->types + 3 * i;
      if (types[0] != number || types[1] != number || types[2] != number) continue;
      loops[size_t(t)] = {u->functions[i], u->data ? const_cast<void*>(u->data[i]) : nullptr};
    }
  }
  return loops;
}

// Filled by the first caller, who holds Python's lock.
const Loops& matmul_loops() {
  static const auto& loops = *new Loops(find_loops());
  return loops;
}

// The processor's flags of what went wrong in floating point. Setting the register costs a few
// cycles, the C library's functions, which see to the old floating-point unit too, a hundred.
#ifdef __SSE2__
constexpr unsigned warned = _MM_EXCEPT_INVALID | _MM_EXCEPT_DIV_ZERO | _MM_EXCEPT_OVERFLOW;
void clear_flags() {
  if (_mm_getcsr() & warned) _mm_setcsr(_mm_getcsr() & ~warned);
}
bool flagged() { return (_mm_getcsr() & warned) != 0; }
#else
void clear_flags() { std::feclearexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW); }
bool flagged() { return std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW) != 0; }
#endif

bool multiply(const runtime::Tensor& a, const runtime::Tensor& b, const runtime::Tensor& out) {
  const MatmulLoop& loop = matmul_loops()[size_t(out.dtype)];
  if (!loop.run || a.dtype != out.dtype || b.dtype != out.dtype) return false;
  const bool row = a.rank == 1, column = b.rank == 1;
  const npy_intp n = row ? 1 : a.shape[0], k = a.shape[row ? 0 : 1], m = column ? 1 : b.shape[1];
  if (b.shape[0] != k) return false;
  char* data[] = {a.data, b.data, out.data};
  const npy_intp sizes[] = {1, n, k, m};
  const npy_intp item = out.itemsize();
  // Outer strides, then those of (n, k), (k, m) and (n, m).
  const npy_intp strides[] = {0,
                              0,
                              0,
                              row ? 0 : a.strides[0],
                              a.strides[row ? 0 : 1],
                              b.strides[0],
                              column ? 0 : b.strides[1],
                              row ? 0 : m * item,
                              column ? 0 : item};
  clear_flags();
  loop.run(data, sizes, strides, loop.data);
  return !flagged();
}

}  // namespace

Matmul numpy_matmul() {
  matmul_loops();
  return multiply;
}

}  // namespace bindings
