#include "runtime/sizes.h"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using ir::DimId;
using ir::DType;
using ir::Graph;
using ir::Type;
using Shapes = std::vector<std::vector<int64_t>>;

// The values of `wanted`, in order; nothing if the program refuses the shapes.
struct Sizes {
  Graph g;
  std::vector<Type> types;
  std::vector<DimId> wanted;

  DimId n = g.dims.symbol("n"), m = g.dims.symbol("m");
  DimId number(int64_t v) { return g.dims.constant(v); }
  void argument(std::vector<DimId> dims) {
    types.push_back(Type::array(DType::f64, std::move(dims)));
  }

  SizeProgram program() {
    for (const Type& t : types) g.param(Graph::main, t);
    for (DimId d : wanted) {
      ir::Attrs attrs;
      g.add(Graph::main, ir::Op::extent, {}, attrs.dim(d));
    }
    std::vector<const Type*> pointers;
    for (const Type& t : types) pointers.push_back(&t);
    return SizeProgram(g, pointers);
  }

  std::optional<std::vector<int64_t>> run(const Shapes& shapes) {
    SizeProgram p = program();
    std::vector<const int64_t*> pointers;
    for (const auto& s : shapes) pointers.push_back(s.data());
    std::vector<int64_t> values(p.registers()), out;
    if (!p.run(pointers, values)) return std::nullopt;
    for (DimId d : wanted) out.push_back(values[size_t(p.at(d))]);
    return out;
  }
};

using Values = std::optional<std::vector<int64_t>>;

TEST(Sizes, BindsAndVerifies) {
  auto run = [](const Shapes& shapes) {
    Sizes s;
    s.argument({s.n, s.m});
    s.argument({s.m});
    s.argument({s.number(1), s.number(3)});
    s.wanted = {s.n, s.m};
    return s.run(shapes);
  };
  EXPECT_EQ(run({{4, 5}, {5}, {1, 3}}), (Values{{4, 5}}));
  EXPECT_EQ(run({{4, 0}, {0}, {1, 3}}), (Values{{4, 0}}));
  EXPECT_EQ(run({{4, 5}, {6}, {1, 3}}), std::nullopt);
  EXPECT_EQ(run({{4, 5}, {5}, {2, 3}}), std::nullopt);
}

TEST(Sizes, Computes) {
  Sizes s;
  s.argument({s.n, s.m});
  auto& d = s.g.dims;
  DimId two_n = d.multiply(s.n, s.number(2));
  s.wanted = {d.add(two_n, s.number(1)),
              d.subtract(s.m, s.n),
              d.multiply(s.n, s.m),
              d.floor_divide(d.subtract(s.n, s.m), s.number(2)),
              d.modulo(d.subtract(s.n, s.m), s.number(4)),
              d.maximum(s.n, d.subtract(s.m, s.number(1))),
              d.minimum(s.n, s.m),
              s.number(7)};
  EXPECT_EQ(s.run({{3, 10}}), (Values{{7, 7, 30, -4, 1, 9, 3, 7}}));
}

TEST(Sizes, SolvesForUnknowns) {
  Sizes s;
  // n + 1 comes before m, and n itself nowhere.
  s.argument({s.g.dims.add(s.n, s.number(1)), s.m});
  s.argument({s.g.dims.multiply(s.g.dims.symbol("k"), s.number(3))});
  s.wanted = {s.n, s.m, s.g.dims.symbol("k")};
  Sizes again = s;
  EXPECT_EQ(s.run({{5, 2}, {12}}), (Values{{4, 2, 4}}));
  EXPECT_EQ(again.run({{5, 2}, {13}}), std::nullopt);
}

TEST(Sizes, FollowsEqualities) {
  Sizes s;
  s.argument({s.n});
  s.argument({s.m});
  ASSERT_TRUE(s.g.dims.unify(s.n, s.g.dims.add(s.m, s.number(2))));
  s.wanted = {s.n, s.m};
  Sizes again = s;
  EXPECT_EQ(s.run({{7}, {5}}), (Values{{7, 5}}));
  EXPECT_EQ(again.run({{7}, {6}}), std::nullopt);
}

TEST(Sizes, RunsTheChecks) {
  auto run = [](int64_t n, int64_t m) {
    Sizes s;
    s.argument({s.n, s.m});
    EXPECT_TRUE(s.g.dims.require({ir::Check::nonnegative, s.g.dims.subtract(s.n, s.number(2))}));
    EXPECT_TRUE(s.g.dims.require({ir::Check::nonzero, s.m}));
    EXPECT_TRUE(s.g.dims.require({ir::Check::zero, s.g.dims.modulo(s.n, s.number(2))}));
    return s.run({{n, m}}).has_value();
  };
  EXPECT_TRUE(run(2, 1));
  EXPECT_FALSE(run(0, 1));
  EXPECT_FALSE(run(3, 1));
  EXPECT_FALSE(run(2, 0));
}

TEST(Sizes, RefusesDivisionByZero) {
  Sizes s;
  s.argument({s.n, s.m});
  s.wanted = {s.g.dims.floor_divide(s.n, s.m)};
  EXPECT_EQ(s.run({{3, 0}}), std::nullopt);
}

TEST(Sizes, WantsEverySizeDetermined) {
  Sizes s;
  s.argument({s.g.dims.multiply(s.n, s.m)});
  EXPECT_THROW(s.program(), ir::Unsupported);
  Sizes t;
  t.argument({t.n});
  t.wanted = {t.m};
  SizeProgram p = t.program();
  EXPECT_THROW(p.at(t.m), ir::Unsupported);
}

}  // namespace
}  // namespace runtime
