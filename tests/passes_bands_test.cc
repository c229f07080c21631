// Which loops may run on bands of rows.
#include <gtest/gtest.h>

#include "ir/text.h"
#include "passes/bands.h"

namespace {

using ir::Graph;
using ir::Op;
using ir::Ref;

std::optional<passes::Bands> bands(const std::string& body, const std::string& carried = "%1") {
  const std::string text = R"(graph(%0: f64[n, m], %1: f64[n, m], %2: f64[n, n], %3: f64[m]) {
  %4 = constant {value=1, type=int} : int
  %5 = constant {value=9, type=int} : int
  %6 = for %4, %5, %4, )" + carried +
                           R"( : f64[n, m] body(%7: int, %8: f64[n, m]) {
)" + body + R"(  }
  return %6
})";
  static Graph g;
  g = ir::parse(text);
  for (Ref r : g.body(Graph::main).nodes)
    if (g.op(r) == Op::for_) return passes::bands(g, r);
  return std::nullopt;
}

constexpr const char* put =
    "    %20 = update %8, %19, %7 {start=[0, 0], step=[1, 1], size=[n, 1], axes=[1]} : f64[n, m]\n"
    "    yield %20\n";

TEST(Bands, planes_of_equal_rows) {
  const auto found = bands(std::string(R"(    %17 = index %0, %7 {axis=1} : f64[n]
    %18 = sqrt %17 : f64[n]
    %19 = expand_dims %18 {axes=[1]} : f64[n, 1]
)") + put);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->read.size(), 1u);
  EXPECT_EQ(found->read[0].value, Ref{0});
  EXPECT_EQ(found->read[0].along.axis, 0);
  ASSERT_EQ(found->carried.size(), 1u);
  EXPECT_EQ(found->carried[0].axis, 0);
  EXPECT_FALSE(found->carried[0].made);
}

TEST(Bands, not_of_rows_in_another_order) {
  EXPECT_FALSE(
      bands(std::string(
                R"(    %16 = slice %0 {start=[n - 1, 0], step=[-1, 1], size=[n, m]} : f64[n, m]
    %17 = index %16, %7 {axis=1} : f64[n]
    %19 = expand_dims %17 {axes=[1]} : f64[n, 1]
)") + put));
}

TEST(Bands, not_of_sums_over_rows) {
  EXPECT_FALSE(bands(std::string(R"(    %17 = sum %0 {axes=[0], keepdims=true} : f64[1, m]
    %18 = index %17, %7 {axis=1} : f64[1]
    %19 = expand_dims %18 {axes=[1]} : f64[1, 1]
)") + put));
}

TEST(Bands, not_of_arrays_with_rows_along_both_axes) {
  EXPECT_FALSE(bands(std::string(R"(    %17 = index %2, %7 {axis=1} : f64[n]
    %19 = expand_dims %17 {axes=[1]} : f64[n, 1]
)") + put));
}

TEST(Bands, not_of_planes_along_the_first_axis) {
  EXPECT_FALSE(bands(R"(    %17 = index %0, %7 {axis=0} : f64[m]
    %19 = expand_dims %17 {axes=[0]} : f64[1, m]
    %20 = update %8, %19, %7 {start=[0, 0], step=[1, 1], size=[1, m], axes=[0]} : f64[n, m]
    yield %20
)"));
}

TEST(Bands, not_of_an_array_that_may_stay_as_it_is) {
  EXPECT_FALSE(bands(R"(    %16 = equal %7, %4 : bool
    %17 = if %16 : f64[n, m] then() {
      %18 = index %0, %7 {axis=1} : f64[n]
      %19 = expand_dims %18 {axes=[1]} : f64[n, 1]
      %20 = update %8, %19, %7 {start=[0, 0], step=[1, 1], size=[n, 1], axes=[1]} : f64[n, m]
      yield %20
    } otherwise() {
      yield %8
    }
    yield %17
)"));
}

}  // namespace
