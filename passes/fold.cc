#include "passes/fold.h"

#include "ir/evaluate.h"
#include "ir/raises.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

using ir::DType;
using ir::Literal;

double number_of(const Literal& l, DType t) {
  return ir::is_float(t) ? l.as_double() : double(l.bits[0]);
}

// Where NumPy reports an error it must do so in every call: such a node stays.
bool quiet(const Graph& g, Ref r, std::span<const Literal> operands, const Literal& value) {
  if (ir::told_by_flags_alone(g, r)) return false;
  const DType from = g.type(g.inputs(r).back()).dtype;
  std::vector<double> in;
  for (const Literal& l : operands) in.push_back(number_of(l, from));
  return !ir::raised_by(g, r, in, number_of(value, g.type(r).dtype));
}

std::optional<Literal> value_of(const Graph& g, Ref r) {
  const Op op = g.op(r);
  if (op == Op::extent)
    if (const auto v = g.dims.value(g.attrs(r).dim("size"))) return Literal::of(*v);
  // Python ints do not wrap around: their arithmetic is left to Python.
  const Type& t = g.type(r);
  if (!t.is_scalar() || (t.kind == Type::Kind::python && ir::is_integer(t.dtype)))
    return std::nullopt;
  if (!ir::is_elementwise(op)) return std::nullopt;
  std::vector<Literal> operands;
  for (Ref i : g.inputs(r)) {
    if (g.op(i) != Op::constant) return std::nullopt;
    operands.push_back(g.attrs(i).scalar("value"));
  }
  const DType operand = g.type(g.inputs(r).back()).dtype;
  const auto value = op == Op::cast ? ir::evaluate_cast(operands[0], operand, t.dtype)
                                    : ir::evaluate(op, operand, operands);
  return value && quiet(g, r, operands, *value) ? value : std::nullopt;
}

}  // namespace

Ref folded(Graph& g, BodyId where, Ref r) {
  const auto value = value_of(g, r);
  return value ? g.constant(where, Type(g.type(r)), *value, g[r].loc) : r;
}

void fold(Graph& graph) {
  rewrite(graph, [](Rewrite& rewrite, Ref node, BodyId where) {
    return folded(rewrite.to, where, rewrite.copy(node, where));
  });
}

}  // namespace passes
