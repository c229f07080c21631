// The type of a node from its operands and attributes. Strict: operands of elementwise ops must
// already share a dtype (ir/rules.cc inserts the casts); shapes broadcast.
#include <algorithm>

#include "ir/graph.h"

namespace ir {

namespace {

[[noreturn]] void refuse(Op op, const std::string& why) {
  throw Unsupported(std::string(spelling(op)) + ": " + why);
}

struct Inference {
  Graph& g;
  Op op;
  std::span<const Ref> inputs;
  AttrView attrs;

  const Type& in(size_t i) const { return g.type(inputs[i]); }

  const Type& array(size_t i) const {
    if (!in(i).is_array()) refuse(op, "operand " + std::to_string(i + 1) + " is not an array");
    return in(i);
  }

  int axis(int64_t a, int rank) const {
    if (a < 0 || a >= rank)
      refuse(op, "axis " + std::to_string(a) + " of an array of rank " + std::to_string(rank));
    return int(a);
  }

  // Which of `rank` axes are listed; each at most once.
  std::vector<bool> axis_set(const std::vector<int64_t>& axes, int rank) const {
    std::vector<bool> set(size_t(rank), false);
    for (int64_t a : axes) {
      if (set[size_t(axis(a, rank))]) refuse(op, "axis " + std::to_string(a) + " is listed twice");
      set[size_t(a)] = true;
    }
    return set;
  }

  Type elementwise() const;
  Type reduce() const;
  Type view() const;
  std::vector<DimId> steps() const;
  void check_step(DimId step, DType dtype) const;
  Type slice() const;
  Type reshape() const;
  Type broadcast_to() const;
  Type make() const;
  Type matmul() const;
  Type accumulation() const;
  Type call() const;
  Type control() const;
  Type update() const;
  Type results_of(BodyId b) const;
  Type loop(size_t header, bool counter) const;
};

Type Inference::elementwise() const {
  const bool choice = info(op).rule == Rule::pick;
  std::vector<std::vector<DimId>> shapes;
  bool any_array = false, all_python = true;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Type& t = in(i);
    if (!t.is_numeric())
      refuse(op, "operand " + std::to_string(i + 1) + " is not a number or array");
    const DType want = choice && i == 0 ? DType::b1 : in(choice ? 1 : 0).dtype;
    if (t.dtype != want)
      refuse(op,
             std::string("operands of types ") + info(want).name + " and " + info(t.dtype).name);
    any_array |= t.is_array();
    all_python &= t.kind == Type::Kind::python;
    shapes.push_back(t.dims);
  }
  const DType computed = in(choice ? 1 : 0).dtype;
  const auto ruling = rule(op, computed);
  if (!ruling || ruling->compute != computed)
    refuse(op, std::string("not defined on ") + info(computed).name);
  if (any_array) return Type::array(ruling->result, broadcast(g, shapes));
  return all_python ? Type::python(ruling->result) : Type::scalar(ruling->result);
}

Type reduced(const Type& t, DType result, const std::vector<bool>& axes, bool keepdims, Graph& g) {
  std::vector<DimId> dims;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i]) dims.push_back(t.dims[i]);
    if (axes[i] && keepdims) dims.push_back(g.dims.constant(1));
  }
  return dims.empty() && !keepdims ? Type::scalar(result) : Type::array(result, std::move(dims));
}

Type Inference::reduce() const {
  const Type t = array(0);
  const auto ruling = rule(op, t.dtype);
  // Mean, variance and deviation keep the operand's dtype as given; decompose inserts the casts.
  const bool casts = info(op).kind == Kind::macro;
  if (!ruling || (!casts && ruling->compute != t.dtype))
    refuse(op, std::string("not defined on ") + info(t.dtype).name);
  return reduced(t, ruling->result, axis_set(attrs.integers("axes"), t.rank()),
                 attrs.boolean("keepdims"), g);
}

std::vector<DimId> Inference::steps() const {
  std::vector<DimId> out;
  if (op == Op::slice)
    for (int64_t s : attrs.integers("step")) out.push_back(g.dims.constant(s));
  return op == Op::slice ? out : attrs.dims("step");
}

void Inference::check_step(DimId step, DType dtype) const {
  if (g.dims.is(step, 0)) refuse(op, "a step is 0");
  // NumPy's products and absolute values of reversed arrays have other bits (ir/complex.h).
  if (is_complex(dtype) && !g.dims.never_negative(step))
    refuse(op, "reversed complex numbers, which NumPy rounds in another way");
}

