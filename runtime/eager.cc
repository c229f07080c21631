#include "runtime/eager.h"

#include <cstring>

#include "ir/convert.h"
#include "ir/error.h"
#include "runtime/calls/calls.h"
#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/loops.h"
#include "runtime/memory.h"
#include "runtime/numbers.h"
#include "runtime/sizes.h"

namespace runtime {

namespace {

using ir::Op;

class Evaluation {
 public:
  Evaluation(const ir::Graph& g, ir::Ref node, std::span<const Value> operands, const Sizes& sizes,
             const Tensor* walked_as)
      : g_(g),
        node_(node),
        operands_(operands),
        sizes_(sizes),
        walked_as_(walked_as),
        type_(g.type(node)) {}

  Value run() {
    switch (ir::info(g_.op(node_)).kind) {
      case ir::Kind::elementwise: return elementwise();
      case ir::Kind::reduce: return reduction();
      case ir::Kind::view: return view();
      case ir::Kind::make: return make();
      case ir::Kind::call: return call();
      case ir::Kind::control: return control();
      case ir::Kind::macro: break;
    }
    ir::fail<ir::Bug>() << "evaluate: " << ir::info(g_.op(node_)).name << " is not decomposed";
    return {};
  }

 private:
  // Scalars count as 0-d arrays.
  Tensor tensor(size_t i) const {
    if (const auto* t = std::get_if<Tensor>(&operands_[i].is)) return *t;
    const auto& n = std::get<Number>(operands_[i].is);
    Tensor t;
    t.data = const_cast<char*>(n.bytes.data());
    t.dtype = n.dtype;
    return t;
  }
  int64_t integer(size_t i) const {
    const Tensor t = tensor(i);
    return ir::visit(t.dtype, [&](auto tag) -> int64_t {
      using T = decltype(tag);
      if constexpr (std::is_integral_v<T>)
        return int64_t(*reinterpret_cast<const T*>(t.data));
      else
        return 0;
    });
  }

  std::vector<int64_t> dims(const std::vector<ir::DimId>& ids) const {
    std::vector<int64_t> out;
    for (ir::DimId d : ids) out.push_back(sizes_(d));
    return out;
  }

  // A tensor of the node's dtype with this shape, not yet allocated.
  Tensor shaped(std::span<const int64_t> shape) const {
    if (shape.size() > size_t(max_rank)) throw ir::Unsupported("an array of too many axes");
    Tensor t;
    t.dtype = type_.dtype;
    t.rank = int8_t(shape.size());
    std::copy(shape.begin(), shape.end(), t.shape.begin());
    set_c_strides(t);
    return t;
  }

  Value finish(const Tensor& t) const {
    if (!type_.is_scalar()) return {t};
    Number n;
    n.dtype = type_.dtype;
    n.python = type_.kind == ir::Type::Kind::python;
    std::memcpy(n.bytes.data(), t.data, size_t(t.itemsize()));
    return {n};
  }

  Value loop(Loop loop) const {
    if (!loop)
      throw ir::Unsupported(std::string(ir::info(g_.op(node_)).name) +
                            " of this dtype is not compiled");
    std::vector<Tensor> in;
    for (size_t i = 0; i < operands_.size(); ++i) in.push_back(tensor(i));
    Tensor out = shaped(broadcast_shape(in));
    std::vector<const Tensor*> pointers;
    const ir::Op op = g_.op(node_);
    for (size_t i = ir::first_deciding(op); i < in.size(); ++i)
      if (std::holds_alternative<Tensor>(operands_[i].is)) pointers.push_back(&in[i]);
    if (ir::info(op).rule != ir::Rule::dense) set_elementwise_strides(out, pointers);
    allocate(out);
    run_loop(loop, in, out);
    return finish(out);
  }

  static std::vector<int64_t> broadcast_shape(std::span<const Tensor> in) {
    std::vector<int64_t> shape;
    for (const Tensor& t : in)
      if (size_t(t.rank) > shape.size())
        shape.insert(shape.begin(), size_t(t.rank) - shape.size(), 1);
    for (const Tensor& t : in) {
      for (int a = 0; a < t.rank; ++a) {
        int64_t& size = shape[shape.size() - size_t(t.rank) + size_t(a)];
        if (size == 1)
          size = t.shape[size_t(a)];
        else if (t.shape[size_t(a)] != 1 && t.shape[size_t(a)] != size)
          throw ir::Unsupported("shapes do not broadcast");
      }
    }
    return shape;
  }

  Value elementwise() const {
    const bool choice = ir::info(g_.op(node_)).rule == ir::Rule::pick;
    const ir::DType from = tensor(choice ? 1 : 0).dtype;
    if (type_.kind == ir::Type::Kind::python) {
      const Arithmetic arithmetic = compile_arithmetic(g_, node_, from);
      std::vector<const Number*> numbers;
      for (const Value& v : operands_) numbers.push_back(&std::get<Number>(v.is));
      if (arithmetic.checked && !arithmetic.within_bounds(numbers))
        throw ir::Unsupported("a Python number out of bounds");
    }
    return loop(elementwise_loop(g_.op(node_), from));
  }

