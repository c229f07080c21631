// Reading and changing elements at index arrays.
#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/calls/calls.h"
#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/loops.h"
#include "runtime/memory.h"

namespace runtime::calls {

namespace {

// The element-wise op of an AT row.
ir::Op step_of(ir::Op op) {
#define AT(name, of, doc) \
  if (op == ir::Op::name) return ir::Op::of;
#include "ir/ops.def"
  return op;
}

// The same indices as i64.
Tensor widened(const Tensor& t) {
  if (t.dtype == ir::DType::i64) return t;
  Tensor wide = t;
  wide.dtype = ir::DType::i64;
  set_c_strides(wide);
  allocate(wide);
  const Tensor dense = t.c_contiguous() ? t : contiguous(t);
  ir::visit(t.dtype, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_integral_v<T>)
      std::copy_n(reinterpret_cast<const T*>(dense.data), t.size(),
                  reinterpret_cast<int64_t*>(wide.data));
  });
  return wide;
}

// Every combination of indices: where it leads in an array (`base`), and in tensors whose leading
// axes are those of the indices.
class Places {
 public:
  Places(const Tensor& base, const Indices& at, std::span<const int64_t> shape)
      : base_(base), at_(at), shape_(shape) {
    for (const Tensor& t : at.arrays) arrays_.push_back(broadcast_to(widened(t), shape));
  }

  std::vector<Tensor> arrays() const { return arrays_; }

  // The axes beyond the indices, at some place of the base.
  Tensor rest(char* data) const {
    Tensor part = base_;
    part.owner.reset();
    part.data = data;
    part.rank = 0;
    for (int k = 0; k < base_.rank; ++k) {
      if (std::ranges::count(at_.axes, k)) continue;
      part.shape[size_t(part.rank)] = base_.shape[size_t(k)];
      part.strides[size_t(part.rank++)] = base_.strides[size_t(k)];
    }
    return part;
  }

  // Calls f(place in base, place in other), the axes in the given order, the fastest first.
  template <class F>
  void each(const Tensor& other, const std::array<int8_t, max_rank>& order, F&& f) const {
    const int rank = int(shape_.size());
    std::vector<const char*> index;
    for (const Tensor& t : arrays_) index.push_back(t.data);
    std::array<int64_t, max_rank> position{};
    char* place = other.data;
    const int inner = rank == 0 ? -1 : order[0];
    const int64_t length = inner < 0 ? 1 : shape_[size_t(inner)];
    const int64_t step = inner < 0 ? 0 : other.strides[size_t(inner)];
    for (;;) {
      row(index, inner, length, place, step, f);
      int k = 1;
      for (; k < rank; ++k) {
        const size_t a = size_t(order[size_t(k)]);
        place += other.strides[a];
        for (size_t i = 0; i < index.size(); ++i) index[i] += arrays_[i].strides[a];
        if (++position[a] < shape_[a]) break;
        place -= other.strides[a] * shape_[a];
        for (size_t i = 0; i < index.size(); ++i) index[i] -= arrays_[i].strides[a] * shape_[a];
        position[a] = 0;
      }
      if (k >= rank) return;
    }
  }

 private:
  // The nearest element, so that nothing outside is touched.
  static int64_t wrapped(const char* index, int64_t extent) {
    int64_t i;
    std::memcpy(&i, index, sizeof i);
    if (i < 0) i += extent;
    return std::clamp<int64_t>(i, 0, extent - 1);
  }

  template <class F>
  void row(const std::vector<const char*>& index, int inner, int64_t length, char* place,
           int64_t step, F& f) const {
    const size_t n = index.size();
    const auto stride = [&](size_t i) { return inner < 0 ? 0 : arrays_[i].strides[size_t(inner)]; };
    const auto axis = [&](size_t i) { return size_t(at_.axes[i]); };
    if (n == 1) {
      const int64_t extent = base_.shape[axis(0)], by = base_.strides[axis(0)], next = stride(0);
      for (int64_t i = 0; i < length; ++i)
        f(base_.data + wrapped(index[0] + i * next, extent) * by, place + i * step);
      return;
    }
    for (int64_t i = 0; i < length; ++i) {
      char* found = base_.data;
      for (size_t k = 0; k < n; ++k)
        found += wrapped(index[k] + i * stride(k), base_.shape[axis(k)]) * base_.strides[axis(k)];
      f(found, place + i * step);
    }
  }

