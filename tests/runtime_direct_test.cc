// Calls that repeat the layouts of the call before, into memory of the host's: nothing of that call
// may show.
#include "ir/raises.h"
#include "plans.h"
#include "runtime/memory.h"

namespace testing_plans {
namespace {

Host host_with_memory() {
  Host host;
  host.allocate_result = [](Tensor& t) {
    EXPECT_EQ(t.data, nullptr);
    allocate(t);
  };
  return host;
}

void expect_results(Function& f, const std::vector<Value>& arguments, const Host& host) {
  const Results got = f.run(arguments, host);
  const Results want = interpret(f.plain, arguments);
  ASSERT_TRUE(got.has_value());
  ASSERT_EQ(got->size(), want->size());
  for (size_t i = 0; i < got->size(); ++i) {
    expect_same((*got)[i], (*want)[i], f.plain.name);
    expect_same_order((*got)[i], (*want)[i], f.plain.name);
    EXPECT_EQ((*got)[i].argument, -1);
    EXPECT_FALSE((*got)[i].same_object);
    EXPECT_TRUE(std::get<Tensor>((*got)[i].is).owner);
  }
}

const char* const two_results = R"(
graph two_results(%0: f64[n, m], %1: f64, %2: f64[m], %3: f64[n, m]) {
  %4 = multiply %0, %1 : f64[n, m]
  %5 = add %4, %2 : f64[n, m]
  %6 = subtract %5, %3 : f64[n, m]
  return %6, %5
})";

TEST(DirectCalls, EachLayoutAgainAndAgain) {
  Function f(two_results);
  const Host host = host_with_memory();
  for (const Shape& shape : {Shape{3, 4}, Shape{5, 4}, Shape{3, 4}, Shape{0, 4}, Shape{1, 9}}) {
    for (const Layout layout : {Layout::c, Layout::any, Layout::c}) {
      for (int i = 0; i < 4; ++i) {
        const Value x = array(shape, layout), y = array(shape, layout);
        const Value number_of_call = number(ir::DType::f64, 0.5 + i);
        expect_results(f, {x, number_of_call, array({shape[1]}), y}, host);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(DirectCalls, ResultsAreTheCallersAlone) {
  Function f(two_results);
  const Host host = host_with_memory();
  const std::vector<Value> arguments{array({2, 3}), number(ir::DType::f64, 2.0), array({3}),
                                     array({2, 3})};
  const Results first = f.run(arguments, host);
  const Results second = f.run(arguments, host);
  std::set<char*> starts;
  for (const Results* r : {&first, &second}) {
    for (const Value& v : **r) {
      starts.insert(std::get<Tensor>(v.is).data);
      EXPECT_EQ(std::get<Tensor>(v.is).owner.use_count(), 1);
    }
  }
  EXPECT_EQ(starts.size(), 4u);
}

TEST(DirectCalls, RefuseWhatDoesNotFit) {
  Function f(two_results);
  const Host host = host_with_memory();
  const Value number_ = number(ir::DType::f64, 2.0);
  const std::vector<Value> good{array({2, 3}), number_, array({3}), array({2, 3})};
  for (int i = 0; i < 2; ++i) {
    expect_results(f, good, host);
    expect_results(f, good, host);
    EXPECT_FALSE(f.run({array({2, 3}), number_, array({4}), array({2, 3})}, host));
    expect_results(f, good, host);
    EXPECT_FALSE(f.run({array({2, 3}), array({3}), array({3}), array({2, 3})}, host));
    EXPECT_FALSE(
        f.run({array({2, 3}), number(ir::DType::f32, 2.0), array({3}), array({2, 3})}, host));
    EXPECT_FALSE(f.run(
        {array({2, 3}, Layout::c, ir::DType::f32), number_, array({3}), array({2, 3})}, host));
    EXPECT_FALSE(f.run({array({6}), number_, array({3}), array({2, 3})}, host));
  }
}

TEST(DirectCalls, ArgumentsThatTheKernelDoesNotReadHaveAShape) {
  Function f(R"(
graph unread(%0: f64[n], %1: f64[n], %2: f64[n]) {
  %3 = add %0, %1 : f64[n]
  return %3
})");
  const Host host = host_with_memory();
  for (int i = 0; i < 3; ++i) expect_results(f, {array({3}), array({3}), array({3})}, host);
  EXPECT_FALSE(f.run({array({3}), array({3}), array({4})}, host));
}

TEST(DirectCalls, ErrorsOfEachCall) {
  Function f(R"(
graph quotient(%0: f64[n], %1: f64[n]) {
  %2 = divide %0, %1 : f64[n]
  return %2
})");
  const Host host = host_with_memory();
  const auto filled = [](double v) {
    Value made = array({4});
    auto& t = std::get<Tensor>(made.is);
    for (int i = 0; i < 4; ++i) reinterpret_cast<double*>(t.data)[i] = v;
    return made;
  };
  const std::vector<Value> good{filled(1), filled(2)}, bad{filled(1), filled(0)};
  for (int i = 0; i < 3; ++i) {
    Errors errors;
    errors.reported = ir::divide_error;
    EXPECT_TRUE(f.plan->run(good, host, &errors));
    EXPECT_TRUE(f.plan->run(good, host, &errors));
    EXPECT_FALSE(f.plan->run(bad, host, &errors));
    EXPECT_EQ(errors.raised, ir::divide_error);
    EXPECT_TRUE(f.plan->run(bad, host));
  }
}

}  // namespace
}  // namespace testing_plans
