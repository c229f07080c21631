#include "ir/dtype.h"

#include <algorithm>

namespace ir {

std::optional<DType> dtype_named(std::string_view name) {
  if (name == "bool") return DType::b1;
  for (int i = 0; i < dtype_count; ++i)
    if (dtype_table[i].name == name) return DType(i);
  return std::nullopt;
}

std::optional<DType> dtype_from_numpy(std::string_view name) {
  for (int i = 0; i < dtype_count; ++i)
    if (dtype_table[i].numpy == name) return DType(i);
  return std::nullopt;
}

namespace {

// The smallest dtype of `kind` with at least `bytes` bytes.
std::optional<DType> smallest(char kind, int bytes) {
  for (int i = 0; i < dtype_count; ++i) {
    const DTypeInfo& t = dtype_table[i];
    if (t.kind == kind && t.bytes >= bytes && DType(i) != DType::bf16) return DType(i);
  }
  return std::nullopt;
}

// Bytes of the smallest float that holds every value of integer `t` that NumPy cares about.
int float_bytes_for(DType t) {
  if (is_bool(t)) return 2;
  return std::min(2 * info(t).bytes, 8);
}

std::optional<DType> promote_bfloat(DType other) {
  if (is_bool(other) || other == DType::bf16 || (is_integer(other) && info(other).bytes == 1))
    return DType::bf16;
  if (other == DType::f16) return DType::f32;
  if (is_float(other) || is_complex(other)) return other;
  return std::nullopt;
}

}  // namespace

std::optional<DType> promote(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::bf16) return promote_bfloat(b);
  if (b == DType::bf16) return promote_bfloat(a);
  if (is_bool(a)) return b;
  if (is_bool(b)) return a;
  const DTypeInfo &x = info(a), &y = info(b);
  if (x.kind == y.kind) return x.bytes >= y.bytes ? a : b;
  if (is_integer(a) && is_integer(b)) {  // signed and unsigned
    const DType s = is_signed(a) ? a : b, u = is_signed(a) ? b : a;
    if (info(s).bytes > info(u).bytes) return s;
    if (info(u).bytes == 8) return DType::f64;
    return smallest('i', 2 * info(u).bytes);
  }
  const bool complex = is_complex(a) || is_complex(b);
  const auto part_bytes = [](DType t) {  // of the real part, once the value is a float
    if (is_integer(t)) return float_bytes_for(t);
    return is_complex(t) ? info(t).bytes / 2 : info(t).bytes;
  };
  const int part = std::max(part_bytes(a), part_bytes(b));
  return complex ? smallest('c', 2 * part) : smallest('f', part);
}

}  // namespace ir
