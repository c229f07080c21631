// The op table as C++: the enum and one constexpr row of facts per op.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace ir {

enum class Op : uint16_t {
#define UN(name, ...) name,
#define BIN(name, ...) name,
#define TER(name, ...) name,
#define RED(name, ...) name,
#define MACRO(name, ...) name,
#define VIEW(name, ...) name,
#define MAKE(name, ...) name,
#define CALL(name, ...) name,
#define CTRL(name, ...) name,
#include "ir/ops.def"
};

enum class Kind : uint8_t { elementwise, reduce, macro, view, make, call, control };

// What NumPy reports of an op (the column `raises`).
enum class Raises : uint8_t {
  quiet,
  nan,
  over,
  pole,
  ratio,
  base,
  nans,
  apart,
  ieee_nan,
  ieee_over,
  ieee_ratio
};

enum class Rule : uint8_t {
  arith,
  number,
  wide8,
  divide,
  real,
  pred,
  test,
  logic,
  bits,
  shift,
  round,
  pick,
  accumulate,
  truth,
  same,
  place,
  mean,
  floats,
  grid,
  dense,
  laid,
  part,
  spread,
  join,
  none
};

struct OpInfo {
  const char* name;  // the text form spells it so; control ops drop a trailing underscore
  Kind kind;
  Rule rule;
  int8_t arity;  // -1: any number
  bool commutative, complex;
  uint8_t cost;
  Raises raises;
  const char* formula;  // stringised, for documentation
  const char* attrs;    // "name:kind ...", parsed by ir/attrs.h
  const char* doc;
};

inline constexpr int none = 0, comm = 1, pair = 2;
#define FLAGS(flags) ((flags) & comm) != 0, ((flags) & pair) != 0
inline constexpr OpInfo op_table[] = {
#define UN(name, rule, flags, cost, raises, value, doc) \
  {#name, Kind::elementwise, Rule::rule, 1, FLAGS(flags), cost, Raises::raises, #value, "", doc},
#define BIN(name, rule, flags, cost, raises, value, doc) \
  {#name, Kind::elementwise, Rule::rule, 2, FLAGS(flags), cost, Raises::raises, #value, "", doc},
#define TER(name, rule, flags, cost, raises, value, doc) \
  {#name, Kind::elementwise, Rule::rule, 3, FLAGS(flags), cost, Raises::raises, #value, "", doc},
#define RED(name, rule, flags, raises, first, step, attrs, doc) \
  {#name, Kind::reduce, Rule::rule, 1, FLAGS(flags), 1, Raises::raises, #step, attrs, doc},
#define MACRO(name, rule, flags, arity, attrs, doc) \
  {#name, Kind::macro, Rule::rule, arity, FLAGS(flags), 1, Raises::quiet, "", attrs, doc},
#define VIEW(name, arity, attrs, doc) \
  {#name, Kind::view, Rule::none, arity, FLAGS(none), 0, Raises::quiet, "", attrs, doc},
#define MAKE(name, arity, attrs, doc) \
  {#name, Kind::make, Rule::none, arity, FLAGS(none), 0, Raises::quiet, "", attrs, doc},
#define CALL(name, arity, attrs, doc) \
  {#name, Kind::call, Rule::none, arity, FLAGS(none), 0, Raises::quiet, "", attrs, doc},
#define CTRL(name, arity, attrs, doc) \
  {#name, Kind::control, Rule::none, arity, FLAGS(none), 0, Raises::quiet, "", attrs, doc},
#include "ir/ops.def"
};
#undef FLAGS
inline constexpr int op_count = sizeof(op_table) / sizeof(op_table[0]);

constexpr const OpInfo& info(Op op) { return op_table[int(op)]; }
constexpr bool is_elementwise(Op op) {
  return info(op).kind == Kind::elementwise || op == Op::cast;
}
// An elementwise op whose result lies in memory as its operands do.
constexpr bool keeps_order(Op op) {
  return is_elementwise(op) && info(op).rule != Rule::dense && info(op).rule != Rule::laid;
}
// Of an elementwise op that is not in C order: the first operand that has a say in its order.
constexpr size_t first_deciding(Op op) { return info(op).rule == Rule::laid ? 1 : 0; }
constexpr bool is_reduce(Op op) { return info(op).kind == Kind::reduce; }
// An op behind which a size is known that nothing before it could name.
constexpr bool gives_size(Op op) { return op == Op::span || op == Op::bind || op == Op::eager; }
constexpr bool is_view(Op op) { return info(op).kind == Kind::view; }

// The op's name in the text form: `if_` is spelled `if`.
constexpr std::string_view spelling(Op op) {
  std::string_view name = info(op).name;
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}
// The reduction of which a SCAN row keeps every step; the op itself of others.
constexpr Op steps_of(Op op) {
#define SCAN(name, of, doc) \
  if (op == Op::name) return Op::of;
#include "ir/ops.def"
  return op;
}
constexpr bool is_product(Op op) {
#define PROD(name, doc) \
  if (op == Op::name) return true;
#include "ir/ops.def"
  return false;
}
std::optional<Op> op_named(std::string_view spelling);

}  // namespace ir
