// Kernels that reduce, along rows and along columns, against the reference engine: the same bits
// (of zeros and NaN, the same value).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "codegen/jit.h"
#include "map_kernel.h"
#include "reference.h"
#include "runtime/eager.h"

using namespace testing_kernels;
using ir::Attrs;
using ir::Op;
using runtime::Tensor;

namespace {

codegen::Jit& jit() {
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
void ordinary(DType t, uint64_t number, char* out) {
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
      write(out, T(std::is_integral_v<T> ? double(int64_t(h % 201) - 100) : real));
    else if constexpr (std::is_same_v<T, ir::Half>)
      write(out, ir::round_to_half(float(real / 1024)));
    else if constexpr (std::is_same_v<T, ir::Bfloat>)
      write(out, ir::round_to_bfloat(float(real)));
  });
}

// Numbers near 1, so that products stay finite.
void near_one(DType t, uint64_t number, char* out) {
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

Tensor as_tensor(Plane& p, DType t) {
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
};

struct Compiled {
  const Graph& graph;
  passes::Kernel kernel;
  Setting setting;
  std::shared_ptr<const codegen::Code> code;
};

Compiled compile(Body& body, std::vector<Ref> outputs, Setting setting) {
  body.graph.results(Graph::main, std::move(outputs));
  auto kernel = passes::describe(body.graph, Graph::main);
  if (setting.access.empty())
    setting.access.assign(kernel.arrays.size() + kernel.outputs.size(), Access::unit);
  for (size_t i = 0; i < kernel.arrays.size(); ++i)
    if (body.graph.dims.is(body.graph.type(kernel.arrays[i]).dims[1], 1))
      setting.access[i] = Access::broadcast;
  auto code = jit().compile(body.graph, kernel, {setting.access, setting.stream});
  return {body.graph, std::move(kernel), std::move(setting), std::move(code)};
}

bool close_to(DType t, const char* a, const char* b) {
  return same(t, a, b) || (ir::is_float(t) && as_double(t, a) == as_double(t, b));
}

// Runs the kernel and the reference engine on the same arguments.
void run(const Compiled& c, int64_t rows, int64_t columns) {
  const auto size = [&](Ref r, size_t axis, int64_t n) {
    return c.graph.dims.is(c.graph.type(r).dims[axis], 1) ? 1 : n;
  };
  std::vector<Plane> planes;
  std::vector<runtime::Value> arguments;
  std::vector<char> scalars;
  for (size_t i = 0; i < c.kernel.arrays.size() + c.kernel.outputs.size(); ++i) {
    const bool out = i >= c.kernel.arrays.size();
    const Ref r = out ? c.kernel.outputs[i - c.kernel.arrays.size()] : c.kernel.arrays[i];
    planes.emplace_back(c.graph.type(r).dtype, c.setting.access[i], size(r, 0, rows),
                        size(r, 1, columns), i % 2 == 1);
    if (c.setting.stream) planes.back().align();
    if (planes.back().rows == 1) planes.back().row_stride = 0;
    if (planes.back().columns == 1) planes.back().column_stride = 0;
  }
  for (Ref r : c.graph.body(Graph::main).params) {
    const DType t = c.graph.type(r).dtype;
    if (!c.graph.type(r).is_array()) {
      const double v = c.setting.scalars[scalars.size() / 16];
      runtime::Number n{t, false, {}};
      ir::visit(t, [&](auto tag) {
        if constexpr (std::is_arithmetic_v<decltype(tag)>) write(n.bytes.data(), decltype(tag)(v));
      });
      scalars.insert(scalars.end(), n.bytes.begin(), n.bytes.end());
      arguments.push_back({n});
      continue;
    }
    const auto at = std::ranges::find(c.kernel.arrays, r);
    Plane& p = planes[size_t(at - c.kernel.arrays.begin())];
    for (int64_t i = 0; i < p.rows; ++i)
      for (int64_t j = 0; j < p.columns; ++j)
        c.setting.fill(t, uint64_t(i * 7919 + j + r.id * 101), p.at(i, j));
    arguments.push_back({as_tensor(p, t)});
  }

  std::vector<char*> pointers;
  std::vector<int64_t> row_strides, column_strides;
  for (Plane& p : planes) {
    pointers.push_back(p.origin);
    row_strides.push_back(p.row_stride);
    column_strides.push_back(p.column_stride);
  }
  std::vector<char> scratch(c.code->scratch_bytes(columns) + 64, 0x7f);
  char* aligned = scratch.data() + (64 - reinterpret_cast<uintptr_t>(scratch.data()) % 64) % 64;
  const codegen::KernelArgs args{
      pointers.data(), row_strides.data(), column_strides.data(), scalars.data(), rows, columns,
      aligned};
  c.code->entry(&args);

  const auto expected = runtime::interpret(c.graph, arguments);
  for (size_t i = 0; i < c.kernel.outputs.size(); ++i) {
    const DType t = c.graph.type(c.kernel.outputs[i]).dtype;
    Plane& p = planes[c.kernel.arrays.size() + i];
    const Tensor& want = std::get<Tensor>(expected[i].is);
    const std::vector<char> clean(p.memory.size(), Plane::fill);
    for (int64_t r = 0; r < p.rows; ++r)
      for (int64_t j = 0; j < p.columns; ++j) {
        const char* w = want.data + r * want.strides[0] + j * want.strides[1];
        ASSERT_TRUE(close_to(t, p.at(r, j), w))
            << "output " << i << " [" << r << ", " << j << "] of " << rows << " x " << columns
            << ": " << as_double(t, p.at(r, j)) << ", not " << as_double(t, w);
        std::memset(p.at(r, j), Plane::fill, size_t(p.bytes));
      }
    ASSERT_EQ(p.memory, clean) << "a stray write, " << rows << " x " << columns;
  }
}

std::vector<int64_t> lengths(bool may_be_empty) {
  std::vector<int64_t> n;
  for (int64_t i = may_be_empty ? 0 : 1; i <= 20; ++i) n.push_back(i);
  for (int64_t i : {127, 128, 129, 135, 136, 255, 256, 257, 271, 272, 480, 487, 511, 512, 519, 520})
    n.push_back(i);
  for (int64_t i : {527, 528, 529, 1000, 1003, 1056, 1063, 2048, 4099, 8191, 8193}) n.push_back(i);
  return n;
}

void run_all(const Compiled& c, int axis, bool may_be_empty = true) {
  for (int64_t n : lengths(may_be_empty)) {
    const int64_t other = n > 1000 ? 1 : 3;
    if (axis == 1) {
      run(c, other, n);
    } else {
      run(c, n, other);
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

bool may_be_empty(Op op) {
  return op != Op::max && op != Op::min && ir::info(op).rule != ir::Rule::place;
}

constexpr Access all_access[] = {Access::unit, Access::broadcast, Access::strided};

void each_reduction(const std::function<void(Op, DType)>& f) {
  for (int o = 0; o < ir::op_count; ++o)
    for (int t = 0; t < ir::dtype_count; ++t)
      if (ir::is_reduce(Op(o)) && !ir::is_complex(DType(t))) f(Op(o), DType(t));
}

void check_reduction(Op op, DType t, int axis, Access access, const Fill& fill) {
  SCOPED_TRACE(std::string(ir::spelling(op)) + " " + ir::info(t).name + " access " +
               std::to_string(int(access)));
  Body b;
  b.axis = axis;
  const Ref r = b.reduce(op, b.full(t));
  const auto c = compile(b, {r}, {{access, Access::strided}, fill, {}});
  run_all(c, axis, may_be_empty(op));
}

TEST(reduce_rows, every_reduction_and_dtype) {
  each_reduction([](Op op, DType t) {
    for (Access a : all_access) check_reduction(op, t, 1, a, op == Op::prod ? near_one : ordinary);
  });
}

TEST(reduce_rows, edge_values) {
  each_reduction([](Op op, DType t) { check_reduction(op, t, 1, Access::unit, sample); });
}

TEST(reduce_rows, long_rows) {
  for (DType t : {DType::f32, DType::f64, DType::f16, DType::i32})
    for (Op op : {Op::sum, Op::max, Op::argmin, Op::prod}) {
      Body b;
      const Ref r = b.reduce(op, b.full(t));
      const auto c = compile(b, {r}, {{}, op == Op::prod ? near_one : ordinary, {}});
      run(c, 1, 100000);
      run(c, 2, 65536);
    }
}

// Bodies in which reductions, what they read and what reads them stand in one kernel.

Ref softmax(Body& b, Ref x) {
  const Ref e = b.op(Op::exp, {b.op(Op::subtract, {x, b.reduce(Op::max, x)})});
  return b.op(Op::divide, {e, b.reduce(Op::sum, e)});
}

// The mean of squared differences; `n` is the size of the reduced axis.
std::array<Ref, 2> mean_and_variance(Body& b, Ref x, Ref n) {
  const Ref mean = b.op(Op::divide, {b.reduce(Op::sum, x), n});
  const Ref d = b.op(Op::subtract, {x, mean});
  return {mean, b.op(Op::divide, {b.reduce(Op::sum, b.op(Op::multiply, {d, d})), n})};
}

struct BodyCase {
  const char* name;
  DType dtype;
  void (*build)(Body& b, DType t, std::vector<Ref>& outputs);
  bool scalar = false;
};

const BodyCase bodies[] = {
    {"softmax_f32", DType::f32, [](Body& b, DType t, auto& out) { out = {softmax(b, b.full(t))}; }},
    {"softmax_f64", DType::f64, [](Body& b, DType t, auto& out) { out = {softmax(b, b.full(t))}; }},
    {"softmax_f16", DType::f16, [](Body& b, DType t, auto& out) { out = {softmax(b, b.full(t))}; }},
    {"variance", DType::f32,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t), n = b.scalar(t);
       const auto [mean, variance] = mean_and_variance(b, x, n);
       out = {mean, variance};
     },
     true},
    {"layer_norm", DType::f32,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t), n = b.scalar(t), weight = b.repeated(t), bias = b.repeated(t);
       const auto [mean, variance] = mean_and_variance(b, x, n);
       const Ref scale = b.op(Op::sqrt, {b.op(Op::add, {variance, b.number(t, 1e-5)})});
       const Ref y = b.op(Op::divide, {b.op(Op::subtract, {x, mean}), scale});
       out = {b.op(Op::add, {b.op(Op::multiply, {y, weight}), bias}), variance};
     },
     true},
    {"all_orders_in_one_phase", DType::f64,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t), y = b.partial(t);
       const Ref z = b.op(Op::multiply, {x, y});
       const Ref small =
           b.op(Op::add, {b.op(Op::multiply, {x, b.number(t, 1e-7)}), b.number(t, 1)});
       out = {b.reduce(Op::sum, z),    b.reduce(Op::prod, small), b.reduce(Op::max, z),
              b.reduce(Op::argmin, x), b.reduce(Op::any, x),      z};
     }},
    {"dear_sum", DType::f32,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.op(Op::exp, {b.full(t)});
       out = {b.reduce(Op::sum, x), b.reduce(Op::max, x)};
     }},
    {"long_expression", DType::f32,
     [](Body& b, DType t, auto& out) {
       Ref x = b.full(t);
       const Ref first = x;
       for (int i = 0; i < 10; ++i)
         x = b.op(Op::add, {b.op(Op::multiply, {x, b.number(t, 0.5)}), first});
       out = {b.reduce(Op::sum, x), b.reduce(Op::sum, b.op(Op::multiply, {x, x}))};
     }},
    {"sums_of_two_widths", DType::f32,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t), y = b.full(DType::f64);
       out = {b.reduce(Op::sum, x), b.reduce(Op::sum, y),
              b.reduce(Op::sum, b.op(Op::multiply, {b.cast(x, DType::f64), y}))};
     }},
    {"three_phases", DType::f64,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t);
       const Ref shifted = b.op(Op::subtract, {x, b.reduce(Op::min, x)});
       const Ref scaled = b.op(Op::divide, {shifted, b.reduce(Op::max, shifted)});
       const Ref logs = b.op(Op::log1p, {scaled});
       out = {b.op(Op::subtract, {logs, b.reduce(Op::sum, logs)}), b.reduce(Op::argmax, scaled)};
     }},
    {"integers", DType::i16,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t);
       const Ref total = b.reduce(Op::sum, x);
       out = {b.op(Op::subtract, {x, b.reduce(Op::min, x)}), total,
              b.reduce(Op::any, b.op(Op::greater, {x, total}))};
     }},
    {"counting", DType::f32,
     [](Body& b, DType t, auto& out) {
       const Ref x = b.full(t);
       const Ref above = b.op(Op::greater, {x, b.reduce(Op::max, b.op(Op::negative, {x}))});
       out = {b.reduce(Op::sum, above), b.reduce(Op::all, above),
              b.op(Op::where, {above, x, b.number(t, 0)})};
     }},
};

