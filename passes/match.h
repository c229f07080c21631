// Patterns: the left side of a rule, built by the same tokens that build nodes (ir/sym.h).
#pragma once
#include <array>
#include <memory>

#include "ir/sym.h"

namespace passes {

// What a rule speaks of: x, y, z any values of one dtype; m, n bools; c, d constants.
inline constexpr int wildcards = 7;
enum Wildcard : int { wild_x, wild_y, wild_z, wild_m, wild_n, wild_c, wild_d };
using Bound = std::array<ir::Ref, wildcards>;

struct Pattern {
  enum Kind : uint8_t { wildcard, number_, op_ } kind = wildcard;
  ir::Op op{};
  int wild = 0;
  double value = 0;
  std::shared_ptr<const std::array<Pattern, 3>> operands;

  static Pattern any(Wildcard w) { return {wildcard, {}, w, 0, nullptr}; }
  Pattern build(ir::Op op, std::initializer_list<Pattern> from) const {
    auto all = std::make_shared<std::array<Pattern, 3>>();
    std::copy(from.begin(), from.end(), all->begin());
    return {op_, op, 0, 0, std::move(all)};
  }
  Pattern number(double c) const { return {number_, {}, 0, c, nullptr}; }
};

// True if `r` has the form of `p`; binds the wildcards. Commuting operands match in either order.
bool match(const Pattern& p, const ir::Graph& graph, ir::Ref r, Bound& bound);

}  // namespace passes
