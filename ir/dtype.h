// Element types and NumPy's promotion between them (NEP 50).
#pragma once
#include <complex>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ir/half.h"

namespace ir {

enum class DType : uint8_t {
#define DTYPE(name, type, kind, bytes, numpy) name,
#include "ir/dtypes.def"
};

struct DTypeInfo {
  const char* name;   // as the text form spells it
  const char* numpy;  // as NumPy spells it
  char kind;          // b i u f c
  int bytes;
};

inline constexpr DTypeInfo dtype_table[] = {
#define DTYPE(name, type, kind, bytes, numpy) {#name, numpy, #kind[0], bytes},
#include "ir/dtypes.def"
};
inline constexpr int dtype_count = sizeof(dtype_table) / sizeof(dtype_table[0]);

constexpr const DTypeInfo& info(DType t) { return dtype_table[int(t)]; }
constexpr bool is_bool(DType t) { return info(t).kind == 'b'; }
constexpr bool is_signed(DType t) { return info(t).kind == 'i'; }
constexpr bool is_unsigned(DType t) { return info(t).kind == 'u'; }
constexpr bool is_integer(DType t) { return is_signed(t) || is_unsigned(t); }
constexpr bool is_float(DType t) { return info(t).kind == 'f'; }
constexpr bool is_complex(DType t) { return info(t).kind == 'c'; }
constexpr bool is_half(DType t) { return t == DType::f16 || t == DType::bf16; }

// The dtype of the real and imaginary parts of complex numbers; of others their own.
constexpr DType part_of(DType t) {
  return t == DType::c64 ? DType::f32 : t == DType::c128 ? DType::f64 : t;
}

// The least and greatest value of an integer dtype, as far as 64 signed bits go.
struct Limits {
  int64_t low, high;
};
constexpr Limits limits(DType t) {
  const int bits = info(t).bytes * 8 - (is_signed(t) ? 1 : 0);
  const int64_t high = bits >= 63 ? INT64_MAX : (int64_t(1) << bits) - 1;
  return {is_signed(t) ? -high - 1 : 0, high};
}

// The dtype with this spelling in the text form ("f32"; "bool" is accepted for b1), or nothing.
std::optional<DType> dtype_named(std::string_view name);
std::optional<DType> dtype_from_numpy(std::string_view numpy_name);

// np.promote_types(a, b); nothing where NumPy has no common type (bfloat16 with wider integers).
std::optional<DType> promote(DType a, DType b);

// Calls f with a value of T, the C++ type of `t`: the one place where a run-time dtype becomes a
// type.
template <class F>
decltype(auto) visit(DType t, F&& f) {
  switch (t) {
#define DTYPE(name, type, kind, bytes, numpy) \
  case DType::name: return f(type{});
#include "ir/dtypes.def"
  }
  __builtin_unreachable();
}

}  // namespace ir
