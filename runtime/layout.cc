#include "runtime/layout.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace runtime {

namespace {

// The distance of elements some steps apart. It may not fit where there is only one element.
int64_t apart_by(int64_t stride, int64_t step) {
  return int64_t(uint64_t(stride) * uint64_t(step));
}

// A place so many bytes on. Of an array that is a layout alone it is a distance from null.
char* further(char* data, int64_t bytes) {
  return reinterpret_cast<char*>(uintptr_t(data) + uintptr_t(bytes));
}

}  // namespace

Tensor slice(const Tensor& t, std::span<const int64_t> start, std::span<const int64_t> step,
             std::span<const int64_t> size) {
  Tensor v = t;
  for (int k = 0; k < t.rank; ++k) {
    // An empty slice may start past the end: its pointer stays inside the memory.
    if (size[k] > 0) v.data = further(v.data, start[k] * t.strides[k]);
    v.shape[k] = size[k];
    v.strides[k] = apart_by(t.strides[k], step[k]);
  }
  return v;
}

Tensor transpose(const Tensor& t, std::span<const int64_t> axes) {
  Tensor v = t;
  for (int k = 0; k < t.rank; ++k) {
    v.shape[k] = t.shape[axes[k]];
    v.strides[k] = t.strides[axes[k]];
  }
  return v;
}

namespace {

// The axes of `t` that are not 1, which alone decide whether a reshape needs a copy.
struct Squeezed {
  int rank = 0;
  std::array<int64_t, max_rank> shape, strides;
  explicit Squeezed(const Tensor& t) {
    for (int k = 0; k < t.rank; ++k) {
      if (t.shape[k] == 1) continue;
      shape[rank] = t.shape[k];
      strides[rank++] = t.strides[k];
    }
  }
};

// Splits old and new axes into the shortest runs of equal products. A run of old axes must be dense
// in itself; the new axes of the run then share its innermost stride. (NumPy's
// _attempt_nocopy_reshape.)
bool restride(const Squeezed& old, Tensor& v) {
  int oi = 0, ni = 0;
  while (ni < v.rank && oi < old.rank) {
    int oj = oi + 1, nj = ni + 1;
    int64_t np = v.shape[ni], op = old.shape[oi];
    while (np != op) {
      if (np < op) {
        np *= v.shape[nj++];
      } else {
        op *= old.shape[oj++];
      }
    }
    for (int k = oi; k + 1 < oj; ++k) {
      if (old.strides[k] != old.shape[k + 1] * old.strides[k + 1]) return false;
    }
    v.strides[nj - 1] = old.strides[oj - 1];
    for (int k = nj - 1; k > ni; --k) v.strides[k - 1] = v.strides[k] * v.shape[k];
    oi = oj;
    ni = nj;
  }
  for (int k = ni; k < v.rank; ++k) v.strides[k] = k > 0 ? v.strides[k - 1] : v.itemsize();
  return true;
}

}  // namespace

std::optional<Tensor> reshape(const Tensor& t, std::span<const int64_t> shape) {
  if (std::ranges::equal(t.dims(), shape)) return t;
  Tensor v = t;
  v.rank = int8_t(shape.size());
  std::ranges::copy(shape, v.shape.begin());
  if (v.size() != t.size()) return std::nullopt;
  if (t.c_contiguous()) {
    set_c_strides(v);
    return v;
  }
  if (!restride(Squeezed(t), v)) return std::nullopt;
  return v;
}

Tensor broadcast_to(const Tensor& t, std::span<const int64_t> shape) {
  Tensor v = t;
  v.rank = int8_t(shape.size());
  int added = v.rank - t.rank;
  for (int k = 0; k < v.rank; ++k) {
    bool repeated = k < added || t.shape[k - added] != shape[k];
    v.shape[k] = shape[k];
    v.strides[k] = repeated ? 0 : t.strides[k - added];
  }
  return v;
}

