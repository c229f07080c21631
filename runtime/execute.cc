#include "runtime/executor.h"

#include <algorithm>
#include <cstring>

#include "ir/raises.h"
#include "runtime/calls/calls.h"
#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/memory.h"
#include "runtime/products.h"

namespace runtime {

bool Executor::run(const Block& b) {
  for (const Step& s : b.steps) {
    if (f_.profile ? !profiled(b, s) : !run(b, s)) return false;
    if (s.escapes) settle(s);
    for (int r : s.release) {
      slot(r).own.owner.reset();
      slot(r).tensor = nullptr;
    }
  }
  return true;
}

// A step by a function of its own: the flags tell what it raised.
template <class Run>
bool Executor::noted(const Step& s, Run run) {
  if (s.report < 0 || !f_.errors) return run();
  const uint8_t before = error_flags();  // which NumPy clears
  clear_error_flags();
  const bool done = run();
  if (done) note(s.report, told_by_result(s.node, value(s.outputs[0]), error_flags()));
  raise_error_flags(before);
  return done;
}

bool Executor::run(const Block& b, const Step& s) {
  switch (s.kind) {
    case Step::Kind::view: return view(s);
    case Step::Kind::span: return span(s);
    case Step::Kind::launch: return launch(b, s);
    case Step::Kind::number: return arithmetic(s);
    case Step::Kind::convert: return convert(s);
    case Step::Kind::fill: return fill(s);
    case Step::Kind::evaluate: return reference(s);
    case Step::Kind::update: return update(s);
    case Step::Kind::change: return noted(s, [&] { return change(s); });
    case Step::Kind::store: return store(s);
    case Step::Kind::bind: return bind(s);
    case Step::Kind::require: return integer(slot(s.inputs[0]).number) != 0;
    case Step::Kind::select: return select(s);
    case Step::Kind::call: return call(s);
    case Step::Kind::branch: return branch(s);
    case Step::Kind::for_loop: return for_loop(s);
    case Step::Kind::while_loop: return while_loop(s);
  }
  return false;
}

// Results that a step made elsewhere go to the host's memory at once, so that views of them share
// it.
void Executor::settle(const Step& s) {
  const auto moves = [&](size_t i) {
    const size_t out = size_t(s.outputs[i]);
    return s.host[i] && p_.slots[out].rank >= 0 && f_.slots[out].tensor->data != nothing_yet;
  };
  std::vector<Slot*> given;
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    if (!moves(i)) continue;
    Slot& out = f_.slots[size_t(s.outputs[i])];
    if (s.bodies.empty()) {
      move_to_host(out, *f_.host);
    } else {
      given.push_back(&out);
    }
  }
  move_to_host(given, f_);
}

bool Executor::view(const Step& s) {
  const Slot& in = slot(s.inputs[0]);
  Slot& out = slot(s.outputs[0]);
  ViewOperands operands{in.tensor, s.inputs.size() > 1 ? &slot(s.inputs[1]).number : &in.number,
                        f_.sizes};
  ViewResult made{out.own};
  if (!s.view.make(s.view, operands, made)) return false;
  out.argument = made.copied || s.view.number ? -1 : in.argument;
  out.hosted = in.hosted && !made.copied;
  out.same_object = false;
  if (s.view.number) {
    out.number = made.number;
  } else {
    out.tensor = &out.own;
  }
  return true;
}

// Finds a size, and with it all sizes that follow from it.
bool Executor::span(const Step& s) {
  const Span found = span_of(integer(slot(s.inputs[0]).number), integer(slot(s.inputs[1]).number),
                             f_.sizes[size_t(s.sizes[1])], f_.sizes[size_t(s.sizes[0])]);
  Number& out = slot(s.outputs[0]).number;
  out = {ir::DType::i64, true, {}};
  std::memcpy(out.bytes.data(), &found.first, sizeof found.first);
  return give(s, found.count);
}

bool Executor::give(const Step& s, int64_t size) {
  if (!p_.sizes->give(s.site, size, f_.sizes, f_.epoch)) return false;
  for (const auto& preset : p_.presets) {
    if (preset.span != s.site) continue;
    std::memcpy(slot(preset.slot).number.bytes.data(), &f_.sizes[size_t(preset.reg)],
                sizeof(int64_t));
  }
  return true;
}

// Memory for a tensor whose shape and strides are set. `like` makes the shape that the host sees.
void Executor::provide(Slot& s, bool host, const Step* like) {
  s.argument = -1;
  s.same_object = false;
  s.hosted = host && f_.host->allocate_result;
  s.tensor = &s.own;
  if (!s.hosted) return allocate(s.own);
  if (!like) return f_.host->allocate_result(s.own);
  Tensor seen;
  ViewResult shaped{seen};
  like->view.make(like->view, {&s.own, nullptr, f_.sizes}, shaped);
  f_.host->allocate_result(seen);
  s.own.data = seen.data;
  s.own.owner = std::move(seen.owner);
}

// An array of which only the layout counts, since all its elements are replaced. It owns nothing,
// so the first change makes it anew.
void Executor::provide_blank(Slot& s) {
  s.argument = -1;
  s.same_object = false;
  s.hosted = false;
  s.tensor = &s.own;
  s.own.data = nothing_yet;
  s.own.owner.reset();
}

