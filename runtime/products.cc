#include "runtime/products.h"

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

}  // namespace

const Tensor* dot_operand(const Tensor& t, Tensor& copy) {
  if (blas_takes(t)) return &t;
  if (t.rank != 1) return nullptr;
  copy = contiguous(t);
  return &copy;
}

}  // namespace runtime
