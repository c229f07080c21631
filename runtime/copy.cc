#include "runtime/copy.h"

#include <cstring>
#include <utility>

#include "runtime/layout.h"
#include "runtime/memory.h"

namespace runtime {
namespace {

struct Axis {
  int64_t size, to, from;
};

// The axes that matter, the fastest of `to` first, merged where both sides allow it.
int merge_axes(const Tensor& to, const Tensor& from, Axis* axes) {
  Strides strides = to.strides;
  for (int k = 0; k < to.rank; ++k) {
    if (to.shape[k] == 1) strides[k] = 0;
  }
  const auto order = k_order(to.rank, {&strides, 1});
  int count = 0;
  for (int k = 0; k < to.rank; ++k) {
    Axis next{to.shape[order[k]], to.strides[order[k]], from.strides[order[k]]};
    if (next.size == 1) continue;
    Axis* last = count ? &axes[count - 1] : nullptr;
    if (last && next.to == last->to * last->size && next.from == last->from * last->size) {
      last->size *= next.size;
    } else {
      axes[count++] = next;
    }
  }
  return count;
}

template <int bytes>
void copy_row(char* to, const char* from, const Axis& a) {
  for (int64_t i = 0; i < a.size; ++i) std::memcpy(to + i * a.to, from + i * a.from, bytes);
}

using Row = void (*)(char*, const char*, const Axis&);
Row row_of(int bytes, const Axis& a) {
  if (a.to == bytes && a.from == bytes) {
    return [](char* to, const char* from, const Axis& x) {
      std::memcpy(to, from, size_t(x.size) * size_t(x.to));
    };
  }
  switch (bytes) {
    case 1: return copy_row<1>;
    case 2: return copy_row<2>;
    case 4: return copy_row<4>;
    case 8: return copy_row<8>;
    default: return copy_row<16>;
  }
}

}  // namespace

void copy(const Tensor& to, const Tensor& from) {
  if (to.size() == 0) return;
  Axis axes[max_rank];
  int count = merge_axes(to, from, axes);
  if (count == 0) {
    std::memcpy(to.data, from.data, size_t(to.itemsize()));
    return;
  }
  Row row = row_of(to.itemsize(), axes[0]);
  int64_t position[max_rank] = {};
  char* t = to.data;
  const char* f = from.data;
  for (;;) {
    row(t, f, axes[0]);
    int k = 1;
    for (; k < count; ++k) {
      t += axes[k].to;
      f += axes[k].from;
      if (++position[k] < axes[k].size) break;
      t -= axes[k].to * axes[k].size;
      f -= axes[k].from * axes[k].size;
      position[k] = 0;
    }
    if (k == count) return;
  }
}

Tensor contiguous(const Tensor& t) {
  Tensor fresh = t;
  set_c_strides(fresh);
  allocate(fresh);
  copy(fresh, t);
  return fresh;
}

}  // namespace runtime
