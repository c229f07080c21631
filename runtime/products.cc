#include "runtime/products.h"

#include <cstring>

#include "runtime/copy.h"
#include "runtime/layout.h"

namespace runtime {

namespace {

// Whether numpy.dot gives BLAS the operand as it lies, as numpy.matmul does: then both have the
// same result. Of the others, dot makes copies, and matmul sums some without BLAS.
bool blas_takes(const Tensor& t) {
  if (!ir::is_float(t.dtype) && !ir::is_complex(t.dtype)) return true;
  const int64_t item = t.itemsize();
  if (int64_t(uintptr_t(t.data)) % item != 0) return false;
  if (t.rank == 1) return t.shape[0] == 1 || (t.strides[0] > 0 && t.strides[0] % item == 0);
  const auto rows = [&](int inner, int outer) {
    return t.strides[inner] == item && t.strides[outer] == t.shape[inner] * item;
  };
  if (t.c_contiguous() || rows(0, 1)) return true;
  return t.shape[0] > 1 && t.shape[1] > 1 && t.strides[1] == item &&
         t.strides[0] > t.shape[1] * item && t.strides[0] % item == 0;
}

template <class T>
void times(const T* a, const T* b, T* out, bool pairs) {
  if (!pairs) {
    out[0] = a[0] * b[0];
    return;
  }
  // Rounded one by one, whatever the compiler would fuse.
  const volatile T rr = a[0] * b[0], ii = a[1] * b[1], ri = a[0] * b[1], ir = a[1] * b[0];
  out[0] = rr - ii;
  out[1] = ri + ir;
}

bool in_blas(ir::DType t) {
  return (ir::is_float(t) && ir::info(t).bytes >= 4) || ir::is_complex(t);
}

}  // namespace

bool dot_of_one(const Tensor& a, const Tensor& b, char* out) {
  if (!in_blas(a.dtype) || a.size() != 1 || b.size() != 1) return false;
  const bool pairs = ir::is_complex(a.dtype);
  alignas(16) char x[16], y[16], made[16];
  std::memcpy(x, a.data, size_t(a.itemsize()));
  std::memcpy(y, b.data, size_t(a.itemsize()));
  if (a.itemsize() == (pairs ? 16 : 8))
    times(reinterpret_cast<double*>(x), reinterpret_cast<double*>(y),
          reinterpret_cast<double*>(made), pairs);
  else
    times(reinterpret_cast<float*>(x), reinterpret_cast<float*>(y), reinterpret_cast<float*>(made),
          pairs);
  std::memcpy(out, made, size_t(a.itemsize()));
  return true;
}

bool dot_differs(const Tensor& a, const Tensor& b) {
  if (!in_blas(a.dtype)) return false;
  const bool summed = a.rank > 0 && b.rank > 0 && b.shape[0] != 1;
  return a.size() == 1 || b.size() == 1 || !summed;
}

const Tensor* dot_operand(const Tensor& t, Tensor& copy) {
  if (blas_takes(t)) return &t;
  if (t.rank != 1) return nullptr;
  copy = contiguous(t);
  return &copy;
}

}  // namespace runtime
