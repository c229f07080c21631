// Plans against the reference engine: the same bits and memory order for every layout of the
// arguments.
#include "plans.h"

namespace testing_plans {
namespace {

const char* const fused = R"(
graph fused(%0: f64[n, m], %1: f64[n, m], %2: f64[m]) {
  %3 = multiply %0, %1 : f64[n, m]
  %4 = add %3, %2 : f64[n, m]
  return %4
})";

void check_layouts(const char* text, int rounds, bool edges = true, Layout layout = Layout::any) {
  static const int64_t choices[] = {1, 2, 3, 5, 16, 33, 70, 0};
  Random random(7);
  Function f(text);
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    f.check(random_arguments(f.plain, choices, random, edges, layout));
  }
}

TEST(PlanLayouts, Elementwise) {
  check_layouts(fused, 60);
  check_layouts(R"(
graph mixed(%0: f32[n, m, k], %1: f32[n, m, k], %2: f32[k], %3: f32) {
  %4 = subtract %0, %1 : f32[n, m, k]
  %5 = exp %4 : f32[n, m, k]
  %6 = multiply %5, %2 : f32[n, m, k]
  %7 = add %6, %3 : f32[n, m, k]
  %8 = less %7, %0 : b1[n, m, k]
  return %7, %8
})",
                60);
}

TEST(PlanLayouts, ReductionsAlongRows) {
  check_layouts(R"(
graph row_sums(%0: f64[n, m], %1: f64[m]) {
  %2 = multiply %0, %1 : f64[n, m]
  %3 = sum %2 {axes=[1], keepdims=false} : f64[n]
  %4 = sum %0 {axes=[0, 1], keepdims=false} : f64
  return %3, %4
})",
                60, false);
  check_layouts(R"(
graph softmax(%0: f32[n, m]) {
  %1 = max %0 {axes=[1], keepdims=true} : f32[n, 1]
  %2 = subtract %0, %1 : f32[n, m]
  %3 = exp %2 : f32[n, m]
  %4 = sum %3 {axes=[1], keepdims=true} : f32[n, 1]
  %5 = divide %3, %4 : f32[n, m]
  return %5
})",
                60, false, Layout::c);
  check_layouts(R"(
graph two_axes(%0: f64[n, m, k], %1: f64[k], %2: f64[m, 1]) {
  %3 = multiply %0, %1 : f64[n, m, k]
  %4 = add %3, %2 : f64[n, m, k]
  %5 = sum %4 {axes=[1, 2], keepdims=true} : f64[n, 1, 1]
  %6 = subtract %0, %5 : f64[n, m, k]
  %7 = argmax %0 {axes=[2], keepdims=false} : i64[n, m]
  return %5, %6, %7
})",
                60, false);
}

TEST(PlanLayouts, ReductionsAlongColumns) {
  check_layouts(R"(
graph z_score(%0: f64[n, m]) {
  %1 = sum %0 {axes=[0], keepdims=true} : f64[1, m]
  %2 = subtract %0, %1 : f64[n, m]
  %3 = square %2 : f64[n, m]
  %4 = sum %3 {axes=[0], keepdims=false} : f64[m]
  %5 = min %0 {axes=[0], keepdims=false} : f64[m]
  return %2, %4, %5
})",
                60, false);
  check_layouts(R"(
graph middle(%0: f32[n, m, k, l], %1: f32[k, 1]) {
  %2 = add %0, %1 : f32[n, m, k, l]
  %3 = sum %2 {axes=[1, 2], keepdims=false} : f32[n, l]
  %4 = sum %2 {axes=[1], keepdims=false} : f32[n, k, l]
  return %3, %4
})",
                60, false);
}

// As NumPy does: what lies transposed in memory is summed as if it were not.
TEST(PlanLayouts, SumsFollowMemory) {
  const char* const text = R"(
graph sums(%0: f32[n, m, k]) {
  %1 = sum %0 {axes=[0], keepdims=false} : f32[m, k]
  %2 = sum %0 {axes=[0, 1], keepdims=false} : f32[k]
  %3 = sum %0 {axes=[0, 1, 2], keepdims=false} : f32
  %4 = sum %0 {axes=[2], keepdims=false} : f32[n, m]
  return %1, %2, %3, %4
})";
  const char* const turned = R"(
graph turned(%0: f32[k, m, n]) {
  %1 = sum %0 {axes=[2], keepdims=false} : f32[k, m]
  %2 = sum %0 {axes=[1, 2], keepdims=false} : f32[k]
  %3 = sum %0 {axes=[0, 1, 2], keepdims=false} : f32
  %4 = sum %0 {axes=[0], keepdims=false} : f32[m, n]
  %5 = transpose %1 {axes=[1, 0]} : f32[m, k]
  %6 = transpose %4 {axes=[1, 0]} : f32[n, m]
  return %5, %2, %3, %6
})";
  Random random(5);
  Tensor f_order = make_array(ir::DType::f32, {37, 20, 150}, Layout::f, random);
  for (int64_t i = 0; i < f_order.size(); ++i) {
    reinterpret_cast<float*>(f_order.data)[i] = float(testing_arrays::below(random, 1000)) / 3;
  }
  const int64_t axes[] = {2, 1, 0};
  auto got = *Function(text).run({{f_order}});
  auto want = interpret(Function(turned).plain, std::vector<Value>{{transpose(f_order, axes)}});
  for (size_t i = 0; i < got.size(); ++i) expect_same(got[i], want[i], "sum " + std::to_string(i));
}

TEST(PlanLayouts, Views) {
  check_layouts(R"(
graph views(%0: f64[n, m], %1: f64[m, n]) {
  %2 = transpose %1 {axes=[1, 0]} : f64[n, m]
  %3 = add %0, %2 : f64[n, m]
  %4 = reshape %3 {shape=[m, n]} : f64[m, n]
  %5 = multiply %4, %1 : f64[m, n]
  %6 = expand_dims %5 {axes=[1]} : f64[m, 1, n]
  %7 = broadcast_to %6 {shape=[m, 2, n]} : f64[m, 2, n]
  %8 = negative %7 : f64[m, 2, n]
  return %4, %8, %2
})",
                60);
  check_layouts(R"(
graph slices(%0: f64[n]) where n - 2 >= 0 {
  %1 = slice %0 {start=[1], step=[1], size=[n - 1]} : f64[n - 1]
  %2 = slice %0 {start=[0], step=[1], size=[n - 1]} : f64[n - 1]
  %3 = subtract %1, %2 : f64[n - 1]
  %4 = slice %3 {start=[n - 2], step=[-1], size=[n - 1]} : f64[n - 1]
  %5 = exp %4 : f64[n - 1]
  return %5
})",
                30);
}

}  // namespace
}  // namespace testing_plans
