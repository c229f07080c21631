// Plans that change arrays: updates where they lie or in copies, stores to arguments, loops over
// elements as machine code.
#include <cstring>

#include "passes/scalar_loop.h"
#include "plans.h"

namespace testing_plans {
namespace {

const Tensor& tensor(const Value& v) { return std::get<Tensor>(v.is); }
Value integer_argument(int64_t v) { return number(ir::DType::i64, v, true); }

const char* const inner = R"(
graph inner(%0: f64[n], %1: f64[n]) where n - 2 >= 0 {
  %2 = slice %1 {start=[0], step=[1], size=[n - 2]} : f64[n - 2]
  %3 = slice %1 {start=[2], step=[1], size=[n - 2]} : f64[n - 2]
  %4 = add %2, %3 : f64[n - 2]
  %5 = update %0, %4 {start=[1], step=[1], size=[n - 2], axes=[]} : f64[n]
  %6 = store %0, %5 : f64[n]
  return %6
})";

const char* const diffuse = R"(
graph diffuse(%0: f64[n], %1: int) where n - 2 >= 0 {
  %2 = constant {value=0, type=int} : int
  %3 = constant {value=1, type=int} : int
  %4 = for %2, %1, %3, %0 : f64[n] body(%5: int, %6: f64[n]) {
    %7 = slice %6 {start=[0], step=[1], size=[n - 2]} : f64[n - 2]
    %8 = slice %6 {start=[2], step=[1], size=[n - 2]} : f64[n - 2]
    %9 = add %7, %8 : f64[n - 2]
    %10 = update %6, %9 {start=[1], step=[1], size=[n - 2], axes=[]} : f64[n]
    yield %10
  }
  %11 = store %0, %4 : f64[n]
  return %11
})";

const char* const recurrence = R"(
graph recurrence(%0: f64[n], %1: int) {
  %2 = constant {value=1, type=int} : int
  %3 = for %2, %1, %2, %0 : f64[n] body(%4: int, %5: f64[n]) {
    %6 = subtract %4, %2 : int
    %7 = index %5, %6 {axis=0} : f64
    %8 = index %5, %4 {axis=0} : f64
    %9 = add %7, %8 : f64
    %10 = update %5, %9, %4 {start=[0], step=[1], size=[1], axes=[0]} : f64[n]
    yield %10
  }
  %11 = store %0, %3 : f64[n]
  return %11
})";

// Runs the plan and the reference engine, each on arguments of its own, and compares the first.
void compare(const char* text, int64_t n, std::optional<int64_t> count, Layout layout) {
  Function f(text);
  const auto arguments = [&] {
    std::vector<Value> out{array({n}, layout)};
    out.push_back(count ? integer_argument(*count) : array({n}));
    return out;
  };
  const auto mine = arguments(), others = arguments();
  ASSERT_TRUE(f.run(mine));
  interpret(f.plain, others);
  const Tensor &a = tensor(mine[0]), &b = tensor(others[0]);
  for (int64_t i = 0; i < n; ++i) {
    EXPECT_EQ(*reinterpret_cast<double*>(a.data + i * a.strides[0]),
              *reinterpret_cast<double*>(b.data + i * b.strides[0]))
        << "at " << i;
  }
}

TEST(Changes, ArgumentsChangeAsInTheReference) {
  for (Layout layout : {Layout::c, Layout::strided, Layout::negative}) {
    for (int64_t n : {2, 3, 17, 200}) {
      compare(inner, n, std::nullopt, layout);
      compare(diffuse, n, 5, layout);
      compare(recurrence, n, n, layout);
    }
  }
}

TEST(Changes, AKernelWritesIntoTheArgument) {
  Function f(inner);
  const std::vector<Value> arguments{array({50}), array({50})};
  const auto got = f.run(arguments);
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)[0].argument, 0);
  EXPECT_TRUE((*got)[0].same_object);
  EXPECT_EQ(tensor((*got)[0]).data, tensor(arguments[0]).data);
}

TEST(Changes, SharedOrReadOnlyMemoryIsRefused) {
  Function f(inner);
  const Value a = array({50});
  EXPECT_FALSE(f.run({a, a}));
  Value fixed = array({50});
  std::get<Tensor>(fixed.is).read_only = true;
  EXPECT_FALSE(f.run({fixed, a}));
  EXPECT_TRUE(f.run({a, fixed}));
}

TEST(Changes, AnIndexOutOfRangeChangesNothing) {
  Function f(recurrence);
  const Value a = array({20}), before = array({20});
  EXPECT_FALSE(f.run({a, integer_argument(25)}));
  EXPECT_EQ(std::memcmp(tensor(a).data, tensor(before).data, 20 * sizeof(double)), 0);
}

TEST(Changes, OldVersionsAreNoScalarLoop) {
  const auto graph = [](const char* text) { return std::make_shared<ir::Graph>(ir::parse(text)); };
  const auto loop_of = [](const ir::Graph& g) {
    for (ir::Ref r : g.body(ir::Graph::main).nodes)
      if (g.op(r) == ir::Op::for_) return passes::scalar_loop(g, r);
    return std::optional<passes::ScalarLoop>();
  };
  EXPECT_TRUE(loop_of(*graph(recurrence)));
  EXPECT_FALSE(loop_of(*graph(diffuse)));
  // Reads what the array held before the update.
  EXPECT_FALSE(loop_of(*graph(R"(
graph old(%0: f64[n], %1: int) {
  %2 = constant {value=1, type=int} : int
  %3 = for %2, %1, %2, %0 : f64[n] body(%4: int, %5: f64[n]) {
    %6 = index %5, %2 {axis=0} : f64
    %7 = update %5, %6, %4 {start=[0], step=[1], size=[1], axes=[0]} : f64[n]
    %8 = index %5, %4 {axis=0} : f64
    %9 = update %7, %8, %2 {start=[0], step=[1], size=[1], axes=[0]} : f64[n]
    yield %9
  }
  %10 = store %0, %3 : f64[n]
  return %10
})")));
}

}  // namespace
}  // namespace testing_plans
