// What the tests of reducing kernels share: kernels over [n, m], their arguments, and the
// comparison with the reference engine.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "codegen/jit.h"
#include "map_kernel.h"
#include "reference.h"
#include "runtime/eager.h"

namespace testing_kernels {

using ir::Attrs;
using ir::Op;
using runtime::Tensor;

inline codegen::Jit& reduce_jit() {
  static codegen::Jit jit;
  return jit;
}

// A graph over [n, m] whose main body is one kernel reducing `axis`.
struct Body {
  Graph graph;
  std::vector<ir::DimId> space{graph.dims.symbol("n"), graph.dims.symbol("m")};
  int axis = 1;

  Ref full(DType t) { return graph.param(Graph::main, Type::array(t, space)); }
  // One element per row, or per column if the rows are reduced.
  Ref partial(DType t) {
    auto dims = space;
    dims[size_t(axis)] = graph.dims.constant(1);
    return graph.param(Graph::main, Type::array(t, dims));
  }
  // The same for every row (or column, if `axis` is 0).
  Ref repeated(DType t) {
    auto dims = space;
    dims[size_t(1 - axis)] = graph.dims.constant(1);
    return graph.param(Graph::main, Type::array(t, dims));
  }
  Ref scalar(DType t) { return graph.param(Graph::main, Type::scalar(t)); }
  Ref op(Op o, std::initializer_list<Ref> in) {
    return ir::apply(graph, Graph::main, o, std::span(in.begin(), in.size()));
  }
  Ref cast(Ref x, DType t) { return graph.add(Graph::main, Op::cast, {x}, Attrs().dtype(t)); }
  Ref reduce(Op o, Ref x) {
    const Ref in[] = {x};
    return ir::apply(graph, Graph::main, o, in, Attrs().integers({axis}).boolean(true));
  }
  Ref number(DType t, double v) {
    return graph.constant(Graph::main, Type::scalar(t), ir::Literal::of(v));
  }
};

using Fill = std::function<void(DType, uint64_t, char*)>;

// Values of ordinary size, and zeros, so that sums are finite and depend on their order.
inline void ordinary(DType t, uint64_t number, char* out) {
  uint64_t h = (number + 1) * 0x9e3779b97f4a7c15u;
  h ^= h >> 29;
  h *= 0xbf58476d1ce4e5b9u;
  h ^= h >> 32;
  const double real = (double(h % 20001) - 10000) / double(1 << (h >> 40) % 14);
  ir::visit(t, [&](auto v) {
    using T = decltype(v);
    if constexpr (std::is_same_v<T, bool>)
      write(out, h % 3 == 0);
    else if constexpr (std::is_arithmetic_v<T>)
      write(out, std::is_integral_v<T> ? T(int64_t(h % 201) - 100) : T(real));
    else if constexpr (std::is_same_v<T, ir::Half>)
      write(out, ir::round_to_half(float(real / 1024)));
    else if constexpr (std::is_same_v<T, ir::Bfloat>)
      write(out, ir::round_to_bfloat(float(real)));
  });
}

// Numbers near 1, so that products stay finite.
inline void near_one(DType t, uint64_t number, char* out) {
  if (!ir::is_float(t)) return ordinary(t, number, out);
  const double v = 1 + double(int64_t(number * 2654435761u % 2001) - 1000) * 1e-5;
  ir::visit(t, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_floating_point_v<T>)
      write(out, T(v));
    else if constexpr (std::is_same_v<T, ir::Half>)
      write(out, ir::round_to_half(float(v)));
    else if constexpr (std::is_same_v<T, ir::Bfloat>)
      write(out, ir::round_to_bfloat(float(v)));
  });
}

inline Tensor as_tensor(Plane& p, DType t) {
  Tensor x;
  x.data = p.origin;
  x.dtype = t;
  x.rank = 2;
  x.shape = {p.rows, p.columns};
  x.strides = {p.row_stride, p.column_stride};
  return x;
}

// What a test says of a kernel: its access classes, a value for its scalars, and its data.
struct Setting {
  std::vector<Access> access;  // operands, then outputs; empty: unit
  Fill fill = ordinary;
  std::vector<double> scalars;
  bool stream = false;
  codegen::Jit* jit = nullptr;  // null: of this machine
};

struct Compiled {
  const Graph& graph;
  passes::Kernel kernel;
  Setting setting;
  std::shared_ptr<const codegen::Code> code;
};

inline Compiled compile(Body& body, std::vector<Ref> outputs, Setting setting) {
  body.graph.results(Graph::main, std::move(outputs));
  auto kernel = passes::describe(body.graph, Graph::main);
  if (setting.access.empty())
    setting.access.assign(kernel.arrays.size() + kernel.outputs.size(), Access::unit);
  for (size_t i = 0; i < kernel.arrays.size(); ++i)
    if (body.graph.dims.is(body.graph.type(kernel.arrays[i]).dims[1], 1))
      setting.access[i] = Access::broadcast;
  codegen::Jit& jit = setting.jit ? *setting.jit : reduce_jit();
  auto code = jit.compile(body.graph, kernel, {setting.access, setting.stream});
  return {body.graph, std::move(kernel), std::move(setting), std::move(code)};
}

