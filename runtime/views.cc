#include "runtime/views.h"

#include <array>
#include <cstring>

#include "ir/layout.h"
#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/memory.h"

namespace runtime {
namespace {

// The values of size registers, on the stack.
struct Values {
  std::array<int64_t, max_rank> data;
  size_t count;
  Values(const std::vector<int>& registers, std::span<const int64_t> sizes)
      : count(registers.size()) {
    for (size_t k = 0; k < count; ++k) data[k] = sizes[size_t(registers[k])];
  }
  operator std::span<const int64_t>() const { return {data.data(), count}; }
};

void read_number(const View& v, const Tensor& t, const char* at, ViewResult& out) {
  out.number.dtype = t.dtype;
  out.number.python = v.python;
  std::memcpy(out.number.bytes.data(), at, size_t(t.itemsize()));
}

// One function for each VIEW row of the op table, of its name.
namespace rows {

bool slice(const View& v, const ViewOperands& in, ViewResult& out) {
  Values start(v.start, in.sizes), size(v.shape, in.sizes);
  out.tensor = runtime::slice(*in.tensor, start, v.integers, size);
  return true;
}

bool transpose(const View& v, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::transpose(*in.tensor, v.integers);
  return true;
}

bool reshape(const View& v, const ViewOperands& in, ViewResult& out) {
  Values shape(v.shape, in.sizes);
  auto view = runtime::reshape(*in.tensor, shape);
  if (!view) {
    view = runtime::reshape(contiguous(*in.tensor), shape);
    out.copied = true;
  }
  if (!view) return false;
  out.tensor = std::move(*view);
  return true;
}

bool broadcast_to(const View& v, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::broadcast_to(*in.tensor, Values(v.shape, in.sizes));
  return true;
}

bool expand_dims(const View& v, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::expand_dims(*in.tensor, v.integers);
  return true;
}

bool squeeze(const View& v, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::squeeze(*in.tensor, v.integers);
  return true;
}

bool real(const View&, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::part(*in.tensor, false);
  return true;
}

bool imag(const View&, const ViewOperands& in, ViewResult& out) {
  out.tensor = runtime::part(*in.tensor, true);
  return true;
}

bool index(const View& v, const ViewOperands& in, ViewResult& out) {
  if (!v.number) return runtime::index(*in.tensor, int(v.axis), integer(*in.number), out.tensor);
  const char* at = element(*in.tensor, int(v.axis), integer(*in.number));
  if (at) read_number(v, *in.tensor, at, out);
  return at != nullptr;
}

bool window(const View& v, const ViewOperands& in, ViewResult& out) {
  return runtime::window(*in.tensor, int(v.axis), integer(*in.number), in.sizes[size_t(v.step)],
                         in.sizes[size_t(v.shape[0])], out.tensor);
}

bool scalar(const View& v, const ViewOperands& in, ViewResult& out) {
  read_number(v, *in.tensor, in.tensor->data, out);
  return true;
}

bool array(const View&, const ViewOperands& in, ViewResult& out) {
  out.tensor = Tensor();
  out.tensor.dtype = in.number->dtype;
  allocate(out.tensor);
  std::memcpy(out.tensor.data, in.number->bytes.data(), size_t(out.tensor.itemsize()));
  out.copied = true;
  return true;
}

}  // namespace rows

struct Row {
  ir::Op op;
  View::Make make;
};
constexpr Row view_rows[] = {
#define VIEW(name, ...) {ir::Op::name, &rows::name},
#include "ir/ops.def"
};

}  // namespace

View compile_view(const ir::Graph& graph, ir::Ref node, const SizeProgram& sizes) {
  View v;
  const ir::Op op = graph.op(node);
  for (const Row& row : view_rows) {
    if (row.op == op) v.make = row.make;
  }
  const ir::Type& type = graph.type(node);
  if (std::max(type.rank(), graph.type(graph.inputs(node)[0]).rank()) > max_rank) {
    ir::fail<ir::Unsupported>() << ir::info(op).name << " of rank " << type.rank();
  }
  v.number = type.is_scalar();
  v.python = type.kind == ir::Type::Kind::python;
  v.indexes = op == ir::Op::index;
  v.moves_on = op != ir::Op::reshape && op != ir::Op::window && type.is_array() &&
               graph.type(graph.inputs(node)[0]).is_array();
  v.keeps_memory = ir::keeps_memory(op);
  const ir::AttrView attrs = graph.attrs(node);
  auto registers = [&](std::string_view name) {
    std::vector<int> out;
    for (ir::DimId d : attrs.dims(name)) out.push_back(sizes.at(d));
    return out;
  };
  for (const ir::AttrField& f : ir::schema(op)) {
    if (f.kind == ir::AttrKind::integers) v.integers = attrs.integers(f.name);
    if (f.kind == ir::AttrKind::dims) (f.name == "start" ? v.start : v.shape) = registers(f.name);
    if (f.kind == ir::AttrKind::integer) v.axis = attrs.integer(f.name);
    if (f.kind != ir::AttrKind::dim) continue;
    const int found = sizes.at(attrs.dim(f.name));
    if (f.name == "step")
      v.step = found;
    else
      v.shape = {found};
  }
  return v;
}

int64_t integer_of_width(const Number& n) {
  return ir::visit(n.dtype, [&](auto tag) -> int64_t {
    using T = decltype(tag);
    if constexpr (std::is_integral_v<T>) {
      T v;
      std::memcpy(&v, n.bytes.data(), sizeof v);
      return int64_t(v);
    } else {
      return 0;
    }
  });
}

}  // namespace runtime
