// Attributes of a node: a flat vector of words laid out as the op's row says ("axes:ints
// keepdims:bool"), so that they are compared bytewise and printed, parsed and hashed without code
// per op.
#pragma once
#include <compare>
#include <complex>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/dim.h"
#include "ir/op.h"
#include "ir/type.h"

namespace ir {

struct BodyId {
  uint32_t id = 0;
  friend bool operator==(BodyId, BodyId) = default;
};

// A literal: bits of the value, read by the dtype of the constant. Complex numbers use both words.
struct Literal {
  int64_t bits[2] = {0, 0};
  static Literal of(double v);
  static Literal of(int64_t v) { return {{v, 0}}; }
  static Literal of(std::complex<double> v) {
    return {{of(v.real()).bits[0], of(v.imag()).bits[0]}};
  }
  double as_double() const;
  std::complex<double> as_complex() const {
    return {as_double(), Literal{{bits[1], 0}}.as_double()};
  }
  friend bool operator==(const Literal&, const Literal&) = default;
};

enum class AttrKind : uint8_t {
  integer,
  boolean,
  integers,
  dtype,
  dim,
  dims,
  scalar,
  text,
  type,
  body
};

struct AttrField {
  std::string_view name;
  AttrKind kind;
};

// The fields of an op, in the order of its row.
std::span<const AttrField> schema(Op op);

struct Attrs {
  std::vector<int64_t> words;
  friend bool operator==(const Attrs&, const Attrs&) = default;
  friend auto operator<=>(const Attrs&, const Attrs&) = default;

  // Appends one field; the order must be that of the schema (checked by Graph::add).
  Attrs& integer(int64_t v);
  Attrs& boolean(bool v);
  Attrs& integers(std::span<const int64_t> v);
  Attrs& integers(std::initializer_list<int64_t> v) {
    return integers(std::span(v.begin(), v.size()));
  }
  Attrs& dtype(DType v);
  Attrs& dim(DimId v);
  Attrs& dims(std::span<const DimId> v);
  Attrs& scalar(Literal v);
  Attrs& text(std::string_view v);  // UserError if the text form cannot quote it
  Attrs& type(TypeId v);
  Attrs& body(BodyId v);
};

// Reads the fields of one node's attributes by name; a wrong name or kind is a Bug.
class AttrView {
 public:
  AttrView(Op op, const Attrs& attrs) : op_(op), words_(attrs.words) {}
  int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::vector<int64_t> integers(std::string_view name) const;
  DType dtype(std::string_view name) const;
  DimId dim(std::string_view name) const;
  std::vector<DimId> dims(std::string_view name) const;
  Literal scalar(std::string_view name) const;
  std::string text(std::string_view name) const;
  TypeId type(std::string_view name) const;
  BodyId body(std::string_view name) const;

 private:
  std::span<const int64_t> field(std::string_view name, AttrKind kind) const;
  Op op_;
  std::span<const int64_t> words_;
};

}  // namespace ir
