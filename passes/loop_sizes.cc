#include "passes/loop_sizes.h"

#include <algorithm>
#include <cstdlib>

namespace passes {

using ir::BodyId;
using ir::Graph;
using ir::Ref;

std::optional<SizePlus> distance_to_size(const ir::Dims& dims, ir::DimId d) {
  constexpr int64_t far = int64_t(1) << 31;
  const auto& l = dims.linear(dims.resolve(d));
  if (l.terms.size() != 1 || l.terms[0].coefficient != 1 || std::abs(l.constant) >= far)
    return std::nullopt;
  const uint32_t symbol = l.terms[0].atom;
  if (dims.atom(symbol).kind != ir::Dims::Atom::symbol) return std::nullopt;
  return SizePlus{symbol, l.constant};
}

bool computed_in_loop(const ir::Dims& dims, ir::DimId d) {
  constexpr int64_t far = int64_t(1) << 31;
  const auto& l = dims.linear(dims.resolve(d));
  const auto computed = [&](const ir::Dims::Term& term) {
    const auto& atom = dims.atom(term.atom);
    if (std::abs(term.coefficient) >= far) return false;
    if (atom.kind == ir::Dims::Atom::symbol) return true;
    return atom.kind == ir::Dims::Atom::multiply && computed_in_loop(dims, atom.a) &&
           computed_in_loop(dims, atom.b);
  };
  return std::abs(l.constant) < far && std::ranges::all_of(l.terms, computed);
}

namespace {

// The first node that gives this size, in the order in which they run; invalid if there is none.
Ref giver(const Graph& g, BodyId body, uint32_t symbol) {
  for (Ref r : g.body(body).nodes) {
    if (ir::gives_size(g.op(r)) && g.dims.symbols(g.attrs(r).dim("size")).contains(symbol))
      return r;
    for (BodyId b : g.bodies_of(r))
      if (const Ref found = giver(g, b, symbol); found.valid()) return found;
  }
  return {};
}

}  // namespace

std::optional<uint32_t> given_by(const Graph& g, Ref span) {
  const ir::DimId size = g.dims.resolve(g.attrs(span).dim("size"));
  if (!g.dims.symbol_name(size)) return std::nullopt;
  const uint32_t symbol = *g.dims.symbols(size).begin();
  const auto has_it = [&](Ref param) {
    return std::ranges::any_of(g.sizes(param),
                               [&](ir::DimId d) { return g.dims.symbols(d).contains(symbol); });
  };
  if (std::ranges::any_of(g.body(Graph::main).params, has_it)) return std::nullopt;
  return giver(g, Graph::main, symbol) == span ? std::optional(symbol) : std::nullopt;
}

}  // namespace passes
