// Elements that one round of a loop over elements stores and a later round loads, as in
// `a[i] = a[i - 1] + x[i]`: they can stay in registers (Callahan, Carr, Kennedy 1990).
#pragma once
#include <optional>
#include <unordered_map>
#include <unordered_set>
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

// Positions inside a `for` node: base is its counter, or stands outside of it.
class LoopPositions {
 public:
  LoopPositions(const ir::Graph& graph, ir::Ref loop);
  std::optional<Position> of(ir::Ref index) const;
  // A constant that is small enough to add to.
  std::optional<int64_t> number(ir::Ref r) const;
  ir::Ref counter() const { return counter_; }

 private:
  void inside(ir::BodyId body);

  const ir::Graph& g_;
  ir::Ref counter_;
  std::unordered_set<uint32_t> inside_;
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
