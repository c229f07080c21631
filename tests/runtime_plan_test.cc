// Plans against the reference engine: the same bits for every layout of the arguments.
#include "runtime/plan.h"

#include <gtest/gtest.h>

#include <thread>

#include "arrays.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "passes/pass.h"
#include "runtime/eager.h"

namespace runtime {
namespace {

using testing_arrays::describe;
using testing_arrays::expect_same;
using testing_arrays::Layout;
using testing_arrays::make_array;
using testing_arrays::number;
using testing_arrays::Random;
using Shape = std::vector<int64_t>;
using Results = std::optional<std::vector<Value>>;

std::shared_ptr<codegen::Jit> jit() {
  static auto the_jit = std::make_shared<codegen::Jit>();
  return the_jit;
}

// A function as text, as a plan of its optimised graph, and as the reference engine runs it.
struct Function {
  ir::Graph plain;
  std::unique_ptr<Plan> plan;

  explicit Function(const char* text, bool optimise = true, PlanOptions options = {})
      : plain(ir::parse(text)) {
    auto graph = std::make_shared<ir::Graph>(ir::parse(text));
    passes::RunOptions run{.verify = true, .dump = {}, .only = {}};
    if (optimise) passes::run(*graph, run);
    plan = std::make_unique<Plan>(graph, jit(), options);
  }

  Results run(const std::vector<Value>& arguments, const Host& host = {}) {
    return plan->run(arguments, host);
  }

  void check(const std::vector<Value>& arguments) {
    std::string what = plain.name;
    for (const Value& v : arguments) {
      if (const auto* t = std::get_if<Tensor>(&v.is)) what += " [" + describe(*t) + "]";
    }
    Results got = run(arguments);
    Results want;
    try {
      want = interpret(plain, arguments);
    } catch (const ir::Unsupported&) {}
    ASSERT_EQ(got.has_value(), want.has_value()) << what;
    if (!got) return;
    ASSERT_EQ(got->size(), want->size());
    for (size_t i = 0; i < got->size(); ++i) expect_same((*got)[i], (*want)[i], what);
  }
};

Value array(const Shape& shape, Layout layout = Layout::c, ir::DType t = ir::DType::f64,
            uint64_t seed = 1) {
  Random random(seed);
  return {make_array(t, shape, layout, random)};
}

const char* const fused = R"(
graph fused(%0: f64[n, m], %1: f64[n, m], %2: f64[m]) {
  %3 = multiply %0, %1 : f64[n, m]
  %4 = add %3, %2 : f64[n, m]
  return %4
})";

TEST(Plan, FusesAndRuns) {
  Function f(fused);
  f.check({array({5, 7}), array({5, 7}), array({7})});
  EXPECT_EQ(f.plan->stats().launches, 1);
  EXPECT_EQ(f.plan->kernels().size(), 1u);
}

TEST(Plan, AnyLayoutGivesTheSameBits) {
  const char* const texts[] = {fused, R"(
graph mixed(%0: f32[n, m, k], %1: f32[n, m, k], %2: f32[k], %3: f32) {
  %4 = subtract %0, %1 : f32[n, m, k]
  %5 = exp %4 : f32[n, m, k]
  %6 = multiply %5, %2 : f32[n, m, k]
  %7 = add %6, %3 : f32[n, m, k]
  %8 = less %7, %0 : b1[n, m, k]
  return %7, %8
})"};
  Random random(7);
  for (const char* text : texts) {
    Function f(text);
    for (int round = 0; round < 60; ++round) {
      std::vector<Value> arguments;
      std::map<std::string, int64_t> sizes;
      for (ir::Ref p : f.plain.body(ir::Graph::main).params) {
        const ir::Type& t = f.plain.type(p);
        if (!t.is_array()) {
          arguments.push_back(number(t.dtype, 0.5f));
          continue;
        }
        Shape shape;
        for (ir::DimId d : t.dims) {
          auto name = *f.plain.dims.symbol_name(d);
          static const int64_t choices[] = {1, 2, 3, 5, 16, 33, 70, 0};
          auto [it, fresh] = sizes.try_emplace(name, choices[testing_arrays::below(random, 8)]);
          shape.push_back(it->second);
        }
        arguments.push_back({make_array(t.dtype, shape, Layout::any, random, true)});
      }
      f.check(arguments);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace runtime
