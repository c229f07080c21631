#include "runtime/copy.h"

#include <algorithm>
#include <array>
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

// One element in places apart from each other.
template <int bytes>
void fill_places(char* to, const char* from, const Axis& a) {
  std::array<char, bytes> element;
  std::memcpy(element.data(), from, bytes);
#pragma clang loop unroll_count(8)
  for (int64_t i = 0; i < a.size; ++i, to += a.to) std::memcpy(to, element.data(), bytes);
}

// One element everywhere: a block of it is made by doubling, and copied over and over.
template <int bytes>
void fill_row(char* to, const char* from, const Axis& a) {
  constexpr size_t block = 4096;
  const size_t all = size_t(a.size) * bytes, front = std::min(all, block);
  if (bytes == 1 || std::all_of(from, from + bytes, [&](char c) { return c == *from; })) {
    std::memset(to, *from, all);
    return;
  }
  std::memcpy(to, from, bytes);
  size_t done = bytes;
  for (; done < front; done += std::min(done, front - done)) {
    std::memcpy(to + done, to, std::min(done, front - done));
  }
  for (done = front; done < all; done += std::min(block, all - done)) {
    std::memcpy(to + done, to, std::min(block, all - done));
  }
}

using Row = void (*)(char*, const char*, const Axis&);

template <int bytes>
Row row_of_size(const Axis& a) {
  if (a.to == bytes && a.from == bytes) {
    return [](char* to, const char* from, const Axis& x) {
      std::memcpy(to, from, size_t(x.size) * size_t(x.to));
    };
  }
  if (a.from == 0) return a.to == bytes ? fill_row<bytes> : fill_places<bytes>;
  return copy_row<bytes>;
}

Row row_of(int bytes, const Axis& a) {
  switch (bytes) {
    case 1: return row_of_size<1>(a);
    case 2: return row_of_size<2>(a);
    case 4: return row_of_size<4>(a);
    case 8: return row_of_size<8>(a);
    default: return row_of_size<16>(a);
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
