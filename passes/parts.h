// Arrays put together of parts: filled with a number, then replaced part by part.
#pragma once
#include <vector>

#include "ir/graph.h"

namespace passes {

using Sizes = std::vector<ir::DimId>;

// Part of an array, and what stands there.
struct Part {
  Sizes start, end;
  ir::Ref value;
};

// Pieces in which no part has a seam: the cuts along each axis, from 0 to its size.
struct Grid {
  std::vector<Sizes> cuts;

  Grid(const ir::Dims& dims, const Sizes& shape);
  // False if its seams cannot be compared.
  bool cut(const ir::Dims& dims, const Part& part);
  size_t count() const;
  // Between a cut and the next one, along each axis.
  struct Piece {
    std::vector<size_t> from;
    Sizes start, end;
  };
  std::vector<Piece> pieces() const;
  // True if a part that has been cut out holds the piece: a matter of the order of the cuts, since
  // of three sizes in order only neighbours need compare.
  bool holds(const ir::Dims& dims, const Part& part, const Piece& piece) const;
};

// The part that an update replaces, if that is one block whose place is known before the run, and
// whose size is that of the value.
bool part_of(const ir::Graph& graph, ir::Dims& dims, ir::Ref update, Part& out);

// True if every element of a filled array is replaced before anything else reads it: what it is
// filled with does not matter. `dims` are the graph's, or a copy of them.
bool all_replaced(const ir::Graph& graph, ir::Dims& dims, ir::BodyId body, ir::Ref full);

}  // namespace passes
