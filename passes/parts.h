// Arrays put together of parts: filled with a number, then replaced part by part.
#pragma once
#include <vector>

#include "ir/graph.h"

namespace passes {

using Sizes = std::vector<ir::DimId>;

// Compares sizes as far as the checks of the graph tell.
class SizeOrder {
 public:
  explicit SizeOrder(ir::Dims& dims) : dims_(dims) {}
  bool at_most(ir::DimId a, ir::DimId b) const;
  // Puts `d` in its place among sizes in order, unless it stands there; false if it cannot be
  // compared.
  bool insert(Sizes& sorted, ir::DimId d) const;

 private:
  bool never_negative(ir::DimId d) const;
  ir::Dims& dims_;
};

// Part of an array, and what stands there.
struct Part {
  Sizes start, end;
  ir::Ref value;
  bool holds(const SizeOrder& order, const Sizes& from, const Sizes& to) const;
};

// Pieces in which no part has a seam: the cuts along each axis, from 0 to its size.
struct Grid {
  std::vector<Sizes> cuts;

  Grid(ir::Dims& dims, const Sizes& shape);
  bool cut(const SizeOrder& order, const Part& part);  // false if its seams cannot be compared
  size_t count() const;
  struct Piece {
    Sizes start, end;
  };
  std::vector<Piece> pieces() const;
};

// The part that an update replaces, if that is one block whose place is known before the run, and
// whose size is that of the value.
bool part_of(const ir::Graph& graph, ir::Dims& dims, ir::Ref update, Part& out);

// True if every element of a filled array is replaced before anything else reads it: what it is
// filled with does not matter. `dims` are the graph's, or a copy of them.
bool all_replaced(const ir::Graph& graph, ir::Dims& dims, ir::BodyId body, ir::Ref full);

}  // namespace passes
