// Every rule of passes/rules.def on edge values of every dtype that its `when` admits: both sides
// must give the same value, bit for bit but for NaN payloads, or within the rule's ulps.
#include <gtest/gtest.h>

#include <limits>

#include "ir/evaluate.h"
#include "ir/text.h"
#include "passes/pass.h"
#include "passes/rules.h"
#include "passes/typed_rules.h"

namespace {

using ir::DType;
using ir::Literal;
using passes::wildcards;

std::vector<Literal> edges(DType t) {
  std::vector<double> floats = {0.0,
                                -0.0,
                                1.0,
                                -1.0,
                                0.1,
                                3.0,
                                -2.5,
                                0.5,
                                1.5,
                                7e-46,
                                5e-324,
                                65504.0,
                                3e38,
                                1e-38,
                                -1e308,
                                1e308,
                                2.0,
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::quiet_NaN()};
  std::vector<Literal> out;
  if (ir::is_bool(t)) return {Literal::of(int64_t(0)), Literal::of(int64_t(1))};
  if (ir::is_float(t)) {
    for (double v : floats) out.push_back(*ir::evaluate_cast(Literal::of(v), DType::f64, t));
    return out;
  }
  const auto least = std::numeric_limits<int64_t>::min(),
             most = std::numeric_limits<int64_t>::max();
  const int drop = 64 - 8 * ir::info(t).bytes;
  for (int64_t v : {int64_t(0), int64_t(1), int64_t(2), int64_t(3), int64_t(7), int64_t(-1),
                    int64_t(-5), least >> drop, most >> drop, (most >> drop) - 1})
    out.push_back(*ir::evaluate_cast(Literal::of(v), DType::i64, t));
  return out;
}

// The value of r where parameter k is values[k].
Literal value_of(const ir::Graph& g, ir::Ref r, const std::vector<Literal>& values) {
  if (g.op(r) == ir::Op::param) return values[size_t(g.attrs(r).integer("number"))];
  if (g.op(r) == ir::Op::constant) return g.attrs(r).scalar("value");
  std::vector<Literal> operands;
  for (ir::Ref i : g.inputs(r)) operands.push_back(value_of(g, i, values));
  const auto v = ir::evaluate(g.op(r), g.type(g.inputs(r).back()).dtype, operands);
  EXPECT_TRUE(v) << ir::print_node(g, r);
  return v.value_or(Literal{});
}

bool same(Literal a, Literal b, DType t) {
  if (ir::is_float(t) && a.as_double() != a.as_double()) return b.as_double() != b.as_double();
  return a.bits[0] == b.bits[0];
}

// Finite neighbours of one sign.
bool neighbours(Literal a, Literal b, DType t) {
  const double x = a.as_double(), y = b.as_double();
  if (!std::isfinite(x) || !std::isfinite(y) || std::signbit(x) != std::signbit(y)) return false;
  const double next = t == DType::f64   ? std::nextafter(x, y)
                      : t == DType::f32 ? double(std::nextafter(float(x), float(y)))
                                        : y;
  return next == y && std::fabs(x - y) <= std::fabs(x) * (t == DType::bf16 ? 0x1p-7 : 0x1p-10);
}

void find_wildcards(const passes::Pattern& p, std::array<bool, wildcards>& used) {
  if (p.kind == passes::Pattern::wildcard) used[size_t(p.wild)] = true;
  if (p.kind != passes::Pattern::op_) return;
  for (int i = 0; i < ir::info(p.op).arity; ++i) find_wildcards((*p.operands)[size_t(i)], used);
}

// A rule in a graph whose parameters are its wildcards.
struct Equation {
  ir::Graph g;
  std::array<ir::Sym, wildcards> operands;
  ir::Ref left, right;

