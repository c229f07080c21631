// What plans do besides arithmetic: results and their memory, checks, branches, loops, threads.
#include <thread>

#include "plans.h"
#include "runtime/memory.h"

namespace testing_plans {
namespace {

const char* const product_sum = R"(
graph product_sum(%0: f64[n, m], %1: f64[n, m], %2: f64[m]) {
  %3 = multiply %0, %1 : f64[n, m]
  %4 = add %3, %2 : f64[n, m]
  return %4
})";

const Tensor& tensor(const Value& v) { return std::get<Tensor>(v.is); }
Value integer_argument(int64_t v) { return number(ir::DType::i64, v, true); }

// A host that counts what it allocates.
struct Counted {
  std::vector<void*> given;
  Host host;
  Counted() {
    host.allocate_result = [this](Tensor& t) {
      EXPECT_EQ(t.data, nullptr);
      allocate(t);
      given.push_back(t.owner.get());
    };
  }
  bool owns(const Value& v) const {
    return std::ranges::find(given, tensor(v).owner.get()) != given.end();
  }
};

TEST(Plan, FusesAndRuns) {
  Function f(product_sum);
  f.check({array({5, 7}), array({5, 7}), array({7})});
  EXPECT_EQ(f.plan->stats().launches, 1);
  EXPECT_EQ(f.plan->kernels().size(), 1u);
  EXPECT_EQ(f.plan->stats().compiles, 1);
  EXPECT_GT(f.plan->stats().compile_ms, 0);
}

TEST(Plan, NewShapesCompileNothing) {
  Function f(product_sum);
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    Shape shape{testing_arrays::below(random, 40), testing_arrays::below(random, 40)};
    ASSERT_TRUE(f.run({array(shape), array(shape), array({shape[1]})}));
  }
  EXPECT_LE(f.plan->stats().compiles, 2);
}

TEST(Plan, RefusesWhatDoesNotFit) {
  Function f(product_sum);
  EXPECT_FALSE(f.run({array({5, 7}), array({5, 7}), array({6})}));
  EXPECT_FALSE(f.run({array({5, 7}), array({5, 7})}));
  EXPECT_FALSE(f.run({array({5, 7}), array({5, 7}), array({7}, Layout::c, ir::DType::f32)}));
  EXPECT_FALSE(f.run({array({5, 7}), array({5, 7}), number(ir::DType::f64, 1.0)}));
  EXPECT_TRUE(f.run({array({5, 7}), array({5, 7}), array({7})}));
}

TEST(Plan, SaysWhichResultsAreArguments) {
  Function f(R"(
graph back(%0: f64[n, m], %1: f64[m], %2: float) {
  %3 = transpose %0 {axes=[1, 0]} : f64[m, n]
  %4 = negative %1 : f64[m]
  return %1, %3, %4, %2
})");
  auto got = *f.run({array({2, 3}), array({3}), number(ir::DType::f64, 2.0, true)});
  EXPECT_EQ(got[0].argument, 1);
  EXPECT_TRUE(got[0].same_object);
  EXPECT_EQ(got[1].argument, 0);
  EXPECT_FALSE(got[1].same_object);
  EXPECT_EQ(got[2].argument, -1);
  EXPECT_EQ(got[3].argument, 2);
  EXPECT_TRUE(got[3].same_object);
}

TEST(Plan, ResultsComeFromTheHost) {
  Function f(R"(
graph hosted(%0: f64[n, m]) {
  %1 = exp %0 : f64[n, m]
  %2 = sum %1 {axes=[1], keepdims=false} : f64[n]
  %3 = transpose %1 {axes=[1, 0]} : f64[m, n]
  %4 = reshape %3 {shape=[m*n]} : f64[(m)*(n)]
  return %2, %3, %4
})");
  Counted counted;
  auto got = *f.run({array({4, 6})}, counted.host);
  for (const Value& v : got) EXPECT_TRUE(counted.owns(v));
  // A reduction without its axis owns memory in its own shape.
  EXPECT_EQ(tensor(got[0]).rank, 1);
  EXPECT_EQ(tensor(got[0]).data, tensor(got[0]).owner.get());
}

TEST(Plan, OneArrayReturnedTwiceIsOneArray) {
  Function f(R"(
graph twice(%0: f64[n]) {
  %1 = exp %0 : f64[n]
  %2 = tuple %1, %1 : (f64[n], f64[n])
  return %1, %2
})");
  Counted counted;
  auto got = *f.run({array({4})}, counted.host);
  const auto& pair = std::get<Tuple>(got[1].is);
  EXPECT_EQ(tensor(got[0]).data, tensor(pair[0]).data);
  EXPECT_EQ(tensor(got[0]).data, tensor(pair[1]).data);
  EXPECT_EQ(counted.given.size(), 1u);
}

