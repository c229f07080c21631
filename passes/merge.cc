// Two kernels as one: whether that may be, and what it is.
#include <algorithm>
#include <utility>

#include "passes/fuse.h"
#include "passes/groups.h"

namespace passes {

using ir::DimId;
using ir::Op;
using ir::Ref;

// A position behind which no group begins that is read by b, directly or not: b's last, or that of
// a group which begins before it and may be read there.
int Groups::horizon(int b) const {
  const auto last_of = [&](int i) { return position_[groups_[size_t(i)].nodes.back().id]; };
  int last = last_of(b);
  for (bool grown = true; std::exchange(grown, false);) {
    for (int i : wide_) {
      if (position_[groups_[size_t(i)].nodes[0].id] > last || last_of(i) <= last) continue;
      last = last_of(i);
      grown = true;
    }
  }
  return last;
}

// True if something outside a and b reads (directly or not) from a and is read by b.
bool Groups::path_around(int a, int b) {
  const int last = horizon(b);
  const uint32_t seen = ++stamp_;
  std::vector<int> pending{a};
  while (!pending.empty()) {
    const int at = pending.back();
    pending.pop_back();
    const Group& group = groups_[size_t(at)];
    for (Ref r : group.kernel ? group.outputs : group.nodes) {
      for (Ref user : users_[r.id]) {
        const int to = of(user);
        if (to == a || (to == b && at == a)) continue;
        if (to == b) return true;
        const Ref first = groups_[size_t(to)].nodes[0];
        if (mark_[first.id] == seen || position_[first.id] > last) continue;
        mark_[first.id] = seen;
        pending.push_back(to);
      }
    }
  }
  return false;
}

Groups::Trial Groups::whole_merge(const Group& a, const Group& b) {
  std::vector<Ref> nodes;
  std::ranges::merge(a.nodes, b.nodes, std::back_inserter(nodes),
                     [&](Ref x, Ref y) { return before(x, y); });
  Trial trial{collect(std::move(nodes)), "", 0};
  trial.refusal = fit(trial.group);
  trial.group.kernel = true;
  return trial;
}

// Whether b stands behind a and changes nothing of what has been found to hold for a: its space
// and its reduced axes.
bool Groups::appends(const Group& a, const Group& b) const {
  if (!a.copies.empty() || !b.copies.empty() || !before(a.nodes.back(), b.nodes.front()))
    return false;
  const DimId one = g_.dims.constant(1);
  const auto inside = [&](Ref r) {
    const auto& dims = dims_[r.id];
    bool fits = dims.size() == a.space.size();
    for (size_t i = 0; fits && i < dims.size(); ++i) fits = dims[i] == one || dims[i] == a.space[i];
    return fits;
  };
  const auto simple = [&](Ref r) { return !ir::is_reduce(g_.op(r)) && g_.op(r) != Op::gather; };
  return std::ranges::all_of(b.nodes, simple) && std::ranges::all_of(b.nodes, inside) &&
         std::ranges::all_of(b.arrays, inside);
}

// What whole_merge gives, in time that does not grow with a, where b is put behind it: code that is
// written out makes one long kernel node by node. Nothing where that does not tell.
std::optional<Group> Groups::appended(const Group& a, const Group& b) const {
  if (!appends(a, b)) return std::nullopt;
  const int first = of(a.nodes[0]), second = of(b.nodes[0]);
  Group group = a;
  group.nodes.insert(group.nodes.end(), b.nodes.begin(), b.nodes.end());
  const auto add = [&](std::vector<Ref>& to, const std::vector<Ref>& more) {
    for (Ref r : more)
      if (of(r) != first && std::ranges::find(to, r) == to.end()) to.push_back(r);
  };
  add(group.arrays, b.arrays);
  add(group.scalars, b.scalars);
  const auto inside = [&](Ref user) { return of(user) == first || of(user) == second; };
  std::erase_if(group.outputs,
                [&](Ref r) { return !result_[r.id] && std::ranges::all_of(users_[r.id], inside); });
  for (Ref r : b.outputs) {
    const Cover c = cover(group, r);
    if (c != Cover::full && c != Cover::partial) return std::nullopt;
    group.outputs.push_back(r);
  }
  for (Ref r : b.nodes)
    if (cover(group, r) == Cover::other) group.again += ir::info(g_.op(r)).cost;
  const size_t pointers = group.arrays.size() + group.outputs.size();
  if (group.again > cheap || pointers > size_t(max_pointers)) return std::nullopt;
  group.bytes = read(group);
  for (Ref r : group.outputs) group.bytes += bytes(r);
  return group;
}

Groups::Trial Groups::merged(int a, int b) {
  const Group &one = groups_[size_t(a)], &other = groups_[size_t(b)];
  Trial trial;
  if (std::optional<Group> group = appended(one, other)) {
#ifndef NDEBUG
    const Trial whole = whole_merge(one, other);
    BRAZE_CHECK(whole.refusal.empty() && whole.group == *group) << "fuse: a node behind a kernel";
#endif
    trial.group = std::move(*group);
  } else {
    trial = whole_merge(one, other);
  }
  trial.saved = one.bytes + other.bytes - trial.group.bytes;
  if (trial.refusal.empty() && (path_around(a, b) || path_around(b, a)))
    trial.refusal = "a third step between them needs the one and is needed by the other";
  return trial;
}

void Groups::merge(int a, int b, Group group) {
  for (Ref r : groups_[size_t(b)].nodes) group_of_[r.id] = a;
  groups_[size_t(a)] = std::move(group);
  groups_[size_t(b)] = {};
  std::erase(wide_, b);
  if (std::ranges::find(wide_, a) == wide_.end()) wide_.push_back(a);
}

}  // namespace passes
