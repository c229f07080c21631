// Updates and stores. An array changes where it is if nothing else needs what it held, which its
// owner's count tells; else its copy does.
#include <algorithm>
#include <cstdlib>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/layout.h"
#include "runtime/memory.h"

namespace runtime {

bool Executor::same_owner(const Tensor& a, const Tensor& b) {
  return a.owner && b.owner && !a.owner.owner_before(b.owner) && !b.owner.owner_before(a.owner);
}

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

Tensor Executor::layout_of_copy(const Tensor& t) {
  const Tensor* from = &t;
  Tensor out = t;
  out.data = nullptr;
  out.owner.reset();
  out.read_only = false;
  set_elementwise_strides(out, {&from, 1});
  return out;
}

// Makes `out` a copy of the base but for the part.
void Executor::change_copy(Slot& out, const Slot& base, const Tensor& part, bool host) {
  const Tensor* from = base.tensor;
  const bool blank = from->data == nothing_yet;
  out.own = layout_of_copy(*from);
  provide(out, host, nullptr);
  if (!blank) copy_around(out.own, *from, part);
}

// `out` is the array of `base`, of which the part, if there is one, is about to change.
// `ends`: nothing of the step
// still looks at the base's slot.
void Executor::change_in_place(Slot& out, Slot& base, const Tensor* part, bool ends) {
  if ((p_.journal || (f_.errors && !f_.unsaved)) && part) remember(*part, base.own.owner);
  if (ends) {
    out.hold(std::move(base.own));
  } else {
    out.hold(base.own);
  }
  out.hosted = base.hosted;
  out.argument = -1;
  out.same_object = false;
}

namespace {

// What it costs to note a part, in bytes that go through the cache.
int64_t cost_of_note(const Tensor& part) {
  constexpr int64_t own_cost = 256, line = 64;
  int64_t nearest = line;
  for (int k = 0; k < part.rank; ++k) {
    if (part.shape[k] > 1) nearest = std::min(nearest, std::abs(part.strides[k]));
  }
  return own_cost + part.size() * std::max<int64_t>(nearest, part.itemsize());
}

}  // namespace

// Notes what a part of an argument's memory holds, so that a call that fails leaves it unchanged.
// Once the notes have cost as much as all of the array, all of it is noted: then no more are
// needed.
void Executor::remember(const Tensor& part, const std::shared_ptr<void>& owner) {
  for (size_t i = 0; i < f_.lent.size(); ++i) {
    Lent& l = f_.lent[i];
    if (l.owner != owner.get() || l.whole) continue;
    const Tensor& array = *f_.changed[i];
    l.noted += cost_of_note(part);
    l.whole = l.noted >= array.size() * array.itemsize();
    make_note(l.whole ? array : part, l.whole);
  }
}

void Executor::make_note(const Tensor& there, bool whole) {
  f_.notes.push_back({there, f_.held.size(), {}});
  Note& note = f_.notes.back();
  note.there.owner.reset();
  if (whole) {
    note.whole = layout_of_copy(there);
    allocate(note.whole);
  } else {
    f_.held.resize(f_.held.size() + size_t(there.size() * there.itemsize()));
  }
  copy(held(f_, note), there);
}

namespace {

std::array<int64_t, max_rank> indices_of(const Frame& f, std::span<const int> slots) {
  std::array<int64_t, max_rank> out{};
  for (size_t k = 0; k < slots.size(); ++k) out[k] = integer(f.slots[size_t(slots[k])].number);
  return out;
}

}  // namespace

bool Executor::put(const Step& s, int changes, const Window& window, std::span<const int> indices,
                   const Tensor& value, int output) {
  Slot& base = slot(changes);
  const auto at = indices_of(f_, indices);
  auto part = window.of(*base.tensor, f_.sizes, at);
  if (!part) return false;
  part->owner.reset();
  Slot& out = slot(s.outputs[size_t(output)]);
  const auto put = [&](const Tensor& to, const Tensor& from) {
    copy(to, broadcast_to(from, to.dims()));
  };
  if (exclusive(changes, s)) {
    if (same_elements(value, *part)) return change_in_place(out, base, nullptr, false), true;
    change_in_place(out, base, &*part, false);
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
  if (f_.errors && p_.raised(f_)) return false;  // before anything has changed
  const Tensor& to = *f_.changed[size_t(s.changed)];
  const Tensor& from = *slot(s.inputs[0]).tensor;
  if (!same_elements(to, from)) copy(to, may_overlap(to, from) ? contiguous(from) : from);
  Slot& out = slot(s.outputs[0]);
  out.tensor = &to;
  out.own.owner.reset();
  out.argument = slot(p_.changed[size_t(s.changed)]).argument;
  out.same_object = true;
  out.hosted = false;
  return true;
}

}  // namespace runtime
