// Loops over numbers and elements: nothing in them computes with whole arrays, so that they can be
// one function of machine code that reads and writes elements where they lie. Rows that updates
// change, `a[i, :j] -= m * a[k, :j]`, are loops over their elements.
//
// Arrays have versions in the graph and one place in memory. Of the versions of one array only the
// latest may be read; then a change in place is the same as a new version.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace passes {

struct ScalarLoop {
  // What a value is: a number, or the array (or a view of it) with this number. A tuple has
  // several.
  static constexpr int number = -1;
  // A row in memory of the loop's own.
  static constexpr int own_row = -2;

  ir::Ref node;
  std::vector<ir::Ref> scalars;  // numbers from outside
  // Arrays from outside, as they are when the loop begins. One may stand here twice: as it was, and
  // as what a carried array begins with.
  std::vector<ir::Ref> arrays;
  std::vector<bool> written;                   // parallel to `arrays`
  std::vector<int> results;                    // of the node
  std::unordered_map<uint32_t, int> array_of;  // by id of the value, inside and outside
  std::vector<ir::Ref> choices;                // the nodes of its bodies that choose among values
  std::vector<ir::Ref> raising;  // the nodes of its bodies that may raise floating-point errors
  std::vector<ir::Ref> giving;   // the spans of its bodies that give a size; others compare theirs
  bool multiplies = false;       // has products of vectors
  // Axes of arrays along which updates change rows of elements at once.
  struct Row {
    int array;
    size_t axis;
  };
  std::vector<Row> rows;
  // By id of the kernel: the place in the loop's own memory of its first row. Rows of other kernels
  // are computed where updates put them.
  std::unordered_map<uint32_t, int> kept_rows;
  int kept = 0;  // how many of them
  // Parts of several axes of which numbers are made: of what arrays, and those of their sizes that
  // are known when the loop begins.
  struct Plane {
    std::vector<int> arrays;
    std::vector<ir::DimId> sizes;
  };
  std::vector<Plane> planes;
};

// Nothing if the `for` or `while` node is no such loop.
std::optional<ScalarLoop> scalar_loop(const ir::Graph& graph, ir::Ref node);

}  // namespace passes
