// One loop taken apart: small arrays as their elements, elements of large arrays one by one.
#pragma once
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "passes/elements.h"

namespace passes {

using ir::Attrs;
using ir::DimId;

// What stands for a value inside the loop: one value, or elements.
struct Shown {
  Ref ref;
  Elements elements;
  bool apart() const { return !elements.at.empty(); }
};

// A carried array at run-time positions of which something lies: it has to stay in memory.
struct StaysWhole {
  Ref root;
};

class LoopApart {
 public:
  LoopApart(Rewrite& rewrite, const std::set<Ref>& whole)
      : rw_(rewrite), from_(rewrite.from), to_(rewrite.to), whole_(whole) {}
  // The loop in `where`, and what stands for its results.
  Ref make(Ref loop, BodyId where);
  const std::vector<Shown>& results(Ref loop) const { return tuples_.at(loop.id); }
  // An array of these elements.
  Ref together(const Elements& e, BodyId where, ir::Loc loc);

 private:
  std::vector<DimId> sizes(const std::vector<int64_t>& values);
  Attrs one_at(const std::vector<int64_t>& index);
  // `array` with one element replaced; `positions` are those of the axes that an update names.
  Ref put(Ref array, Ref value, const std::vector<int64_t>& index, std::span<const Ref> positions,
          BodyId where, ir::Loc loc, std::span<const int64_t> axes = {});
  // The elements of an array of the new graph, read where it lies.
  Elements read(Ref array, BodyId where, ir::Loc loc);
  Shown shown(Ref r) const;
  // The value as one value: a number or an array in memory.
  Ref whole(Ref r) const;
  // The value as elements; a number counts as an array without axes.
  Elements elements(Ref r, BodyId where);
  void body(BodyId old, BodyId where);
  Shown node(Ref r, BodyId where);
  Shown item(Ref r) const;
  Shown computed(Ref r, BodyId where);
  ir::Loc loc_of_element(Ref r) const;
  Shown full(Ref r, BodyId where);
  // Sums and products of fewer than 8 elements, which NumPy takes one after the other, of arrays
  // that are computed: others may lie backwards in memory.
  Shown reduced(Ref r, BodyId where);
  Shown seen(Ref r, BodyId where);
  static Ref root_of(const Shown& s);
  Shown update(Ref r, BodyId where);
  Ref control(Ref r, BodyId where);
  // Values one behind the other, arrays that are apart as their elements.
  static void flatten(const Shown& s, std::vector<Ref>& out);
  // What stands for the results of a node with bodies, which gives them as `like` shows them.
  void take_apart(Ref old, Ref now, const std::vector<Shown>& like);
  Ref branch(Ref r, BodyId where);
  // The parameters of a loop's body.
  std::vector<Shown> parameters(BodyId old, BodyId now, const std::vector<Shown>& start,
                                bool counted);
  // The results of a loop's body, as its parameters are.
  void finish(BodyId old, BodyId now, const std::vector<Shown>& like);
  Ref loop(Ref r, BodyId where);

  Rewrite& rw_;
  const Graph& from_;
  Graph& to_;
  const std::set<Ref>& whole_;
  std::unordered_map<uint32_t, Shown> known_;                // by value of the old graph
  std::unordered_map<uint32_t, std::vector<Shown>> tuples_;  // by node with bodies
  size_t budget_ = 0;
  int cost_ = 0;
};

}  // namespace passes