TEST(Plan, CallsTheHostForOpaqueOps) {
  Function f(R"(
graph product(%0: f64[n, k], %1: f64[k, m]) {
  %2 = matmul %0, %1 : f64[n, m]
  %3 = add %2, %2 : f64[n, m]
  return %3
})");
  std::vector<Value> arguments = {array({3, 4}), array({4, 5}, Layout::f)};
  f.check(arguments);
  int calls = 0;
  Host host;
  host.call = [&](ir::Op op, std::span<const Tensor> operands) {
    ++calls;
    EXPECT_EQ(op, ir::Op::matmul);
    EXPECT_EQ(operands.size(), 2u);
    Tensor t;
    t.dtype = ir::DType::f64;
    t.rank = 2;
    t.shape = {3, 5};
    set_c_strides(t);
    allocate(t);
    std::fill_n(reinterpret_cast<double*>(t.data), 15, 1.5);
    return t;
  };
  auto got = *f.run(arguments, host);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(*reinterpret_cast<const double*>(tensor(got[0]).data), 3.0);
}

TEST(Plan, MakersAndSizes) {
  Function f(R"(
graph makers(%0: f64[n, m], %1: float) {
  %2 = full %1 {shape=[n + 1, 2]} : f64[n + 1, 2]
  %3 = iota {size=m, dtype=i32} : i32[m]
  %4 = extent {size=n*m} : int
  %5 = cast %4 {dtype=f64} : f64
  %6 = multiply %0, %5 : f64[n, m]
  return %2, %3, %4, %6
})");
  f.check({array({3, 4}), number(ir::DType::f64, 2.5, true)});
  f.check({array({0, 2}), number(ir::DType::f64, 2.5, true)});
}

TEST(Plan, Branches) {
  Function f(R"(
graph branches(%0: f64[n], %1: f64[n], %2: bool) {
  %3 = if %2 : (f64[n], f64[n]) then() {
    %5 = add %0, %1 : f64[n]
    yield %5, %0
  } otherwise() {
    yield %1, %0
  }
  %6 = item %3 {index=0} : f64[n]
  %7 = item %3 {index=1} : f64[n]
  return %6, %7
})");
  for (bool condition : {true, false}) {
    std::vector<Value> arguments = {array({4}), array({4}), number(ir::DType::b1, condition, true)};
    f.check(arguments);
    Counted counted;
    auto got = *f.run(arguments, counted.host);
    EXPECT_EQ(got[0].argument, condition ? -1 : 1);
    EXPECT_EQ(got[1].argument, 0);
    EXPECT_EQ(counted.given.size(), condition ? 1u : 0u);
  }
}

TEST(Plan, ForLoopsCarryValues) {
  // The carried arrays change places in every round.
  Function f(R"(
graph fibonacci(%0: f64[n], %1: f64[n], %2: int) {
  %3 = constant {value=0, type=int} : int
  %4 = constant {value=1, type=int} : int
  %5 = for %3, %2, %4, %0, %1 : (f64[n], f64[n]) body(%6: int, %7: f64[n], %8: f64[n]) {
    %9 = add %7, %8 : f64[n]
    yield %8, %9
  }
  %10 = item %5 {index=0} : f64[n]
  %11 = item %5 {index=1} : f64[n]
  return %10, %11
})");
  for (int64_t rounds : {0, 1, 2, 10}) {
    std::vector<Value> arguments = {array({4}), array({4}, Layout::negative),
                                    integer_argument(rounds)};
    f.check(arguments);
    Counted counted;
    auto got = *f.run(arguments, counted.host);
    EXPECT_EQ(got[0].argument, rounds == 0 ? 0 : rounds == 1 ? 1 : -1);
    for (const Value& v : got) EXPECT_TRUE(v.argument >= 0 || counted.owns(v));
  }
}

TEST(Plan, LoopsCanBeEnded) {
  Function f(R"(
graph endless(%0: f64) {
  %1 = while %0 : f64 test(%2: f64) {
    %3 = constant {value=1000.0, type=f64} : f64
    %4 = less %2, %3 : b1
    yield %4
  } body(%5: f64) {
    %6 = negative %5 : f64
    yield %6
  }
  return %1
})");
  Host host;
  static int polls;
  polls = 0;
  host.poll = [] {
    if (++polls == 3) throw std::runtime_error("interrupt");
  };
  EXPECT_THROW(f.run({number(ir::DType::f64, 1.5)}, host), std::runtime_error);
  EXPECT_EQ(polls, 3);
}

TEST(Plan, LongKernelsRunUnlocked) {
  Function f(product_sum);
  static int depth, unlocks;
  depth = unlocks = 0;
  Host host;
  host.allocate_result = [](Tensor& t) {
    EXPECT_EQ(depth, 0);
    allocate(t);
  };
  host.unlock = []() -> void* {
    ++depth, ++unlocks;
    return &depth;
  };
  host.lock = [](void* token) {
    EXPECT_EQ(token, &depth);
    --depth;
  };
  ASSERT_TRUE(f.run({array({2, 3}), array({2, 3}), array({3})}, host));
  EXPECT_EQ(unlocks, 0);
  ASSERT_TRUE(f.run({array({1000, 1000}), array({1000, 1000}), array({1000})}, host));
  EXPECT_EQ(unlocks, 1);
  EXPECT_EQ(depth, 0);
}

