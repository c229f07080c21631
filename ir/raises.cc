#include "ir/raises.h"

#include <cmath>

#include "ir/evaluate.h"
#include "ir/lane.h"

namespace ir {

namespace {

constexpr uint8_t any_rounding = over_error | invalid_error | under_error;

uint8_t of_floats(Raises raises) {
  switch (raises) {
    case Raises::quiet: return 0;
    case Raises::nan:
    case Raises::nans:
    case Raises::ieee_nan: return invalid_error | under_error;
    case Raises::over:
    case Raises::apart:
    case Raises::ieee_over: return any_rounding;
    case Raises::pole: return divide_error | invalid_error | under_error;
    case Raises::ratio:
    case Raises::base:
    case Raises::ieee_ratio: return divide_error | any_rounding;
  }
  return 0;
}

// Arrays of integers divide by zero; NumPy's scalars overflow as well.
uint8_t of_integers(Raises raises, bool scalar) {
  if (raises == Raises::ratio) return divide_error | over_error | invalid_error;
  const bool overflows = raises == Raises::over || raises == Raises::ieee_over;
  return scalar && overflows ? over_error : 0;
}

uint8_t of_cast(DType from, DType to) {
  if (is_complex(from) || is_complex(to)) return of_cast(part_of(from), part_of(to));
  if (is_float(from) && is_integer(to)) return invalid_error;
  const bool narrows = is_float(to) && info(to).bytes < info(from).bytes;
  const bool to_half = to == DType::f16 && is_integer(from);
  if (narrows || to_half) return any_rounding;
  return 0;
}

// Of complex numbers: what steps with their parts raise. Ordered comparisons meet NaN, functions
// that are quiet of reals have poles.
uint8_t of_pairs(const OpInfo& row) {
  const bool steps = row.rule == Rule::real || row.rule == Rule::pred;
  return row.raises == Raises::quiet && !steps ? 0 : divide_error | any_rounding;
}

bool rounds(DType t) { return is_float(t) || is_complex(t); }

// Of an opaque op on floats: what moves elements raises nothing, what computes is taken to round.
uint8_t of_call(Op op) {
  switch (op) {
#define SCAN(name, of, doc) \
  case Op::name: return any_rounding;
#define PROD(name, doc) \
  case Op::name: return any_rounding;
#define AT(name, of, doc) \
  case Op::name: return of_floats(info(Op::of).raises);
#include "ir/ops.def"
    default: return 0;
  }
}

}  // namespace

uint8_t may_raise(const Graph& graph, Ref node) {
  const Op op = graph.op(node);
  const OpInfo& row = info(op);
  const Type& type = graph.type(node);
  uint8_t kinds = 0;
  for (BodyId body : graph.bodies_of(node))
    for (Ref r : graph.body(body).nodes) kinds |= may_raise(graph, r);
  // Python's numbers raise exceptions instead, which is not this table's matter.
  if (type.kind == Type::Kind::python || graph.inputs(node).empty()) return kinds;
  const DType from = graph.type(graph.inputs(node).back()).dtype;
  if (op == Op::cast) return of_cast(from, type.dtype);
  if (row.kind == Kind::call) return rounds(type.dtype) ? of_call(op) : 0;
  if (is_complex(from)) return of_pairs(row);
  if (row.raises == Raises::quiet) return kinds;
  const bool scalar = graph[node].loc.scalar;
  const bool reduces = is_reduce(op);
  if (rounds(from)) return of_floats(row.raises);
  return reduces || !is_integer(from) ? 0 : of_integers(row.raises, scalar);
}

bool told_by_flags_alone(const Graph& graph, Ref node) {
  if (graph.inputs(node).empty() || info(graph.op(node)).kind == Kind::call) return false;
  const DType from = graph.type(graph.inputs(node).back()).dtype, to = graph.type(node).dtype;
  return (is_complex(from) || is_complex(to)) && may_raise(graph, node);
}

bool raised_by_processor(const Graph& graph, Ref node) {
  const DType from = graph.type(graph.inputs(node).back()).dtype, to = graph.type(node).dtype;
  const auto wide = [](DType t) { return t == DType::f32 || t == DType::f64; };
  if (!wide(from) || !wide(to)) return false;
  if (graph.op(node) == Op::cast) return true;
  switch (info(graph.op(node)).raises) {
    case Raises::ieee_nan:
    case Raises::ieee_over:
    case Raises::ieee_ratio: return true;
    default: return false;
  }
}

namespace {

// The reciprocal of an integer is that of a float, which becomes an integer: infinity does not.
uint8_t by_integers(Op op, DType t, bool scalar, std::span<const double> in, double result) {
  const double bound = std::ldexp(1.0, info(t).bytes * 8 - 1);
  uint8_t kinds = 0;
  if (info(op).raises == Raises::ratio) {
    if (in.back() == 0) kinds |= divide_error | (in.size() == 1 ? invalid_error : 0);
    if (is_signed(t) && in.back() == -1 && in.front() == -bound) kinds |= over_error;
    return kinds;
  }
  if (!scalar) return 0;
  // What has wrapped around is off by a power of two that a double shows, whatever it rounds.
  std::vector<Literal> operands;
  for (double v : in) operands.push_back(Literal::of(v));
  const auto exact = evaluate(op, DType::f64, operands);
  return exact && std::abs(exact->as_double() - result) < bound ? 0 : over_error;
}

template <class T>
uint8_t by_floats(Raises raises, std::span<const double> in, double result) {
  uint8_t kinds = 0;
  raised(raises, Lane<T>{T(in.front())}, Lane<T>{T(in.back())}, Lane<T>{T(result)},
         [&](uint8_t kind, Mask mask) { kinds |= mask.v ? kind : 0; });
  return kinds;
}

}  // namespace

uint8_t raised_by(const Graph& graph, Ref node, std::span<const double> in, double result) {
  if (!may_raise(graph, node)) return 0;
  const Op op = graph.op(node);
  const DType from = graph.type(graph.inputs(node).back()).dtype, to = graph.type(node).dtype;
  if (op == Op::cast && is_float(to)) return by_floats<double>(Raises::over, in, result);
  if (op == Op::cast) {
    const CastRange range = cast_range(to);
    return in[0] > range.low && in[0] < range.high ? 0 : invalid_error;
  }
  if (!is_float(from)) return by_integers(op, from, graph[node].loc.scalar, in, result);
  const auto by = from == DType::f64 ? by_floats<double> : by_floats<float>;
  return by(info(op).raises, in, result);
}

// As NumPy's loops convert: through 32 or 64 bits, but to uint32 by instructions of its own.
CastRange cast_range(DType to) {
  switch (to) {
    case DType::u32: return {-0x1p31 - 1, 0x1p32};
    case DType::i64: return {-0x1.0000000000001p63, 0x1p63};
    case DType::u64: return {-0x1.0000000000001p63, 0x1p64};
    default: return {-0x1p31 - 1, 0x1p31};
  }
}

}  // namespace ir
