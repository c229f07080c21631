#include "runtime/updates.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "runtime/copy.h"
#include "runtime/layout.h"

namespace runtime {

std::optional<Tensor> Window::of(const Tensor& t, std::span<const int64_t> sizes,
                                 std::span<const int64_t> indices) const {
  std::array<int64_t, max_rank> first, next, count;
  const size_t rank = start.size();
  for (size_t k = 0; k < rank; ++k) {
    first[k] = sizes[size_t(start[k])];
    next[k] = sizes[size_t(step[k])];
    count[k] = sizes[size_t(size[k])];
  }
  return window(t, {first.data(), rank}, {next.data(), rank}, {count.data(), rank}, axes, indices);
}

Window compile_window(const ir::Graph& graph, ir::Ref update, const SizeProgram& sizes) {
  const ir::AttrView attrs = graph.attrs(update);
  Window w;
  for (ir::DimId d : attrs.dims("start")) w.start.push_back(sizes.at(d));
  for (ir::DimId d : attrs.dims("size")) w.size.push_back(sizes.at(d));
  for (ir::DimId d : attrs.dims("step")) w.step.push_back(sizes.at(d));
  w.axes = attrs.integers("axes");
  return w;
}

namespace {

// The axes of a tensor, the slowest first; nothing unless each is walked in full before the next.
std::optional<std::array<int, max_rank>> nested_axes(const Tensor& t) {
  std::array<int, max_rank> axes{};
  for (int k = 0; k < t.rank; ++k) axes[size_t(k)] = k;
  std::sort(axes.begin(), axes.begin() + t.rank,
            [&](int a, int b) { return t.strides[a] > t.strides[b]; });
  int64_t reach = t.itemsize();
  for (int i = t.rank - 1; i >= 0; --i) {
    const int k = axes[size_t(i)];
    if (t.shape[k] == 1) continue;
    if (t.strides[k] < reach) return std::nullopt;
    reach = t.strides[k] * t.shape[k];
  }
  return axes;
}

}  // namespace

Box box(const Tensor& base, const Tensor& view, int64_t offset) {
  Box b;
  const auto nested = nested_axes(base);
  if (!nested || offset < 0) return b;
  const std::span<const int> axes(nested->data(), size_t(base.rank));
  for (int k : axes) {
    if (base.shape[k] == 1) continue;
    b.low[k] = b.high[k] = offset / base.strides[k];
    offset %= base.strides[k];
  }
  if (offset != 0) return b;
  for (int j = 0; j < view.rank; ++j) {
    if (view.shape[j] <= 1) continue;
    const int64_t stride = view.strides[j];
    const auto along = std::ranges::find_if(
        axes, [&](int k) { return base.shape[k] > 1 && std::abs(stride) >= base.strides[k]; });
    if (along == axes.end() || stride % base.strides[*along] != 0) return b;
    (stride < 0 ? b.low : b.high)[*along] += (view.shape[j] - 1) * stride / base.strides[*along];
  }
  b.known = true;
  return b;
}

bool apart(const Tensor& base, const Tensor& a, const Tensor& b) {
  if (!may_overlap(a, b)) return true;
  const Box x = box(base, a, a.data - base.data), y = box(base, b, b.data - base.data);
  if (!x.known || !y.known) return false;
  for (size_t k = 0; k < max_rank; ++k) {
    if (x.high[k] < y.low[k] || y.high[k] < x.low[k]) return true;
  }
  return false;
}

bool same_layout(const Tensor& a, const Tensor& b) {
  if (a.rank != b.rank) return false;
  for (int k = 0; k < a.rank; ++k) {
    if (a.shape[k] != b.shape[k] || (a.shape[k] > 1 && a.strides[k] != b.strides[k])) return false;
  }
  return true;
}

bool same_elements(const Tensor& a, const Tensor& b) {
  return a.data == b.data && same_layout(a, b);
}

// Axis by axis: what lies before the part and what lies behind it, within the part along the axes
// before.
void copy_around(const Tensor& to, const Tensor& from, const Tensor& part_of_from) {
  std::array<int64_t, max_rank> start{}, step{}, size{};
  for (int k = 0; k < from.rank; ++k) {
    step[k] = 1;
    size[k] = from.shape[k];
    const bool plain = part_of_from.shape[k] == 1 || part_of_from.strides[k] == from.strides[k];
    if (!plain) return copy(to, from);
  }
  const auto nested = nested_axes(from);
  if (!nested || part_of_from.size() == 0) return copy(to, from);
  const std::span<const int> axes(nested->data(), size_t(from.rank));
  const Box part = box(from, part_of_from, part_of_from.data - from.data);
  if (!part.known) return copy(to, from);
  const auto piece = [&](int axis, int64_t first, int64_t count) {
    if (count <= 0) return;
    start[axis] = first;
    size[axis] = count;
    const auto of = [&](const Tensor& t) {
      const size_t rank = size_t(t.rank);
      return slice(t, {start.data(), rank}, {step.data(), rank}, {size.data(), rank});
    };
    copy(of(to), of(from));
  };
  for (int k : axes) {
    piece(k, 0, part.low[k]);
    piece(k, part.high[k] + 1, from.shape[k] - part.high[k] - 1);
    start[k] = part.low[k];
    size[k] = part.high[k] - part.low[k] + 1;
  }
}

bool separate_elements(const Tensor& t) {
  Tensor upright = t;
  for (int k = 0; k < t.rank; ++k) upright.strides[k] = std::abs(t.strides[k]);
  return t.size() == 0 || nested_axes(upright).has_value();
}

}  // namespace runtime
