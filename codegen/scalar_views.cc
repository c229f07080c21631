// Views in a scalar loop: nothing but other places, sizes and strides.
#include <algorithm>

#include "codegen/scalar_emitter.h"
#include "ir/error.h"

namespace codegen {

using ir::Ref;

// One function for each VIEW row of the op table, of its name.
struct ViewRows {
  ScalarEmitter& e;
  Ref r;
  const View& v;
  ir::AttrView attrs = e.g_.attrs(r);
  View out{v.data, {}, {}, v.array};

  void take(size_t k) {
    out.sizes.push_back(v.sizes[k]);
    out.strides.push_back(v.strides[k]);
  }
  bool listed(size_t k) const {
    const auto axes = attrs.integers("axes");
    return std::ranges::count(axes, int64_t(k)) > 0;
  }

  void slice() {
    auto& ir = e.b_.ir;
    const auto start = attrs.dims("start"), count = attrs.dims("size");
    const auto step = attrs.integers("step");
    for (size_t k = 0; k < step.size(); ++k) {
      llvm::Value* offset = ir.CreateMul(e.size(start[k]), v.strides[k]);
      out.data = ir.CreateGEP(ir.getInt8Ty(), out.data, offset);
      out.sizes.push_back(e.size(count[k]));
      out.strides.push_back(ir.CreateMul(v.strides[k], e.constant(step[k])));
    }
  }
  void transpose() {
    for (int64_t k : attrs.integers("axes")) take(size_t(k));
  }
  void squeeze() {
    for (size_t k = 0; k < v.sizes.size(); ++k)
      if (!listed(k)) take(k);
  }
  void expand_dims() {
    for (size_t k = 0, next = 0; k < size_t(e.g_.type(r).rank()); ++k) {
      if (!listed(k)) {
        take(next++);
        continue;
      }
      out.sizes.push_back(e.constant(1));
      out.strides.push_back(e.constant(0));
    }
  }
  void index() {
    const auto axis = size_t(attrs.integer("axis"));
    const ir::Type& of = e.g_.type(e.g_.inputs(r)[0]);
    out.data = e.element(v, axis, e.numbers_.at(e.g_.inputs(r)[1].id), of.dims[axis]);
    for (size_t k = 0; k < v.sizes.size(); ++k)
      if (k != axis) take(k);
  }
  void real() {
    for (size_t k = 0; k < v.sizes.size(); ++k) take(k);
  }
  void imag() {
    real();
    const int64_t bytes = ir::info(e.g_.type(r).dtype).bytes;
    out.data = e.b_.ir.CreateConstGEP1_64(e.b_.ir.getInt8Ty(), v.data, uint64_t(bytes));
  }
  void scalar() {}
  void reshape() { refuse(); }
  void broadcast_to() { refuse(); }
  void array() { refuse(); }
  void window() { out = e.window(r, v); }
  [[noreturn]] void refuse() const {
    ir::fail<ir::Unsupported>() << ir::spelling(e.g_.op(r)) << " in a loop over elements";
    std::abort();
  }
};

namespace {

struct Row {
  ir::Op op;
  void (ViewRows::*make)();
};
constexpr Row view_rows[] = {
#define VIEW(name, ...) {ir::Op::name, &ViewRows::name},
#include "ir/ops.def"
};

}  // namespace

void ScalarEmitter::view(Ref r) {
  // An array of one element that is a number here.
  if (const auto alone = numbers_.find(g_.inputs(r)[0].id); alone != numbers_.end()) {
    numbers_[r.id] = Val(alone->second);
    return;
  }
  const View v = seen(g_.inputs(r)[0]);
  ViewRows rows{*this, r, v};
  for (const Row& row : view_rows)
    if (row.op == g_.op(r)) (rows.*row.make)();
  if (is_array(r)) {
    views_[r.id] = std::move(rows.out);
  } else {
    const auto known = held(r);
    numbers_[r.id] = known ? *known : load_element(rows.out, g_.type(r).dtype);
  }
}

}  // namespace codegen
