// A function as text: as the plan of its optimised graph, and as the reference engine runs it.
#pragma once
#include <gtest/gtest.h>

#include "arrays.h"
#include "ir/text.h"
#include "passes/pass.h"
#include "runtime/eager.h"
#include "runtime/plan.h"

namespace testing_plans {

using namespace runtime;  // NOLINT(google-build-using-namespace): a header of tests alone
using testing_arrays::describe;
using testing_arrays::expect_same;
using testing_arrays::Layout;
using testing_arrays::make_array;
using testing_arrays::number;
using testing_arrays::Random;
using Shape = std::vector<int64_t>;
using Results = std::optional<std::vector<Value>>;

inline std::shared_ptr<codegen::Jit> jit() {
  static auto the_jit = std::make_shared<codegen::Jit>();
  return the_jit;
}

// Fresh results lie in memory as NumPy lays them out. A view of a fresh result may be computed
// directly, and then has strides of its own.
inline void expect_same_order(const Value& a, const Value& b, const std::string& what) {
  const auto *t = std::get_if<Tensor>(&a.is), *u = std::get_if<Tensor>(&b.is);
  if (!t || t->size() == 0) return;
  Tensor dense = *u;
  set_elementwise_strides(dense, {&u, 1});
  bool same = true, fresh = true;
  for (int k = 0; k < t->rank; ++k) {
    same = same && (t->shape[k] == 1 || t->strides[k] == u->strides[k]);
    fresh = fresh && (t->shape[k] == 1 || dense.strides[k] == u->strides[k]);
  }
  EXPECT_TRUE(same || !fresh) << what << ": laid out as " << describe(*t) << ", not "
                              << describe(*u);
}

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
    for (size_t i = 0; i < got->size(); ++i) {
      expect_same((*got)[i], (*want)[i], what);
      expect_same_order((*got)[i], (*want)[i], what);
    }
  }
};

inline Value array(const Shape& shape, Layout layout = Layout::c, ir::DType t = ir::DType::f64,
                   uint64_t seed = 1) {
  Random random(seed);
  return {make_array(t, shape, layout, random)};
}

// Arguments for a function's parameters: every symbol gets a size of `choices`.
inline std::vector<Value> random_arguments(const ir::Graph& g, std::span<const int64_t> choices,
                                           Random& random, bool edges,
                                           Layout layout = Layout::any) {
  std::vector<Value> arguments;
  std::map<std::string, int64_t> sizes;
  for (ir::Ref p : g.body(ir::Graph::main).params) {
    const ir::Type& t = g.type(p);
    if (!t.is_array()) {
      Number n;
      n.dtype = t.dtype;
      n.python = t.kind == ir::Type::Kind::python;
      testing_kernels::sample(t.dtype, 4, n.bytes.data());
      arguments.push_back({n});
      continue;
    }
    Shape shape;
    for (ir::DimId d : t.dims) {
      shape.push_back(*g.dims.eval(d, [&](std::string_view symbol) {
        const int64_t size =
            choices[size_t(testing_arrays::below(random, int64_t(choices.size())))];
        return std::optional(sizes.try_emplace(std::string(symbol), size).first->second);
      }));
    }
    arguments.push_back({make_array(t.dtype, shape, layout, random, edges)});
  }
  return arguments;
}

}  // namespace testing_plans