inline bool close_to(DType t, const char* a, const char* b) {
  return same(t, a, b) || (ir::is_float(t) && as_double(t, a) == as_double(t, b));
}

// The arrays and scalars of one launch.
struct Call {
  std::vector<Plane> planes;              // operands, then outputs
  std::vector<runtime::Value> arguments;  // the same operands, for the reference engine
  std::vector<char> scalars;
};

inline void make_planes(const Compiled& c, int64_t rows, int64_t columns, Call& call) {
  const size_t operands = c.kernel.arrays.size();
  for (size_t i = 0; i < operands + c.kernel.outputs.size(); ++i) {
    const Ref r = i < operands ? c.kernel.arrays[i] : c.kernel.outputs[i - operands];
    const auto size = [&](size_t axis, int64_t n) {
      return c.graph.dims.is(c.graph.type(r).dims[axis], 1) ? 1 : n;
    };
    Plane& p = call.planes.emplace_back(c.graph.type(r).dtype, c.setting.access[i], size(0, rows),
                                        size(1, columns), i % 2 == 1);
    if (c.setting.stream) p.align();
    if (p.rows == 1) p.row_stride = 0;
    if (p.columns == 1) p.column_stride = 0;
  }
}

inline runtime::Value number(DType t, double v) {
  runtime::Number n{t, false, {}};
  ir::visit(t, [&](auto tag) {
    if constexpr (std::is_arithmetic_v<decltype(tag)>) write(n.bytes.data(), decltype(tag)(v));
  });
  return {n};
}

inline Call make_call(const Compiled& c, int64_t rows, int64_t columns) {
  Call call;
  make_planes(c, rows, columns, call);
  for (Ref r : c.graph.body(Graph::main).params) {
    const DType t = c.graph.type(r).dtype;
    if (!c.graph.type(r).is_array()) {
      call.arguments.push_back(number(t, c.setting.scalars[call.scalars.size() / 16]));
      const auto& bytes = std::get<runtime::Number>(call.arguments.back().is).bytes;
      call.scalars.insert(call.scalars.end(), bytes.begin(), bytes.end());
      continue;
    }
    const auto at = std::ranges::find(c.kernel.arrays, r);
    Plane& p = call.planes[size_t(at - c.kernel.arrays.begin())];
    for (int64_t i = 0; i < p.rows; ++i)
      for (int64_t j = 0; j < p.columns; ++j)
        c.setting.fill(t, uint64_t(i * 7919 + j + r.id * 101), p.at(i, j));
    call.arguments.push_back({as_tensor(p, t)});
  }
  return call;
}

inline void launch(const Compiled& c, Call& call, int64_t rows, int64_t columns) {
  std::vector<char*> pointers;
  std::vector<int64_t> row_strides, column_strides;
  for (Plane& p : call.planes) {
    pointers.push_back(p.origin);
    row_strides.push_back(p.row_stride);
    column_strides.push_back(p.column_stride);
  }
  std::vector<char> scratch(c.code->scratch_bytes(columns) + 64, 0x7f);
  char* aligned = scratch.data() + (64 - reinterpret_cast<uintptr_t>(scratch.data()) % 64) % 64;
  std::vector<char> reports(4096);
  const codegen::KernelArgs args{pointers.data(),
                                 row_strides.data(),
                                 column_strides.data(),
                                 call.scalars.data(),
                                 rows,
                                 columns,
                                 aligned,
                                 reports.data()};
  c.code->entry(&args);
}

// Runs the kernel and the reference engine on the same arguments.
inline void run(const Compiled& c, int64_t rows, int64_t columns) {
  Call call = make_call(c, rows, columns);
  launch(c, call, rows, columns);
  const auto expected = runtime::interpret(c.graph, call.arguments);
  for (size_t i = 0; i < c.kernel.outputs.size(); ++i) {
    const DType t = c.graph.type(c.kernel.outputs[i]).dtype;
    Plane& p = call.planes[c.kernel.arrays.size() + i];
    const Tensor& want = std::get<Tensor>(expected[i].is);
    for (int64_t r = 0; r < p.rows; ++r)
      for (int64_t j = 0; j < p.columns; ++j) {
        const char* w = want.data + r * want.strides[0] + j * want.strides[1];
        ASSERT_TRUE(close_to(t, p.at(r, j), w))
            << "output " << i << " [" << r << ", " << j << "] of " << rows << " x " << columns
            << ": " << as_double(t, p.at(r, j)) << ", not " << as_double(t, w);
        std::memset(p.at(r, j), Plane::fill, size_t(p.bytes));
      }
    ASSERT_EQ(p.memory, std::vector<char>(p.memory.size(), Plane::fill))
        << "a stray write, " << rows << " x " << columns;
  }
}

}  // namespace testing_kernels
