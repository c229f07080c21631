// Random graphs over arrays f64, f32, i32 [n, m], f64[m], f32[n, 1], f64[] and two scalars. An even
// seed gives one with transposes, an odd one one with sums of floats.
#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "ir/graph.h"

namespace testing_graphs {

using ir::DType;
using ir::Graph;
using ir::Op;
using ir::Ref;
using ir::Type;

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed), transposes_(seed % 2 == 0) {}

  Graph make() {
    n_ = g_.dims.symbol("n"), m_ = g_.dims.symbol("m");
    const ir::DimId one = g_.dims.constant(1);
    for (DType t : {DType::f64, DType::f32, DType::i32}) param(Type::array(t, {n_, m_}));
    param(Type::array(DType::f64, {m_}));
    param(Type::array(DType::f32, {n_, one}));
    param(Type::array(DType::f64, {}));
    param(Type::scalar(DType::f32));
    param(Type::python(DType::f64));
    const int steps = pick(4, 24);
    for (int i = 0; i < steps; ++i) {
      try {
        step();
      } catch (const ir::Unsupported&) {  // these operands do not go together
      }
    }
    std::vector<Ref> results;
    const int count = pick(1, 3);
    for (int i = 0; i < count; ++i) results.push_back(any());
    g_.results(Graph::main, results);
    return std::move(g_);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  Ref any() {
    return values_[size_t(pick(std::max(0, int(values_.size()) - 12), int(values_.size()) - 1))];
  }
  void param(const Type& t) { values_.push_back(g_.param(Graph::main, t)); }
  Ref add(Op op, std::vector<Ref> in, const ir::Attrs& a = {}) {
    return g_.add(Graph::main, op, in, a);
  }

  void step() {
    const int kind = pick(0, 9);
    Ref made;
    if (kind <= 5)
      made = elementwise();
    else if (kind == 6)
      made = reduce(any());
    else
      made = view(any());
    if (made.valid()) values_.push_back(made);
  }

  Ref elementwise() {
    const Op op = Op(pick(0, ir::op_count - 1));
    if (op == Op::cast) return add(op, {any()}, ir::Attrs().dtype(DType(pick(1, 11))));
    if (!ir::is_elementwise(op)) return {};
    std::vector<Ref> operands;
    for (int i = 0; i < ir::info(op).arity; ++i)
      operands.push_back(pick(0, 5) ? any() : constant());
    return ir::apply(g_, Graph::main, op, operands);
  }

  Ref constant() {
    const double values[] = {0.0, -0.0, 1.0, -1.0, 2.0, 0.25, 3.0};
    const DType t = pick(0, 1) ? DType::f64 : DType::f32;
    const Type type = pick(0, 1) ? Type::scalar(t) : Type::python(DType::f64);
    return g_.constant(Graph::main, type, ir::Literal::of(values[pick(0, 6)]));
  }

  // Sums of floats depend on the memory order, which a transpose may change: never both in a graph.
  Ref reduce(Ref r) {
    const int rank = g_.type(r).rank();
    if (!g_.type(r).is_array() || rank == 0) return {};
    std::vector<int64_t> axes;
    for (int i = 0; i < rank; ++i)
      if (pick(0, 1)) axes.push_back(i);
    if (axes.empty()) axes.push_back(pick(0, rank - 1));
    const bool keep = pick(0, 1);
    const Op ops[] = {Op::max,    Op::min, Op::any,  Op::all, Op::argmax,
                      Op::argmin, Op::sum, Op::mean, Op::var};
    const Op op = ops[pick(0, transposes_ ? 5 : 8)];
    if (axes.size() > 1 && (op == Op::argmax || op == Op::argmin)) axes.resize(1);
    ir::Attrs attrs = ir::Attrs().integers(axes).boolean(keep);
    if (op == Op::var) attrs.integer(0);
    return ir::apply(g_, Graph::main, op, std::vector<Ref>{r}, attrs);
  }

  Ref view(Ref r) {
    const Type t = g_.type(r);
    if (!t.is_array()) return {};
    const int rank = t.rank();
    std::vector<int64_t> ones, axes(static_cast<size_t>(rank));
    for (int i = 0; i < rank; ++i) {
      axes[size_t(i)] = rank - 1 - i;
      if (g_.dims.is(t.dims[size_t(i)], 1)) ones.push_back(i);
    }
    switch (pick(0, 5)) {
      case 0: return transposes_ ? add(Op::transpose, {r}, ir::Attrs().integers(axes)) : Ref{};
      case 1:
        return rank < 3 ? add(Op::expand_dims, {r}, ir::Attrs().integers({pick(0, rank)})) : Ref{};
      case 2: return ones.empty() ? Ref{} : add(Op::squeeze, {r}, ir::Attrs().integers({ones[0]}));
      case 3:
        return rank == 1 ? add(Op::broadcast_to, {r}, ir::Attrs().dims(std::vector{n_, t.dims[0]}))
                         : Ref{};
      case 4: {
        ir::DimId size = g_.dims.constant(1);
        for (ir::DimId d : t.dims) size = g_.dims.multiply(size, d);
        return add(Op::reshape, {r}, ir::Attrs().dims(std::vector{size}));
      }
      default: return slice(r, t);
    }
  }

  Ref slice(Ref r, const Type& t) {
    std::vector<ir::DimId> start, size;
    std::vector<int64_t> step;
    for (ir::DimId d : t.dims) {
      const bool whole = g_.dims.is(d, 1) || pick(0, 1), backwards = pick(0, 3) == 0;
      const ir::DimId count = whole ? d : g_.dims.subtract(d, g_.dims.constant(1));
      size.push_back(count);
      step.push_back(backwards ? -1 : 1);
      start.push_back(backwards ? g_.dims.subtract(d, g_.dims.constant(1))
                                : g_.dims.constant(whole ? 0 : 1));
    }
    return add(Op::slice, {r}, ir::Attrs().dims(start).integers(step).dims(size));
  }

  Graph g_;
  std::mt19937 random_;
  bool transposes_;
  ir::DimId n_, m_;
  std::vector<Ref> values_;
};

}  // namespace testing_graphs