TEST(Plan, WhileLoopsOfNumbers) {
  Function f(R"(
graph newton(%0: f64, %1: f64[n]) {
  %2 = while %0 : f64 test(%3: f64) {
    %4 = constant {value=1000.0, type=f64} : f64
    %5 = less %3, %4 : b1
    yield %5
  } body(%6: f64) {
    %7 = multiply %6, %6 : f64
    yield %7
  }
  %8 = multiply %1, %2 : f64[n]
  return %2, %8
})");
  f.check({number(ir::DType::f64, 1.5), array({4})});
  f.check({number(ir::DType::f64, 1500.0), array({4})});
}

TEST(Plan, IndexOutOfRangeIsRefused) {
  Function f(R"(
graph element(%0: f64[n, m], %1: int) {
  %2 = index %0, %1 {axis=0} : f64[m]
  %3 = exp %2 : f64[m]
  return %3
})");
  for (int64_t i : {0, 2, -1, -3}) f.check({array({3, 4}), integer_argument(i)});
  EXPECT_FALSE(f.run({array({3, 4}), integer_argument(3)}));
  EXPECT_FALSE(f.run({array({3, 4}), integer_argument(-4)}));
}

TEST(Plan, MaximumOfNothingIsRefused) {
  Function f(R"(
graph largest(%0: f64[n, m]) {
  %1 = max %0 {axes=[1], keepdims=false} : f64[n]
  return %1
})");
  EXPECT_FALSE(f.run({array({3, 0})}));
  EXPECT_FALSE(f.run({array({0, 0})}));
  f.check({array({0, 3})});
}

TEST(Plan, SumOfNothingIsZero) {
  Function f(R"(
graph sums(%0: f64[n, m]) {
  %1 = sum %0 {axes=[1], keepdims=false} : f64[n]
  %2 = prod %0 {axes=[0], keepdims=false} : f64[m]
  return %1, %2
})");
  f.check({array({3, 0})});
  f.check({array({0, 3})});
  f.check({array({0, 0})});
}

TEST(Plan, WithoutKernels) {
  Function f(product_sum, true, {.threads = 1, .kernels = false});
  f.check({array({5, 7}), array({5, 7}), array({7})});
  EXPECT_EQ(f.plan->stats().launches, 0);
  Counted counted;
  auto got = *f.run({array({5, 7}), array({5, 7}), array({7})}, counted.host);
  EXPECT_TRUE(counted.owns(got[0]));
}

TEST(Plan, WithoutPasses) {
  Function f(product_sum, false);
  f.check({array({5, 7}), array({5, 7}, Layout::f), array({7})});
  EXPECT_EQ(f.plan->stats().launches, 0);
}

TEST(Plan, SteadyStateTakesNoMemoryFromTheSystem) {
  Function f(product_sum);
  std::vector<Value> arguments = {array({300, 700}), array({300, 700}), array({700})};
  ASSERT_TRUE(f.run(arguments));
  int64_t fresh = memory_stats().fresh;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(f.run(arguments));
  EXPECT_EQ(memory_stats().fresh, fresh);
}

TEST(Plan, NumberOfThreadsDoesNotChangeABit) {
  const char* const text = R"(
graph busy(%0: f64[n, m], %1: f64[m, n]) {
  %2 = transpose %1 {axes=[1, 0]} : f64[n, m]
  %3 = add %0, %2 : f64[n, m]
  %4 = exp %3 : f64[n, m]
  %5 = sum %4 {axes=[1], keepdims=true} : f64[n, 1]
  %6 = divide %4, %5 : f64[n, m]
  %7 = sum %6 {axes=[0], keepdims=false} : f64[m]
  %8 = sum %0 {axes=[0, 1], keepdims=false} : f64
  return %6, %7, %8
})";
  std::vector<Value> arguments = {array({700, 900}),
                                  array({900, 700}, Layout::c, ir::DType::f64, 2)};
  auto want = *Function(text, true, {.threads = 1}).run(arguments);
  for (int threads : {2, 3, 0}) {
    auto got = *Function(text, true, {.threads = threads}).run(arguments);
    for (size_t i = 0; i < got.size(); ++i)
      expect_same(got[i], want[i], std::to_string(threads) + " threads");
  }
}

TEST(Plan, SeveralThreadsCallOnePlan) {
  Function f(product_sum);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&f, t] {
      for (int i = 0; i < 50; ++i) {
        Shape shape{1 + (i + t) % 5, 7};
        std::vector<Value> arguments = {array(shape), array(shape, Layout(i % 3)), array({7})};
        auto got = f.run(arguments);
        ASSERT_TRUE(got);
        expect_same((*got)[0], interpret(f.plain, arguments)[0], "a thread");
      }
    });
  }
  for (auto& t : threads) t.join();
}

}  // namespace
}  // namespace testing_plans
