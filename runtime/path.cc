#include "runtime/path.h"

#include <algorithm>

#include "runtime/layout.h"

namespace runtime {

namespace {

// The axes of `base` along which the indices move, and how far.
void place_indices(const Tensor& base, Seen& s) {
  s.box = box(base, s.layout, s.offset);
  if (!s.box.known) return;
  for (int k = 0; k < s.count; ++k) {
    Seen::Index& i = s.indices[size_t(k)];
    if (i.size <= 1 || i.stride == 0) continue;
    for (int axis = 0; axis < base.rank; ++axis) {
      const int64_t stride = base.strides[axis];
      // Of the axes with such strides the slowest: the others end before one step of it.
      if (base.shape[axis] <= 1 || stride > std::abs(i.stride)) continue;
      if (i.axis < 0 || stride > base.strides[i.axis]) i.axis = axis;
    }
    if (i.axis < 0 || i.stride % base.strides[i.axis] != 0) {
      s.box.known = false;
      return;
    }
    i.step = i.stride / base.strides[i.axis];
  }
}

Tensor without_owner(const Tensor& t) {
  Tensor out;
  out.data = t.data;
  out.dtype = t.dtype;
  out.rank = t.rank;
  out.shape = t.shape;
  out.strides = t.strides;
  return out;
}

}  // namespace

std::optional<Seen> see(const Path& path, const Tensor& base, std::span<const int64_t> sizes) {
  Seen s;
  s.layout = without_owner(base);
  const Number zero{ir::DType::i64, true, {}};
  for (const View& v : path.views) {
    if (v.indexes) {
      const Seen::Index i{s.layout.strides[v.axis], s.layout.shape[v.axis]};
      if (i.size == 0) return std::nullopt;
      s.indices[size_t(s.count++)] = i;
    }
    Tensor shown;
    ViewResult made{shown};
    if (!v.make(v, {&s.layout, &zero, sizes}, made)) return std::nullopt;
    s.layout = std::move(shown);
  }
  s.offset = s.layout.data - base.data;
  s.layout.data = nullptr;
  place_indices(base, s);
  return s;
}

std::optional<Seen> see(const Window& part, const Tensor& base, std::span<const int64_t> sizes) {
  Seen s;
  std::array<int64_t, max_rank> zeros{};
  const Tensor whole = without_owner(base);
  const auto at = part.of(whole, sizes, {zeros.data(), part.axes.size()});
  if (!at) return std::nullopt;
  for (int64_t axis : part.axes) {
    // So many places there are to start at: the last element has to be inside.
    const int64_t size = at->shape[axis], extent = base.shape[axis];
    const int64_t places =
        size == 0 ? extent + 1 : extent - (size - 1) * sizes[size_t(part.step[size_t(axis)])];
    s.indices[size_t(s.count++)] = {base.strides[axis], places};
  }
  s.layout = *at;
  s.offset = s.layout.data - base.data;
  s.layout.data = nullptr;
  place_indices(base, s);
  return s;
}

bool apart(const Seen& a, std::span<const int64_t> at_a, const Seen& b,
           std::span<const int64_t> at_b) {
  if (!a.box.known || !b.box.known) return false;
  const auto moved = [](const Seen& s, std::span<const int64_t> at) {
    Box box = s.box;
    for (int k = 0; k < s.count; ++k) {
      const Seen::Index& i = s.indices[size_t(k)];
      if (i.axis < 0) continue;
      box.low[size_t(i.axis)] += at[size_t(k)] * i.step;
      box.high[size_t(i.axis)] += at[size_t(k)] * i.step;
    }
    return box;
  };
  const Box x = moved(a, at_a), y = moved(b, at_b);
  for (size_t k = 0; k < max_rank; ++k) {
    if (x.high[k] < y.low[k] || y.high[k] < x.low[k]) return true;
  }
  return false;
}

}  // namespace runtime