Type Inference::slice() const {
  const Type& t = array(0);
  const auto start = attrs.dims("start"), size = attrs.dims("size"), step = steps();
  const size_t rank = size_t(t.rank());
  if (start.size() != rank || size.size() != rank || step.size() != rank)
    refuse(op, "start, step and size must name every axis");
  for (DimId s : step) check_step(s, t.dtype);
  return Type::array(t.dtype, size);
}

// The part is given as a scalar, or as an array of its sizes or of size 1.
Type Inference::update() const {
  if (inputs.size() < 2) refuse(op, "takes an array and what replaces a part of it");
  const Type part = slice(), given = in(1);
  const auto axes = attrs.integers("axes");
  axis_set(axes, part.rank());
  if (inputs.size() != axes.size() + 2) refuse(op, "an index for each of the axes");
  for (size_t i = 0; i < axes.size(); ++i) {
    if (!in(i + 2).is_scalar() || !is_integer(in(i + 2).dtype))
      refuse(op, "an index is not an integer");
    if (!g.dims.is(attrs.dims("start")[size_t(axes[i])], 0)) refuse(op, "an axis with two starts");
  }
  if (!given.is_numeric() || given.dtype != part.dtype) refuse(op, "a part of another type");
  if (given.is_scalar()) return in(0);
  if (given.rank() != part.rank()) refuse(op, "a part of another rank");
  for (size_t i = 0; i < part.dims.size(); ++i)
    if (!g.dims.is(given.dims[i], 1) && !g.dims.unify(given.dims[i], part.dims[i]))
      refuse(op, "the shapes do not fit");
  return in(0);
}

Type Inference::reshape() const {
  const Type t = array(0);
  const auto shape = attrs.dims("shape");
  const auto product = [&](const std::vector<DimId>& dims) {
    DimId p = g.dims.constant(1);
    for (DimId d : dims) p = g.dims.multiply(p, d);
    return p;
  };
  if (!g.dims.unify(product(t.dims), product(shape))) refuse(op, "the sizes differ");
  return Type::array(t.dtype, shape);
}

Type Inference::broadcast_to() const {
  const Type t = array(0);
  const auto shape = attrs.dims("shape");
  if (shape.size() < t.dims.size()) refuse(op, "the result has fewer axes");
  const size_t extra = shape.size() - t.dims.size();
  for (size_t i = 0; i < t.dims.size(); ++i)
    if (!g.dims.is(t.dims[i], 1) && !g.dims.unify(t.dims[i], shape[extra + i]))
      refuse(op, "the shapes do not fit");
  return Type::array(t.dtype, shape);
}

Type Inference::view() const {
  const Type& t = in(0);
  std::vector<DimId> dims;
  switch (op) {
    case Op::slice: return slice();
    case Op::reshape: return reshape();
    case Op::broadcast_to: return broadcast_to();
    case Op::transpose: {
      const auto axes = attrs.integers("axes");
      if (int(axes.size()) != array(0).rank()) refuse(op, "axes must name every axis");
      axis_set(axes, t.rank());
      for (int64_t a : axes) dims.push_back(t.dims[size_t(a)]);
      break;
    }
    case Op::expand_dims: {
      const auto axes = attrs.integers("axes");
      const auto fresh = axis_set(axes, array(0).rank() + int(axes.size()));
      for (size_t i = 0, next = 0; i < fresh.size(); ++i)
        dims.push_back(fresh[i] ? g.dims.constant(1) : t.dims[next++]);
      break;
    }
    case Op::squeeze: {
      const auto gone = axis_set(attrs.integers("axes"), array(0).rank());
      for (size_t i = 0; i < gone.size(); ++i) {
        if (!gone[i])
          dims.push_back(t.dims[i]);
        else if (!g.dims.is(t.dims[i], 1))
          refuse(op, "a size is not 1");
      }
      break;
    }
    case Op::index: {
      const int a = axis(attrs.integer("axis"), array(0).rank());
      if (!in(1).is_scalar() || !is_integer(in(1).dtype)) refuse(op, "the index is not an integer");
      dims = t.dims;
      dims.erase(dims.begin() + a);
      if (dims.empty()) return Type::scalar(t.dtype);
      break;
    }
    case Op::real:
    case Op::imag:
      if (!is_complex(array(0).dtype)) refuse(op, "the operand is not complex");
      return Type::array(part_of(t.dtype), t.dims);
    case Op::window:
      dims = array(0).dims;
      if (!in(1).is_scalar() || !is_integer(in(1).dtype)) refuse(op, "the position is no integer");
      check_step(attrs.dim("step"), t.dtype);
      dims[size_t(axis(attrs.integer("axis"), t.rank()))] = attrs.dim("size");
      break;
    case Op::scalar:
      if (array(0).rank() != 0) refuse(op, "the operand is not 0-d");
      return Type::scalar(t.dtype);
    case Op::array:
      if (!t.is_scalar()) refuse(op, "the operand is not a scalar");
      return Type::array(t.dtype, {});
    default: fail<Bug>() << "infer: no view " << info(op).name;
  }
  return Type::array(t.dtype, std::move(dims));
}