  const Tensor& base_;
  const Indices& at_;
  std::span<const int64_t> shape_;
  std::vector<Tensor> arrays_;
};

std::array<int8_t, max_rank> c_order(int rank) {
  std::array<int8_t, max_rank> order{};
  for (int k = 0; k < rank; ++k) order[size_t(k)] = int8_t(rank - 1 - k);
  return order;
}

// True if single elements are taken: NumPy does not see the other axes if they have size 1.
bool single(const Tensor& in, const Indices& at) {
  for (int k = 0; k < in.rank; ++k)
    if (in.shape[size_t(k)] != 1 && !std::ranges::count(at.axes, k)) return false;
  return true;
}

template <class F>
auto by_width(int bytes, F&& f) {
  struct Pair {
    int64_t words[2];
  };
  switch (bytes) {
    case 1: return f.template operator()<uint8_t>();
    case 2: return f.template operator()<uint16_t>();
    case 4: return f.template operator()<uint32_t>();
    case 8: return f.template operator()<uint64_t>();
    default: return f.template operator()<Pair>();
  }
}

// The leading axes of `t`, as many as the indices have.
std::span<const int64_t> index_shape(const Tensor& t, const Tensor& base, const Indices& at) {
  return t.dims().first(size_t(t.rank) + at.axes.size() - size_t(base.rank));
}

// NumPy walks the indices as its iterator does; before sub-arrays, in C order.
std::array<int8_t, max_rank> order_of(const Tensor& base, const Indices& at, const Places& places,
                                      const Tensor* values, int rank) {
  if (!single(base, at)) return c_order(rank);
  std::vector<Strides> strides;
  const auto note = [&](const Tensor& t) {
    Strides s = t.strides;
    for (int k = 0; k < rank; ++k)
      if (t.shape[size_t(k)] == 1) s[size_t(k)] = 0;
    strides.push_back(s);
  };
  for (const Tensor& t : places.arrays()) note(t);
  if (values) note(*values);
  return k_order(rank, strides);
}

// Parts of the base that are copied from places in `other`, or to them if `out`.
void copy_parts(const Places& places, const Tensor& other,
                const std::array<int8_t, max_rank>& order, int rank, bool out) {
  Tensor part = places.rest(nullptr), piece = part;
  for (int k = 0; k < part.rank; ++k) piece.strides[size_t(k)] = other.strides[size_t(rank + k)];
  const size_t bytes = size_t(part.size()) * size_t(part.itemsize());
  constexpr size_t word = 8, few = 8 * word;
  const bool dense = part.c_contiguous() && piece.c_contiguous();
  if (dense && bytes % word == 0 && bytes <= few) {
    return places.each(other, order, [=](char* x, char* y) {
      char *to = out ? y : x, *from = out ? x : y;
      for (size_t i = 0; i < bytes; i += word) std::memcpy(to + i, from + i, word);
    });
  }
  if (dense) {
    return places.each(other, order,
                       [=](char* x, char* y) { std::memcpy(out ? y : x, out ? x : y, bytes); });
  }
  places.each(other, order, [&](char* x, char* y) {
    part.data = x;
    piece.data = y;
    out ? copy(piece, part) : copy(part, piece);
  });
}

}  // namespace

void set_gathered_strides(Tensor& out, const Tensor& in, const Indices& at) {
  if (single(in, at)) {
    std::vector<const Tensor*> operands;
    for (const Tensor& t : at.arrays) operands.push_back(&t);
    Tensor first = out;
    first.rank = int8_t(index_shape(out, in, at).size());
    set_elementwise_strides(first, operands);
    out.strides = first.strides;
    for (int k = first.rank; k < out.rank; ++k) out.strides[size_t(k)] = out.itemsize();
    return;
  }
  const Places places(in, at, index_shape(out, in, at));
  const Tensor part = places.rest(nullptr);
  Tensor fresh = part;
  const Tensor* like = &part;
  set_elementwise_strides(fresh, {&like, 1});
  const int first = out.rank - part.rank;
  int64_t stride = fresh.itemsize();
  for (int k = 0; k < part.rank; ++k) {
    out.strides[size_t(first + k)] = fresh.strides[size_t(k)];
    stride *= std::max<int64_t>(part.shape[size_t(k)], 1);
  }
  for (int k = first - 1; k >= 0; --k) {
    out.strides[size_t(k)] = stride;
    stride *= std::max<int64_t>(out.shape[size_t(k)], 1);
  }
}

