// The lane algebra: everything that the formula of an op may say about one element.
//
// A formula is a template over an operand type V. This file provides V = Lane<T>, a C++ scalar
// (constant folding and the reference engine); codegen/value.h provides codegen::Val, an LLVM value
// (kernels); ir/sym.h provides the subset that rewrite rules need, over graph nodes. All three must
// agree bit for bit, so a formula may use only what is listed here, and C++ is compiled with
// -ffp-contract=off.
//
//   x + y, x - y, x * y, x / y, -x     integers wrap around; x / y of integers is `quotient`;
//                                      on bool, + is or and * is and
//   x < y, <=, >, >=, ==, !=           give a mask (Lane<bool>); false on NaN except !=
//   m & n, m | n, m ^ n, !m, ~m        on masks; & | ^ ~ also on integers, as bits
//   i << n, i >> n                     integers, 0 <= n < width; >> is arithmetic if signed
//   shl(i, n), shr(i, n), sar(i, n)    by a constant; shr fills with zeros, sar with the sign
//   quotient(x, y), modulus(x, y)      integers, towards zero; 0 where y is 0; wraps for min / -1
//   num(x, c)                          the constant c in the type of x
//   select(m, x, y)                    m ? x : y for any lanes of one type, masks too
//   choose(m, f, g)                    m ? f() : g(), where a constant m leaves the other uncalled
//   fma(x, y, z)                       x * y + z rounded once
//   sqrt abs floor ceil trunc rint     floats, correctly rounded; rint to even; abs clears the sign
//   bit copysign(x, y)                     floats bits(x), from_bits(i)              a float and
//   the signed integer of its width to_int(x), to_float(i)             float to signed integer of
//   its width, towards zero (x must be in
//                                      range), and back (rounded to nearest)
//   widen(x), narrow(x)                f32 to f64 and back
//   lookup(table, i)                   table[i], a constant table of f32, f64, i32 or i64
//   rare(m, fast, slow)                where m holds slow(), elsewhere fast; slow is a callable
//   that is
//                                      not run when no lane needs it
//   by_kind(x, on_integer, on_float)   on_integer(x) if x is an integer or bool, else on_float(x)
//   by_width(x, on_32, on_64)          on_32() if x has 32 bits, on_64() if it has 64
//   by_sign(x, on_signed, otherwise)   on_signed(x) if x is a signed integer, else otherwise(x)
//                                      (the callables of by_kind and by_sign are generic in x, so
//                                      that a branch is not even compiled for a C++ type that never
//                                      takes it)
//   width(x)                           bits of x's type, an int
//   exact_fmod(x, y)                   C's fmod, exact and slow: keep it inside `rare`
//   exact_hypot(x, y)                  C's hypot of the process, which Python and NumPy call; slow
//   exact_gcd(x, y), exact_lcm(x, y)   of integers taken as unsigned; lcm wraps around; slow
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <type_traits>

