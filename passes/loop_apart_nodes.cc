// Operations, views and updates, element by element.
#include <algorithm>

#include "passes/loop_apart.h"

namespace passes {

Ref LoopApart::together(const Elements& e, BodyId where, ir::Loc loc) {
  Ref array = to_.add(where, Op::full, {e.at[0]}, Attrs().dims(sizes(e.shape)), loc);
  size_t k = 0;
  each_index(e.shape, [&](const std::vector<int64_t>& index) {
    if (k > 0) array = put(array, e.at[k], index, {}, where, loc);
    ++k;
  });
  return array;
}

std::vector<DimId> LoopApart::sizes(const std::vector<int64_t>& values) {
  std::vector<DimId> out;
  for (int64_t v : values) out.push_back(to_.dims.constant(v));
  return out;
}

Attrs LoopApart::one_at(const std::vector<int64_t>& index) {
  const std::vector<int64_t> ones(index.size(), 1);
  return Attrs().dims(sizes(index)).dims(sizes(ones)).dims(sizes(ones));
}

Ref LoopApart::put(Ref array, Ref value, const std::vector<int64_t>& index,
                   std::span<const Ref> positions, BodyId where, ir::Loc loc,
                   std::span<const int64_t> axes) {
  std::vector<Ref> inputs{array, value};
  inputs.insert(inputs.end(), positions.begin(), positions.end());
  return to_.add(where, Op::update, inputs, one_at(index).integers(axes), loc);
}

Elements LoopApart::read(Ref array, BodyId where, ir::Loc loc) {
  const auto shape = small_shape(to_, to_.type(array));
  if (!shape) throw ir::Unsupported("an array of many elements, or of unknown shape");
  Elements out{*shape, {}, {}};
  std::vector<int64_t> axes;
  for (size_t k = 0; k < shape->size(); ++k) axes.push_back(int64_t(k));
  each_index(*shape, [&](const std::vector<int64_t>& index) {
    Ref one = array;
    if (!index.empty()) {
      one = to_.add(where, Op::slice, {array}, one_at(index), loc);
      one = to_.add(where, Op::squeeze, {one}, Attrs().integers(axes), loc);
    }
    out.at.push_back(to_.add(where, Op::scalar, {one}, {}, loc));
  });
  return out;
}

Elements LoopApart::elements(Ref r, BodyId where) {
  Shown s = shown(r);
  if (s.apart()) return s.elements;
  if (from_.type(r).is_scalar()) return {{}, {s.ref}, {}};
  return read(s.ref, where, from_[r].loc);
}

Shown LoopApart::computed(Ref r, BodyId where) {
  const auto inputs = from_.inputs(r);
  if (from_.type(r).is_scalar()) {
    std::vector<Ref> now;
    for (Ref in : inputs) now.push_back(whole(in));
    return {rw_.copy(r, where, now), {}};
  }
  const auto shape = small_shape(from_, from_.type(r));
  if (!shape) throw ir::Unsupported("an array of many elements, or of unknown shape");
  std::vector<Elements> operands;
  for (Ref in : inputs) operands.push_back(elements(in, where));
  Elements out{*shape, {}, {}};
  each_index(*shape, [&](const std::vector<int64_t>& index) {
    std::vector<Ref> now;
    for (const Elements& e : operands) now.push_back(element(e, index));
    out.at.push_back(to_.add(where, from_.op(r), now, from_.raw_attrs(r), loc_of_element(r)));
    cost_ += ir::info(from_.op(r)).cost;
  });
  return {{}, out};
}

ir::Loc LoopApart::loc_of_element(Ref r) const {
  ir::Loc loc = from_[r].loc;
  loc.element = true;
  return loc;
}

Shown LoopApart::full(Ref r, BodyId where) {
  const auto shape = small_shape(from_, from_.type(r));
  if (!shape || from_.inputs(r).size() > 1)
    throw ir::Unsupported("a large array that is made in a loop");
  const Elements value = elements(from_.inputs(r)[0], where);
  Elements out{*shape, {}, {}};
  each_index(*shape, [&](const auto&) { out.at.push_back(value.at[0]); });
  return {{}, out};
}

Shown LoopApart::reduced(Ref r, BodyId where) {
  constexpr size_t pairwise_from = 8;
  const Ref in = from_.inputs(r)[0];
  const Type &type = from_.type(r), &of = from_.type(in);
  const Elements e = elements(in, where);
  const bool sum = from_.op(r) == Op::sum;
  const bool ordered = sum || from_.op(r) == Op::prod;
  const bool dtype =
      of.dtype == type.dtype &&
      (of.dtype == ir::DType::i64 || of.dtype == ir::DType::f64 || of.dtype == ir::DType::f32);
  if (!ordered || !dtype || of.rank() != 1 || e.at.size() >= pairwise_from ||
      !ir::keeps_order(from_.op(in)))
    throw ir::Unsupported("this reduction in a loop over numbers");
  const ir::Loc loc = loc_of_element(r);
  Ref total = e.at[0];
  const Op step = sum ? Op::add : Op::multiply;
  for (size_t k = 1; k < e.at.size(); ++k) total = to_.add(where, step, {total, e.at[k]}, {}, loc);
  if (sum) {
    const ir::Literal zero =
        ir::is_float(of.dtype) ? ir::Literal::of(0.0) : ir::Literal::of(int64_t(0));
    const Ref first = to_.constant(where, Type::scalar(of.dtype), zero, loc);
    total = to_.add(where, step, {first, total}, {}, loc);
  }
  if (type.is_scalar()) return {total, {}};
  return {{}, {known(from_, type.dims), {total}, {}}};
}

Shown LoopApart::seen(Ref r, BodyId where) {
  const auto inputs = from_.inputs(r);
  const Shown base = shown(inputs[0]);
  const Op op = from_.op(r);
  if (op == Op::array) return {{}, {{}, {whole(inputs[0])}, {}}};
  if (!base.apart()) {
    std::vector<Ref> now;
    for (Ref in : inputs) now.push_back(whole(in));
    const Ref copy = rw_.copy(r, where, now);
    if (!small_shape(from_, from_.type(r))) return {copy, {}};
    return {{}, read(copy, where, from_[r].loc)};
  }
  if (op == Op::scalar) return {base.elements.at[0], {}};
  if (inputs.size() > 1) throw StaysWhole{root_of(base)};
  if (!small_shape(from_, from_.type(r))) throw ir::Unsupported("a part without elements");
  return {{}, view(from_, r, base.elements)};
}

Ref LoopApart::root_of(const Shown& s) {
  if (!s.elements.root.valid()) throw ir::Unsupported("a run-time index into a small array");
  return s.elements.root;
}

Shown LoopApart::update(Ref r, BodyId where) {
  const auto inputs = from_.inputs(r);
  const Elements value = elements(inputs[1], where);
  Shown base = shown(inputs[0]);
  // A version that the loop makes of an array from outside is an array of its own.
  if (!known_.contains(inputs[0].id)) base.elements = elements(inputs[0], where);
  const auto axes = from_.attrs(r).integers("axes");
  if (base.apart()) {
    if (!axes.empty()) throw StaysWhole{root_of(base)};
    return {{}, updated(from_, r, base.elements, value)};
  }
  const ir::AttrView attrs = from_.attrs(r);
  const auto start = attrs.dims("start");
  const auto size = known(from_, attrs.dims("size")), step = known(from_, attrs.dims("step"));
  std::vector<Ref> positions;
  for (Ref in : inputs.subspan(2)) positions.push_back(whole(in));
  for (int64_t a : axes)
    if (size[size_t(a)] != 1) throw ir::Unsupported("a part of run-time position that is no row");
  if (!small_shape(from_, Type::array(ir::DType::b1, attrs.dims("size"))))
    throw ir::Unsupported("an update of many elements");
  Ref now = base.ref;
  each_index(size, [&](const std::vector<int64_t>& index) {
    std::vector<DimId> at = start;
    for (size_t k = 0; k < at.size(); ++k)
      at[k] = to_.dims.add(at[k], to_.dims.constant(index[k] * step[k]));
    const std::vector<int64_t> ones(index.size(), 1);
    std::vector<Ref> operands{now, element(value, index)};
    operands.insert(operands.end(), positions.begin(), positions.end());
    const Attrs part = Attrs().dims(at).dims(sizes(ones)).dims(sizes(ones)).integers(axes);
    now = to_.add(where, Op::update, operands, part, from_[r].loc);
  });
  return {now, {}};
}

}  // namespace passes
