// The graph: SSA nodes in one arena, ordered in nested bodies. Nodes are plain data with 32-bit ids
// and are interned on creation, so common subexpressions never exist twice; nothing is ever
// mutated, a pass builds a new graph (passes/rewrite.h).
#pragma once
#include <deque>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/attrs.h"
#include "ir/dim.h"
#include "ir/error.h"
#include "ir/op.h"
#include "ir/type.h"

namespace ir {

// A value. Prints as the text form spells it: %7.
struct Ref {
  uint32_t id = UINT32_MAX;
  bool valid() const { return id != UINT32_MAX; }
  friend bool operator==(Ref, Ref) = default;
  friend auto operator<=>(Ref, Ref) = default;
  friend std::ostream& operator<<(std::ostream& out, Ref r) { return out << '%' << r.id; }
};

// Where the user wrote it, and what NumPy was told there to do about floating-point errors. Lines
// count from 1, columns from 1; file indexes Graph::files.
struct Loc {
  uint32_t line = 0;
  uint16_t column = 0;
  uint16_t file = 0;
  uint8_t silenced = 0;  // kinds of errors (ir/raises.h) that numpy.errstate ignores there
  uint8_t reported = 0;  // and those that it does not, whatever holds around the function
  bool scalar = false;   // an operation on NumPy's scalars, whose integers report overflow
  bool element = false;  // one on an element of an array, whose integers wrap in silence
  bool known() const { return line != 0; }
  friend bool operator==(Loc, Loc) = default;
};

struct Node {
  Op op;
  uint16_t arity;
  uint32_t inputs;  // first of `arity` entries in the operand pool
  uint32_t attrs;   // index of interned attributes
  TypeId type;
  BodyId body;  // where it stands
  Loc loc;
};
static_assert(sizeof(Node) == 32);

struct Body {
  BodyId parent;  // itself for the main body
  std::vector<Ref> params;
  std::vector<Ref> nodes;  // in order; operands stand before users, or in an enclosing body
  std::vector<Ref> results;
  bool sealed = false;
};

class Graph {
 public:
  Graph();
  static constexpr BodyId main{0};

  // Building. Types are inferred (ir/infer.cc); a node that already stands in `where` or a body
  // around it is returned instead of made. Unsupported or UserError if the operands do not fit the
  // op.
  Ref param(BodyId where, const Type& type, Loc loc = {});
  Ref add(BodyId where, Op op, std::span<const Ref> inputs, const Attrs& attrs = {}, Loc loc = {});
  Ref add(BodyId where, Op op, std::initializer_list<Ref> inputs, const Attrs& attrs = {},
          Loc loc = {}) {
    return add(where, op, std::span(inputs.begin(), inputs.size()), attrs, loc);
  }
  // A new empty body inside `parent`. A sealed one (of a kernel) shares no nodes with those around
  // it.
  BodyId nest(BodyId parent, bool sealed = false);
  void results(BodyId body, std::vector<Ref> refs);
  Ref constant(BodyId where, const Type& scalar, Literal value, Loc loc = {});

  // Reading.
  const Node& operator[](Ref r) const { return nodes_[r.id]; }
  std::span<const Ref> inputs(Ref r) const {
    return {operands_.data() + nodes_[r.id].inputs, nodes_[r.id].arity};
  }
  Op op(Ref r) const { return nodes_[r.id].op; }
  const Type& type(Ref r) const { return types_[nodes_[r.id].type.id]; }
  const Type& type(TypeId t) const { return types_[t.id]; }
  AttrView attrs(Ref r) const { return {nodes_[r.id].op, attrs_[nodes_[r.id].attrs]}; }
  const Attrs& raw_attrs(Ref r) const { return attrs_[nodes_[r.id].attrs]; }
  const Body& body(BodyId b) const { return bodies_[b.id]; }
  std::vector<BodyId> bodies_of(Ref r) const;  // the nested bodies of a control node or kernel
  std::vector<DimId> sizes(Ref r) const;       // that its type and its attributes name
  size_t node_count() const { return nodes_.size(); }
  size_t body_count() const { return bodies_.size(); }

  TypeId intern(const Type& type);
  // True if the types are equal once sizes are resolved.
  bool same_type(const Type& a, const Type& b) const;
  bool same_shape(const Type& a, const Type& b) const;

  std::string name;                // of the function, for people
  std::vector<std::string> files;  // that Loc::file indexes
  Dims dims;

 private:
  friend class Packing;  // ir/pack.cc

  uint32_t intern_attrs(const Attrs& attrs);
  Ref append(BodyId where, Op op, std::span<const Ref> inputs, const Attrs& attrs, TypeId type,
             Loc loc);
  Ref find(BodyId where, size_t hash, Op op, std::span<const Ref> inputs, uint32_t attrs) const;
  void note(Ref r);  // has an equal node be this one

  std::vector<Node> nodes_;
  std::vector<Ref> operands_;
  std::deque<Type> types_;  // deques: references stay valid while the graph grows
  std::map<Type, TypeId> type_ids_;
  std::deque<Attrs> attrs_;
  std::map<Attrs, uint32_t> attr_ids_;
  std::deque<Body> bodies_;
  std::unordered_multimap<size_t, Ref> interned_;
};

// The type of a node with these inputs and attributes (ir/infer.cc). Unifies sizes that must be
// equal and records checks in graph.dims. Throws Unsupported or UserError if the operands do not
// fit.
Type infer(Graph& graph, Op op, std::span<const Ref> inputs, const Attrs& attrs);

// The same for ops on masks and index arrays (ir/infer_selection.cc).
Type infer_selection(Graph& graph, Op op, std::span<const Ref> inputs, const AttrView& attrs);

// Adds an elementwise op, reduction or macro as NumPy would evaluate it: promotes the operands (NEP
// 50, by the op's rule), inserting casts, then adds the node. `infer` alone wants operands that
// already agree.
Ref apply(Graph& graph, BodyId where, Op op, std::span<const Ref> operands, const Attrs& attrs = {},
          Loc loc = {});

// The dtype that an op computes in and the dtype of its result, by its rule and flags, for already
// promoted `t`; nothing if NumPy refuses the type.
struct Ruling {
  DType compute, result;
};
std::optional<Ruling> rule(Op op, DType t);

// The broadcast shape; sizes that meet and are not 1 are unified. Unsupported if they never fit.
std::vector<DimId> broadcast(Graph& graph, std::span<const std::vector<DimId>> shapes);

}  // namespace ir