  Value reduction() const {
    const Tensor in = tensor(0);
    const auto axes = g_.attrs(node_).integers("axes");
    std::vector<int64_t> shape(in.dims().begin(), in.dims().end());
    bool empty = false;
    for (int64_t a : axes) {
      empty |= shape[size_t(a)] == 0;
      shape[size_t(a)] = 1;
    }
    Tensor out = shaped(shape);
    // NumPy lays the places of extremes out anew, all else in the operand's order.
    if (ir::info(g_.op(node_)).rule != ir::Rule::place) set_reduced_strides(out, in);
    allocate(out);
    const bool extreme = ir::info(g_.op(node_)).rule == ir::Rule::same ||
                         ir::info(g_.op(node_)).rule == ir::Rule::place;
    if (empty && extreme) throw ir::Unsupported("a reduction of nothing");
    reduce(g_.op(node_), in, axes, out, walked_as_);
    return finish(g_.attrs(node_).boolean("keepdims") ? out : squeeze(out, axes));
  }

  Value view() const {
    const ir::AttrView a = g_.attrs(node_);
    const Tensor in = tensor(0);
    switch (g_.op(node_)) {
      case Op::slice: {
        const auto start = dims(a.dims("start")), size = dims(a.dims("size"));
        return {slice(in, start, a.integers("step"), size)};
      }
      case Op::transpose: return {transpose(in, a.integers("axes"))};
      case Op::broadcast_to: return {broadcast_to(in, dims(a.dims("shape")))};
      case Op::expand_dims: return {expand_dims(in, a.integers("axes"))};
      case Op::squeeze: return {squeeze(in, a.integers("axes"))};
      case Op::real: return {part(in, false)};
      case Op::imag: return {part(in, true)};
      case Op::reshape: return {reshaped(in, dims(a.dims("shape")))};
      case Op::scalar: return finish(in);
      case Op::array: {
        Tensor out = shaped({});
        allocate(out);
        std::memcpy(out.data, in.data, size_t(in.itemsize()));
        return {out};
      }
      case Op::window: {
        Tensor part;
        if (!window(in, int(a.integer("axis")), integer(1), sizes_(a.dim("step")),
                    sizes_(a.dim("size")), part))
          throw ir::Unsupported("a part out of range");
        return {part};
      }
      default: break;
    }
    Tensor element;
    if (!index(in, int(a.integer("axis")), integer(1), element))
      throw ir::Unsupported("an index out of range");
    return finish(element);
  }

  Tensor reshaped(const Tensor& in, std::span<const int64_t> shape) const {
    if (auto view = reshape(in, shape)) return *view;
    Tensor flat = shaped(in.dims());
    allocate(flat);
    run_loop(cast_loop(in.dtype, in.dtype), std::span(&in, 1), flat);
    if (auto view = reshape(flat, shape)) return *view;
    throw ir::Unsupported("a reshape to another size");
  }

  Value make() const {
    const ir::AttrView a = g_.attrs(node_);
    if (type_.is_scalar()) return number();
    if (g_.op(node_) == Op::full) {
      Tensor out = shaped(dims(a.dims("shape")));
      std::vector<const Tensor*> like;
      for (size_t i = 1; i < operands_.size(); ++i)
        like.push_back(&std::get<Tensor>(operands_[i].is));
      if (like.size() == 1) set_elementwise_strides(out, like);
      if (like.size() > 1) set_joined_strides(out, like);
      allocate(out);
      const Tensor value = tensor(0);
      run_loop(cast_loop(value.dtype, out.dtype), std::span(&value, 1), out);
      return {out};
    }
    const int64_t n = sizes_(a.dim("size"));
    Tensor out = shaped(std::span(&n, 1));
    allocate(out);
    ir::visit(out.dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_arithmetic_v<T> || ir::detail::half<T>)
        for (int64_t i = 0; i < n; ++i) reinterpret_cast<T*>(out.data)[i] = ir::convert<T>(i);
    });
    return {out};
  }

  Span spanned() const {
    const ir::AttrView a = g_.attrs(node_);
    return span_of(integer(0), integer(1), sizes_(a.dim("step")), sizes_(a.dim("extent")));
  }