bool Executor::arithmetic(const Step& s) {
  const Number* operands[max_operands];
  const size_t n = s.inputs.size();
  for (size_t i = 0; i < n; ++i) operands[i] = &slot(s.inputs[i]).number;
  Number& out = slot(s.outputs[0]).number;
  if (!s.arithmetic.run({operands, n}, out)) return false;
  if (s.report >= 0 && f_.errors && (s.silent || f_.errors->checked))
    note(s.report, raised_by(g_, s.node, {operands, n}, out));
  return true;
}

bool Executor::convert(const Step& s) {
  const Number& from = slot(s.inputs[0]).number;
  return s.conversion.run(from.dtype, from.bytes.data(), slot(s.outputs[0]).number);
}

bool Executor::fill(const Step& s) {
  const Number& value = slot(s.inputs[0]).number;
  Slot& out = slot(s.outputs[0]);
  Tensor& t = out.own;
  t = Tensor();
  t.dtype = value.dtype;
  t.rank = int8_t(s.sizes.size());
  for (int k = 0; k < t.rank; ++k) {
    t.shape[k] = f_.sizes[size_t(s.sizes[size_t(k)])];
    if (t.shape[k] < 0) return false;
  }
  set_c_strides(t);
  if (s.inputs.size() > 1) {
    List<const Tensor*, 16> like(s.inputs.size() - 1);
    for (size_t i = 1; i < s.inputs.size(); ++i) like[i - 1] = slot(s.inputs[i]).tensor;
    if (s.inputs.size() == 2)
      set_elementwise_strides(t, like.all());
    else
      set_joined_strides(t, like.all());
  }
  if (s.blank) {
    provide_blank(out);
    return true;
  }
  provide(out, s.host[0], nullptr);
  Tensor repeated;
  repeated.dtype = value.dtype;
  repeated.data = const_cast<char*>(value.bytes.data());
  copy(t, broadcast_to(repeated, t.dims()));
  return true;
}

// A product by the host's own loop. False if the host has to be called for it.
bool Executor::product(const Step& s) {
  const Tensor &left = *slot(s.inputs[0]).tensor, &right = *slot(s.inputs[1]).tensor;
  if (!f_.host->matmul || left.rank > 2 || right.rank > 2) return false;
  if (g_.op(s.node) != ir::Op::dot) return product(s, left, right);
  if (dot_differs(left, right)) return false;
  std::array<Tensor, 2> copies;
  const Tensor *a = dot_operand(left, copies[0]), *b = dot_operand(right, copies[1]);
  return a && b && product(s, *a, *b);
}

bool Executor::product(const Step& s, const Tensor& a, const Tensor& b) {
  constexpr int64_t long_product = 1 << 18;
  Slot& out = slot(s.outputs[0]);
  if (p_.slots[size_t(s.outputs[0])].rank < 0) {
    Tensor number;
    number.dtype = out.number.dtype;
    number.data = out.number.bytes.data();
    return f_.host->matmul(a, b, number);
  }
  Tensor made;
  made.dtype = a.dtype;
  if (a.rank == 2) made.shape[made.rank++] = a.shape[0];
  if (b.rank == 2) made.shape[made.rank++] = b.shape[1];
  if (made.size() == 0) return false;  // NumPy has strides of its own for it
  set_c_strides(made);
  const bool lasts = made.size() * b.shape[0] > long_product;
  out.own = std::move(made);
  provide(out, s.host[0], nullptr);
  Unlocked unlocked(*f_.host, lasts);
  f_.lasted = f_.lasted || lasts;
  return f_.host->matmul(a, b, out.own);
}

// A running sum or its like, written where the result is to be.
bool Executor::accumulate(const Step& s) {
  const Tensor& in = *slot(s.inputs[0]).tensor;
  Slot& out = slot(s.outputs[0]);
  Tensor made;
  made.dtype = in.dtype;
  made.rank = in.rank;
  made.shape = in.shape;
  const Tensor* operand = &in;
  set_elementwise_strides(made, std::span(&operand, 1));
  out.own = std::move(made);
  provide(out, s.host[0], nullptr);
  calls::accumulate(g_.op(s.node), in, int(g_.attrs(s.node).integer("axis")), out.own);
  return true;
}

bool Executor::call(const Step& s) {
  if (g_.op(s.node) == ir::Op::eager) return call_eager(s);
  if (ir::steps_of(g_.op(s.node)) != g_.op(s.node)) return noted(s, [&] { return accumulate(s); });
  if (!f_.host->call || !ir::is_product(g_.op(s.node))) return reference(s);
  return noted(s, [&] { return product(s) || call_host(s); });
}

bool Executor::call_host(const Step& s) {
  std::vector<Tensor> operands;
  for (int in : s.inputs) operands.push_back(*slot(in).tensor);
  Tensor made = f_.host->call(g_.op(s.node), operands);
  Slot& out = slot(s.outputs[0]);
  if (p_.slots[size_t(s.outputs[0])].rank < 0) {
    out.number = {made.dtype, false, {}};
    std::memcpy(out.number.bytes.data(), made.data, size_t(made.itemsize()));
    return true;
  }
  out.argument = -1;
  out.same_object = false;
  out.hosted = true;
  out.hold(std::move(made));
  return true;
}

bool Plan::Program::execute(const Block& block, Frame& frame) const {
  return Executor(*this, frame).run(block);
}

}  // namespace runtime
