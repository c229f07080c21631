#include "runtime/tensor.h"

#include <utility>

namespace runtime {

int64_t Tensor::size() const {
  int64_t n = 1;
  for (int64_t s : dims()) n *= s;
  return n;
}

bool Tensor::c_contiguous() const {
  int64_t expected = itemsize();
  bool dense = true;
  for (int k = rank - 1; k >= 0; --k) {
    if (shape[k] == 0) return true;
    if (shape[k] == 1) continue;
    dense = dense && strides[k] == expected;
    expected *= shape[k];
  }
  return dense;
}

void set_c_strides(Tensor& t) {
  int64_t stride = t.itemsize();
  for (int k = t.rank - 1; k >= 0; --k) {
    t.strides[k] = stride;
    if (t.shape[k] > 1) stride *= t.shape[k];
  }
}

// First and one-past-last byte that the tensor's elements touch.
static std::pair<const char*, const char*> extent(const Tensor& t) {
  const char *first = t.data, *last = t.data;
  for (int k = 0; k < t.rank; ++k) {
    if (t.shape[k] == 0) return {t.data, t.data};
    int64_t reach = (t.shape[k] - 1) * t.strides[k];
    (reach < 0 ? first : last) += reach;
  }
  return {first, last + t.itemsize()};
}

bool may_overlap(const Tensor& a, const Tensor& b) {
  auto [a0, a1] = extent(a);
  auto [b0, b1] = extent(b);
  return a0 < b1 && b0 < a1 && a0 != a1 && b0 != b1;
}

}  // namespace runtime
