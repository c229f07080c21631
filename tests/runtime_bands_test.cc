// Loops on bands of rows: the reference engine's bits, on any number of threads.
#include "plans.h"

namespace testing_plans {
namespace {

const char* const recurrence = R"(
graph recurrence(%0: f64[n, m], %1: f64[n], %2: float) where m - 1 >= 0 {
  %3 = constant {value=0.0, type=f64} : f64
  %4 = full %3, %0 {shape=[n, m]} : f64[n, m]
  %5 = constant {value=1, type=int} : int
  %6 = extent {size=m} : int
  %7 = for %5, %6, %5, %4, %1, %2 : (f64[n, m], f64[n], float) body(%8: int, %9: f64[n, m], %10: f64[n], %11: float) {
    %12 = index %0, %8 {axis=1} : f64[n]
    %13 = multiply %10, %11 : f64[n]
    %14 = add %13, %12 : f64[n]
    %15 = subtract %8, %5 : int
    %16 = index %9, %15 {axis=1} : f64[n]
    %17 = subtract %14, %16 : f64[n]
    %18 = expand_dims %17 {axes=[1]} : f64[n, 1]
    %19 = update %9, %18, %8 {start=[0, 0], step=[1, 1], size=[n, 1], axes=[1]} : f64[n, m]
    %20 = multiply %11, %2 : float
    yield %19, %14, %20
  }
  %21 = item %7 {index=0} : f64[n, m]
  %22 = item %7 {index=1} : f64[n]
  %23 = item %7 {index=2} : float
  return %21, %22, %23
})";

TEST(Bands, AgreeWithTheReferenceOnAnyNumberOfThreads) {
  for (int threads : {1, 2}) {
    Function f(recurrence, true, {.threads = threads});
    for (int64_t rows : {20001, 9000}) {
      f.check({array({rows, 40}), array({rows}), number(ir::DType::f64, 0.5, true)});
    }
    EXPECT_GT(f.plan->stats().launches, 3 * 40 * 4);
  }
}

}  // namespace
}  // namespace testing_plans
