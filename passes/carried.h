// Elements that one round of a loop over elements stores and a later round loads, as in
// `a[i] = a[i - 1] + x[i]`: they can stay in registers (Callahan, Carr, Kennedy 1990).
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "passes/scalar_loop.h"

namespace passes {

// base + plus; without base the number itself.
struct Position {
  ir::Ref base;
  int64_t plus = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// The one element of an array that each round stores, at a position per axis. All that a loop
// stores to the array it stores there, so between two rounds the element stays what it is.
struct CarriedElement {
  int array;
  std::vector<Position> at;
  bool moves;        // with the counter: else all rounds store the same element
  int distance = 1;  // of the oldest that is loaded, in rounds
  std::unordered_map<uint32_t, int> loads;  // nodes that load it, how many rounds ago it was stored
  std::vector<ir::Ref> stores;
};

// Of a `for` node inside the scalar loop; loads and stores of loops in it do not count. Positions
// are those of integers that are equal, whether they are valid indices or not.
std::vector<CarriedElement> carried_elements(const ir::Graph& graph, const ScalarLoop& loop,
                                             ir::Ref node);

}  // namespace passes
