#include "passes/match.h"

#include <cmath>

namespace passes {

namespace {

using ir::Graph;
using ir::Ref;

bool is_number(const Graph& g, Ref r, double value) {
  if (g.op(r) != ir::Op::constant) return false;
  const ir::Literal l = g.attrs(r).scalar("value");
  if (!ir::is_float(g.type(r).dtype))
    return l.bits[0] == int64_t(value) && (value != 0 || !std::signbit(value));
  return l.bits[0] == ir::Literal::of(value).bits[0];
}

bool bind(int wild, const Graph& g, Ref r, Bound& bound) {
  if (bound[size_t(wild)].valid()) return bound[size_t(wild)] == r;
  const bool constant = wild == wild_c || wild == wild_d;
  const bool mask = wild == wild_m || wild == wild_n;
  if (constant && g.op(r) != ir::Op::constant) return false;
  if (mask && !ir::is_bool(g.type(r).dtype)) return false;
  bound[size_t(wild)] = r;
  return true;
}

}  // namespace

bool match(const Pattern& p, const Graph& g, Ref r, Bound& bound) {
  if (p.kind == Pattern::wildcard) return bind(p.wild, g, r, bound);
  if (p.kind == Pattern::number_) return is_number(g, r, p.value);
  if (g.op(r) != p.op) return false;
  const auto inputs = g.inputs(r);
  const auto& from = *p.operands;
  const Bound before = bound;
  bool all = true;
  for (size_t i = 0; i < inputs.size() && all; ++i) all = match(from[i], g, inputs[i], bound);
  if (all || !ir::info(p.op).commutative || inputs.size() != 2) return all;
  bound = before;
  return match(from[0], g, inputs[1], bound) && match(from[1], g, inputs[0], bound);
}

}  // namespace passes
