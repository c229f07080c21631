// Updates and stores. An array changes where it is if nothing else needs what it held, which its
// owner's count tells; else its copy does.
#include <algorithm>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/layout.h"

namespace runtime {

namespace {

bool same_owner(const Tensor& a, const Tensor& b) {
  return a.owner && b.owner && !a.owner.owner_before(b.owner) && !b.owner.owner_before(a.owner);
}

}  // namespace

// True if the memory of a step's base is needed by nothing but the step's own operands.
bool Executor::exclusive(int base, const Step& s) {
  const Slot& b = slot(base);
  if (b.tensor != &b.own || !b.own.owner) return false;
  long ours = 0;
  bool ends = false;
  for (int i : s.release) {
    const Slot& other = slot(i);
    ours += other.tensor == &other.own && same_owner(other.own, b.own);
    ends = ends || i == base;
  }
  long changes = 0;
  for (const Placement& p : s.placements) {
    const Slot& other = slot(p.base);
    changes += other.tensor == &other.own && same_owner(other.own, b.own);
  }
  return ends && changes <= 1 && b.own.owner.use_count() == ours;
}

// Makes `out` a copy of the base but for the part.
void Executor::change_copy(Slot& out, const Slot& base, const Tensor& part, bool host) {
  const Tensor* from = base.tensor;
  out.own = *from;
  out.own.data = nullptr;
  out.own.owner.reset();
  out.own.read_only = false;
  set_elementwise_strides(out.own, {&from, 1});
  provide(out, host, nullptr);
  copy_around(out.own, *from, part);
}

namespace {

std::array<int64_t, max_rank> indices_of(const Frame& f, std::span<const int> slots) {
  std::array<int64_t, max_rank> out{};
  for (size_t k = 0; k < slots.size(); ++k) out[k] = integer(f.slots[size_t(slots[k])].number);
  return out;
}

// `out` is the array of `base`, which is about to change where it is.
void change_in_place(Slot& out, const Slot& base) {
  out.hold(*base.tensor);
  out.hosted = base.hosted;
  out.argument = -1;
  out.same_object = false;
}

}  // namespace

// Finds where a kernel writes an output that is put into an array. The kernel may read the part
// itself if it computes element by element, since it loads before it stores; not the rest of the
// array if that overlaps.
bool Executor::target(const Placement& p, const Step& s, bool map, Slot& out, Tensor& part) {
  const Slot& base = slot(p.base);
  const auto indices = indices_of(f_, p.indices);
  auto at = p.window.of(*base.tensor, f_.sizes, indices);
  if (!at) return false;
  at->owner.reset();  // or the part itself would count as somebody who needs the memory
  const auto disturbs = [&](int input) {
    const Slot& in = slot(input);
    if (in.tensor != &in.own || !same_owner(in.own, *base.tensor)) return false;
    return !(map && same_elements(in.own, *at)) && !apart(*base.tensor, in.own, *at);
  };
  const auto arrays = std::span(s.inputs).first(size_t(s.arrays));
  if (exclusive(p.base, s) && std::ranges::none_of(arrays, disturbs)) {
    change_in_place(out, base);
    part = std::move(*at);
    return true;
  }
  change_copy(out, base, *at, s.host[size_t(p.output)]);
  part = *p.window.of(out.own, f_.sizes, indices);
  return true;
}

bool Executor::put(const Step& s, int changes, const Window& window, std::span<const int> indices,
                   const Tensor& value, int output) {
  const Slot& base = slot(changes);
  const auto at = indices_of(f_, indices);
  auto part = window.of(*base.tensor, f_.sizes, at);
  if (!part) return false;
  part->owner.reset();
  Slot& out = slot(s.outputs[size_t(output)]);
  const auto put = [&](const Tensor& to, const Tensor& from) {
    copy(to, broadcast_to(from, to.dims()));
  };
  if (exclusive(changes, s)) {
    change_in_place(out, base);
    if (same_elements(value, *part)) return true;
    const bool disturbs = same_owner(value, *base.tensor) && !apart(*base.tensor, value, *part);
    put(*part, disturbs ? contiguous(value) : value);
    return true;
  }
  change_copy(out, base, *part, s.host[size_t(output)]);
  put(*window.of(out.own, f_.sizes, at), value);
  return true;
}

bool Executor::update(const Step& s) {
  const auto indices = std::span(s.inputs).subspan(2);
  if (p_.slots[size_t(s.inputs[1])].rank >= 0) {
    return put(s, s.inputs[0], s.window, indices, *slot(s.inputs[1]).tensor, 0);
  }
  Number& number = slot(s.inputs[1]).number;
  Tensor value;
  value.dtype = number.dtype;
  value.data = number.bytes.data();
  return put(s, s.inputs[0], s.window, indices, value, 0);
}

bool Executor::store(const Step& s) {
  const Tensor& to = *f_.changed[size_t(s.changed)];
  const Tensor& from = *slot(s.inputs[0]).tensor;
  if (!same_elements(to, from)) copy(to, may_overlap(to, from) ? contiguous(from) : from);
  Slot& out = slot(s.outputs[0]);
  out.tensor = &to;
  out.own.owner.reset();
  out.argument = slot(p_.changed[size_t(s.changed)].slot).argument;
  out.same_object = true;
  out.hosted = false;
  return true;
}

}  // namespace runtime