Type Inference::make() const {
  switch (op) {
    case Op::constant: {
      const Type& t = g.type(attrs.type("type"));
      if (!t.is_scalar()) refuse(op, "not a scalar type");
      return t;
    }
    case Op::extent: return Type::python(DType::i64);
    case Op::span:
      for (size_t i = 0; i < 2; ++i)
        if (!in(i).is_scalar() || !is_integer(in(i).dtype) || in(i).dtype == DType::u64)
          refuse(op, "a bound is not a signed integer");
      if (g.dims.is(attrs.dim("step"), 0)) refuse(op, "a step is 0");
      return Type::python(DType::i64);
    case Op::full:
      if (inputs.empty()) refuse(op, "there is no value");
      if (!in(0).is_scalar()) refuse(op, "the value is not a scalar");
      for (size_t i = 1; i < inputs.size(); ++i)
        if (size_t(array(i).rank()) != attrs.dims("shape").size()) refuse(op, "the ranks differ");
      return Type::array(in(0).dtype, attrs.dims("shape"));
    case Op::iota: {
      const DType t = attrs.dtype("dtype");
      if (is_complex(t) || is_bool(t)) refuse(op, "not defined on this type");
      return Type::array(t, {attrs.dim("size")});
    }
    default: fail<Bug>() << "infer: no maker " << info(op).name;
  }
  return {};
}

Type Inference::matmul() const {
  const Type a = array(0), b = array(1);
  if (a.dtype != b.dtype) refuse(op, "operands of different types");
  if (a.rank() == 0 || b.rank() == 0) refuse(op, "an operand is 0-d");
  const DimId inner = a.dims.back();
  const DimId other = b.rank() == 1 ? b.dims[0] : b.dims[size_t(b.rank() - 2)];
  if (!g.dims.unify(inner, other)) refuse(op, "the inner sizes differ");
  const auto stack = [](const Type& t) {
    return std::vector<DimId>(t.dims.begin(), t.dims.end() - std::min(t.rank(), 2));
  };
  const std::vector<std::vector<DimId>> stacks = {stack(a), stack(b)};
  std::vector<DimId> dims = broadcast(g, stacks);
  if (a.rank() > 1) dims.push_back(a.dims[size_t(a.rank() - 2)]);
  if (b.rank() > 1) dims.push_back(b.dims.back());
  return dims.empty() ? Type::scalar(a.dtype) : Type::array(a.dtype, std::move(dims));
}

Type Inference::accumulation() const {
  const Type& t = array(0);
  axis(attrs.integer("axis"), t.rank());
  if (is_complex(t.dtype) && !info(steps_of(op)).complex)
    refuse(op, "not defined on complex numbers");
  return t;
}

Type Inference::call() const {
  if (is_product(op)) return matmul();
  if (op == Op::eager) return g.type(attrs.type("type"));
  return info(op).arity == 1 ? accumulation() : infer_selection(g, op, inputs, attrs);
}

// One result stands for itself; none or several are a tuple.
Type Inference::results_of(BodyId b) const {
  const auto& results = g.body(b).results;
  if (results.size() == 1) return g.type(results[0]);
  std::vector<TypeId> types;
  for (Ref r : results) types.push_back(g.intern(g.type(r)));
  return Type::tuple(std::move(types));
}

