// The rewrite rules of rules.def as data: `left` becomes `right` where `when` admits the dtype.
#pragma once
#include <functional>
#include <vector>

#include "ir/attrs.h"
#include "passes/match.h"

namespace passes {

// Where a rule holds: for which dtypes of its values, and for which constants c.
struct When {
  bool (*types)(ir::DType);
  bool (*constant)(ir::DType, ir::Literal) = nullptr;
  int ulps = 0;  // by which the two sides may differ
};

struct Rule {
  const char* name;
  When when;
  Pattern left;
  std::array<bool, wildcards> dropped;                           // stand on the left alone
  ir::Sym (*build_left)(const std::array<ir::Sym, wildcards>&);  // for the tests
  ir::Sym (*build_right)(const std::array<ir::Sym, wildcards>&);
};

const std::vector<Rule>& rules();

// The dtype that a match is about: of x, y, z or c, or else bool.
ir::DType subject(const ir::Graph& graph, const Bound& bound);
bool holds(const When& when, ir::DType t, ir::Literal c);

}  // namespace passes
