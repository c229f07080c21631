// Changes of element type in C++, as NumPy's astype does them on x86; codegen/convert.cc is the
// same for kernels. A float out of an integer's range converts as cvttsd2si does: through 32 bits
// (i8, i16, i32, u8, u16) or 64 bits (u32, i64), which give the minimum where it does not fit, then
// dropping high bits.
#pragma once
#include <bit>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "ir/half.h"

namespace ir {

namespace detail {

template <class T>
inline constexpr bool complex = false;
template <class T>
inline constexpr bool complex<std::complex<T>> = true;

template <class T>
inline constexpr bool half = std::is_same_v<T, Half> || std::is_same_v<T, Bfloat>;

template <class I>
I truncate(double x) {
  constexpr double limit = sizeof(I) == 4 ? 0x1p31 : 0x1p63;
  return x >= -limit && x < limit && x == x ? I(x) : std::numeric_limits<I>::min();
}

template <class To>
To float_to_integer(double x) {
  if constexpr (std::is_same_v<To, uint64_t>) {
    constexpr double limit = 0x1p63;
    if (x >= limit) return uint64_t(truncate<int64_t>(x - limit)) ^ (uint64_t(1) << 63);
    return uint64_t(truncate<int64_t>(x));
  } else if constexpr (std::is_same_v<To, int64_t> || std::is_same_v<To, uint32_t>) {
    return To(truncate<int64_t>(x));
  } else {
    return To(truncate<int32_t>(std::trunc(x)));
  }
}

// f64 as the f32 with the last bit set if anything was lost: rounding that once more is rounding
// once.
inline float round_to_odd(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x), lost = 0x1fffffff, sticky = 0x20000000;
  return float(std::bit_cast<double>((bits & lost) == 0 ? bits & ~lost : (bits & ~lost) | sticky));
}

}  // namespace detail

template <class To, class From>
To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (detail::complex<From>) {
    if constexpr (std::is_same_v<To, bool>) {
      return x.real() != 0 || x.imag() != 0;
    } else if constexpr (detail::complex<To>) {
      using Part = typename To::value_type;
      return To(convert<Part>(x.real()), convert<Part>(x.imag()));
    } else {
      return convert<To>(x.real());
    }
  } else if constexpr (detail::complex<To>) {
    return To(convert<typename To::value_type>(x), 0);
  } else if constexpr (detail::half<From>) {
    return convert<To>(widen(x));
  } else if constexpr (std::is_same_v<To, Half>) {
    if constexpr (std::is_same_v<From, double>)
      return round_to_half(detail::round_to_odd(x));
    else
      return round_to_half(float(x));
  } else if constexpr (std::is_same_v<To, Bfloat>) {
    return round_to_bfloat(float(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return detail::float_to_integer<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace ir
