// Random graphs: the reference engine must give the same values before and after the passes, one by
// one and all together. A failure prints the seed and the graph.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "ir/text.h"
#include "ir/verify.h"
#include "passes/fuse.h"
#include "passes/pass.h"
#include "passes/rewrite.h"
#include "random_graphs.h"
#include "runtime/eager.h"

namespace {

using ir::DType;
using ir::Graph;
using ir::Ref;
using ir::Type;

using testing_graphs::Generator;

constexpr int64_t n_size = 3, m_size = 5;

// Arguments of the graph's parameters, the same for the same seed.
std::vector<runtime::Value> arguments(const Graph& g, unsigned seed) {
  std::mt19937 random(seed);
  const double values[] = {0.0, -0.0,  1.0,  -1.0,  2.5,   -3.0,
                           0.1, 100.0, 1e-3, -7.25, 1e300, std::nan("")};
  std::vector<runtime::Value> out;
  for (Ref p : g.body(Graph::main).params) {
    const Type& t = g.type(p);
    const auto fill = [&](char* at) {
      const double v =
          values[std::uniform_int_distribution<size_t>(0, std::size(values) - 1)(random)];
      ir::visit(t.dtype, [&](auto tag) {
        using T = decltype(tag);
        if constexpr (std::is_floating_point_v<T>)
          *reinterpret_cast<T*>(at) = T(v);
        else if constexpr (std::is_integral_v<T>)
          *reinterpret_cast<T*>(at) = T(std::abs(v) < 200 ? int(v) : 7);
      });
    };
    if (t.is_scalar()) {
      runtime::Number number{t.dtype, t.kind == Type::Kind::python, {}};
      fill(number.bytes.data());
      out.push_back({number});
      continue;
    }
    runtime::Tensor tensor;
    tensor.dtype = t.dtype;
    tensor.rank = int8_t(t.rank());
    for (int i = 0; i < t.rank(); ++i) {
      const auto name = g.dims.symbol_name(t.dims[size_t(i)]);
      tensor.shape[size_t(i)] = !name ? 1 : *name == "n" ? n_size : m_size;
    }
    runtime::set_c_strides(tensor);
    const auto memory =
        std::make_shared<std::vector<char>>(size_t(tensor.size()) * size_t(tensor.itemsize()));
    tensor.data = memory->data();
    tensor.owner = memory;
    for (int64_t i = 0; i < tensor.size(); ++i) fill(tensor.data + i * tensor.itemsize());
    out.push_back({tensor});
  }
  return out;
}

void expect_same(const char* a, const char* b, DType t, const std::string& what) {
  if (std::memcmp(a, b, size_t(ir::info(t).bytes)) == 0) return;
  ir::visit(t, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_floating_point_v<T>) {
      T x, y;
      std::memcpy(&x, a, sizeof x), std::memcpy(&y, b, sizeof y);
      EXPECT_TRUE(x != x && y != y) << what << ": " << x << " became " << y;
    } else {
      ADD_FAILURE() << what << ": another value of type " << ir::info(t).name;
    }
  });
}

const char* element(const runtime::Tensor& t, int64_t i) {
  const char* at = t.data;
  for (int a = t.rank - 1; a >= 0; --a) {
    at += (i % t.shape[size_t(a)]) * t.strides[size_t(a)];
    i /= t.shape[size_t(a)];
  }
  return at;
}

void expect_same(const runtime::Value& a, const runtime::Value& b, const std::string& what) {
  ASSERT_EQ(a.is.index(), b.is.index()) << what;
  if (const auto* x = std::get_if<runtime::Number>(&a.is)) {
    const auto& y = std::get<runtime::Number>(b.is);
    ASSERT_EQ(x->dtype, y.dtype) << what;
    expect_same(x->bytes.data(), y.bytes.data(), x->dtype, what);
  } else if (const auto* x = std::get_if<runtime::Tensor>(&a.is)) {
    const auto& y = std::get<runtime::Tensor>(b.is);
    ASSERT_EQ(x->dtype, y.dtype) << what;
    ASSERT_TRUE(std::ranges::equal(x->dims(), y.dims())) << what;
    for (int64_t i = 0; i < x->size() && !testing::Test::HasFailure(); ++i)
      expect_same(element(*x, i), element(y, i), x->dtype, what);
  }
}

class RandomGraphs : public testing::TestWithParam<unsigned> {};

TEST_P(RandomGraphs, keep_their_values_through_the_passes) {
  for (unsigned i = 0; i < 100 && !HasFailure(); ++i) {
    const unsigned seed = GetParam() * 1000 + i;
    Graph g = Generator(seed).make();
    passes::dead(g);
    // The reference engine knows no macros.
    const auto macro = [&](Ref r) { return ir::info(g.op(r)).kind == ir::Kind::macro; };
    if (std::ranges::any_of(g.body(Graph::main).nodes, macro)) passes::decompose(g);
    const std::string before = ir::print(g);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + before);
    const auto args = arguments(g, seed);
    std::vector<runtime::Value> expected;
    try {
      expected = runtime::interpret(g, args);
    } catch (const ir::Unsupported&) {  // arithmetic that is left to Python
      continue;
    }
    for (const passes::Pass& pass : passes::pipeline()) {
      passes::run(g, {.verify = true, .dump = {}, .only = {pass.name}});
      const std::string text = ir::print(g);
      EXPECT_EQ(ir::print(ir::parse(text)), text) << pass.name;
      const auto now = runtime::interpret(g, args);
      ASSERT_EQ(now.size(), expected.size());
      for (size_t k = 0; k < now.size(); ++k)
        expect_same(expected[k], now[k],
                    "result " + std::to_string(k) + " after " + pass.name + "\n" + text);
      if (HasFailure()) break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, RandomGraphs, testing::Range(1u, 11u));

}  // namespace