void check_bodies(int axis, const Setting& setting, bool strided) {
  for (const BodyCase& c : bodies) {
    SCOPED_TRACE(c.name);
    Body b;
    b.axis = axis;
    std::vector<Ref> outputs;
    c.build(b, c.dtype, outputs);
    Setting here = setting;
    if (c.scalar) here.scalars = {7.0};
    if (strided) {
      size_t arrays = 0;
      for (Ref r : b.graph.body(Graph::main).params) arrays += b.graph.type(r).is_array();
      for (size_t i = 0; i < arrays + outputs.size(); ++i)
        here.access.push_back(i % 3 == 1 ? Access::unit : Access::strided);
    }
    run_all(compile(b, outputs, here), axis, false);
  }
}

TEST(reduce_rows, bodies) { check_bodies(1, {}, false); }
TEST(reduce_rows, bodies_strided) { check_bodies(1, {}, true); }
TEST(reduce_rows, bodies_streaming) { check_bodies(1, {{}, ordinary, {}, true}, false); }

TEST(reduce_columns, every_reduction_and_dtype) {
  each_reduction([](Op op, DType t) {
    for (Access a : all_access) check_reduction(op, t, 0, a, op == Op::prod ? near_one : ordinary);
  });
}

TEST(reduce_columns, edge_values) {
  each_reduction([](Op op, DType t) { check_reduction(op, t, 0, Access::unit, sample); });
}

// Several blocks of columns.
TEST(reduce_columns, wide) {
  for (const BodyCase& c : bodies) {
    SCOPED_TRACE(c.name);
    Body b;
    b.axis = 0;
    std::vector<Ref> outputs;
    c.build(b, c.dtype, outputs);
    Setting setting;
    if (c.scalar) setting.scalars = {7.0};
    const auto compiled = compile(b, outputs, setting);
    for (int64_t columns : {1, 15, 16, 17, 64, 100, 1000, 5000}) run(compiled, 9, columns);
    run(compiled, 300, 700);
    run(compiled, 2000, 33);
  }
}

TEST(reduce_columns, bodies) { check_bodies(0, {}, false); }
TEST(reduce_columns, bodies_strided) { check_bodies(0, {}, true); }
TEST(reduce_columns, bodies_streaming) { check_bodies(0, {{}, ordinary, {}, true}, false); }

}  // namespace
