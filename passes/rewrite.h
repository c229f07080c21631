// The one way passes change graphs. A rewrite walks the bodies of a graph in order and builds a new
// graph: sizes, name and files are kept (a DimId means the same in both), nodes that no result
// needs are left behind, and a pass says for each node what stands in its place.
//
// A result keeps its identity: where the old result was a fresh array and the new one would be a
// parameter, a view of one, or the memory of another result, a copy is made. What shows in a branch
// or loop besides gets its copy where it is made, so that it stays one array. So does what a
// product or a call of NumPy reads: they see how their operands lie, BLAS whether they are one. And
// what changes is never a part of another array, which its result would be then.
#pragma once
#include <functional>
#include <set>
#include <vector>

#include "ir/graph.h"

namespace passes {

using ir::BodyId;
using ir::Graph;
using ir::Op;
using ir::Ref;
using ir::Type;

class Rewrite {
 public:
  // What stands for `node`, made in body `where` of the new graph; an invalid Ref copies the node.
  using Replace = std::function<Ref(Rewrite&, Ref node, BodyId where)>;
  // Makes the nodes of a body in an order of its own: must `set` or `copy` every live node of it.
  using Walk = std::function<void(Rewrite&, const ir::Body& body, BodyId where)>;

  Rewrite(const Graph& from, Replace replace, Walk walk = {});
  Graph run();

  const Graph& from;
  Graph to;

  Ref operator()(Ref node) const { return map_[node.id]; }  // what stands for it in the new graph
  std::vector<Ref> operator()(std::span<const Ref> nodes) const;
  bool live(Ref node) const { return live_[node.id]; }
  int uses(Ref node) const { return uses_[node.id]; }  // by live nodes and results
  bool escapes(Ref node) const {
    return escapes_[node.id];
  }  // it, or a view of it, is a body's result
  void set(Ref node, Ref now) { map_[node.id] = now; }
  // The same op and attributes, in `where`, on what now stands for its operands, or on `inputs`.
  Ref copy(Ref node, BodyId where);
  Ref copy(Ref node, BodyId where, std::span<const Ref> inputs);
  // The replacement or else the copy of `node`, recorded.
  Ref visit(Ref node, BodyId where);
  // The type as the new graph spells it (the types inside tuples are numbered per graph).
  Type type(const Type& old);

 private:
  void mark(Ref node);
  void mark_views(Ref node);
  std::vector<Ref> spans(BodyId body) const;
  void walk(BodyId old, BodyId where);
  BodyId nested(BodyId old, BodyId where);
  ir::Attrs attributes(Ref node, BodyId where);
  std::vector<Ref> results(const ir::Body& old, BodyId where);
  void settle(const ir::Body& old, BodyId where, bool stored);
  Ref on_copy(Ref node, Ref& copied, BodyId where);
  Ref own(Ref node, Ref now, BodyId where);
  bool taken(Ref before, Ref now) const;
  bool merely_shown(ir::Ref before, ir::Ref now) const;
  bool borrowed(Ref before, Ref now) const;

  Replace replace_;
  Walk walk_;
  std::set<Ref> asked_;  // binds that live as long as their body
  std::vector<Ref> map_;
  std::vector<bool> live_, escapes_;
  std::vector<bool> shown_;     // memory that a nested body gives, or a loop carries
  std::vector<bool> lent_;      // memory that a call of NumPy reads, or a product
  std::vector<bool> built_on_;  // memory that changes
  std::vector<int> uses_;
  std::vector<Ref> settled_;                // results of the body at hand that are final
  std::vector<std::pair<Ref, Ref>> bases_;  // memory that shows, old and new
};

// graph = what Rewrite makes of it.
void rewrite(Graph& graph, Rewrite::Replace replace, Rewrite::Walk walk = {});

// What `node` reads: its operands, and what its bodies take from around them.
std::vector<Ref> reads(const Graph& graph, Ref node);

// The value whose memory `r` shows: r without views.
Ref base(const Graph& graph, Ref r);

// True if the value is an argument's memory after a store, or a view of it: nodes behind which come
// only their like.
bool stored(const Graph& graph, Ref r);

// Structure of a graph as a number: equal before and after a pass that changed nothing.
size_t fingerprint(const Graph& graph);

}  // namespace passes
