#include "passes/rules.h"

#include <cmath>
#include <limits>

#include "ir/math/whole_power.h"

namespace passes {

namespace {

using namespace ir;  // the functions and operators that the rows are written with

constexpr When any{[](DType) { return true; }};
constexpr When reals{[](DType t) { return !ir::is_complex(t); }};
constexpr When numbers{[](DType t) { return !ir::is_bool(t) && !ir::is_complex(t); }};
constexpr When floats{[](DType t) { return ir::is_float(t); }};
constexpr When integers{[](DType t) { return ir::is_integer(t); }};
constexpr When signed_{[](DType t) { return ir::is_signed(t); }};
constexpr When whole{[](DType t) { return ir::is_integer(t) || ir::is_bool(t); }};
constexpr When inexact{[](DType t) { return ir::is_float(t) || ir::is_signed(t); }};
constexpr When masks{[](DType t) { return ir::is_bool(t); }};

// 1 / c is exact in the dtype: c is a power of two whose inverse is finite. Nothing is said of
// subnormal inverses, which a processor may flush.
bool exact_inverse(DType t, Literal c) {
  int exponent = 0;
  const double v = c.as_double();
  if (!std::isfinite(v) || std::fabs(std::frexp(v, &exponent)) != 0.5) return false;
  const int limit = t == DType::f16 ? 14 : t == DType::f64 ? 1021 : 125;
  return std::abs(exponent) < limit;
}
constexpr When inverse{[](DType t) { return ir::is_float(t); }, exact_inverse};

bool whole_constant(DType, Literal c) {
  const double v = c.as_double();
  return v == std::rint(v) && std::fabs(v) >= 1 && std::fabs(v) <= math::largest_whole_power;
}
constexpr When whole_c{[](DType t) { return ir::is_float(t); }, whole_constant, 1};

template <class V, class F>
V with(const std::array<V, wildcards>& w, F row) {
  return row(w[wild_x], w[wild_y], w[wild_z], w[wild_m], w[wild_n], w[wild_c], w[wild_d]);
}

void find_wildcards(const Pattern& p, std::array<bool, wildcards>& used) {
  if (p.kind == Pattern::wildcard) used[size_t(p.wild)] = true;
  if (p.kind != Pattern::op_) return;
  for (int i = 0; i < ir::info(p.op).arity; ++i) find_wildcards((*p.operands)[size_t(i)], used);
}

std::array<bool, wildcards> dropped(const Pattern& left, const Pattern& right) {
  std::array<bool, wildcards> there{}, kept{};
  find_wildcards(left, there);
  find_wildcards(right, kept);
  for (size_t i = 0; i < there.size(); ++i) there[i] = there[i] && !kept[i];
  return there;
}

template <class L, class R>
Rule make(const char* name, When when, L left, R right) {
  std::array<Pattern, wildcards> any;
  for (int i = 0; i < wildcards; ++i) any[size_t(i)] = Pattern::any(Wildcard(i));
  return {name,
          when,
          with(any, left),
          dropped(with(any, left), with(any, right)),
          [](const std::array<ir::Sym, wildcards>& w) { return with(w, L{}); },
          [](const std::array<ir::Sym, wildcards>& w) { return with(w, R{}); }};
}

#define SIDE(e)                                                    \
  [](auto x, auto y, auto z, auto m, auto n, auto c, auto d) {     \
    (void)x, (void)y, (void)z, (void)m, (void)n, (void)c, (void)d; \
    return e;                                                      \
  }

}  // namespace

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
#define RULE(name, when, left, right) make(#name, when, SIDE(left), SIDE(right)),
#include "passes/rules.def"
  };
  return all;
}

DType subject(const ir::Graph& graph, const Bound& bound) {
  for (Wildcard w : {wild_x, wild_y, wild_z, wild_c})
    if (bound[w].valid()) return graph.type(bound[w]).dtype;
  return DType::b1;
}

bool holds(const When& when, DType t, Literal c) {
  return when.types(t) && (!when.constant || when.constant(t, c));
}

}  // namespace passes
