// The formulas of the op table over C++ scalars, and the helpers that the formulas are written
// with.
#pragma once
#include "ir/complex.h"
#include "ir/convert.h"
#include "ir/dtype.h"
#include "ir/lane.h"
#include "ir/math/math.h"
#include "ir/op.h"

namespace ir {

// Of zeros that differ in sign the second, as x86 instructions and so NumPy's loops have it.
template <class V>
V maximum(V x, V y) {
  return by_kind(
      x, [&](auto a) { return select(a > y, a, y); },
      [&](auto a) { return select(a != a, a, select(a > y, a, y)); });
}
template <class V>
V minimum(V x, V y) {
  return by_kind(
      x, [&](auto a) { return select(a < y, a, y); },
      [&](auto a) { return select(a != a, a, select(a < y, a, y)); });
}
template <class V>
V fmax(V x, V y) {
  return select(x >= y, x, select(y != y, x, y));
}
template <class V>
V fmin(V x, V y) {
  return select(x <= y, x, select(y != y, x, y));
}

// Where x takes the place of a in argmax and argmin, given the extreme of x and a: not where both
// are NaN.
template <class V>
auto replaces(V a, V extreme) {
  return (extreme != a) & (a == a);
}

template <class V>
V absolute(V x) {
  return by_kind(
      x,
      [](auto i) {
        return by_sign(
            i, [](auto s) { return select(s < num(s, 0), -s, s); }, [](auto u) { return u; });
      },
      [](auto f) { return abs(f); });
}

template <class V>
V sign(V x) {
  const V zero = num(x, 0), one = num(x, 1);
  return by_kind(
      x,
      [&](auto i) {
        return by_sign(
            i, [&](auto s) { return select(s > zero, one, select(s < zero, -one, zero)); },
            [&](auto u) { return select(u > zero, one, zero); });
      },
      [&](auto f) {
        return select(f > zero, one, select(f < zero, num(f, -1), select(f == zero, zero, f)));
      });
}

template <class V>
auto isinf(V x) {
  return abs(x) == num(x, std::numeric_limits<double>::infinity());
}
template <class V>
auto isfinite(V x) {
  return abs(x) < num(x, std::numeric_limits<double>::infinity());
}
template <class V>
auto isinf(Complex<V> x) {
  return isinf(x.re) | isinf(x.im);
}
template <class V>
auto isfinite(Complex<V> x) {
  return isfinite(x.re) & isfinite(x.im);
}
template <class V>
auto signbit(V x) {
  return bits(x) < num(bits(x), 0);
}

// x - trunc(x / y) * y, exactly. The quotient of the fast path is below 2^20, so it and the product
// are exact but for one rounding of x / y up to the next integer, which the sign of the rest shows.
template <class V>
V fmod_float(V x, V y) {
  const V quotient = x / y;
  const V rest = fma(-trunc(quotient), y, x);
  const V zero = num(x, 0);
  const auto overshot = ((rest < zero) ^ (x < zero)) & (rest != zero);
  const V fixed = select(overshot, rest + copysign(y, x), rest);
  const V fast = select(abs(x) < abs(y), x, copysign(fixed, x));
  const auto plain =
      (abs(quotient) < num(x, 1048576.0)) & (abs(y) > num(x, 1e-30)) & (abs(x) > num(x, 1e-18));
  return rare(!plain, fast, [&] { return exact_fmod(x, y); });
}

template <class V>
V fmod(V x, V y) {
  return by_kind(
      x, [&](auto i) { return modulus(i, y); }, [&](auto f) { return fmod_float(f, y); });
}

// NumPy's npy_divmod for floats; for integers the quotient rounded down, and 0 on division by zero.
template <class V>
V floor_divide_float(V x, V y) {
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

// True where a signed quotient towards zero lies above the true quotient.
template <class V>
auto rounds_up(V rest, V y) {
  const V zero = num(y, 0);
  return (rest != zero) & ((rest < zero) ^ (y < zero)) & (y != zero);
}

template <class V>
V floor_divide(V x, V y) {
  return by_kind(
      x,
      [&](auto i) {
        const auto q = quotient(i, y);
        return by_sign(
            i, [&](auto s) { return select(rounds_up(s - q * y, y), q - num(s, 1), q); },
            [&](auto) { return q; });
      },
      [&](auto f) { return floor_divide_float(f, y); });
}

// NumPy's npy_remainder: the sign of the result is that of y, even of a zero.
template <class V>
V remainder_float(V x, V y) {
  const V zero = num(x, 0), rest = fmod_float(x, y);
  const V moved = select((y < zero) ^ (rest < zero), rest + y, rest);
  return select(y == zero, rest, select(rest == zero, copysign(zero, y), moved));
}

template <class V>
V remainder(V x, V y) {
  return by_kind(
      x,
      [&](auto i) {
        const auto rest = modulus(i, y);
        return by_sign(
            i, [&](auto) { return select(rounds_up(rest, y), rest + y, rest); },
            [&](auto) { return rest; });
      },
      [&](auto f) { return remainder_float(f, y); });
}

// NumPy divides 1.0 and converts; 1 / 0 becomes the smallest int32 or int64, or 0 in other
// integers.
template <class V>
V reciprocal(V x) {
  return by_kind(
      x,
      [&](auto i) {
        return by_sign(
            i,
            [&](auto s) {
              const auto least = num(s, width(s) < 32 ? 0 : 1) << num(s, width(s) - 1);
              return select(s == num(s, 0), least, quotient(num(s, 1), s));
            },
            [&](auto u) { return quotient(num(u, 1), u); });
      },
      [&](auto f) { return num(f, 1) / f; });
}

template <class V>
V left_shift(V x, V y) {
  const auto fits = (y >= num(y, 0)) & (y < num(y, width(y)));
  return select(fits, x << select(fits, y, num(y, 0)), num(x, 0));
}
template <class V>
V right_shift(V x, V y) {
  const auto fits = (y >= num(y, 0)) & (y < num(y, width(y)));
  const V past = by_sign(
      x, [](auto s) { return select(s < num(s, 0), num(s, -1), num(s, 0)); },
      [](auto u) { return num(u, 0); });
  return select(fits, x >> select(fits, y, num(y, 0)), past);
}

template <class V>
V heaviside(V x, V y) {
  const V zero = num(x, 0);
  return select(x != x, x, select(x == zero, y, select(x < zero, zero, num(x, 1))));
}

template <class V>
V gcd(V x, V y) {
  return exact_gcd(absolute(x), absolute(y));
}
template <class V>
V lcm(V x, V y) {
  return exact_lcm(absolute(x), absolute(y));
}

// The bits of |x| that are set: sums of neighbours in fields that double in width.
template <class V>
V bitwise_count(V x) {
  const auto every = [&](uint64_t pattern) { return num(x, int64_t(pattern)); };
  V n = absolute(x);
  n = n - (shr(n, 1) & every(0x5555555555555555));
  n = (n & every(0x3333333333333333)) + (shr(n, 2) & every(0x3333333333333333));
  n = (n + shr(n, 4)) & every(0x0f0f0f0f0f0f0f0f);
  for (int field = 8; field < width(x); field *= 2) n = n + shr(n, field);
  return n & num(n, 0x7f);
}

template <class V>
V conjugate(V x) {
  return x;
}
template <class V>
V real_part(V x) {
  return x;
}
template <class V>
V imag_part(V x) {
  return num(x, 0);
}
template <class V>
V modulus(V x) {
  return absolute(x);
}

// What a row says of the types that it computes on.
template <Rule rule, int flags>
struct RowOf {
  static constexpr Rule value = rule;
  static constexpr bool complex = (flags & pair) != 0;
};

// True if the row may compute on T (after its operands have been cast).
template <class T, class Row>
constexpr bool admits(Row) {
  if (detail::complex<T>) return Row::complex;
  constexpr Rule rule = Row::value;
  constexpr bool boolean = std::is_same_v<T, bool>;
  constexpr bool whole = std::is_integral_v<T> && !boolean;
  constexpr bool real = std::is_floating_point_v<T>;
  switch (rule) {
    case Rule::arith:
    case Rule::pred:
    case Rule::pick:
    case Rule::dense:
    case Rule::laid:
    case Rule::part:
    case Rule::same: return boolean || whole || real;
    case Rule::number:
    case Rule::wide8: return whole || real;
    case Rule::bits: return boolean || whole;
    case Rule::shift: return whole;
    case Rule::logic:
    case Rule::truth: return boolean;
    case Rule::divide:
    case Rule::real:
    case Rule::grid:
    case Rule::test:
    case Rule::round:
    case Rule::mean:
    case Rule::spread:
    case Rule::join:
    case Rule::floats: return real;
    case Rule::accumulate:
    case Rule::place: return true;
    case Rule::none: return false;
  }
  return false;
}

template <int n>
using Arity = std::integral_constant<int, n>;

// Calls f(row, arity, formula) for an elementwise op: row is a RowOf, arity an integral_constant,
// formula a generic lambda over operands of the lane algebra.
template <class F>
void visit_elementwise(Op op, F&& f) {
  switch (op) {
#define UN(name, rule, flags, cost, raises, value, doc) \
  case Op::name: return f(RowOf<Rule::rule, (flags)>{}, Arity<1>{}, [](auto x) { return value; });
#define BIN(name, rule, flags, cost, raises, value, doc) \
  case Op::name:                                         \
    return f(RowOf<Rule::rule, (flags)>{}, Arity<2>{}, [](auto x, auto y) { return value; });
#define TER(name, rule, flags, cost, raises, value, doc) \
  case Op::name:                                         \
    return f(RowOf<Rule::rule, (flags)>{}, Arity<3>{},   \
             [](auto x, auto y, auto z) { return value; });
#include "ir/ops.def"
    default: __builtin_unreachable();
  }
}

// The same for a reduction: f(row, first, step), with first(x) and step(a, x).
template <class F>
void visit_reduce(Op op, F&& f) {
  switch (op) {
#define RED(name, rule, flags, raises, first, step, attrs, doc)     \
  case Op::name:                                                    \
    return f(                                                       \
        RowOf<Rule::rule, (flags)>{}, [](auto x) { return first; }, \
        [](auto a, auto x) { return step; });
#include "ir/ops.def"
    default: __builtin_unreachable();
  }
}

}  // namespace ir
