// Floating-point errors: which an operation may raise, and where it does, by the column `raises` of
// the op table.
//
// NumPy reports what the processor's flags say after an operation. They say, of any operation on
// floats: a NaN that no operand was is `invalid`; an infinity from finite operands is `over`, or
// `divide` at a pole. So the operands and the result tell, whatever way the result was computed.
#pragma once
#include <cstdint>
#include <limits>
#include <span>

#include "ir/graph.h"

namespace ir {

// Kinds of errors, as bits.
inline constexpr uint8_t divide_error = 1, over_error = 2, invalid_error = 4, under_error = 8;
inline constexpr int error_kinds = 4;

// The kinds that NumPy may report of a node, those of its bodies included. Underflow stands for any
// rounding of floats.
uint8_t may_raise(const Graph& graph, Ref node);
// True if the processor's flags say all that NumPy may report of the node (underflow too): then
// nothing needs to be computed for it, unless other instructions may have raised the flags.
bool raised_by_processor(const Graph& graph, Ref node);

// True if nothing but the flags tells of the node's errors: those of complex numbers.
bool told_by_flags_alone(const Graph& graph, Ref node);

// The kinds that NumPy reports of an elementwise node, given its operands and result as doubles.
uint8_t raised_by(const Graph& graph, Ref node, std::span<const double> operands, double result);

// Calls report(kind, mask) for the kinds that floats x (and y) with the result r may raise; masks
// are of the lane algebra. `coarse` is a mask that holds wherever one of them does.
template <class V>
auto is_nonfinite(V x) {
  return !(abs(x) < num(x, std::numeric_limits<double>::infinity()));
}
template <class V>
auto is_infinite(V x) {
  return abs(x) == num(x, std::numeric_limits<double>::infinity());
}

template <class V>
auto raised_coarse(Raises raises, V x, V y, V r) {
  const auto born = is_nonfinite(r);
  return raises == Raises::apart ? born | is_nonfinite(x - y) : born;
}

// A unary operation has y = x.
template <class V, class Report>
void raised(Raises raises, V x, V y, V r, Report&& report) {
  const auto nan = r != r, given = (x == x) & (y == y);
  const bool always = raises == Raises::nans || raises == Raises::apart;
  report(invalid_error, always ? nan : nan & given);
  const auto infinite = is_infinite(r), finite = !(is_nonfinite(x) | is_nonfinite(y));
  const V zero = num(x, 0);
  switch (raises) {
    case Raises::over:
    case Raises::ieee_over: return report(over_error, infinite & finite);
    case Raises::pole: return report(divide_error, infinite & finite);
    case Raises::ratio:  // NumPy takes the difference of the quotient and its floor
      report(invalid_error, infinite & finite & (y != zero));
      [[fallthrough]];
    case Raises::ieee_ratio:
      report(divide_error, infinite & finite & (y == zero));
      return report(over_error, infinite & finite & (y != zero));
    case Raises::base:
      report(divide_error, infinite & (x == zero));
      return report(over_error, infinite & !is_nonfinite(x) & (x != zero));
    case Raises::apart: return report(over_error, is_infinite(x - y) & finite);
    default: return;
  }
}

// Where the floats that a cast to an integer takes end: x is valid where low < x < high.
struct CastRange {
  double low, high;
};
CastRange cast_range(DType to);

}  // namespace ir
