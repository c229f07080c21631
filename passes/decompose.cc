// mean, var and std as NumPy computes them (numpy/_core/_methods.py), and reductions that drop
// their axes as reductions that keep them, since kernels and fusion know only these.
#include "passes/kernel.h"
#include "passes/pass.h"
#include "passes/rewrite.h"
#include "passes/told_sizes.h"

namespace passes {

namespace {

using ir::Attrs;
using ir::Check;
using ir::DimId;
using ir::DType;

// The parts of complex arrays as values that are computed: kernels read both parts at once.
Ref part_of(Rewrite& rewrite, Ref operand, BodyId where) {
  const Ref now = rewrite(operand);
  Graph& g = rewrite.to;
  const auto read = [&](Op part) { return g.add(where, part, {g.inputs(now)[0]}, {}, g[now].loc); };
  if (g.op(now) == Op::real) return read(Op::real_part);
  return g.op(now) == Op::imag ? read(Op::imag_part) : now;
}

Ref with_parts(Rewrite& rewrite, Ref node, BodyId where) {
  std::vector<Ref> inputs;
  for (Ref r : rewrite.from.inputs(node)) inputs.push_back(part_of(rewrite, r, where));
  return rewrite.copy(node, where, inputs);
}

class Decomposition {
 public:
  Decomposition(Rewrite& rewrite, const ToldSizes& told, Ref node, BodyId where)
      : from_(rewrite.from),
        told_(told),
        g_(rewrite.to),
        where_(where),
        node_(node),
        loc_(from_[node].loc),
        axes_(from_.attrs(node).integers("axes")),
        operand_(in_kernel() ? part_of(rewrite, from_.inputs(node)[0], where)
                             : rewrite(from_.inputs(node)[0])) {}

  Ref reduction() {
    const Op op = from_.op(node_);
    // Without a neutral element there must be a first one: NumPy raises on empty axes.
    const ir::Rule rule = ir::info(op).rule;
    if (rule == ir::Rule::same || rule == ir::Rule::place) not_empty();
    return without_axes(reduce(op, operand_));
  }

  Ref mean() {
    not_empty();
    const DType t = g_.type(operand_).dtype;
    if (ir::is_complex(t)) return without_axes(complex_mean());
    const DType summed = ir::is_float(t) ? (t == DType::f16 ? DType::f32 : t) : DType::f64;
    const Op sum = summed == t ? Op::sum : Op::buffered_sum;
    const Ref total = cast(reduce(sum, cast(operand_, summed)), DType::f64);
    const Ref quotient = divide(total, count());
    const DType result = ir::is_float(t) ? t : DType::f64;
    // An array of float16 is rounded to float32 first; a NumPy scalar is not.
    const bool twice = t == DType::f16 && from_.type(node_).is_array();
    return without_axes(cast(twice ? cast(quotient, summed) : quotient, result));
  }

  Ref variance(bool root) {
    const int64_t ddof = from_.attrs(node_).integer("ddof");
    const DimId freedom = g_.dims.subtract(count(), g_.dims.constant(ddof));
    at_least_one(freedom);
    not_empty();
    const DType t = g_.type(operand_).dtype;
    const DType summed = ir::is_float(t) ? t : DType::f64;
    if (ir::is_complex(t)) return complex_variance(freedom, root);
    const Ref x = cast(operand_, summed);
    const Op sum = summed == t ? Op::sum : Op::buffered_sum;
    const Ref center = cast(divide(cast(reduce(sum, x), DType::f64), count()), summed);
    const Ref away = add(Op::subtract, {x, center});
    return deviation(add(Op::square, {away}), freedom, root);
  }

 private:
  // Kernels reduce adjacent axes; others are walked where they lie.
  bool in_kernel() const {
    std::vector<bool> reduced(size_t(from_.type(from_.inputs(node_)[0]).rank()), false);
    for (int64_t a : axes_) reduced[size_t(a)] = true;
    return form_of(reduced).has_value();
  }
  Ref add(Op op, std::initializer_list<Ref> inputs, const Attrs& attrs = {}) {
    return g_.add(where_, op, inputs, attrs, loc_);
  }
  Ref cast(Ref r, DType t) {
    const Type& type = g_.type(r);
    if (type.dtype == t && type.kind != Type::Kind::python) return r;
    return add(Op::cast, {r}, Attrs().dtype(t));
  }
  Ref reduce(Op op, Ref r) { return add(op, {r}, Attrs().integers(axes_).boolean(true)); }

