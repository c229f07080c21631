// The formulas of the op table over C++ scalars, and the helpers that the formulas are written with.
#pragma once
#include "ir/dtype.h"
#include "ir/lane.h"
#include "ir/math/math.h"
#include "ir/op.h"

namespace ir {

template <class V> V maximum(V x, V y) {
  return by_kind(x, [&] { return select(x >= y, x, y); },
                 [&] { return select(x >= y, x, select(x != x, x, y)); });
}
template <class V> V minimum(V x, V y) {
  return by_kind(x, [&] { return select(x <= y, x, y); },
                 [&] { return select(x <= y, x, select(x != x, x, y)); });
}
template <class V> V fmax(V x, V y) { return select(x >= y, x, select(y != y, x, y)); }
template <class V> V fmin(V x, V y) { return select(x <= y, x, select(y != y, x, y)); }

// Where x takes the place of a in argmax and argmin: the first NaN wins, then the first extreme.
template <class V> auto above(V a, V x) { return (x > a) | ((x != x) & (a == a)); }
template <class V> auto below(V a, V x) { return (x < a) | ((x != x) & (a == a)); }

template <class V> V absolute(V x) {
  return by_kind(
      x, [&] { return by_sign(x, [&] { return select(x < num(x, 0), -x, x); }, [&] { return x; }); },
      [&] { return abs(x); });
}

template <class V> V sign(V x) {
  const V zero = num(x, 0), one = num(x, 1);
  return by_kind(
      x,
      [&] {
        return by_sign(
            x, [&] { return select(x > zero, one, select(x < zero, -one, zero)); },
            [&] { return select(x > zero, one, zero); });
      },
      [&] {
        return select(x > zero, one, select(x < zero, num(x, -1), select(x == zero, zero, x)));
      });
}

template <class V> auto isinf(V x) {
  return abs(x) == num(x, std::numeric_limits<double>::infinity());
}
template <class V> auto isfinite(V x) {
  return abs(x) < num(x, std::numeric_limits<double>::infinity());
}
template <class V> auto signbit(V x) { return bits(x) < num(bits(x), 0); }

// x - trunc(x / y) * y, exactly. The quotient of the fast path is below 2^20, so it and the product are
// exact but for one rounding of x / y up to the next integer, which the sign of the rest shows.
template <class V> V fmod_float(V x, V y) {
  const V quotient = x / y;
  const V rest = fma(-trunc(quotient), y, x);
  const V zero = num(x, 0);
  const auto overshot = ((rest < zero) ^ (x < zero)) & (rest != zero);
  const V fixed = select(overshot, rest + copysign(y, x), rest);
  const V fast = select(abs(x) < abs(y), x, copysign(fixed, x));
  const auto plain = (abs(quotient) < num(x, 1048576.0)) & (abs(y) > num(x, 1e-30)) &
                     (abs(x) > num(x, 1e-18));
  return rare(!plain, fast, [&] { return exact_fmod(x, y); });
}

template <class V> V fmod(V x, V y) {
  return by_kind(x, [&] { return modulus(x, y); }, [&] { return fmod_float(x, y); });
}

// NumPy's npy_divmod for floats; for integers the quotient rounded down, and 0 on division by zero.
template <class V> V floor_divide_float(V x, V y) {
  const V zero = num(x, 0), one = num(x, 1);
  const V rest = fmod_float(x, y);
  const V quotient = (x - rest) / y;
  const auto adjust = (rest != zero) & ((y < zero) ^ (rest < zero));
  const V div = select(adjust, quotient - one, quotient);
  const V down = floor(div);
  const V rounded = select(div - down > num(x, 0.5), down + one, down);
  const V result = select(div == zero, copysign(zero, x / y), rounded);
  return select(y == zero, x / y, result);
}

template <class V> V floor_divide(V x, V y) {
  return by_kind(
      x,
      [&] {
        const V q = quotient(x, y);
        return by_sign(
            x,
            [&] {
              const V zero = num(x, 0), rest = x - q * y;
              const auto adjust = (rest != zero) & ((rest < zero) ^ (y < zero)) & (y != zero);
              return select(adjust, q - num(x, 1), q);
            },
            [&] { return q; });
      },
      [&] { return floor_divide_float(x, y); });
}

template <class V> V remainder(V x, V y) {
  const V zero = num(x, 0);
  return by_kind(
      x,
      [&] {
        const V rest = modulus(x, y);
        return by_sign(
            x,
            [&] {
              const auto adjust = (rest != zero) & ((rest < zero) ^ (y < zero)) & (y != zero);
              return select(adjust, rest + y, rest);
            },
            [&] { return rest; });
      },
      [&] {
        const V rest = fmod_float(x, y);
        const V moved = select((y < zero) ^ (rest < zero), rest + y, rest);
        return select(y == zero, rest, select(rest == zero, copysign(zero, y), moved));
      });
}

template <class V> V left_shift(V x, V y) {
  const auto fits = (y >= num(y, 0)) & (y < num(y, width(y)));
  return select(fits, x << select(fits, y, num(y, 0)), num(x, 0));
}
template <class V> V right_shift(V x, V y) {
  const auto fits = (y >= num(y, 0)) & (y < num(y, width(y)));
  const V past = by_sign(x, [&] { return select(x < num(x, 0), num(x, -1), num(x, 0)); },
                         [&] { return num(x, 0); });
  return select(fits, x >> select(fits, y, num(y, 0)), past);
}

// True if a row with this rule may compute on T (after its operands have been cast).
template <class T> constexpr bool admits(Rule rule) {
  constexpr bool boolean = std::is_same_v<T, bool>;
  constexpr bool whole = std::is_integral_v<T> && !boolean;
  constexpr bool real = std::is_floating_point_v<T>;
  switch (rule) {
    case Rule::arith:
    case Rule::pred:
    case Rule::pick:
    case Rule::same: return boolean || whole || real;
    case Rule::number:
    case Rule::wide8: return whole || real;
    case Rule::bits: return boolean || whole;
    case Rule::shift: return whole;
    case Rule::logic:
    case Rule::truth: return boolean;
    case Rule::divide:
    case Rule::real:
    case Rule::test:
    case Rule::round:
    case Rule::mean:
    case Rule::floats: return real;
    case Rule::accumulate:
    case Rule::place: return true;
    case Rule::none: return false;
  }
  return false;
}

// Calls f(rule, formula) for an elementwise op, where rule is an integral_constant and formula a generic
// lambda over operands of the lane algebra.
template <class F> void visit_elementwise(Op op, F&& f) {
  switch (op) {
#define UN(name, rule, flags, cost, value, doc) \
  case Op::name:                                \
    return f(std::integral_constant<Rule, Rule::rule>{}, [](auto x) { return value; });
#define BIN(name, rule, flags, cost, value, doc) \
  case Op::name:                                 \
    return f(std::integral_constant<Rule, Rule::rule>{}, [](auto x, auto y) { return value; });
#define TER(name, rule, flags, cost, value, doc) \
  case Op::name:                                 \
    return f(std::integral_constant<Rule, Rule::rule>{}, [](auto x, auto y, auto z) { return value; });
#include "ir/ops.def"
    default: __builtin_unreachable();
  }
}

// The same for a reduction: f(rule, first, step), with first(x) and step(a, x).
template <class F> void visit_reduce(Op op, F&& f) {
  switch (op) {
#define RED(name, rule, flags, first, step, attrs, doc)                              \
  case Op::name:                                                                     \
    return f(std::integral_constant<Rule, Rule::rule>{}, [](auto x) { return first; }, \
             [](auto a, auto x) { return step; });
#include "ir/ops.def"
    default: __builtin_unreachable();
  }
}

}  // namespace ir
