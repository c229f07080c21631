// How NumPy types an op: the meaning of the `rule` column, and NEP 50 promotion of operands.
#include <algorithm>

#include "ir/graph.h"

namespace ir {

namespace {

// The float that NumPy's float-only ufuncs compute integers in.
DType float_of(DType t) {
  if (is_float(t)) return t;
  const int bytes = info(t).bytes;
  return bytes == 1 ? DType::f16 : bytes == 2 ? DType::f32 : DType::f64;
}

// What a Python complex number makes of arrays of `t`.
DType complex_of(DType t) {
  const bool narrow = is_float(t) ? info(t).bytes <= 4 : t == DType::c64;
  return narrow ? DType::c64 : DType::c128;
}

DType wide_integer(DType t) {
  if (is_float(t)) return t;
  return is_unsigned(t) ? DType::u64 : DType::i64;
}

}  // namespace

namespace {

Ruling of_complex(Rule rule, DType t) {
  switch (rule) {
    case Rule::pred:
    case Rule::test: return {t, DType::b1};
    case Rule::part:
    case Rule::spread: return {t, part_of(t)};
    default: return {t, t};
  }
}

}  // namespace

std::optional<Ruling> rule(Op op, DType t) {
  const Rule rule = info(op).rule;
  const bool truth = rule == Rule::logic || rule == Rule::truth;
  if (is_complex(t) && !truth)
    return info(op).complex ? std::optional(of_complex(rule, t)) : std::nullopt;
  const bool whole = is_integer(t), boolean = is_bool(t);
  const DType doubled = whole || boolean ? DType::f64 : t;
  const DType widened = boolean ? DType::i8 : t;
  switch (rule) {
    case Rule::arith:
    case Rule::part:
    case Rule::same:
    case Rule::dense:
    case Rule::laid:
    case Rule::pick: return Ruling{t, t};
    case Rule::number: return boolean ? std::nullopt : std::optional(Ruling{t, t});
    case Rule::wide8: return Ruling{widened, widened};
    case Rule::divide:
    case Rule::spread:
    case Rule::mean: return Ruling{doubled, doubled};
    case Rule::real: return Ruling{float_of(t), float_of(t)};
    case Rule::floats: return is_float(t) ? std::optional(Ruling{t, t}) : std::nullopt;
    case Rule::join: {
      const DType joined = complex_of(t);
      return part_of(joined) == t ? std::optional(Ruling{t, joined}) : std::nullopt;
    }
    case Rule::grid:
      return is_half(float_of(t)) ? std::nullopt : std::optional(Ruling{float_of(t), float_of(t)});
    case Rule::pred: return Ruling{t, DType::b1};
    case Rule::test: return Ruling{doubled, DType::b1};
    case Rule::logic:
    case Rule::truth: return Ruling{DType::b1, DType::b1};
    case Rule::bits: return is_float(t) ? std::nullopt : std::optional(Ruling{t, t});
    case Rule::shift: return is_float(t) ? std::nullopt : std::optional(Ruling{widened, widened});
    case Rule::round: return Ruling{t, t};
    case Rule::accumulate: return Ruling{wide_integer(t), wide_integer(t)};
    case Rule::place: return Ruling{t, DType::i64};
    case Rule::none: break;
  }
  return std::nullopt;
}

namespace {

// A Python int constant, if `r` is one.
std::optional<int64_t> integer_constant(const Graph& g, Ref r) {
  if (g.op(r) != Op::constant || g.type(r).dtype != DType::i64) return std::nullopt;
  return g.attrs(r).scalar("value").bits[0];
}

bool fits(int64_t v, DType t) {
  const int bits = info(t).bytes * 8;
  if (is_unsigned(t)) return v >= 0 && (bits == 64 || v < int64_t(1) << bits);
  return bits == 64 || (v >= -(int64_t(1) << (bits - 1)) && v < int64_t(1) << (bits - 1));
}

// NEP 50: arrays and NumPy scalars decide; a Python number only raises the kind, to the default
// dtype. Where no Python number takes part, the float-only ufuncs turn each integer into its float
// first: int8 with uint8 is float16, not the float32 of int16.
DType promote_operands(const Graph& g, Op op, std::span<const Ref> operands) {
  const bool floats_first =
      (info(op).rule == Rule::real || info(op).rule == Rule::grid) &&
      std::ranges::none_of(operands, [&](Ref r) { return g.type(r).kind == Type::Kind::python; });
  std::optional<DType> strong, weak;
  const auto join = [&](std::optional<DType>& into, DType t) {
    const auto joined = into ? promote(*into, t) : t;
    if (!joined)
      fail<Unsupported>() << info(op).name << ": NumPy has no common type of its operands";
    into = joined;
  };
  for (Ref r : operands) {
    const Type& t = g.type(r);
    if (!t.is_numeric())
      fail<Unsupported>() << info(op).name << ": an operand is not a number or array";
    const bool is_weak = t.kind == Type::Kind::python && !is_bool(t.dtype);
    join(is_weak ? weak : strong,
         floats_first && !is_complex(t.dtype) ? float_of(t.dtype) : t.dtype);
  }
  if (!strong) return weak.value();
  if (!weak) return *strong;
  if (is_complex(*weak)) return complex_of(*strong);
  if (is_complex(*strong)) return *strong;
  const bool raises = is_float(*weak) ? !is_float(*strong) : is_bool(*strong);
  return raises ? (is_float(*weak) ? DType::f64 : DType::i64) : *strong;
}

Ref cast_to(Graph& g, BodyId where, Ref r, DType t, Loc loc) {
  const Type type = g.type(r);
  if (type.dtype == t && type.kind != Type::Kind::python) return r;
  if (type.kind == Type::Kind::python && type.dtype == DType::i64 && is_integer(t) &&
      t != DType::i64) {
    const auto value = integer_constant(g, r);
    if (!value) fail<Unsupported>() << "a run-time Python int meets " << info(t).numpy;
    if (!fits(*value, t))
      fail<Unsupported>() << "the Python int " << *value << " is out of bounds for "
                          << info(t).numpy;
  }
  return g.add(where, Op::cast, {r}, Attrs().dtype(t), loc);
}

Ref apply_where(Graph& g, BodyId where, std::span<const Ref> operands, Loc loc) {
  const DType t = promote_operands(g, Op::where, operands.subspan(1));
  return g.add(where, Op::where,
               {cast_to(g, where, operands[0], DType::b1, loc),
                cast_to(g, where, operands[1], t, loc), cast_to(g, where, operands[2], t, loc)},
               {}, loc);
}

}  // namespace

Ref apply(Graph& g, BodyId where, Op op, std::span<const Ref> given, const Attrs& attrs, Loc loc) {
  const std::vector<Ref> operands(given.begin(), given.end());
  const OpInfo& row = info(op);
  if (row.arity >= 0 && size_t(row.arity) != operands.size())
    fail<Bug>() << row.name << " takes " << int(row.arity) << " operands, not " << operands.size();
  if (op == Op::where) return apply_where(g, where, operands, loc);
  if (row.rule == Rule::none && !is_product(op)) return g.add(where, op, operands, attrs, loc);
  const DType promoted = promote_operands(g, op, operands);
  if (is_product(op)) {
    std::vector<Ref> cast;
    for (Ref r : operands) {
      cast.push_back(cast_to(g, where, r, promoted, loc));
      // NumPy's matmul casts into C order, its dot in the order of the operand.
      if (op == Op::matmul && cast.back() != r && g.type(r).rank() > 1)
        cast.back() = g.add(where, Op::c_copy, {&cast.back(), 1}, {}, loc);
    }
    return g.add(where, op, cast, attrs, loc);
  }
  const auto ruling = rule(op, promoted);
  if (!ruling)
    fail<Unsupported>() << row.name << " of " << info(promoted).numpy << " is not compiled";
  if (is_integer(promoted) || is_bool(promoted)) {
    if (row.rule == Rule::round) return g.add(where, Op::copy, operands, {}, loc);
    const bool mixed = row.rule == Rule::pred && promoted == DType::f64;
    BRAZE_CHECK(!mixed) << "rules: comparison of integers as floats";
  }
  std::vector<Ref> cast;
  for (Ref r : operands) {
    const DType own = g.type(r).dtype;
    // NumPy compares int64 with uint64 exactly, which their common type, float64, does not.
    if (row.rule == Rule::pred && is_integer(own) && is_float(promoted) && operands.size() == 2 &&
        is_integer(g.type(operands[0]).dtype) && is_integer(g.type(operands[1]).dtype))
      fail<Unsupported>() << row.name << " of int64 and uint64 is not compiled";
    cast.push_back(cast_to(g, where, r, ruling->compute, loc));
  }
  return g.add(where, op, cast, attrs, loc);
}

}  // namespace ir