  Equation(const passes::Rule& rule, DType t) {
    for (int i = 0; i < wildcards; ++i) {
      const bool mask = i == passes::wild_m || i == passes::wild_n;
      const ir::Ref p = g.param(ir::Graph::main, ir::Type::scalar(mask ? DType::b1 : t));
      operands[size_t(i)] = {&g, ir::Graph::main, p, {}};
    }
    left = rule.build_left(operands).ref;
    right = rule.build_right(operands).ref;
  }
};

class Rules : public testing::TestWithParam<size_t> {};

TEST_P(Rules, hold_on_edge_values) {
  const passes::Rule& rule = passes::rules()[GetParam()];
  std::array<bool, wildcards> used{};
  find_wildcards(rule.left, used);
  int dtypes = 0, cases = 0;
  for (int k = 0; k < ir::dtype_count; ++k) {
    const DType t = DType(k);
    if (ir::is_complex(t) || !rule.when.types(t)) continue;
    ++dtypes;
    const Equation e(rule, t);
    ASSERT_EQ(e.g.type(e.left), e.g.type(e.right)) << ir::info(t).name;
    const auto check = [&](auto&& self, std::vector<Literal>& values) -> bool {
      const size_t at = values.size();
      if (at == wildcards) {
        ++cases;
        const Literal l = value_of(e.g, e.left, values), r = value_of(e.g, e.right, values);
        const DType result = e.g.type(e.left).dtype;
        if (same(l, r, result)) return true;
        if (rule.when.ulps == 1 && neighbours(l, r, result)) return true;
        std::string where;
        for (size_t i = 0; i < at; ++i)
          if (used[i])
            where += std::string(" ") + "xyzmncd"[i] + "=" +
                     ir::print_literal(values[i], e.g.type(e.operands[i].ref).dtype);
        ADD_FAILURE() << rule.name << " is unsound for " << ir::info(t).name << " at" << where
                      << ": " << ir::print_literal(l, result) << " becomes "
                      << ir::print_literal(r, result);
        return false;
      }
      if (!used[at]) {
        values.push_back({});
        const bool good = self(self, values);
        values.pop_back();
        return good;
      }
      for (const Literal& v : edges(e.g.type(e.operands[at].ref).dtype)) {
        if (at == passes::wild_c && !passes::holds(rule.when, t, v)) continue;
        values.push_back(v);
        const bool good = self(self, values);
        values.pop_back();
        if (!good) return false;
      }
      return true;
    };
    std::vector<Literal> values;
    check(check, values);
  }
  EXPECT_GT(dtypes, 0);
  EXPECT_GT(cases, 0);
}

INSTANTIATE_TEST_SUITE_P(rules, Rules, testing::Range<size_t>(0, passes::rules().size()),
                         [](const auto& info) { return passes::rules()[info.param].name; });

// A pattern must match what its own left side builds, or the rule never fires.
TEST(Rules, match_their_own_left_sides) {
  for (const passes::Rule& rule : passes::rules()) {
    std::array<bool, wildcards> used{};
    find_wildcards(rule.left, used);
    for (int k = 0; k < ir::dtype_count; ++k) {
      const DType t = DType(k);
      if (ir::is_complex(t) || !rule.when.types(t)) continue;
      ir::Graph g;
      std::array<ir::Sym, wildcards> operands;
      for (int i = 0; i < wildcards; ++i) {
        const bool mask = i == passes::wild_m || i == passes::wild_n;
        const ir::Type type = ir::Type::scalar(mask ? DType::b1 : t);
        const bool constant = i == passes::wild_c || i == passes::wild_d;
        const Literal value =
            ir::is_float(t) ? Literal::of(4.0) : Literal::of(int64_t(i == passes::wild_c));
        operands[size_t(i)] = {
            &g,
            ir::Graph::main,
            constant ? g.constant(ir::Graph::main, type, value) : g.param(ir::Graph::main, type),
            {}};
      }
      passes::Bound bound;
      EXPECT_TRUE(passes::match(rule.left, g, rule.build_left(operands).ref, bound))
          << rule.name << " for " << ir::info(t).name;
    }
  }
}

// keeps_values(a, b): every edge value of a survives the way to b and back, and no value survives
// otherwise.
TEST(Rules, casts_that_keep_values) {
  for (int i = 0; i < ir::dtype_count; ++i) {
    for (int j = 0; j < ir::dtype_count; ++j) {
      const DType a = DType(i), b = DType(j);
      if (ir::is_complex(a) || ir::is_complex(b)) continue;
      bool all = true;
      for (const Literal& v : edges(a)) {
        const Literal there = *ir::evaluate_cast(v, a, b);
        all &= same(v, *ir::evaluate_cast(there, b, a), a);
      }
      if (passes::keeps_values(a, b))
        EXPECT_TRUE(all) << ir::info(a).name << " " << ir::info(b).name;
      // Integers as wide as each other wrap there and back, but are not the same numbers.
      const bool wraps = ir::is_integer(a) && ir::is_integer(b);
      if (all && !wraps)
        EXPECT_TRUE(passes::keeps_values(a, b)) << ir::info(a).name << " " << ir::info(b).name;
    }
  }
}

}  // namespace
