#include "passes/groups.h"

#include <algorithm>
#include <utility>

#include "passes/fuse.h"
#include "passes/kernel.h"
#include "passes/rewrite.h"

namespace passes {

using ir::DimId;
using ir::Op;

Groups::Groups(const Graph& graph, const ir::Body& body, const std::vector<bool>& live)
    : g_(graph),
      group_of_(graph.node_count(), -1),
      position_(graph.node_count(), 0),
      users_(graph.node_count()),
      dims_(graph.node_count()),
      result_(graph.node_count(), false),
      bytes_(graph.node_count(), -1),
      mark_(graph.node_count(), 0) {
  for (Ref r : body.results) result_[r.id] = true;
  const auto resolve = [&](Ref r) {
    if (!dims_[r.id].empty()) return;
    for (DimId d : g_.type(r).dims) dims_[r.id].push_back(g_.dims.resolve(d));
  };
  int next = 0;
  for (Ref r : body.nodes) {
    if (!live[r.id]) continue;
    resolve(r);
    for (Ref i : g_.inputs(r)) resolve(i);
    position_[r.id] = next++;
    group_of_[r.id] = int(groups_.size());
    groups_.emplace_back().nodes = {r};
  }
  find_users(body, live);
  for (Group& group : groups_) {
    const Ref r = group.nodes[0];
    if (!refusal(r).empty()) continue;
    group = collect({r});
    group.kernel = fit(group).empty();
  }
}

// What the bodies of a node read counts as read by the node.
void Groups::find_users(const ir::Body& body, const std::vector<bool>& live) {
  for (Ref r : body.nodes)
    if (live[r.id] && ir::gives_size(g_.op(r))) spans_.push_back(r);
  for (Ref r : body.nodes) {
    if (!live[r.id]) continue;
    for (Ref i : needs(r))
      if (users_[i.id].empty() || users_[i.id].back() != r) users_[i.id].push_back(r);
  }
}

// What stands before the node in every order: what it reads, and the spans that give its sizes. (In
// kernels a size comes with an operand.)
std::vector<Ref> Groups::needs(Ref r) const {
  std::vector<Ref> out = reads(g_, r);
  if (ir::is_elementwise(g_.op(r)) || ir::is_reduce(g_.op(r))) return out;
  const auto names = [&](const std::set<uint32_t>& given) {
    return std::ranges::any_of(g_.sizes(r), [&](DimId d) {
      return std::ranges::any_of(g_.dims.symbols(d),
                                 [&](uint32_t symbol) { return given.contains(symbol); });
    });
  };
  for (Ref s : spans_) {
    if (!before(s, r)) continue;
    const auto given = g_.dims.symbols(g_.attrs(s).dim("size"));
    if (!g_.bodies_of(r).empty() || names(given)) out.push_back(s);
  }
  return out;
}

std::string Groups::refusal(Ref r) const {
  const Op op = g_.op(r);
  const bool gather = gathers_elements(g_, r);
  if (!ir::is_elementwise(op) && !ir::is_reduce(op) && !gather)
    return std::string(ir::spelling(op)) + " is no kernel op";
  const ir::Type& t = g_.type(r);
  if (!t.is_array()) return "it is a scalar";
  if (t.rank() == 0) return "it is 0-d";
  if (ir::is_reduce(op)) {
    if (!g_.attrs(r).boolean("keepdims")) return "it drops its axes";
    std::vector<bool> reduced(size_t(t.rank()), false);
    for (int64_t a : g_.attrs(r).integers("axes")) reduced[size_t(a)] = true;
    if (form_of(reduced) == Kernel::Form::map) return "it reduces no axis";
    std::vector<bool> ones;
    for (DimId d : g_.type(g_.inputs(r)[0]).dims) ones.push_back(g_.dims.is(d, 1));
    if (!form_of(with_ones(reduced, ones))) return "it reduces axes that are not adjacent";
  }
  for (Ref i : g_.inputs(r).subspan(gather ? 1 : 0)) {
    if (g_.type(i).is_array() && g_.type(i).rank() != t.rank())
      return "its operands differ in rank";
  }
  return "";
}

double Groups::bytes(Ref r) const {
  double& known = bytes_[r.id];
  if (known < 0) known = bytes_of(g_, r).eval(g_.dims);
  return known;
}

// What bytes_read gives for typical sizes.
double Groups::read(const Group& group) const {
  double sum = 0;
  for (const auto* arrays : {&group.arrays, &group.tables}) {
    std::vector<std::pair<Ref, double>> shown;  // by the array whose elements they are
    for (Ref r : *arrays) {
      const Ref whole = base(g_, r);
      const auto at = std::ranges::find(shown, whole, &std::pair<Ref, double>::first);
      if (at == shown.end())
        shown.emplace_back(whole, bytes(r));
      else
        at->second += bytes(r);
    }
    for (const auto& [whole, parts] : shown) {
      const double all = bytes(whole);
      sum += all > 0 ? std::min(all, parts) : parts;
    }
  }
  return sum;
}

Group Groups::collect(std::vector<Ref> nodes, std::vector<Ref> copies) {
  Group group;
  group.nodes = std::move(nodes);
  group.copies = std::move(copies);
  const uint32_t inside = ++stamp_, seen = ++stamp_;
  for (Ref r : group.nodes) mark_[r.id] = inside;
  for (Ref r : group.nodes) {
    const bool gather = g_.op(r) == Op::gather;
    if (gather) {
      const Ref table = g_.inputs(r)[0];
      if (std::ranges::find(group.tables, table) == group.tables.end())
        group.tables.push_back(table);
    }
    for (Ref i : g_.inputs(r).subspan(gather ? 1 : 0)) {
      if (mark_[i.id] == inside || mark_[i.id] == seen || g_.op(i) == Op::constant) continue;
      mark_[i.id] = seen;
      (g_.type(i).is_array() ? group.arrays : group.scalars).push_back(i);
    }
    const bool read = result_[r.id] || std::ranges::any_of(users_[r.id], [&](Ref user) {
                        return mark_[user.id] != inside;
                      });
    if (read) group.outputs.push_back(r);
  }
  group.bytes = read(group);
  for (Ref r : group.outputs) group.bytes += bytes(r);
  return group;
}

std::string Groups::fit(Group& group) const {
  for (auto check : {&Groups::fit_space, &Groups::fit_axes})
    if (std::string why = (this->*check)(group); !why.empty()) return why;
  return fit_nodes(group);
}

std::string Groups::fit_space(Group& group) const {
  const DimId one = g_.dims.constant(1);
  group.space.assign(dims_[group.nodes[0].id].size(), one);
  const auto meet = [&](Ref r) -> std::string {
    const auto& dims = dims_[r.id];
    if (dims.size() != group.space.size()) return "their ranks differ";
    for (size_t i = 0; i < dims.size(); ++i) {
      if (group.space[i] == one) group.space[i] = dims[i];
      if (dims[i] != one && dims[i] != group.space[i])
        return "their sizes " + g_.dims.str(group.space[i]) + " and " + g_.dims.str(dims[i]) +
               " on axis " + std::to_string(i) + " differ";
    }
    return "";
  };
  for (const auto* refs : {&group.nodes, &group.arrays})
    for (Ref r : *refs)
      if (std::string why = meet(r); !why.empty()) return why;
  return "";
}

std::string Groups::fit_axes(Group& group) const {
  group.reduced.assign(group.space.size(), false);
  bool any = false, pairs = false, numbers = false;
  for (Ref r : group.nodes) {
    if (!ir::is_reduce(g_.op(r))) continue;
    std::vector<bool> axes(group.space.size(), false);
    for (int64_t a : g_.attrs(r).integers("axes")) axes[size_t(a)] = true;
    if (any && axes != group.reduced) return "they reduce different axes";
    any = true;
    group.reduced = axes;
    const ir::DType t = g_.type(g_.inputs(r)[0]).dtype;
    pairs |= ir::is_complex(t), numbers |= ir::is_float(t) && ir::info(g_.op(r)).complex;
  }
  // The trees in which NumPy adds them differ (ir/pairwise.h).
  if (pairs && numbers) return "they sum real and complex numbers";
  return "";
}

Groups::Cover Groups::cover(const Group& group, Ref r) const {
  const DimId one = g_.dims.constant(1);
  const auto& dims = dims_[r.id];
  bool full = true, partial = true, uniform = true;
  for (size_t i = 0; i < dims.size(); ++i) {
    full &= dims[i] == group.space[i];
    partial &= dims[i] == (group.reduced[i] ? one : group.space[i]);
    uniform &= dims[i] == one;
  }
  const bool reduces = std::ranges::find(group.reduced, true) != group.reduced.end();
  if (full) return Cover::full;
  if (partial && reduces) return Cover::partial;
  return uniform ? Cover::uniform : Cover::other;
}

std::string Groups::fit_nodes(Group& group) const {
  const auto name = [&](Ref r) { return std::string(ir::spelling(g_.op(r))); };
  for (Ref r : group.outputs) {
    const Cover c = cover(group, r);
    if (c != Cover::full && c != Cover::partial)
      return "the result of " + name(r) +
             " is needed elsewhere and does not cover the larger space";
  }
  int reductions = 0;
  group.again = 0;
  for (Ref r : group.nodes) {
    const Op op = g_.op(r);
    if (ir::is_reduce(op) && ++reductions > max_reductions)
      return "the kernel would have more than " + std::to_string(max_reductions) + " reductions";
    if (ir::is_reduce(op) && cover(group, g_.inputs(r)[0]) != Cover::full)
      return name(r) + " reduces a value that does not cover the space";
    if (op == Op::gather && std::ranges::find(group.nodes, g_.inputs(r)[0]) != group.nodes.end())
      return "the elements it takes are not computed yet";
    if (cover(group, r) != Cover::other) continue;
    group.again += op == Op::gather ? cheap + 1 : ir::info(op).cost;
    if (group.again > cheap) return name(r) + " would be computed again for every element";
  }
  const size_t pointers = group.arrays.size() + group.outputs.size();
  if (pointers > size_t(max_pointers))
    return "the kernel would take " + std::to_string(pointers) + " arrays";
  return "";
}

Bytes Groups::traffic(const Group& group) const {
  Bytes sum = bytes_read(g_, group.arrays);
  sum += bytes_read(g_, group.tables);
  for (Ref r : group.outputs) sum += bytes_of(g_, r);
  return sum;
}

Bytes Groups::saved(int a, int b, const Group& group) const {
  Bytes sum = traffic(groups_[size_t(a)]);
  sum += traffic(groups_[size_t(b)]);
  return sum -= traffic(group);
}

std::vector<int> Groups::order() const {
  std::vector<int> waiting(groups_.size(), 0), out;
  std::vector<std::vector<int>> readers(groups_.size());
  for (size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = groups_[i];
    if (group.nodes.empty()) continue;
    std::vector<Ref> from = group.kernel ? group.arrays : needs(group.nodes[0]);
    from.insert(from.end(), group.scalars.begin(), group.scalars.end());
    from.insert(from.end(), group.tables.begin(), group.tables.end());
    for (Ref r : from)
      if (of(r) >= 0) readers[size_t(of(r))].push_back(int(i)), ++waiting[i];
  }
  // Of those that are ready, the one whose first node stands first.
  const auto later = [&](int x, int y) {
    return position_[groups_[size_t(x)].nodes[0].id] > position_[groups_[size_t(y)].nodes[0].id];
  };
  std::vector<int> ready;
  for (size_t i = 0; i < groups_.size(); ++i)
    if (!groups_[i].nodes.empty() && waiting[i] == 0) ready.push_back(int(i));
  std::ranges::make_heap(ready, later);
  while (!ready.empty()) {
    std::ranges::pop_heap(ready, later);
    const int at = ready.back();
    ready.pop_back();
    out.push_back(at);
    for (int to : readers[size_t(at)]) {
      if (--waiting[size_t(to)] != 0) continue;
      ready.push_back(to);
      std::ranges::push_heap(ready, later);
    }
  }
  const auto left = std::ranges::count_if(groups_, [](const Group& x) { return !x.nodes.empty(); });
  BRAZE_CHECK(int64_t(out.size()) == left) << "fuse: the kernels cannot be put in an order";
  return out;
}

}  // namespace passes
