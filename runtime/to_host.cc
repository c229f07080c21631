// Results that the plan has made in memory of its own go to the host's.
#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/program.h"

namespace runtime {

namespace {

// An array like one, without memory, as NumPy would make it.
Tensor dense_like(const Tensor& t) {
  Tensor fresh = t;
  fresh.data = nullptr;
  fresh.owner.reset();
  const Tensor* like = &t;
  set_elementwise_strides(fresh, {&like, 1});
  return fresh;
}

bool same_strides(const Tensor& a, const Tensor& b) {
  for (size_t k = 0; k < size_t(a.rank); ++k)
    if (a.shape[k] > 1 && a.strides[k] != b.strides[k]) return false;
  return true;
}

}  // namespace

void move_to_host(Slot& s, const Host& host) {
  if (s.argument >= 0 || s.hosted || !host.allocate_result) return;
  Tensor fresh = dense_like(*s.tensor);
  host.allocate_result(fresh);
  copy(fresh, *s.tensor);
  s.hosted = true;
  s.hold(std::move(fresh));
}

namespace {

// The bytes between which the elements of an array lie.
std::pair<const char*, const char*> bytes_of(const Tensor& t) {
  const char* end = t.data + t.itemsize();
  const char* begin = t.data;
  for (size_t k = 0; k < size_t(t.rank); ++k) {
    const int64_t reach = (t.shape[k] - 1) * t.strides[k];
    (reach < 0 ? begin : end) += reach;
  }
  return {begin, end};
}

// The one of several arrays in one block of memory whose elements are those of all.
Slot* whole_of(std::span<Slot* const> slots) {
  for (Slot* s : slots) {
    if (!same_strides(dense_like(*s->tensor), *s->tensor)) continue;
    const auto [begin, end] = bytes_of(*s->tensor);
    const auto inside = [&](const Slot* other) {
      const auto [first, last] = bytes_of(*other->tensor);
      return begin <= first && last <= end;
    };
    if (std::ranges::all_of(slots, inside)) return s;
  }
  return nullptr;
}

// Where no array is the whole, as where one is a view that lies otherwise than it would if it were
// none, the memory stays where it is.
void move_as_one(std::span<Slot* const> slots, const Host& host) {
  Slot* whole = whole_of(slots);
  const char* old = whole ? whole->tensor->data : nullptr;
  if (whole) move_to_host(*whole, host);
  for (Slot* s : slots) {
    s->hosted = true;
    if (!whole || s == whole) continue;
    Tensor moved = *s->tensor;
    moved.data = whole->tensor->data + (moved.data - old);
    moved.owner = whole->tensor->owner;
    s->hold(std::move(moved));
  }
}

}  // namespace

void move_to_host(std::span<Slot* const> slots, const Frame& f) {
  if (!f.host->allocate_result) return;
  const auto lent = [&](const void* owner) {
    return std::ranges::any_of(f.lent, [&](const Lent& l) { return l.owner == owner; });
  };
  const auto moves = [&](const Slot* s) {
    const auto& owner = s->tensor->owner;
    return s->argument < 0 && !s->hosted && owner && !lent(owner.get()) && s->tensor->size() > 0;
  };
  for (size_t i = 0; i < slots.size(); ++i) {
    if (!moves(slots[i])) {
      move_to_host(*slots[i], *f.host);
      continue;
    }
    std::vector<Slot*> together;
    for (Slot* s : slots.subspan(i))
      if (moves(s) && s->tensor->owner == slots[i]->tensor->owner) together.push_back(s);
    move_as_one(together, *f.host);
  }
}

}  // namespace runtime
