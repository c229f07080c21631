// Loops that may run on one band of rows after the other: each element of a row depends on the same
// row of every array alone. Recurrences over planes, c[:, k] = ... c[:, k - 1], are such loops; a
// band of them stays in the cache for all rounds, where each whole plane would come from memory.
#pragma once
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace passes {

// An array whose axis has the size of the rows, and so many more: a band of it has more rows too.
struct BandAxis {
  int axis = 0;
  int64_t more = 0;
};

struct Bands {
  ir::DimId rows;  // a symbol and so many more
  struct Array {
    ir::Ref value;
    BandAxis along;
  };
  std::vector<Array> read;  // from around the loop
  struct Carried {
    size_t index;  // among the values that the loop carries
    int axis;
    bool made;  // by each round anew; else it changes in place
  };
  std::vector<Carried> carried;  // the arrays
};

// Nothing if the loop (a `for_`) has no such rows, or its rounds take no planes along the last
// axis: then bands save no cache lines.
std::optional<Bands> bands(const ir::Graph& graph, ir::Ref loop);

// Where a size is `rows`, and so many more; nothing if it has another relation to it or none.
std::optional<int64_t> more_than(const ir::Dims& dims, ir::DimId size, ir::DimId rows);

}  // namespace passes