void gather(const Tensor& in, const Indices& at, const Tensor& out) {
  if (out.size() == 0 || in.size() == 0) return;
  const Places places(in, at, index_shape(out, in, at));
  const int rank = out.rank - (in.rank - int(at.axes.size()));
  const auto order = c_order(rank);
  const Tensor part = places.rest(nullptr);
  if (part.size() == 1) {
    return by_width(in.itemsize(), [&]<class T>() {
      places.each(out, order, [](const char* from, char* to) { std::memcpy(to, from, sizeof(T)); });
    });
  }
  copy_parts(places, out, order, rank, true);
}

namespace {

// x = op(x, value) for elements of any layout, one part after the other.
void change_parts(Loop loop, const Places& places, const Tensor& values,
                  const std::array<int8_t, max_rank>& order, int rank) {
  Tensor part = places.rest(nullptr), value = part;
  for (int k = 0; k < value.rank; ++k) value.strides[size_t(k)] = values.strides[size_t(rank + k)];
  places.each(values, order, [&](char* to, char* from) {
    part.data = to;
    value.data = from;
    const Tensor operands[] = {part, value};
    run_loop(loop, operands, part);
  });
}

// The commonest change, without a call for each element. Integers wrap around.
bool add_elements(const Places& places, const Tensor& values,
                  const std::array<int8_t, max_rank>& order, ir::DType dtype) {
  bool done = false;
  ir::visit(dtype, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      places.each(values, order, [](char* x, const char* v) {
        T a, b;
        std::memcpy(&a, x, sizeof a);
        std::memcpy(&b, v, sizeof b);
        if constexpr (std::is_integral_v<T>)
          a = T(std::make_unsigned_t<T>(a) + std::make_unsigned_t<T>(b));
        else
          a = a + b;
        std::memcpy(x, &a, sizeof a);
      });
      done = true;
    }
  });
  return done;
}

}  // namespace

bool change_at(ir::Op op, const Tensor& to, const Indices& at, const Tensor& values) {
  // What an index takes has the shape of the indices, then that of the other axes.
  Tensor shape;
  std::vector<int64_t> dims;
  for (const Tensor& t : at.arrays) {
    if (size_t(t.rank) > dims.size()) dims.insert(dims.begin(), size_t(t.rank) - dims.size(), 1);
    for (int k = 0; k < t.rank; ++k) {
      int64_t& size = dims[dims.size() - size_t(t.rank) + size_t(k)];
      if (t.shape[size_t(k)] != 1) size = t.shape[size_t(k)];
    }
  }
  const int rank = int(dims.size());
  for (int k = 0; k < to.rank; ++k)
    if (!std::ranges::count(at.axes, k)) dims.push_back(to.shape[size_t(k)]);
  if (dims.size() > size_t(max_rank)) return false;
  const Tensor given = broadcast_to(values, dims);
  if (given.size() == 0) return true;
  if (to.size() == 0) return false;
  const bool counts = op == ir::Op::add_at && at.arrays.size() == 1 && to.rank == 1;
  if (counts && add_one_number(to, at.arrays[0], given)) return true;
  const Places places(to, at, std::span(dims).first(size_t(rank)));
  const auto order = order_of(to, at, places, &given, rank);
  const ir::Op step = step_of(op);
  const Tensor part = places.rest(nullptr);
  if (ir::info(step).arity == 1) {  // a plain copy
    if (part.size() == 1) {
      by_width(to.itemsize(), [&]<class T>() {
        places.each(given, order, [](char* x, const char* v) { std::memcpy(x, v, sizeof(T)); });
      });
      return true;
    }
    copy_parts(places, given, order, rank, false);
    return true;
  }
  if (part.size() == 1 && op == ir::Op::add_at && add_elements(places, given, order, to.dtype))
    return true;
  const Loop loop = elementwise_loop(step, to.dtype);
  if (!loop) return false;
  if (part.size() != 1) {
    change_parts(loop, places, given, order, rank);
    return true;
  }
  const int64_t strides[3] = {};
  places.each(given, order, [&](char* x, char* v) {
    char* const pointers[] = {x, v, x};
    loop(pointers, strides, 1);
  });
  return true;
}

}  // namespace runtime::calls