  Value number() const {
    Number n;
    n.dtype = type_.dtype;
    n.python = type_.kind == ir::Type::Kind::python;
    const ir::AttrView a = g_.attrs(node_);
    if (g_.op(node_) == Op::extent || g_.op(node_) == Op::span) {
      const int64_t v = g_.op(node_) == Op::extent ? sizes_(a.dim("size")) : spanned().first;
      std::memcpy(n.bytes.data(), &v, sizeof v);
      return {n};
    }
    const ir::Literal literal = a.scalar("value");
    ir::visit(n.dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_arithmetic_v<T> || ir::detail::half<T>) {
        T v{};
        if constexpr (std::is_integral_v<T>)
          v = ir::convert<T>(literal.bits[0]);
        else
          v = ir::convert<T>(literal.as_double());
        std::memcpy(n.bytes.data(), &v, sizeof v);
      } else {
        const T v = ir::convert<T>(literal.as_complex());
        std::memcpy(n.bytes.data(), &v, sizeof v);
      }
    });
    return {n};
  }

  Value call() const {
    if (selects(g_.op(node_))) return selection();
    if (changes_selected(g_.op(node_))) return changed();
    if (g_.op(node_) == Op::eager)
      throw ir::Unsupported("the graph calls " + g_.attrs(node_).text("call") +
                            ", which only its host can do");
    if (!ir::is_product(g_.op(node_))) return accumulation();
    const Tensor a = tensor(0), b = tensor(1);
    // The sizes of the result are those that inference found.
    Tensor out = shaped(dims(type_.dims));
    allocate(out);
    calls::matmul(a, b, out);
    return finish(out);
  }

  std::vector<Tensor> tensors() const {
    std::vector<Tensor> out;
    for (size_t i = 0; i < operands_.size(); ++i) out.push_back(tensor(i));
    return out;
  }

  Value selection() const {
    Tensor out;
    if (!select_elements(g_, node_, tensors(), out, [](Tensor& t) { allocate(t); }))
      throw ir::Unsupported("another number of elements");
    return {out};
  }

  Value changed() const {
    const Tensor base = tensor(0);
    Tensor out = shaped(base.dims());
    const Tensor* like = &base;
    set_elementwise_strides(out, {&like, 1});
    allocate(out);
    copy(out, base);
    if (!change_elements(g_, node_, out, tensors()))
      throw ir::Unsupported("another number of elements");
    return {out};
  }

  Value accumulation() const {
    const Tensor in = tensor(0);
    Tensor out = shaped(in.dims());
    const Tensor* operand = &in;
    set_elementwise_strides(out, std::span(&operand, 1));
    allocate(out);
    calls::accumulate(g_.op(node_), in, int(g_.attrs(node_).integer("axis")), out);
    return {out};
  }

  Value control() const {
    switch (g_.op(node_)) {
      case Op::cast: return loop(cast_loop(tensor(0).dtype, type_.dtype));
      case Op::number: return python_number();
      case Op::require:
        if (integer(0) == 0) throw ir::Unsupported("a condition that does not hold");
        return operands_[0];
      case Op::update: return update();
      case Op::store: return store();
      case Op::tuple: return {Tuple(operands_.begin(), operands_.end())};
      case Op::item:
        return std::get<Tuple>(operands_[0].is).at(size_t(g_.attrs(node_).integer("index")));
      default: ir::fail<ir::Bug>() << "evaluate: " << ir::info(g_.op(node_)).name << " has bodies";
    }
    return {};
  }

  Value python_number() const {
    const Tensor in = tensor(0);
    Number n{type_.dtype, true, {}};
    if (!compile_conversion(g_, node_).run(in.dtype, in.data, n))
      throw ir::Unsupported("a number that does not fit");
    return {n};
  }

  // A copy in the operand's own memory order, with the part replaced.
  Value update() const {
    const ir::AttrView a = g_.attrs(node_);
    const Tensor base = tensor(0);
    Tensor out = shaped(base.dims());
    const Tensor* like = &base;
    set_elementwise_strides(out, {&like, 1});
    allocate(out);
    copy(out, base);
    std::vector<int64_t> indices;
    for (size_t i = 2; i < operands_.size(); ++i) indices.push_back(integer(i));
    const auto part = window(out, dims(a.dims("start")), dims(a.dims("step")), dims(a.dims("size")),
                             a.integers("axes"), indices);
    if (!part) throw ir::Unsupported("an index out of range");
    copy(*part, broadcast_to(tensor(1), part->dims()));
    return {out};
  }

  Value store() const {
    const Tensor to = tensor(0), from = tensor(1);
    copy(to, may_overlap(to, from) ? contiguous(from) : from);
    return {to};
  }

  const ir::Graph& g_;
  ir::Ref node_;
  std::span<const Value> operands_;
  const Sizes& sizes_;
  const Tensor* walked_as_;
  const ir::Type& type_;
};

}  // namespace

Value evaluate(const ir::Graph& graph, ir::Ref node, std::span<const Value> operands,
               const Sizes& sizes, const Tensor* walked_as) {
  return Evaluation(graph, node, operands, sizes, walked_as).run();
}

}  // namespace runtime
