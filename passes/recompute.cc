// Computing a cheap value again where it is read, instead of storing it: Groups::recompute.
//
// A column-wise mean and a row-wise norm of `d = x - mean` cannot share a kernel. The first need
// not store d for the second: it is enough to store the mean, which is smaller, and to subtract
// once more.
#include <algorithm>

#include "passes/fuse.h"
#include "passes/groups.h"

namespace passes {

using ir::Ref;

namespace {

bool has(const std::vector<Ref>& list, Ref r) { return std::ranges::find(list, r) != list.end(); }

}  // namespace

// The groups that compute r.
std::vector<int> Groups::holders(Ref r) const {
  std::vector<int> out;
  if (of(r) >= 0) out.push_back(of(r));
  for (int i : copying_)
    if (has(groups_[size_t(i)].copies, r)) out.push_back(i);
  return out;
}

bool Groups::read_outside(Ref r, int group) const {
  if (result_[r.id]) return true;
  for (Ref user : users_[r.id])
    for (int holder : holders(user)) {
      const auto& nodes = groups_[size_t(holder)].nodes;
      if (holder != group && std::ranges::find(nodes, r) == nodes.end()) return true;
    }
  return false;
}

// r and the values above it that cover the group's space, while all of them are cheap together.
// Empty if it would end at a value that the group itself has a copy of: nobody may store that one.
std::vector<Ref> Groups::cheap_cone(Ref r) const {
  const Group& group = groups_[size_t(of(r))];
  std::vector<Ref> cone, pending{r};
  int cost = 0;
  while (!pending.empty()) {
    const Ref at = pending.back();
    pending.pop_back();
    const int own = ir::info(g_.op(at)).cost;
    if (!has(group.nodes, at) || has(cone, at)) continue;
    if (!ir::is_elementwise(g_.op(at)) || cover(group, at) != Cover::full || cost + own > cheap)
      continue;
    cost += own;
    cone.push_back(at);
    for (Ref i : g_.inputs(at)) pending.push_back(i);
  }
  for (Ref c : cone)
    for (Ref i : g_.inputs(c))
      if (has(group.copies, i) && !has(cone, i)) return {};
  std::ranges::sort(cone, [&](Ref a, Ref b) { return before(a, b); });
  return cone;
}

// Drops the nodes that nothing reads any more; a group of none vanishes.
void Groups::drop_unread(int index) {
  Group& group = groups_[size_t(index)];
  std::vector<Ref> kept, copies;
  for (size_t i = group.nodes.size(); i-- > 0;) {
    const Ref r = group.nodes[i];
    const bool inside = std::ranges::any_of(
        users_[r.id], [&](Ref user) { return std::ranges::find(kept, user) != kept.end(); });
    const bool copy = std::ranges::find(group.copies, r) != group.copies.end();
    if (inside || (!copy && read_outside(r, index))) {
      kept.push_back(r);
      if (copy) copies.push_back(r);
    } else if (!copy) {
      group_of_[r.id] = -1;
    }
  }
  std::ranges::reverse(kept);
  group.nodes = std::move(kept);
  group.copies = std::move(copies);
}

// The outputs of a group when others have copies of their own.
void Groups::settle_outputs(int index) {
  Group& group = groups_[size_t(index)];
  for (Ref r : group.outputs) group.bytes -= bytes(r);
  group.outputs.clear();
  for (Ref r : group.nodes) {
    if (of(r) != index || !read_outside(r, index)) continue;
    group.outputs.push_back(r);
    group.bytes += bytes(r);
  }
}

bool Groups::recompute(Ref r) {
  const int from = of(r);
  if (from < 0 || !groups_[size_t(from)].kernel || result_[r.id]) return false;
  std::vector<int> touched{from};
  for (Ref user : users_[r.id])
    for (int holder : holders(user)) {
      if (!groups_[size_t(holder)].kernel) return false;
      if (std::ranges::find(touched, holder) == touched.end()) touched.push_back(holder);
    }
  if (touched.size() < 2) return false;
  const std::vector<Ref> cone = cheap_cone(r);
  if (cone.empty()) return false;

  const std::vector<int> owners = group_of_;
  std::vector<Group> saved;
  double before_bytes = 0, after_bytes = 0;
  for (int i : touched) {
    saved.push_back(groups_[size_t(i)]);
    before_bytes += saved.back().bytes;
  }
  const std::vector<int> copying = copying_;
  for (int i : touched) {
    if (i == from) continue;
    const auto at = std::ranges::lower_bound(copying_, i);
    if (at == copying_.end() || *at != i) copying_.insert(at, i);
    Group& reader = groups_[size_t(i)];
    for (Ref c : cone) {
      if (std::ranges::find(reader.nodes, c) != reader.nodes.end()) continue;
      reader.nodes.push_back(c);
      reader.copies.push_back(c);
    }
    std::ranges::sort(reader.nodes, [&](Ref a, Ref b) { return before(a, b); });
  }
  drop_unread(from);
  bool fits = true;
  for (int i : touched) {
    Group& group = groups_[size_t(i)];
    if (group.nodes.empty()) {
      group = {};
      continue;
    }
    group = collect(group.nodes, group.copies);
    settle_outputs(i);
    fits = fits && fit(group).empty();
    group.kernel = true;
    after_bytes += group.bytes;
  }
  if (fits && after_bytes < before_bytes) return true;
  for (size_t k = 0; k < touched.size(); ++k) groups_[size_t(touched[k])] = saved[k];
  group_of_ = owners;
  copying_ = copying;
  return false;
}

}  // namespace passes