namespace ir {

template <class T>
struct Lane {
  using type = T;
  T v;
};
using Mask = Lane<bool>;

// A constant table. `name` is unique and becomes the symbol of the table in generated code.
template <class T>
struct Table {
  const char* name;
  const T* data;
  int size;
};

namespace detail {
template <class T>
inline constexpr bool number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <class T>
inline constexpr bool whole = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class T>
inline constexpr bool real = std::is_floating_point_v<T>;
// The unsigned type in which T wraps; at least 32 bits, since C++ promotes narrower ones to signed
// int.
template <class T>
using Wrap = std::common_type_t<std::make_unsigned_t<T>, unsigned>;
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
template <class T>
using Real = std::conditional_t<sizeof(T) == 4, float, double>;
}  // namespace detail

template <class T, class C>
constexpr Lane<T> num(Lane<T>, C c) {
  return {static_cast<T>(c)};
}

#define ARITHMETIC(op)                                          \
  template <class T>                                            \
  constexpr Lane<T> operator op(Lane<T> x, Lane<T> y)           \
    requires detail::number<T>                                  \
  {                                                             \
    if constexpr (detail::whole<T>) {                           \
      return {T(detail::Wrap<T>(x.v) op detail::Wrap<T>(y.v))}; \
    } else {                                                    \
      return {x.v op y.v};                                      \
    }                                                           \
  }
ARITHMETIC(+)
ARITHMETIC(-)
ARITHMETIC(*)
#undef ARITHMETIC
constexpr Mask operator+(Mask x, Mask y) { return {x.v || y.v}; }
constexpr Mask operator*(Mask x, Mask y) { return {x.v && y.v}; }

template <class T>
constexpr Lane<T> quotient(Lane<T> x, Lane<T> y)
  requires detail::whole<T>
{
  if (y.v == 0) return {T(0)};
  if (std::is_signed_v<T> && y.v == T(-1)) return {T(detail::Wrap<T>(0) - detail::Wrap<T>(x.v))};
  return {T(x.v / y.v)};
}

template <class T>
constexpr Lane<T> modulus(Lane<T> x, Lane<T> y)
  requires detail::whole<T>
{
  if (y.v == 0 || (std::is_signed_v<T> && y.v == T(-1))) return {T(0)};
  return {T(x.v % y.v)};
}

template <class T>
constexpr Lane<T> operator/(Lane<T> x, Lane<T> y) {
  if constexpr (detail::whole<T>) {
    return quotient(x, y);
  } else {
    return {x.v / y.v};
  }
}

template <class T>
constexpr Lane<T> operator-(Lane<T> x)
  requires detail::number<T>
{
  if constexpr (detail::whole<T>) {
    return {T(detail::Wrap<T>(0) - detail::Wrap<T>(x.v))};
  } else {
    return {-x.v};
  }
}

#define COMPARE(op)                                  \
  template <class T>                                 \
  constexpr Mask operator op(Lane<T> x, Lane<T> y) { \
    return {x.v op y.v};                             \
  }
COMPARE(<)
COMPARE(<=)
COMPARE(>)
COMPARE(>=)
COMPARE(==)
COMPARE(!=)
#undef COMPARE

#define BITWISE(op)                                   \
  template <class T>                                  \
  constexpr Lane<T> operator op(Lane<T> x, Lane<T> y) \
    requires std::is_integral_v<T>                    \
  {                                                   \
    return {T(x.v op y.v)};                           \
  }
BITWISE(&)
BITWISE(|)
BITWISE(^)
#undef BITWISE
constexpr Mask operator!(Mask x) { return {!x.v}; }
constexpr Mask operator~(Mask x) { return {!x.v}; }
template <class T>
constexpr Lane<T> operator~(Lane<T> x)
  requires detail::whole<T>
{
  return {T(~x.v)};
}

template <class T>
constexpr Lane<T> operator<<(Lane<T> x, Lane<T> n)
  requires detail::whole<T>
{
  return {T(detail::Wrap<T>(x.v) << n.v)};
}
template <class T>
constexpr Lane<T> operator>>(Lane<T> x, Lane<T> n)
  requires detail::whole<T>
{
  return {T(x.v >> n.v)};
}
template <class T>
constexpr Lane<T> shl(Lane<T> x, int n) {
  return x << Lane<T>{T(n)};
}
template <class T>
constexpr Lane<T> sar(Lane<T> x, int n) {
  return {T(std::make_signed_t<T>(x.v) >> n)};
}
template <class T>
constexpr Lane<T> shr(Lane<T> x, int n) {
  return {T(std::make_unsigned_t<T>(x.v) >> n)};
}

template <class T>
constexpr Lane<T> select(Mask m, Lane<T> x, Lane<T> y) {
  return m.v ? x : y;
}

template <class F, class G>
constexpr auto choose(Mask m, F&& f, G&& g) {
  return m.v ? f() : g();
}

#define ROUNDED(name, function)  \
  template <class T>             \
  inline Lane<T> name(Lane<T> x) \
    requires detail::real<T>     \
  {                              \
    return {function(x.v)};      \
  }
ROUNDED(sqrt, std::sqrt)
ROUNDED(abs, std::fabs)
ROUNDED(floor, std::floor)
ROUNDED(ceil, std::ceil)
ROUNDED(trunc, std::trunc)
ROUNDED(rint, std::nearbyint)
#undef ROUNDED

template <class T>
inline Lane<T> fma(Lane<T> x, Lane<T> y, Lane<T> z)
  requires detail::real<T>
{
  return {std::fma(x.v, y.v, z.v)};
}
template <class T>
inline Lane<T> copysign(Lane<T> x, Lane<T> y)
  requires detail::real<T>
{
  return {std::copysign(x.v, y.v)};
}

template <class T>
constexpr Lane<detail::Bits<T>> bits(Lane<T> x)
  requires detail::real<T>
{
  return {std::bit_cast<detail::Bits<T>>(x.v)};
}
template <class T>
constexpr Lane<detail::Real<T>> from_bits(Lane<T> x)
  requires detail::whole<T>
{
  return {std::bit_cast<detail::Real<T>>(x.v)};
}
template <class T>
constexpr Lane<detail::Bits<T>> to_int(Lane<T> x)
  requires detail::real<T>
{
  return {static_cast<detail::Bits<T>>(x.v)};
}
template <class T>
constexpr Lane<detail::Real<T>> to_float(Lane<T> x)
  requires detail::whole<T>
{
  return {static_cast<detail::Real<T>>(x.v)};
}
constexpr Lane<double> widen(Lane<float> x) { return {double(x.v)}; }
constexpr Lane<float> narrow(Lane<double> x) { return {float(x.v)}; }

template <class T, class I>
constexpr Lane<T> lookup(const Table<T>& table, Lane<I> i) {
  return {table.data[i.v]};
}

template <class T, class F>
constexpr Lane<T> rare(Mask m, Lane<T> fast, F&& slow) {
  return m.v ? slow() : fast;
}

template <class T, class I, class F>
constexpr auto by_kind(Lane<T> x, I&& on_integer, F&& on_float) {
  if constexpr (std::is_integral_v<T>) {
    return on_integer(x);
  } else {
    return on_float(x);
  }
}
template <class T, class F, class G>
constexpr auto by_width(Lane<T>, F&& on_32, G&& on_64)
  requires(sizeof(T) == 4 || sizeof(T) == 8)
{
  if constexpr (sizeof(T) == 4) {
    return on_32();
  } else {
    return on_64();
  }
}
template <class T, class F, class G>
constexpr auto by_sign(Lane<T> x, F&& on_signed, G&& otherwise) {
  if constexpr (detail::whole<T> && std::is_signed_v<T>) {
    return on_signed(x);
  } else {
    return otherwise(x);
  }
}
template <class T>
constexpr int width(Lane<T>) {
  return int(sizeof(T) * 8);
}
template <class T>
inline Lane<T> exact_fmod(Lane<T> x, Lane<T> y)
  requires detail::real<T>
{
  return {std::fmod(x.v, y.v)};
}
template <class T>
inline Lane<T> exact_hypot(Lane<T> x, Lane<T> y)
  requires detail::real<T>
{
  return {std::hypot(x.v, y.v)};
}
template <class T>
constexpr Lane<T> exact_gcd(Lane<T> x, Lane<T> y)
  requires detail::whole<T>
{
  using U = std::make_unsigned_t<T>;
  return {T(std::gcd(U(x.v), U(y.v)))};
}
template <class T>
constexpr Lane<T> exact_lcm(Lane<T> x, Lane<T> y)
  requires detail::whole<T>
{
  using U = std::make_unsigned_t<T>;
  const U g = std::gcd(U(x.v), U(y.v));
  return {g == 0 ? T(0) : T(detail::Wrap<T>(U(x.v) / g) * detail::Wrap<T>(U(y.v)))};
}

}  // namespace ir
