// Kernels that reduce, along rows and along columns, against the reference engine: the same bits
// (of zeros and NaN, the same value).
#include <gtest/gtest.h>

#include <array>

#include "reduce_kernel.h"

using namespace testing_kernels;

namespace {

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
    // A single column would be a row to NumPy.
    const int64_t other = n <= 1000 ? 3 : axis == 1 ? 1 : 2;
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

void check_reduction(Op op, DType t, int axis, Access access, const Fill& fill,
                     codegen::Jit* jit = nullptr) {
  SCOPED_TRACE(std::string(ir::spelling(op)) + " " + ir::info(t).name + " access " +
               std::to_string(int(access)));
  Body b;
  b.axis = axis;
  const Ref r = b.reduce(op, b.full(t));
  const auto c = compile(b, {r}, {{access, Access::strided}, fill, {}, false, jit});
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
    for (Op op : {Op::sum, Op::buffered_sum, Op::max, Op::argmin, Op::prod}) {
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

void softmax_rows(Body& b, DType t, std::vector<Ref>& out) { out = {softmax(b, b.full(t))}; }

void variance(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t), n = b.scalar(t);
  const auto [mean, variance] = mean_and_variance(b, x, n);
  out = {mean, variance};
}

void layer_norm(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t), n = b.scalar(t), weight = b.repeated(t), bias = b.repeated(t);
  const auto [mean, variance] = mean_and_variance(b, x, n);
  const Ref scale = b.op(Op::sqrt, {b.op(Op::add, {variance, b.number(t, 1e-5)})});
  const Ref y = b.op(Op::divide, {b.op(Op::subtract, {x, mean}), scale});
  out = {b.op(Op::add, {b.op(Op::multiply, {y, weight}), bias}), variance};
}

void all_orders_in_one_phase(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t), y = b.partial(t);
  const Ref z = b.op(Op::multiply, {x, y});
  const Ref small = b.op(Op::add, {b.op(Op::multiply, {x, b.number(t, 1e-7)}), b.number(t, 1)});
  out = {b.reduce(Op::sum, z),    b.reduce(Op::prod, small), b.reduce(Op::max, z),
         b.reduce(Op::argmin, x), b.reduce(Op::any, x),      z};
}

void dear_sum(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.op(Op::exp, {b.full(t)});
  out = {b.reduce(Op::sum, x), b.reduce(Op::max, x)};
}

void long_expression(Body& b, DType t, std::vector<Ref>& out) {
  Ref x = b.full(t);
  const Ref first = x;
  for (int i = 0; i < 10; ++i)
    x = b.op(Op::add, {b.op(Op::multiply, {x, b.number(t, 0.5)}), first});
  out = {b.reduce(Op::sum, x), b.reduce(Op::sum, b.op(Op::multiply, {x, x}))};
}

void sums_of_two_widths(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t), y = b.full(DType::f64);
  out = {b.reduce(Op::sum, x), b.reduce(Op::sum, y),
         b.reduce(Op::sum, b.op(Op::multiply, {b.cast(x, DType::f64), y}))};
}

void three_phases(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t);
  const Ref shifted = b.op(Op::subtract, {x, b.reduce(Op::min, x)});
  const Ref scaled = b.op(Op::divide, {shifted, b.reduce(Op::max, shifted)});
  const Ref logs = b.op(Op::log1p, {scaled});
  out = {b.op(Op::subtract, {logs, b.reduce(Op::sum, logs)}), b.reduce(Op::argmax, scaled)};
}

void integers(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t);
  const Ref total = b.reduce(Op::sum, x);
  out = {b.op(Op::subtract, {x, b.reduce(Op::min, x)}), total,
         b.reduce(Op::any, b.op(Op::greater, {x, total}))};
}

void buffered(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.cast(b.full(t), DType::f32);
  const Ref y = b.op(Op::exp, {x}), z = b.op(Op::exp, {b.op(Op::negative, {x})});
  out = {b.reduce(Op::buffered_sum, x), b.reduce(Op::sum, y), b.reduce(Op::buffered_sum, z)};
}

void counting(Body& b, DType t, std::vector<Ref>& out) {
  const Ref x = b.full(t);
  const Ref above = b.op(Op::greater, {x, b.reduce(Op::max, b.op(Op::negative, {x}))});
  out = {b.reduce(Op::sum, above), b.reduce(Op::all, above),
         b.op(Op::where, {above, x, b.number(t, 0)})};
}

struct BodyCase {
  const char* name;
  DType dtype;
  void (*build)(Body& b, DType t, std::vector<Ref>& outputs);
  bool scalar = false;
};

const BodyCase bodies[] = {
    {"softmax_f32", DType::f32, softmax_rows},
    {"softmax_f64", DType::f64, softmax_rows},
    {"softmax_f16", DType::f16, softmax_rows},
    {"variance", DType::f32, variance, true},
    {"layer_norm", DType::f32, layer_norm, true},
    {"all_orders_in_one_phase", DType::f64, all_orders_in_one_phase},
    {"dear_sum", DType::f32, dear_sum},
    {"long_expression", DType::f32, long_expression},
    {"sums_of_two_widths", DType::f32, sums_of_two_widths},
    {"three_phases", DType::f64, three_phases},
    {"integers", DType::i16, integers},
    {"buffered", DType::f16, buffered},
    {"counting", DType::f32, counting},
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
    for (int64_t columns : {2, 15, 16, 17, 64, 100, 1000, 5000}) run(compiled, 9, columns);
    run(compiled, 300, 700);
    run(compiled, 2000, 33);
  }
}

TEST(reduce_columns, bodies) { check_bodies(0, {}, false); }
TEST(reduce_columns, bodies_strided) { check_bodies(0, {}, true); }
TEST(reduce_columns, bodies_streaming) { check_bodies(0, {{}, ordinary, {}, true}, false); }

// Processors without masks, and with shorter vectors; those that this machine can stand for.
std::vector<const char*> lesser_processors() {
  std::vector<const char*> names;
  for (const char* name : {"x86-64-v3", "x86-64-v2"})
    if (codegen::Jit({.cpu = name}).vector_bytes() <= codegen::Jit().vector_bytes())
      names.push_back(name);
  return names;
}

class reduce_on : public testing::TestWithParam<const char*> {
 protected:
  codegen::Jit jit{{.cpu = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(, reduce_on, testing::ValuesIn(lesser_processors()));

TEST_P(reduce_on, every_reduction_and_dtype) {
  for (int axis : {0, 1})
    each_reduction([&](Op op, DType t) {
      check_reduction(op, t, axis, Access::unit, op == Op::prod ? near_one : ordinary, &jit);
    });
}

TEST_P(reduce_on, bodies) {
  for (int axis : {0, 1})
    for (bool strided : {false, true}) check_bodies(axis, {{}, ordinary, {}, false, &jit}, strided);
}

}  // namespace
