// Types of values: arrays, scalars, tuples, None and opaque Python objects.
#pragma once
#include <compare>
#include <vector>

#include "ir/dim.h"
#include "ir/dtype.h"

namespace ir {

struct TypeId {
  uint32_t id = 0;
  friend bool operator==(TypeId, TypeId) = default;
  friend auto operator<=>(TypeId, TypeId) = default;
};

struct Type {
  // array   f32[n, m], f32[]   an ndarray, also 0-d
  // scalar  f32                a NumPy scalar: strong in promotion
  // python  float int bool complex   a Python number: weak in promotion; dtype is f64, i64, b1 or
  // c128 tuple   (f32[n], int)      none  None      object  a Python object that only eager calls
  // touch
  enum class Kind : uint8_t { array, scalar, python, tuple, none, object };

  Kind kind = Kind::none;
  DType dtype = DType::b1;
  std::vector<DimId> dims;       // of an array
  std::vector<TypeId> elements;  // of a tuple

  bool is_array() const { return kind == Kind::array; }
  bool is_scalar() const { return kind == Kind::scalar || kind == Kind::python; }
  bool is_numeric() const { return is_array() || is_scalar(); }
  int rank() const { return int(dims.size()); }

  friend bool operator==(const Type&, const Type&) = default;
  friend auto operator<=>(const Type&, const Type&) = default;

  static Type array(DType t, std::vector<DimId> dims) {
    return {Kind::array, t, std::move(dims), {}};
  }
  static Type scalar(DType t) { return {Kind::scalar, t, {}, {}}; }
  static Type python(DType t) { return {Kind::python, t, {}, {}}; }
  static Type tuple(std::vector<TypeId> e) { return {Kind::tuple, DType::b1, {}, std::move(e)}; }
};

}  // namespace ir
