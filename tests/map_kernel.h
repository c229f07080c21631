// What the code generation tests share: small graphs of one body, their kernels, and buffers laid
// out for each way of access.
#pragma once
#include <cstring>
#include <vector>

#include "codegen/jit.h"
#include "ir/graph.h"
#include "passes/kernel.h"

namespace testing_kernels {

using codegen::Access;
using ir::DType;
using ir::Graph;
using ir::Ref;
using ir::Type;

// A graph over the space [n, m] whose main body is a map kernel.
struct MapGraph {
  Graph graph;
  std::vector<ir::DimId> space{graph.dims.symbol("n"), graph.dims.symbol("m")};

  Ref array(DType t) { return graph.param(Graph::main, Type::array(t, space)); }
  Ref scalar(DType t) { return graph.param(Graph::main, Type::scalar(t)); }
  Ref add(ir::Op op, std::initializer_list<Ref> in) { return graph.add(Graph::main, op, in); }
  Ref cast(Ref x, DType t) {
    return graph.add(Graph::main, ir::Op::cast, {x}, ir::Attrs().dtype(t));
  }

  passes::Kernel kernel(std::vector<Ref> outputs) {
    using passes::Kernel;
    graph.results(Graph::main, outputs);
    Kernel k;
    k.body = Graph::main;
    k.rank = 2;
    k.space = space;
    k.reduced = {false, false};
    k.outputs = outputs;
    const ir::Body& body = graph.body(Graph::main);
    k.order = body.params;
    for (Ref r : body.params) (graph.type(r).is_array() ? k.arrays : k.scalars).push_back(r);
    for (Ref r : body.nodes)
      if (graph.op(r) != ir::Op::param) k.order.push_back(r);
    for (Ref r : k.order)
      k.values.push_back(
          {graph.type(r).is_array() ? Kernel::Extent::full : Kernel::Extent::uniform});
    return k;
  }
};

// A plane of elements in a buffer filled with a pattern, so that stray writes show.
struct Plane {
  static constexpr char fill = 0x5a;
  int bytes;
  int64_t rows, columns, row_stride, column_stride;
  std::vector<char> memory;
  char* origin;

  Plane(DType t, Access access, int64_t n_rows, int64_t n_columns, bool backwards = false)
      : bytes(ir::info(t).bytes), rows(n_rows), columns(n_columns) {
    column_stride = access == Access::unit ? bytes : access == Access::broadcast ? 0 : 3 * bytes;
    row_stride = column_stride * columns + 5 * bytes;
    const int64_t size = row_stride * (rows + 1) + 128;
    memory.assign(size_t(size), fill);
    origin = memory.data() + 64;
    if (backwards && access == Access::strided) {
      origin += column_stride * std::max<int64_t>(columns - 1, 0);
      column_stride = -column_stride;
    }
  }
  // Starts every row at a multiple of 64 bytes, as streaming stores want it.
  void align() {
    row_stride = (row_stride + 63) / 64 * 64;
    memory.assign(size_t(row_stride * (rows + 1) + 256), fill);
    origin = memory.data() + 64;
    origin += (64 - reinterpret_cast<uintptr_t>(origin) % 64) % 64;
    if (column_stride < 0) origin -= column_stride * std::max<int64_t>(columns - 1, 0);
  }
  char* at(int64_t row, int64_t column) {
    return origin + row * row_stride + column * column_stride;
  }
};

inline void launch(const codegen::Code& code, std::vector<Plane*> planes, int64_t rows,
                   int64_t columns, const std::vector<char>& scalars = {}) {
  std::vector<char*> pointers;
  std::vector<int64_t> row_strides, column_strides;
  for (Plane* p : planes) {
    pointers.push_back(p->origin);
    row_strides.push_back(p->row_stride);
    column_strides.push_back(p->column_stride);
  }
  std::vector<char> reports(4096);
  const codegen::KernelArgs args{
      pointers.data(), row_strides.data(), column_strides.data(), scalars.data(), rows, columns,
      nullptr,         reports.data()};
  code.entry(&args);
}

}  // namespace testing_kernels
