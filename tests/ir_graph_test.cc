// Sizes, NumPy's promotion, interning and inference.
#include <gtest/gtest.h>

#include "ir/error.h"
#include "ir/graph.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace {

using ir::DType;
using ir::Graph;
using ir::Op;
using ir::Ref;
using ir::Type;

TEST(Dims, AreCanonical) {
  ir::Dims d;
  const auto n = d.symbol("n"), m = d.symbol("m"), two = d.constant(2);
  EXPECT_EQ(d.add(n, m), d.add(m, n));
  EXPECT_EQ(d.subtract(d.add(n, two), two), n);
  EXPECT_EQ(d.multiply(n, m), d.multiply(m, n));
  EXPECT_EQ(d.str(d.add(d.multiply(two, n), d.constant(1))), "2*n + 1");
  EXPECT_EQ(d.floor_divide(d.multiply(d.constant(4), n), two), d.multiply(two, n));
  EXPECT_EQ(d.maximum(d.add(n, two), n), d.add(n, two));
  EXPECT_EQ(d.value(d.modulo(d.constant(-7), d.constant(3))), 2);
}

TEST(Dims, EqualSizesBecomeOne) {
  ir::Dims d;
  const auto n = d.symbol("n"), m = d.symbol("m");
  EXPECT_TRUE(d.unify(d.subtract(n, d.constant(2)), m));
  EXPECT_TRUE(d.equal(m, d.subtract(n, d.constant(2))));
  EXPECT_EQ(d.str(d.add(m, m)), "2*n - 4");
  EXPECT_FALSE(d.unify(d.constant(3), d.constant(4)));
  EXPECT_TRUE(d.checks().empty());
}

TEST(Dims, WhatCannotBeSolvedIsChecked) {
  ir::Dims d;
  const auto n = d.symbol("n"), m = d.symbol("m");
  EXPECT_TRUE(d.unify(d.multiply(n, m), d.constant(12)));
  ASSERT_EQ(d.checks().size(), 1u);
  EXPECT_EQ(d.str(d.checks()[0]), "(m)*(n) - 12 == 0");
  EXPECT_FALSE(d.require({ir::Check::nonnegative, d.constant(-1)}));
}

TEST(Dims, BeyondSixtyFourBitsAreRefused) {
  ir::Dims d;
  const auto n = d.symbol("n"), far = d.constant(INT64_MAX), low = d.constant(INT64_MIN);
  EXPECT_THROW(d.add(far, d.constant(1)), ir::Unsupported);
  EXPECT_THROW(d.subtract(low, d.constant(1)), ir::Unsupported);
  EXPECT_THROW(d.multiply(far, d.constant(2)), ir::Unsupported);
  EXPECT_THROW(d.multiply(d.multiply(n, d.constant(int64_t(1) << 62)), d.constant(4)),
               ir::Unsupported);
  EXPECT_FALSE(d.value(d.floor_divide(low, d.constant(-1))));
}

TEST(Dims, CompareByTheChecks) {
  ir::Dims d;
  const auto n = d.symbol("n"), m = d.symbol("m"), five = d.constant(5);
  EXPECT_TRUE(d.at_most(n, d.add(n, m)));
  EXPECT_FALSE(d.never_negative(d.subtract(n, five)));
  EXPECT_FALSE(d.at_most(five, n));
  EXPECT_TRUE(d.require({ir::Check::nonnegative, d.subtract(n, d.constant(6))}));
  EXPECT_TRUE(d.at_most(five, n));
}

TEST(Promotion, IsNumPys) {
  const auto p = [](DType a, DType b) { return ir::promote(a, b); };
  EXPECT_EQ(p(DType::i8, DType::u8), DType::i16);
  EXPECT_EQ(p(DType::i64, DType::u64), DType::f64);
  EXPECT_EQ(p(DType::i16, DType::f16), DType::f32);
  EXPECT_EQ(p(DType::i32, DType::f32), DType::f64);
  EXPECT_EQ(p(DType::u8, DType::f16), DType::f16);
  EXPECT_EQ(p(DType::f64, DType::c64), DType::c128);
  EXPECT_EQ(p(DType::b1, DType::u16), DType::u16);
  EXPECT_EQ(p(DType::bf16, DType::f16), DType::f32);
  for (int a = 0; a < ir::dtype_count; ++a)
    for (int b = 0; b < ir::dtype_count; ++b)
      EXPECT_EQ(p(DType(a), DType(b)), p(DType(b), DType(a)));
}

