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
#include "runtime/eager.h"

namespace {

using ir::DType;
using ir::Graph;
using ir::Op;
using ir::Ref;
using ir::Type;

constexpr int64_t n_size = 3, m_size = 5;

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed), transposes_(seed % 2 == 0) {}

  Graph make() {
    n_ = g_.dims.symbol("n"), m_ = g_.dims.symbol("m");
    const ir::DimId one = g_.dims.constant(1);
    for (DType t : {DType::f64, DType::f32, DType::i32}) param(Type::array(t, {n_, m_}));
    param(Type::array(DType::f64, {m_}));
    param(Type::array(DType::f32, {n_, one}));
    param(Type::array(DType::f64, {}));
    param(Type::scalar(DType::f32));
    param(Type::python(DType::f64));
    const int steps = pick(4, 24);
    for (int i = 0; i < steps; ++i) {
      try {
        step();
      } catch (const ir::Unsupported&) {  // these operands do not go together
      }
    }
    std::vector<Ref> results;
    const int count = pick(1, 3);
    for (int i = 0; i < count; ++i) results.push_back(any());
    g_.results(Graph::main, results);
    return std::move(g_);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  Ref any() {
    return values_[size_t(pick(std::max(0, int(values_.size()) - 12), int(values_.size()) - 1))];
  }
  void param(const Type& t) { values_.push_back(g_.param(Graph::main, t)); }
  Ref add(Op op, std::vector<Ref> in, const ir::Attrs& a = {}) {
    return g_.add(Graph::main, op, in, a);
  }

  void step() {
    const int kind = pick(0, 9);
    Ref made;
    if (kind <= 5)
      made = elementwise();
    else if (kind == 6)
      made = reduce(any());
    else
      made = view(any());
    if (made.valid()) values_.push_back(made);
  }

  Ref elementwise() {
    const Op op = Op(pick(0, ir::op_count - 1));
    if (op == Op::cast) return add(op, {any()}, ir::Attrs().dtype(DType(pick(1, 11))));
    if (!ir::is_elementwise(op)) return {};
    std::vector<Ref> operands;
    for (int i = 0; i < ir::info(op).arity; ++i)
      operands.push_back(pick(0, 5) ? any() : constant());
    return ir::apply(g_, Graph::main, op, operands);
  }

  Ref constant() {
    const double values[] = {0.0, -0.0, 1.0, -1.0, 2.0, 0.25, 3.0};
    const DType t = pick(0, 1) ? DType::f64 : DType::f32;
    const Type type = pick(0, 1) ? Type::scalar(t) : Type::python(DType::f64);
    return g_.constant(Graph::main, type, ir::Literal::of(values[pick(0, 6)]));
  }

  // Sums of floats depend on the memory order, which a transpose may change: never both in a graph.
  Ref reduce(Ref r) {
    const int rank = g_.type(r).rank();
    if (!g_.type(r).is_array() || rank == 0) return {};
    std::vector<int64_t> axes;
    for (int i = 0; i < rank; ++i)
      if (pick(0, 1)) axes.push_back(i);
    if (axes.empty()) axes.push_back(pick(0, rank - 1));
    const bool keep = pick(0, 1);
    const Op ops[] = {Op::max,    Op::min, Op::any,  Op::all, Op::argmax,
                      Op::argmin, Op::sum, Op::mean, Op::var};
    const Op op = ops[pick(0, transposes_ ? 5 : 8)];
    if (axes.size() > 1 && (op == Op::argmax || op == Op::argmin)) axes.resize(1);
    ir::Attrs attrs = ir::Attrs().integers(axes).boolean(keep);
    if (op == Op::var) attrs.integer(0);
    return ir::apply(g_, Graph::main, op, std::vector<Ref>{r}, attrs);
  }

  Ref view(Ref r) {
    const Type t = g_.type(r);
    if (!t.is_array()) return {};
    const int rank = t.rank();
    std::vector<int64_t> ones, axes(static_cast<size_t>(rank));
    for (int i = 0; i < rank; ++i) {
      axes[size_t(i)] = rank - 1 - i;
      if (g_.dims.is(t.dims[size_t(i)], 1)) ones.push_back(i);
    }
    switch (pick(0, 5)) {
      case 0: return transposes_ ? add(Op::transpose, {r}, ir::Attrs().integers(axes)) : Ref{};
      case 1:
        return rank < 3 ? add(Op::expand_dims, {r}, ir::Attrs().integers({pick(0, rank)})) : Ref{};
      case 2: return ones.empty() ? Ref{} : add(Op::squeeze, {r}, ir::Attrs().integers({ones[0]}));
      case 3:
        return rank == 1 ? add(Op::broadcast_to, {r}, ir::Attrs().dims(std::vector{n_, t.dims[0]}))
                         : Ref{};
      case 4: {
        ir::DimId size = g_.dims.constant(1);
        for (ir::DimId d : t.dims) size = g_.dims.multiply(size, d);
        return add(Op::reshape, {r}, ir::Attrs().dims(std::vector{size}));
      }
      default: return slice(r, t);
    }
  }

  Ref slice(Ref r, const Type& t) {
    std::vector<ir::DimId> start, size;
    std::vector<int64_t> step;
    for (ir::DimId d : t.dims) {
      const bool whole = g_.dims.is(d, 1) || pick(0, 1), backwards = pick(0, 3) == 0;
      const ir::DimId count = whole ? d : g_.dims.subtract(d, g_.dims.constant(1));
      size.push_back(count);
      step.push_back(backwards ? -1 : 1);
      start.push_back(backwards ? g_.dims.subtract(d, g_.dims.constant(1))
                                : g_.dims.constant(whole ? 0 : 1));
    }
    return add(Op::slice, {r}, ir::Attrs().dims(start).integers(step).dims(size));
  }

  Graph g_;
  std::mt19937 random_;
  bool transposes_;
  ir::DimId n_, m_;
  std::vector<Ref> values_;
};

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
