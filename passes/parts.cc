#include "passes/parts.h"

#include <algorithm>

#include "passes/rewrite.h"

namespace passes {

namespace {

constexpr size_t most_parts = 32;

}  // namespace

namespace {

// Puts `d` in its place among sizes in order, unless it stands there; false if it cannot be
// compared.
bool insert(const ir::Dims& dims, Sizes& sorted, ir::DimId d) {
  size_t i = 0;
  for (; i < sorted.size(); ++i) {
    if (dims.equal(sorted[i], d)) return true;
    if (dims.at_most(sorted[i], d)) continue;
    if (!dims.at_most(d, sorted[i])) return false;
    break;
  }
  sorted.insert(sorted.begin() + std::ptrdiff_t(i), d);
  return true;
}

}  // namespace

Grid::Grid(const ir::Dims& dims, const Sizes& shape) {
  for (ir::DimId size : shape) cuts.push_back({dims.constant(0), size});
}

bool Grid::cut(const ir::Dims& dims, const Part& part) {
  for (size_t k = 0; k < cuts.size(); ++k)
    if (!insert(dims, cuts[k], part.start[k]) || !insert(dims, cuts[k], part.end[k])) return false;
  return true;
}

bool Grid::holds(const ir::Dims& dims, const Part& part, const Piece& piece) const {
  for (size_t k = 0; k < cuts.size(); ++k) {
    const auto place = [&](ir::DimId d) {
      const auto at = std::ranges::find_if(cuts[k], [&](ir::DimId c) { return dims.equal(c, d); });
      return size_t(at - cuts[k].begin());
    };
    if (piece.from[k] < place(part.start[k]) || piece.from[k] >= place(part.end[k])) return false;
  }
  return true;
}

size_t Grid::count() const {
  size_t n = 1;
  for (const Sizes& c : cuts) n *= c.size() - 1;
  return n;
}

std::vector<Grid::Piece> Grid::pieces() const {
  std::vector<Piece> out{{}};
  for (const Sizes& along : cuts) {
    std::vector<Piece> longer;
    for (const Piece& p : out) {
      for (size_t i = 0; i + 1 < along.size(); ++i) {
        longer.push_back(p);
        longer.back().from.push_back(i);
        longer.back().start.push_back(along[i]);
        longer.back().end.push_back(along[i + 1]);
      }
    }
    out = std::move(longer);
  }
  return out;
}

bool part_of(const Graph& graph, ir::Dims& dims, Ref update, Part& out) {
  if (graph.op(update) != Op::update || graph.inputs(update).size() != 2) return false;
  const ir::AttrView attrs = graph.attrs(update);
  const auto next = [&](ir::DimId step) { return dims.is(step, 1); };
  if (!std::ranges::all_of(attrs.dims("step"), next)) return false;
  const Sizes sizes = attrs.dims("size");
  out = {attrs.dims("start"), {}, graph.inputs(update)[1]};
  const Type& type = graph.type(out.value);
  if (!type.is_array() || type.dims.size() != sizes.size()) return false;
  for (size_t k = 0; k < sizes.size(); ++k) {
    if (!dims.equal(type.dims[k], sizes[k])) return false;
    out.end.push_back(dims.add(out.start[k], sizes[k]));
  }
  return true;
}

bool all_replaced(const Graph& graph, ir::Dims& dims, BodyId body, Ref full) {
  const ir::Body& b = graph.body(body);
  // Each update of the filled array starts a chain of its own.
  const auto replaced = [&](Ref r) {
    std::vector<Part> parts;
    Grid grid(dims, graph.type(full).dims);
    for (;;) {
      Part part;
      if (!part_of(graph, dims, r, part) || !grid.cut(dims, part)) return false;
      parts.push_back(std::move(part));
      if (parts.size() > most_parts || grid.count() > most_parts) return false;
      const bool whole = std::ranges::all_of(grid.pieces(), [&](const Grid::Piece& p) {
        return std::ranges::any_of(parts, [&](const Part& q) { return grid.holds(dims, q, p); });
      });
      if (whole) return true;
      if (std::ranges::count(b.results, r)) return false;
      Ref next;
      for (Ref user : b.nodes) {
        if (!std::ranges::count(reads(graph, user), r)) continue;
        if (next.valid() || graph.inputs(user)[0] != r || graph.inputs(user)[1] == r) return false;
        next = user;
      }
      if (!next.valid()) return false;
      r = next;
    }
  };
  if (std::ranges::count(b.results, full)) return false;
  return std::ranges::all_of(b.nodes, [&](Ref user) {
    if (!std::ranges::count(reads(graph, user), full)) return true;
    return graph.op(user) == Op::update && graph.inputs(user)[0] == full &&
           graph.inputs(user)[1] != full && replaced(user);
  });
}

}  // namespace passes
