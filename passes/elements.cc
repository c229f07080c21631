#include "passes/elements.h"

#include <algorithm>

namespace passes {

std::optional<std::vector<int64_t>> small_shape(const Graph& graph, const Type& type) {
  if (!type.is_array()) return std::nullopt;
  std::vector<int64_t> shape;
  int64_t count = 1;
  for (ir::DimId d : type.dims) {
    const auto size = graph.dims.value(d);
    // Negative where a check of the graph never holds.
    if (!size || *size <= 0 || *size > most_elements || (count *= *size) > most_elements)
      return std::nullopt;
    shape.push_back(*size);
  }
  return shape;
}

std::vector<int64_t> known(const Graph& graph, const std::vector<ir::DimId>& dims) {
  std::vector<int64_t> out;
  for (ir::DimId d : dims) {
    const auto value = graph.dims.value(d);
    if (!value) throw ir::Unsupported("a size that is known only when the function runs");
    out.push_back(*value);
  }
  return out;
}

namespace {

// Strides in elements, of axes from which the first element lies `offset` away.
struct Window {
  int64_t offset = 0;
  std::vector<int64_t> shape, strides;
  explicit Window(const Elements& e) : shape(e.shape), strides(e.shape.size()) {
    int64_t stride = 1;
    for (size_t k = shape.size(); k-- > 0; stride *= shape[k]) strides[k] = stride;
  }
};

Elements through(const Window& w, const Elements& of) {
  Elements out{w.shape, {}, of.root};
  each_index(w.shape, [&](const std::vector<int64_t>& index) {
    int64_t at = w.offset;
    for (size_t k = 0; k < index.size(); ++k) at += index[k] * w.strides[k];
    out.at.push_back(of.at[size_t(at)]);
  });
  return out;
}

void cut(Window& w, const Graph& g, Ref node) {
  const ir::AttrView attrs = g.attrs(node);
  const auto start = known(g, attrs.dims("start")), size = known(g, attrs.dims("size"));
  const auto step = g.op(node) == Op::slice ? attrs.integers("step") : known(g, attrs.dims("step"));
  for (size_t k = 0; k < w.shape.size(); ++k) {
    w.offset += start[k] * w.strides[k];
    w.strides[k] *= step[k];
    w.shape[k] = size[k];
  }
}

}  // namespace

Ref element(const Elements& e, const std::vector<int64_t>& index) {
  const size_t skipped = index.size() - e.shape.size();
  int64_t at = 0;
  for (size_t k = 0; k < e.shape.size(); ++k)
    at = at * e.shape[k] + (e.shape[k] == 1 ? 0 : index[skipped + k]);
  return e.at[size_t(at)];
}

namespace {

void permute(Window& w, const std::vector<int64_t>& axes) {
  const Window old = w;
  for (size_t k = 0; k < axes.size(); ++k) {
    w.shape[k] = old.shape[size_t(axes[k])];
    w.strides[k] = old.strides[size_t(axes[k])];
  }
}

void broadcast(Window& w, const std::vector<int64_t>& shape) {
  const size_t added = shape.size() - w.shape.size();
  std::vector<int64_t> strides(shape.size(), 0);
  for (size_t k = 0; k < w.shape.size(); ++k)
    if (w.shape[k] == shape[k + added]) strides[k + added] = w.strides[k];
  w.shape = shape;
  w.strides = std::move(strides);
}

}  // namespace

Elements view(const Graph& from, Ref node, const Elements& of) {
  const Op op = from.op(node);
  const auto inputs = from.inputs(node);
  if (inputs.size() > 1 || from.type(node).dtype != from.type(inputs[0]).dtype)
    throw ir::Unsupported("this view of a small array");
  const auto shape = known(from, from.type(node).dims);
  Window w(of);
  if (op == Op::slice) {
    cut(w, from, node);
  } else if (op == Op::transpose) {
    permute(w, from.attrs(node).integers("axes"));
  } else if (op == Op::broadcast_to) {
    broadcast(w, shape);
  } else {
    return {shape, of.at, of.root};  // all others keep the elements, and their order
  }
  return through(w, of);
}

Elements updated(const Graph& from, Ref update, const Elements& base, const Elements& value) {
  Window w(base);
  cut(w, from, update);
  Elements out = base;
  each_index(w.shape, [&](const std::vector<int64_t>& index) {
    int64_t at = w.offset;
    for (size_t k = 0; k < index.size(); ++k) at += index[k] * w.strides[k];
    out.at[size_t(at)] = element(value, index);
  });
  return out;
}

}  // namespace passes
