// The types of ops on masks and index arrays.
#include "ir/graph.h"

namespace ir {

namespace {

[[noreturn]] void refuse(Op op, const std::string& why) {
  throw Unsupported(std::string(spelling(op)) + ": " + why);
}

struct Selection {
  Graph& g;
  Op op;
  std::span<const Ref> inputs;
  const AttrView& attrs;

  const Type& in(size_t i) const { return g.type(inputs[i]); }

  // Operand i as a mask over the leading axes of `whole`.
  void mask(size_t i, const Type& whole) const {
    const Type& m = in(i);
    if (!m.is_array() || !is_bool(m.dtype) || m.rank() == 0)
      refuse(op, "the mask is no bool array");
    if (m.rank() > whole.rank()) refuse(op, "a mask of more axes");
    for (size_t k = 0; k < m.dims.size(); ++k)
      if (!g.dims.unify(m.dims[k], whole.dims[k])) refuse(op, "a mask of another shape");
  }

  // Operand i is how many elements there are: a bind of the size that the node names.
  DimId count(size_t i) const {
    const DimId size = attrs.dim("size");
    const bool bound = g.op(inputs[i]) == Op::bind || g.op(inputs[i]) == Op::param;
    if (!bound || !in(i).is_scalar()) refuse(op, "the count is no bind");
    if (g.op(inputs[i]) == Op::bind && !g.dims.equal(g.attrs(inputs[i]).dim("size"), size))
      refuse(op, "the count is a bind of another size");
    return size;
  }

  Type compress() const {
    const Type x = in(0);
    if (!x.is_array()) refuse(op, "operand 1 is not an array");
    mask(1, x);
    std::vector<DimId> dims{count(2)};
    dims.insert(dims.end(), x.dims.begin() + in(1).rank(), x.dims.end());
    return Type::array(x.dtype, std::move(dims));
  }

  Type nonzero() const {
    mask(0, in(0));
    const int64_t axis = attrs.integer("axis");
    if (axis < 0 || axis >= in(0).rank()) refuse(op, "no such axis");
    return Type::array(DType::i64, {count(1)});
  }

  Type place() const {
    const Type x = in(0), values = in(2);
    if (!x.is_array() || !values.is_array()) refuse(op, "an operand is not an array");
    mask(1, x);
    if (in(1).rank() != x.rank()) refuse(op, "a mask of another rank");
    if (values.rank() != 1 || values.dtype != x.dtype) refuse(op, "values of another type or rank");
    return x;
  }

  // The shape of what the indices from operand `first` on take of operand 1.
  // Changes take all integers that i64 holds: they read each index once.
  std::vector<DimId> taken(size_t first) const {
    const Type& x = in(0);
    if (!x.is_array()) refuse(op, "operand 1 is not an array");
    const auto axes = attrs.integers("axes");
    if (axes.empty() || inputs.size() != axes.size() + first)
      refuse(op, "an index array for each of the axes");
    std::vector<bool> indexed(x.dims.size(), false);
    std::vector<std::vector<DimId>> shapes;
    for (size_t k = 0; k < axes.size(); ++k) {
      if (axes[k] < 0 || axes[k] >= x.rank() || indexed[size_t(axes[k])])
        refuse(op, "the axes are wrong");
      indexed[size_t(axes[k])] = true;
      const Type& i = in(first + k);
      const bool wide = i.dtype == DType::i64;
      const bool whole = first > 1 && is_integer(i.dtype) && i.dtype != DType::u64;
      if (!i.is_array() || !(wide || whole)) refuse(op, "an index is no array of i64");
      shapes.push_back(i.dims);
    }
    std::vector<DimId> dims = broadcast(g, shapes);
    for (size_t k = 0; k < x.dims.size(); ++k)
      if (!indexed[k]) dims.push_back(x.dims[k]);
    return dims;
  }

  Type changed() const {
    if (inputs.size() < 2) refuse(op, "takes an array, values and indices");
    const Type values = in(1);
    if (values.dtype != in(0).dtype || !values.is_numeric()) refuse(op, "values of another type");
    const std::vector<DimId> part = taken(2);
    if (values.rank() > int(part.size())) refuse(op, "values of more axes");
    const size_t extra = part.size() - values.dims.size();
    for (size_t k = 0; k < values.dims.size(); ++k)
      if (!g.dims.is(values.dims[k], 1) && !g.dims.unify(values.dims[k], part[extra + k]))
        refuse(op, "the shapes do not fit");
    return in(0);
  }
};

}  // namespace

Type infer_selection(Graph& g, Op op, std::span<const Ref> inputs, const AttrView& attrs) {
  const Selection s{g, op, inputs, attrs};
  switch (op) {
    case Op::compress: return s.compress();
    case Op::nonzero: return s.nonzero();
    case Op::place: return s.place();
    case Op::gather: {
      if (inputs.empty()) refuse(op, "takes an array and indices");
      const DType t = s.in(0).dtype;
      return Type::array(t, s.taken(1));
    }
    default: return s.changed();
  }
}

}  // namespace ir