Type Inference::loop(size_t header, bool counter) const {
  const BodyId body = attrs.body("body");
  const auto& params = g.body(body).params;
  const auto& results = g.body(body).results;
  const size_t carried = inputs.size() - header, first = counter ? 1 : 0;
  if (params.size() != carried + first || results.size() != carried)
    fail<Bug>() << "infer: " << info(op).name << " carries " << carried << " values";
  for (size_t i = 0; i < carried; ++i) {
    const Type &init = in(header + i), &param = g.type(params[i + first]),
               &next = g.type(results[i]);
    if (!g.same_type(init, param) || !g.same_type(param, next))
      refuse(op, "a carried value changes its type or shape from one iteration to the next");
  }
  return results_of(body);
}

Type Inference::control() const {
  switch (op) {
    case Op::cast: {
      const DType t = attrs.dtype("dtype");
      if (!in(0).is_numeric()) refuse(op, "the operand is not a number or array");
      if (is_complex(in(0).dtype) && !is_complex(t) && !is_bool(t))
        refuse(op, "complex numbers lose their imaginary part");
      return in(0).is_array() ? Type::array(t, in(0).dims) : Type::scalar(t);
    }
    case Op::number: {
      const DType t = attrs.dtype("dtype");
      if (!in(0).is_scalar() || is_complex(in(0).dtype)) refuse(op, "the operand is not a number");
      if (t != DType::i64 && t != DType::f64) refuse(op, "not an int or float");
      if (!is_integer(attrs.dtype("fits"))) refuse(op, "not a dtype of integers");
      return Type::python(t);
    }
    case Op::update: return update();
    case Op::bind:
      if (!in(0).is_scalar() || !is_integer(in(0).dtype)) refuse(op, "the size is not an integer");
      return Type::python(DType::i64);
    case Op::require:
      if (!in(0).is_scalar() || !is_bool(in(0).dtype)) refuse(op, "the condition is not a bool");
      return in(0);
    case Op::store:
      if (!g.same_type(array(0), in(1))) refuse(op, "an array of another type or shape");
      return in(0);
    case Op::tuple: {
      std::vector<TypeId> types;
      for (Ref r : inputs) types.push_back(g.intern(g.type(r)));
      return Type::tuple(std::move(types));
    }
    case Op::item: {
      const int64_t i = attrs.integer("index");
      if (in(0).kind != Type::Kind::tuple || i < 0 || i >= int64_t(in(0).elements.size()))
        refuse(op, "no such element");
      return g.type(in(0).elements[size_t(i)]);
    }
    case Op::kernel: return results_of(attrs.body("body"));
    case Op::if_: {
      if (!in(0).is_scalar() || !is_bool(in(0).dtype))
        refuse(op, "the condition is not a bool scalar");
      const auto &yes = g.body(attrs.body("then")).results,
                 &no = g.body(attrs.body("otherwise")).results;
      if (yes.size() != no.size()) fail<Bug>() << "infer: branches of if yield different counts";
      for (size_t i = 0; i < yes.size(); ++i)
        if (!g.same_type(g.type(yes[i]), g.type(no[i])))
          refuse(op, "the branches give values of different types or shapes");
      return results_of(attrs.body("then"));
    }
    case Op::for_:
      if (inputs.size() < 3) fail<Bug>() << "infer: for takes start, stop and step";
      for (size_t i = 0; i < 3; ++i)
        if (!in(i).is_scalar() || !is_integer(in(i).dtype))
          refuse(op, "the range is not of integers");
      return loop(3, true);
    case Op::while_: return loop(0, false);
    default: fail<Bug>() << "infer: " << info(op).name << " is not made by add";
  }
  return {};
}

}  // namespace

Type infer(Graph& graph, Op op, std::span<const Ref> inputs, const Attrs& attrs) {
  if (info(op).arity >= 0 && size_t(info(op).arity) != inputs.size())
    throw Unsupported(std::string(spelling(op)) + " takes " + std::to_string(info(op).arity) +
                      " operands, not " + std::to_string(inputs.size()));
  const Inference i{graph, op, inputs, {op, attrs}};
  switch (info(op).kind) {
    case Kind::elementwise: return i.elementwise();
    case Kind::reduce:
    case Kind::macro: return i.reduce();
    case Kind::view: return i.view();
    case Kind::make: return i.make();
    case Kind::call: return i.call();
    case Kind::control: return i.control();
  }
  return {};
}

}  // namespace ir