Tensor expand_dims(const Tensor& t, std::span<const int64_t> axes) {
  Tensor v = t;
  v.rank = int8_t(t.rank + axes.size());
  for (int k = 0, from = 0; k < v.rank; ++k) {
    bool fresh = std::ranges::find(axes, k) != axes.end();
    v.shape[k] = fresh ? 1 : t.shape[from];
    v.strides[k] = fresh ? 0 : t.strides[from];
    from += !fresh;
  }
  return v;
}

Tensor part(const Tensor& t, bool imaginary) {
  Tensor v = t;
  v.dtype = ir::part_of(t.dtype);
  if (imaginary) v.data += v.itemsize();
  return v;
}

Tensor squeeze(const Tensor& t, std::span<const int64_t> axes) {
  Tensor v = t;
  v.rank = 0;
  for (int k = 0; k < t.rank; ++k) {
    if (std::ranges::find(axes, k) != axes.end()) continue;
    v.shape[v.rank] = t.shape[k];
    v.strides[v.rank++] = t.strides[k];
  }
  return v;
}

namespace {

// Has `out` show t's memory from `at` on. Counting owners costs more than to compare them.
void show(Tensor& out, const Tensor& t, char* at) {
  out.data = at;
  out.dtype = t.dtype;
  out.read_only = t.read_only;
  if (out.owner != t.owner) out.owner = t.owner;
}

}  // namespace

char* element(const Tensor& t, int axis, int64_t i) {
  if (i < 0) i += t.shape[axis];
  if (i < 0 || i >= t.shape[axis]) return nullptr;
  return t.data + i * t.strides[axis];
}

bool index(const Tensor& t, int axis, int64_t i, Tensor& out) {
  char* at = element(t, axis, i);
  if (!at) return false;
  show(out, t, at);
  out.rank = int8_t(t.rank - 1);
  for (int k = 0; k < out.rank; ++k) {
    out.shape[k] = t.shape[k + (k >= axis)];
    out.strides[k] = t.strides[k + (k >= axis)];
  }
  return true;
}

namespace {

// Where the first of `size` elements of an axis lies; nothing if one of them is out of range.
std::optional<int64_t> offset_of(const Tensor& t, int axis, int64_t i, int64_t step, int64_t size) {
  const int64_t extent = t.shape[axis];
  if (size == 0) return 0;
  if (i < 0) i += extent;
  if (size < 0 || size > extent || i < 0 || i >= extent) return std::nullopt;
  // At most `extent` steps to either side: what does not fit there cannot overflow either.
  const int64_t room = step > 0 ? (extent - 1 - i) / step : step == INT64_MIN ? 0 : i / -step;
  if (size - 1 > room) return std::nullopt;
  return i * t.strides[axis];
}

}  // namespace

std::optional<Tensor> window(const Tensor& t, std::span<const int64_t> start,
                             std::span<const int64_t> step, std::span<const int64_t> size,
                             std::span<const int64_t> axes, std::span<const int64_t> indices) {
  Tensor part = slice(t, start, step, size);
  for (size_t k = 0; k < axes.size(); ++k) {
    const size_t a = size_t(axes[k]);
    const auto offset = offset_of(t, int(a), indices[k], step[a], size[a]);
    if (!offset) return std::nullopt;
    part.data = further(part.data, *offset);
  }
  return part;
}

bool window(const Tensor& t, int axis, int64_t i, int64_t step, int64_t size, Tensor& out) {
  const auto offset = offset_of(t, axis, i, step, size);
  if (!offset) return false;
  show(out, t, t.data + *offset);
  out.rank = t.rank;
  std::copy_n(t.shape.begin(), t.rank, out.shape.begin());
  std::copy_n(t.strides.begin(), t.rank, out.strides.begin());
  out.shape[axis] = size;
  out.strides[axis] = apart_by(out.strides[axis], step);
  return true;
}