  // NumPy divides by an int64 scalar, which makes the division one of doubles.
  Ref divide(Ref total, DimId by) {
    return add(Op::divide, {total, cast(add(Op::extent, {}, Attrs().dim(by)), DType::f64)});
  }

  // NumPy divides by an int64 scalar, which makes the division one of complex128.
  Ref complex_mean() {
    const Ref number = cast(add(Op::extent, {}, Attrs().dim(count())), DType::c128);
    const Ref total = cast(reduce(Op::sum, operand_), DType::c128);
    return cast(add(Op::divide, {total, number}), g_.type(operand_).dtype);
  }
  Ref complex_variance(DimId freedom, bool root) {
    const Ref away = add(Op::subtract, {operand_, complex_mean()});
    const Ref re = add(Op::real_part, {away}), im = add(Op::imag_part, {away});
    const Ref squares[] = {add(Op::square, {re}), add(Op::square, {im})};
    const Ref square = add(Op::add, {squares[0], squares[1]});
    return deviation(square, freedom, root);
  }

  Ref deviation(Ref square, DimId freedom, bool root) {
    const Ref total = reduce(Op::sum, square);
    const Ref mean = divide(cast(total, DType::f64), freedom);
    const Ref variance = cast(mean, g_.type(square).dtype);
    return without_axes(root ? add(Op::sqrt, {variance}) : variance);
  }

  DimId count() {
    DimId product = g_.dims.constant(1);
    for (int64_t a : axes_) product = g_.dims.multiply(product, size(a));
    return product;
  }
  DimId size(int64_t axis) const { return g_.type(operand_).dims[size_t(axis)]; }

  void not_empty() {
    for (int64_t a : axes_) at_least_one(size(a));
  }
  void at_least_one(DimId d) {
    const DimId rest = g_.dims.subtract(d, g_.dims.constant(1));
    if (told_.asked_in_a_way(g_.dims.symbols(d), from_[node_].body)) {
      const Ref none =
          g_.constant(where_, ir::Type::python(DType::i64), ir::Literal::of(int64_t(0)));
      const Ref number = add(Op::extent, {}, Attrs().dim(rest));
      add(Op::require, {add(Op::less_equal, {none, number})});
    } else if (!g_.dims.require({Check::nonnegative, rest}))
      throw ir::Unsupported(std::string(ir::spelling(from_.op(node_))) + " of an empty axis");
  }

  // `kept` has the reduced axes; the node's own type says whether they stay.
  Ref without_axes(Ref kept) {
    const Type& want = from_.type(node_);
    if (!axes_.empty() && g_.type(kept).rank() != want.rank())
      kept = add(Op::squeeze, {kept}, Attrs().integers(axes_));
    return want.is_scalar() ? add(Op::scalar, {kept}) : kept;
  }

  const Graph& from_;
  const ToldSizes& told_;
  Graph& g_;
  BodyId where_;
  Ref node_;
  ir::Loc loc_;
  std::vector<int64_t> axes_;
  Ref operand_;
};

}  // namespace

void decompose(Graph& graph) {
  const ToldSizes told(graph);
  rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) -> Ref {
    const Op op = rewrite.from.op(node);
    if (ir::is_elementwise(op)) return with_parts(rewrite, node, where);
    if (ir::is_reduce(op)) return Decomposition(rewrite, told, node, where).reduction();
    if (op == Op::mean) return Decomposition(rewrite, told, node, where).mean();
    if (ir::info(op).kind != ir::Kind::macro) return {};
    BRAZE_CHECK(op == Op::var || op == Op::std) << "decompose: no rule for " << ir::info(op).name;
    return Decomposition(rewrite, told, node, where).variance(op == Op::std);
  });
}

}  // namespace passes