TEST(Apply, PythonNumbersAreWeak) {
  Graph g;
  const Ref x = g.param(Graph::main, Type::array(DType::f32, {g.dims.symbol("n")}));
  const Ref k = g.param(Graph::main, Type::array(DType::i32, {g.dims.symbol("n")}));
  const Ref w = g.param(Graph::main, Type::python(DType::f64));
  const auto dtype = [&](Op op, Ref a, Ref b) {
    return g.type(ir::apply(g, Graph::main, op, std::vector{a, b})).dtype;
  };
  EXPECT_EQ(dtype(Op::add, x, w), DType::f32);
  EXPECT_EQ(dtype(Op::add, k, w), DType::f64);
  EXPECT_EQ(dtype(Op::divide, k, k), DType::f64);
  EXPECT_EQ(dtype(Op::less, x, w), DType::b1);
  EXPECT_EQ(dtype(Op::add, x, k), DType::f64);
  EXPECT_THROW(dtype(Op::bitwise_and, x, x), ir::Unsupported);
  ir::verify(g);
}

TEST(Apply, IntegersOutOfBoundsAreRefused) {
  Graph g;
  const Ref x = g.param(Graph::main, Type::array(DType::u8, {g.dims.symbol("n")}));
  const Ref big = g.constant(Graph::main, Type::python(DType::i64), ir::Literal::of(int64_t(300)));
  const Ref runtime = g.param(Graph::main, Type::python(DType::i64));
  EXPECT_THROW(ir::apply(g, Graph::main, Op::add, std::vector{x, big}), ir::Unsupported);
  EXPECT_THROW(ir::apply(g, Graph::main, Op::add, std::vector{x, runtime}), ir::Unsupported);
}

TEST(Graph, EqualNodesAreOne) {
  Graph g;
  const Ref x = g.param(Graph::main, Type::array(DType::f64, {g.dims.symbol("n")}));
  const Ref a = g.add(Graph::main, Op::exp, {x}), b = g.add(Graph::main, Op::exp, {x});
  EXPECT_EQ(a, b);
  const auto inner = g.nest(Graph::main);
  EXPECT_EQ(g.add(inner, Op::exp, {x}), a);
  EXPECT_NE(g.add(Graph::main, Op::log, {x}), a);
}

TEST(Verifier, NamesWhatIsBroken) {
  Graph g = ir::parse("graph(%0: f64[n]) { %1 = exp %0 return %1 }");
  const auto inner = g.nest(Graph::main);
  const Ref hidden = g.add(inner, Op::log, {g.body(Graph::main).params[0]});
  g.results(Graph::main, {hidden});
  try {
    ir::verify(g, "a test");
    ADD_FAILURE() << "not found";
  } catch (const ir::Bug& e) {
    EXPECT_NE(
        std::string(e.what()).find("verify after a test: %2 is a result but not defined there"),
        std::string::npos)
        << e.what();
  }
}

TEST(Infer, LoopsKeepTheTypesOfWhatTheyCarry) {
  Graph g;
  const Ref x = g.param(Graph::main, Type::array(DType::f32, {g.dims.symbol("n")}));
  const Ref zero = g.constant(Graph::main, Type::python(DType::i64), ir::Literal::of(int64_t(0)));
  const auto body = g.nest(Graph::main);
  g.param(body, Type::python(DType::i64));
  const Ref carried = g.param(body, g.type(x));
  g.results(body, {g.add(body, Op::cast, {carried}, ir::Attrs().dtype(DType::f64))});
  EXPECT_THROW(g.add(Graph::main, Op::for_, {zero, zero, zero, x}, ir::Attrs().body(body)),
               ir::Unsupported);
}

}  // namespace