namespace {

// How NumPy's iterator compares two axes: by the strides of every operand that moves along both.
enum class Order { ambiguous, swap, keep };
Order compare(std::span<const Strides> operands, int inner, int outer) {
  Order order = Order::ambiguous;
  for (const Strides& s : operands) {
    if (s[inner] == 0 || s[outer] == 0) continue;
    if (std::abs(s[inner]) <= std::abs(s[outer])) {
      order = Order::keep;  // between operands that disagree, C order wins
    } else if (order == Order::ambiguous) {
      order = Order::swap;
    }
  }
  return order;
}

Strides iterator_strides(const Tensor& t, int rank) {
  Strides s{};
  int added = rank - t.rank;
  for (int k = 0; k < t.rank; ++k) s[k + added] = t.shape[k] == 1 ? 0 : t.strides[k];
  return s;
}

}  // namespace

std::array<int8_t, max_rank> k_order(int rank, std::span<const Strides> operands) {
  std::array<int8_t, max_rank> axes{};
  for (int k = 0; k < rank; ++k) axes[k] = int8_t(rank - 1 - k);
  // Insertion sort, exactly NumPy's: the comparison is no total order, so the algorithm is the
  // result.
  for (int i = 1; i < rank; ++i) {
    int place = i;
    for (int j = i - 1; j >= 0; --j) {
      Order order = compare(operands, axes[j], axes[i]);
      if (order == Order::keep) break;
      if (order == Order::swap) place = j;
    }
    std::rotate(axes.begin() + place, axes.begin() + i, axes.begin() + i + 1);
  }
  return axes;
}

void set_strides(Tensor& t, const std::array<int8_t, max_rank>& fastest_first) {
  int64_t stride = t.itemsize();
  for (int k = 0; k < t.rank; ++k) {
    int axis = fastest_first[k];
    t.strides[axis] = stride;
    if (t.shape[axis] > 1) stride *= t.shape[axis];
  }
}

void set_elementwise_strides(Tensor& t, std::span<const Tensor* const> operands) {
  constexpr size_t most = 8;
  std::array<Strides, most> strides;
  size_t n = 0;
  bool c_order = true;
  for (const Tensor* operand : operands) c_order = c_order && operand->c_contiguous();
  if (c_order || operands.size() > most) return set_c_strides(t);
  for (const Tensor* operand : operands) strides[n++] = iterator_strides(*operand, t.rank);
  set_strides(t, k_order(t.rank, {strides.data(), n}));
}

namespace {

// The order in memory of arrays that are put together, the fastest axis first. NumPy sorts by
// insertion, from the slowest axis; the comparison is no total order, so the algorithm is the
// result.
std::array<int8_t, max_rank> order_joined(int rank, std::span<const Tensor* const> arrays) {
  std::array<int8_t, max_rank> slowest_first{};
  for (int i = 0; i < rank; ++i) {
    slowest_first[size_t(i)] = int8_t(i);
    int place = i;
    for (int k = i - 1; k >= 0; --k) {
      const int axis = i, other = slowest_first[size_t(k)];
      Order order = Order::ambiguous;
      for (const Tensor* t : arrays) {
        if (t->shape[axis] == 1 || t->shape[other] == 1) continue;
        if (std::abs(t->strides[axis]) <= std::abs(t->strides[other])) {
          order = Order::keep;
        } else if (order == Order::ambiguous) {
          order = Order::swap;
        }
      }
      if (order == Order::keep) break;
      if (order == Order::swap) place = k;
    }
    std::rotate(slowest_first.begin() + place, slowest_first.begin() + i,
                slowest_first.begin() + i + 1);
  }
  std::reverse(slowest_first.begin(), slowest_first.begin() + rank);
  return slowest_first;
}

}  // namespace

void set_joined_strides(Tensor& t, std::span<const Tensor* const> arrays) {
  const bool c_order =
      std::ranges::all_of(arrays, [](const Tensor* a) { return a->c_contiguous() && a->size(); });
  if (c_order) return set_c_strides(t);
  set_strides(t, order_joined(t.rank, arrays));
}

void set_reduced_strides(Tensor& t, const Tensor& operand) {
  Strides strides = iterator_strides(operand, t.rank);
  set_strides(t, k_order(t.rank, {&strides, 1}));
}

}  // namespace runtime
