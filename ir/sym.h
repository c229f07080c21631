// Ops as functions and operators on anything that can build them, so that an equation such as
// `x - (-y) == x + y` can be written once. Sym builds nodes of a graph; passes/match.h builds
// patterns.
#pragma once
#include <concepts>
#include <initializer_list>

#include "ir/graph.h"

namespace ir {

// V.build(op, {operands}) makes an op; V.number(c) makes the constant c in the type of the operand.
template <class V>
concept Builds = requires(V v, std::initializer_list<V> operands) {
  { v.build(Op::add, operands) } -> std::same_as<V>;
  { v.number(1.0) } -> std::same_as<V>;
};

#define UN(name, ...)              \
  template <Builds V>              \
  V name(V x) {                    \
    return x.build(Op::name, {x}); \
  }
#define BIN(name, ...)                \
  template <Builds V>                 \
  V name(V x, V y) {                  \
    return x.build(Op::name, {x, y}); \
  }
#define TER(name, ...)                   \
  template <Builds V>                    \
  V name(V x, V y, V z) {                \
    return x.build(Op::name, {x, y, z}); \
  }
#include "ir/ops.def"

template <Builds V>
V num(V x, double c) {
  return x.number(c);
}
template <Builds V>
V select(V m, V x, V y) {
  return where(m, x, y);
}
template <Builds V>
V operator-(V x) {
  return negative(x);
}
template <Builds V>
V operator!(V x) {
  return logical_not(x);
}
template <Builds V>
V operator~(V x) {
  return invert(x);
}
#define OPERATOR(sign, name)  \
  template <Builds V>         \
  V operator sign(V x, V y) { \
    return name(x, y);        \
  }
OPERATOR(+, add)
OPERATOR(-, subtract)
OPERATOR(*, multiply)
OPERATOR(/, divide)
OPERATOR(<, less)
OPERATOR(<=, less_equal)
OPERATOR(>, greater)
OPERATOR(>=, greater_equal)
OPERATOR(==, equal)
OPERATOR(!=, not_equal)
OPERATOR(&, bitwise_and)
OPERATOR(|, bitwise_or)
OPERATOR(^, bitwise_xor)
#undef OPERATOR

// A node of a graph.
struct Sym {
  Graph* graph = nullptr;
  BodyId where;
  Ref ref;
  Loc loc;

  Sym build(Op op, std::initializer_list<Sym> operands) const {
    std::vector<Ref> refs;
    for (const Sym& s : operands) refs.push_back(s.ref);
    return {graph, where, graph->add(where, op, refs, {}, loc), loc};
  }
  Sym number(double c) const {
    const DType t = graph->type(ref).dtype;
    const Literal value = is_float(t) ? Literal::of(c) : Literal::of(int64_t(c));
    return {graph, where, graph->constant(where, Type::scalar(t), value, loc), loc};
  }
};

}  // namespace ir
