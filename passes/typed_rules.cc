#include "passes/typed_rules.h"

#include <array>

#include "ir/evaluate.h"
#include "passes/memory_order.h"

namespace passes {

namespace {

using ir::DType;
using ir::Graph;
using ir::Op;
using ir::Ref;

// Bits of the significand, the implicit one included; 0 for types that are not floats.
int significand(DType t) {
  switch (t) {
    case DType::f16: return 11;
    case DType::bf16: return 8;
    case DType::f32: return 24;
    case DType::f64: return 53;
    default: return 0;
  }
}

int value_bits(DType t) { return ir::is_bool(t) ? 1 : ir::info(t).bytes * 8 - ir::is_signed(t); }

// isnan and its like of what was an integer: the same for all integers, of which 1 and -1 stand for
// the rest.
Ref test_of_integer(Graph& g, ir::BodyId where, Ref r) {
  if (ir::info(g.op(r)).rule != ir::Rule::test) return {};
  const Ref x = g.inputs(r)[0];
  if (g.op(x) != Op::cast || !g.type(r).is_array()) return {};
  const ir::Type& from = g.type(g.inputs(x)[0]);
  if (!ir::is_integer(from.dtype) && !ir::is_bool(from.dtype)) return {};
  const DType computed = g.type(x).dtype;
  const auto at = [&](double v) {
    return ir::evaluate(g.op(r), computed, std::array{ir::Literal::of(v)});
  };
  const auto plus = at(1.0), minus = at(-1.0);
  if (!plus || plus != minus) return {};
  const ir::Loc loc = g[r].loc;
  const Ref value = g.constant(where, ir::Type::scalar(DType::b1), *plus, loc);
  // The operand decides the order of the result in memory.
  const std::vector<ir::DimId> shape(g.type(r).dims.begin(), g.type(r).dims.end());
  return g.add(where, Op::full, {value, g.inputs(x)[0]}, ir::Attrs().dims(shape), loc);
}

// An integer whose values the cast keeps; nothing if `r` is no such cast.
Ref narrow_integer(const Graph& g, Ref r) {
  if (g.op(r) != Op::cast || !g.type(r).is_array()) return {};
  const Ref x = g.inputs(r)[0];
  const DType from = g.type(x).dtype, to = g.type(r).dtype;
  const bool integers = ir::is_integer(from) && ir::is_integer(to);
  return g.type(x).is_array() && integers && keeps_values(from, to) ? x : Ref{};
}

// The largest of wider integers is the largest, widened.
Ref extreme_of_integers(Graph& g, ir::BodyId where, Ref r) {
  const Ref x = narrow_integer(g, g.inputs(r)[0]);
  if (!x.valid()) return {};
  const Ref extreme = g.add(where, g.op(r), {x}, g.raw_attrs(r), g[r].loc);
  return g.add(where, Op::cast, {extreme}, ir::Attrs().dtype(g.type(r).dtype), g[r].loc);
}

bool changes_at(Op op) {
#define AT(name, of, doc) \
  if (op == Op::name) return true;
#include "ir/ops.def"
  return false;
}

// Changes read indices of any width. The order of more axes is that of their memory.
Ref change_at_narrow(Graph& g, ir::BodyId where, Ref r) {
  std::vector<Ref> in(g.inputs(r).begin(), g.inputs(r).end());
  bool any = false;
  for (size_t i = 2; i < in.size(); ++i) {
    const Ref x = narrow_integer(g, in[i]);
    if (g.type(in[i]).rank() != 1 || !x.valid()) continue;
    in[i] = x;
    any = true;
  }
  return any ? g.add(where, g.op(r), in, g.raw_attrs(r), g[r].loc) : Ref{};
}

}  // namespace

bool keeps_values(DType from, DType to) {
  if (from == to || ir::is_bool(from)) return from == to || !ir::is_complex(to);
  if (ir::is_complex(from) || ir::is_complex(to) || ir::is_bool(to)) return false;
  if (ir::is_float(from)) {
    if (!ir::is_float(to)) return false;
    // bf16 has the range of f32 and f16 has not: neither 16-bit float holds the other.
    return ir::info(from).bytes < ir::info(to).bytes && significand(from) <= significand(to);
  }
  if (ir::is_float(to))
    return to != DType::f16 ? value_bits(from) <= significand(to) : value_bits(from) <= 8;
  const bool sign_fits = !ir::is_signed(from) || ir::is_signed(to);
  return sign_fits && value_bits(from) <= value_bits(to);
}

Ref typed_rule(Graph& g, ir::BodyId where, Ref r) {
  if (g.op(r) == Op::item) {
    const Ref tuple = g.inputs(r)[0];
    return g.op(tuple) == Op::tuple ? g.inputs(tuple)[size_t(g.attrs(r).integer("index"))] : Ref{};
  }
  if (ir::info(g.op(r)).rule == ir::Rule::laid) {
    const Ref x = g.inputs(r)[0];
    const bool stays = g.same_type(g.type(x), g.type(r)) && is_dense(g, x);
    return stays && (!decides_order(g, r) || lies_like(g, x, g.inputs(r)[1])) ? x : Ref{};
  }
  if (ir::is_reduce(g.op(r)) && ir::info(g.op(r)).rule == ir::Rule::same)
    return extreme_of_integers(g, where, r);
  if (changes_at(g.op(r))) return change_at_narrow(g, where, r);
  if (g.op(r) != Op::cast) return test_of_integer(g, where, r);
  const Ref x = g.inputs(r)[0];
  const DType to = g.type(r).dtype;
  if (g.same_type(g.type(x), g.type(r))) return x;
  if (g.op(x) != Op::cast || g.type(x).kind == ir::Type::Kind::python) return {};
  const Ref y = g.inputs(x)[0];
  const DType from = g.type(y).dtype;
  // Through a type that holds all values of the first, the first cast changes nothing.
  if (!keeps_values(from, g.type(x).dtype) || g.type(y).kind == ir::Type::Kind::python) return {};
  // A float that does not fit a small integer becomes another one than the integer it was.
  const bool wide = ir::info(to).bytes == 8 || to == DType::u32;
  if (ir::is_float(g.type(x).dtype) && ir::is_integer(to) && !ir::is_float(from) && !wide &&
      !keeps_values(from, DType::i32))
    return {};
  if (from == to && g.same_type(g.type(y), g.type(r))) return y;
  return g.add(where, Op::cast, {y}, ir::Attrs().dtype(to), g[r].loc);
}

}  // namespace passes
