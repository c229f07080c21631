// One elementwise op on single elements in memory, from the same row of the table over ir::Lane.
#pragma once
#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include "ir/element.h"

namespace testing_kernels {

template <class T>
T read(const char* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <>
inline bool read<bool>(const char* p) {
  return *p != 0;
}
template <class T>
size_t write(char* p, T v) {
  std::memcpy(p, &v, sizeof v);
  return sizeof v;
}

// Writes op(operands) to `out`; all operands have dtype t, but the first of `where`, which is bool.
// False if the row does not admit t.
template <class T>
bool reference_on(ir::Op op, const std::array<const char*, 3>& in, char* out) {
  bool done = false;
  ir::visit_elementwise(op, [&](auto row, auto arity, auto value) {
    if constexpr (ir::admits<T>(row)) {
      const auto at = [&](size_t i) { return ir::operand(read<T>(in[i])); };
      const auto give = [&](auto r) { write(out, ir::element<T>(r)); };
      done = true;
      if constexpr (row.value == ir::Rule::pick) {
        give(value(ir::Mask{read<bool>(in[0])}, at(1), at(2)));
      } else if constexpr (arity == 1) {
        give(value(at(0)));
      } else if constexpr (arity == 2) {
        give(value(at(0), at(1)));
      } else {
        give(value(at(0), at(1), at(2)));
      }
    }
  });
  return done;
}

// 16-bit floats: widened, computed, rounded once.
template <class H>
bool reference_on_half(ir::Op op, std::array<const char*, 3> in, char* out, H (*round)(float)) {
  std::array<float, 3> wide{};
  const bool pick = ir::info(op).rule == ir::Rule::pick;
  for (int i = pick ? 1 : 0; i < ir::info(op).arity; ++i) {
    wide[i] = ir::widen(read<H>(in[i]));
    in[i] = reinterpret_cast<const char*>(&wide[i]);
  }
  char result[4];
  if (!reference_on<float>(op, in, result)) return false;
  const auto rule = ir::rule(op, ir::DType::f32);
  if (rule->result == ir::DType::b1) {
    write(out, read<bool>(result));
  } else {
    write(out, round(read<float>(result)));
  }
  return true;
}

inline bool reference(ir::Op op, ir::DType t, const std::array<const char*, 3>& in, char* out) {
  return ir::visit(t, [&](auto v) {
    using T = decltype(v);
    if constexpr (std::is_arithmetic_v<T> || ir::detail::complex<T>) {
      return reference_on<T>(op, in, out);
    } else if constexpr (std::is_same_v<T, ir::Half>) {
      return reference_on_half<ir::Half>(op, in, out, ir::round_to_half);
    } else if constexpr (std::is_same_v<T, ir::Bfloat>) {
      return reference_on_half<ir::Bfloat>(op, in, out, ir::round_to_bfloat);
    } else {
      return false;
    }
  });
}

inline double as_double(ir::DType t, const char* p) {
  return ir::visit(t, [&](auto v) -> double {
    using T = decltype(v);
    if constexpr (std::is_arithmetic_v<T>)
      return double(read<T>(p));
    else if constexpr (std::is_same_v<T, ir::Half> || std::is_same_v<T, ir::Bfloat>)
      return ir::widen(read<T>(p));
    else
      return double(read<T>(p).real());
  });
}

// Equal to the bit, but for the payload and sign of NaN.
inline bool same(ir::DType t, const char* a, const char* b) {
  const size_t bytes = size_t(ir::info(t).bytes);
  if (std::memcmp(a, b, bytes) == 0) return true;
  const ir::DType part = ir::part_of(t);
  if (part != t) return same(part, a, b) && same(part, a + bytes / 2, b + bytes / 2);
  return ir::is_float(t) && std::isnan(as_double(t, a)) && std::isnan(as_double(t, b));
}

// Element `number` of an endless list of edge cases and ordinary values of dtype t.
inline void sample(ir::DType t, uint64_t number, char* out) {
  if (ir::is_complex(t)) {
    const ir::DType part = ir::part_of(t);
    sample(part, number, out);
    sample(part, 7 * number + 3, out + ir::info(part).bytes);
    return;
  }
  uint64_t random = (number + 1) * 0x9e3779b97f4a7c15u;
  random ^= random >> 29;
  random *= 0xbf58476d1ce4e5b9u;
  random ^= random >> 32;
  static constexpr double reals[] = {
      0.0,   -0.0,   1.0,     -1.0,   0.5,   -0.5,    2.0,     3.0,     -7.5,   1e-3,     20.0,
      -20.0, 100.0,  -100.0,  1e30,   1e38,  -1e38,   1e-30,   1e-40,   -1e-42, INFINITY, -INFINITY,
      NAN,   0x1p31, -0x1p31, 0x1p63, 1e300, -1e-310, 65504.0, 65520.0, 6e-8,   0.1};
  static constexpr int64_t integers[] = {
      0,  1,  -1,  2,    -2,        3,         7,         -7,        10,  63,   64,
      31, 32, 127, -128, INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, 255, 65535};
  const bool edge = random & 1;
  const uint64_t pick = random >> 8;
  ir::visit(t, [&](auto v) {
    using T = decltype(v);
    const double real = edge ? reals[pick % std::size(reals)]
                             : (double(pick % 2000001) - 1e6) * (pick & 0x100000 ? 1e-6 : 1e-2);
    if constexpr (std::is_same_v<T, bool>)
      write(out, bool(pick & 1));
    else if constexpr (std::is_integral_v<T>)
      write(out, T(edge ? integers[pick % std::size(integers)] : int64_t(pick % 4001) - 2000));
    else if constexpr (std::is_floating_point_v<T>)
      write(out, T(real));
    else if constexpr (std::is_same_v<T, ir::Half>)
      write(out, ir::round_to_half(float(real)));
    else if constexpr (std::is_same_v<T, ir::Bfloat>)
      write(out, ir::round_to_bfloat(float(real)));
  });
}

}  // namespace testing_kernels
