#include "passes/fuse.h"

#include <algorithm>
#include <map>

#include "passes/groups.h"
#include "passes/kernel.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

// Siblings that share only little are left apart: each has streams enough of its own.
constexpr double sibling_share = 1.0 / 16;
// Of the readers of one value so many that follow each other are compared: code that is written out
// has thousands, and a kernel takes few.
constexpr size_t near_siblings = 16;

class Fusion {
 public:
  Fusion(Groups& groups, const Graph& g, FusionReport* report)
      : groups_(groups), g_(g), report_(report) {}

  void run(const ir::Body& body) {
    for (size_t merges = 1; merges != 0;) merges = with_producers(body);
    siblings(body);
    while (with_producers(body) != 0) {}
    for (Ref r : body.nodes)
      if (groups_.is_kernel(r)) computed_again(r);
    if (report_) refused(body);
  }

 private:
  size_t with_producers(const ir::Body& body);
  void siblings(const ir::Body& body);
  void refused(const ir::Body& body);
  void computed_again(Ref r);
  bool consider(Ref first, Ref second, double least);
  std::string too_little(int a, int b, const Groups::Trial& trial, double least) const;
  void note(Ref first, Ref second, bool fused, std::string reason, Bytes saved);

  Groups& groups_;
  const Graph& g_;
  FusionReport* report_;                              // null if nobody asks
  std::map<std::pair<Ref, Ref>, size_t> verdict_of_;  // by pair: place in the report
};

void Fusion::note(Ref first, Ref second, bool fused, std::string reason, Bytes saved) {
  auto& all = report_->verdicts;
  Verdict v{g_.op(first), g_.op(second),     first,           second, g_[first].loc, g_[second].loc,
            fused,        std::move(reason), std::move(saved)};
  const auto [at, fresh] = verdict_of_.try_emplace({first, second}, all.size());
  if (fresh)
    all.push_back(std::move(v));
  else
    all[at->second] = std::move(v);
}

// Why merging is not worth it. A kernel that reduces all axes runs as one row: what follows gains
// from joining it only if it reads the same elements.
std::string Fusion::too_little(int a, int b, const Groups::Trial& trial, double least) const {
  const auto whole = [&](int i) {
    const auto& reduced = groups_[i].reduced;
    return std::ranges::find(reduced, false) == reduced.end();
  };
  if (trial.saved <= 0) return "nothing would be saved";
  const double smaller = std::min(groups_[a].bytes, groups_[b].bytes);
  if (whole(a) != whole(b)) least = std::max(least, sibling_share);
  if (trial.saved < least * smaller) return "too little would be saved";
  return "";
}

// Merges the kernels of two nodes if that is possible and saves bytes; `least` is a share of the
// smaller.
bool Fusion::consider(Ref first, Ref second, double least) {
  const int a = groups_.of(first), b = groups_.of(second);
  Groups::Trial trial = groups_.merged(a, b);
  if (trial.refusal.empty()) trial.refusal = too_little(a, b, trial, least);
  const bool fused = trial.refusal.empty();
  if (report_) note(first, second, fused, trial.refusal, groups_.saved(a, b, trial.group));
  if (fused) groups_.merge(a, b, std::move(trial.group));
  return fused;
}

size_t Fusion::with_producers(const ir::Body& body) {
  size_t merges = 0;
  for (Ref r : body.nodes) {
    if (!groups_.is_kernel(r)) continue;
    std::vector<std::pair<double, Ref>> producers;
    for (Ref i : g_.inputs(r))
      if (groups_.is_kernel(i) && groups_.of(i) != groups_.of(r))
        producers.emplace_back(-groups_.bytes(i), i);
    std::ranges::sort(producers);
    for (auto [_, i] : producers)
      if (groups_.of(i) != groups_.of(r)) merges += consider(i, r, 0);
  }
  return merges;
}

void Fusion::siblings(const ir::Body& body) {
  std::vector<Ref> values = body.params;
  values.insert(values.end(), body.nodes.begin(), body.nodes.end());
  for (Ref value : values) {
    if (!g_.type(value).is_array()) continue;
    const std::vector<Ref> users = groups_.users(value);
    for (size_t i = 0; i < users.size(); ++i) {
      for (size_t j = i + 1; j < std::min(users.size(), i + 1 + near_siblings); ++j) {
        if (!groups_.is_kernel(users[i]) || !groups_.is_kernel(users[j])) continue;
        if (groups_.of(users[i]) != groups_.of(users[j]))
          consider(users[i], users[j], sibling_share);
      }
    }
  }
}

void Fusion::computed_again(Ref r) {
  const std::vector<Ref> users = groups_.users(r);
  const int own = groups_.of(r);
  if (!groups_.recompute(r) || !report_) return;
  for (Ref user : users)
    if (groups_.of(user) != own)
      note(r, user, true, "computed again, which moves fewer bytes than storing it",
           bytes_of(g_, r));
}

// Verdicts on the pairs that were never considered: what stands between two kernels.
void Fusion::refused(const ir::Body& body) {
  for (Ref r : body.nodes) {
    if (groups_.of(r) < 0) continue;
    for (Ref i : g_.inputs(r)) {
      const Ref source = base(g_, i);
      const bool from_kernel = groups_.is_kernel(source), to_kernel = groups_.is_kernel(r);
      if (ir::is_view(g_.op(r)) || !g_.type(source).is_array() || !(from_kernel || to_kernel))
        continue;
      if (from_kernel && to_kernel && i == source) continue;
      Bytes both = bytes_of(g_, source);
      if (from_kernel) both += bytes_of(g_, i);
      if (from_kernel && to_kernel) {
        note(source, r, false, std::string(ir::spelling(g_.op(i))) + " lies between", both);
      } else if (from_kernel || groups_.of(source) >= 0) {
        note(source, r, false, groups_.refusal(from_kernel ? r : source), both);
      }
    }
  }
}

// Makes the kernels in the new graph.
class Emission {
 public:
  Emission(Rewrite& rewrite, const Groups& groups, BodyId where, FusionReport* report)
      : rewrite_(rewrite), groups_(groups), where_(where), report_(report) {}

  void run() {
    std::vector<Ref> last;
    for (int i : groups_.order()) {
      const Group& group = groups_[i];
      if (stored(rewrite_.from, group.nodes[0]))
        last.push_back(group.nodes[0]);
      else if (group.kernel)
        kernel(group);
      else if (!only_in_kernels(group.nodes[0]))
        rewrite_.visit(group.nodes[0], where_);
    }
    for (Ref r : last) rewrite_.visit(r, where_);
  }

 private:
  // Each kernel has its own copy of a constant.
  bool only_in_kernels(Ref r) const {
    return rewrite_.from.op(r) == Op::constant && !groups_.is_result(r) &&
           std::ranges::all_of(groups_.users(r), [&](Ref user) { return groups_.is_kernel(user); });
  }
  void kernel(const Group& group);
  BodyId body(const Group& group);

  Rewrite& rewrite_;
  const Groups& groups_;
  BodyId where_;
  FusionReport* report_;
};

BodyId Emission::body(const Group& group) {
  const Graph& from = rewrite_.from;
  Graph& to = rewrite_.to;
  const BodyId body = to.nest(where_, true);
  std::vector<Ref> inner(from.node_count());
  const auto param = [&](Ref r) {
    return to.param(body, rewrite_.type(from.type(r)), from[r].loc);
  };
  for (Ref r : group.arrays) inner[r.id] = param(r);
  std::vector<Ref> tables;
  for (Ref r : group.tables) tables.push_back(param(r));
  for (Ref r : group.scalars) inner[r.id] = param(r);
  for (Ref r : group.nodes) {
    std::vector<Ref> inputs;
    const bool gather = from.op(r) == Op::gather;
    if (gather) {
      const auto at = std::ranges::find(group.tables, from.inputs(r)[0]);
      inputs.push_back(tables[size_t(at - group.tables.begin())]);
    }
    for (Ref i : from.inputs(r).subspan(gather ? 1 : 0)) {
      if (!inner[i.id].valid()) inner[i.id] = rewrite_.copy(i, body, {});  // a constant
      inputs.push_back(inner[i.id]);
    }
    inner[r.id] = rewrite_.copy(r, body, inputs);
  }
  std::vector<Ref> results;
  for (Ref r : group.outputs) results.push_back(inner[r.id]);
  to.results(body, std::move(results));
  return body;
}

void Emission::kernel(const Group& group) {
  Graph& to = rewrite_.to;
  std::vector<Ref> operands = rewrite_(group.arrays);
  for (Ref r : group.tables) operands.push_back(rewrite_(r));
  for (Ref r : group.scalars) operands.push_back(rewrite_(r));
  const BodyId b = body(group);
  const ir::Loc loc = rewrite_.from[group.nodes.back()].loc;
  const Ref k = to.add(where_, Op::kernel, operands, ir::Attrs().body(b), loc);
  for (size_t i = 0; i < group.outputs.size(); ++i) {
    const Ref r = group.outputs[i];
    const bool alone = group.outputs.size() == 1;
    rewrite_.set(r, alone ? k
                          : to.add(where_, Op::item, {k}, ir::Attrs().integer(int64_t(i)),
                                   rewrite_.from[r].loc));
  }
  if (!report_) return;
  KernelTraffic traffic{b, int(group.nodes.size()), {}, {}};
  traffic.read = bytes_read(rewrite_.from, group.arrays);
  traffic.read += bytes_read(rewrite_.from, group.tables);
  for (Ref r : group.outputs) traffic.written += bytes_of(rewrite_.from, r);
  report_->after += traffic.read;
  report_->after += traffic.written;
  report_->kernels.push_back(std::move(traffic));
}

void fuse(Graph& graph, FusionReport* report) {
  rewrite(graph, {}, [&](Rewrite& rewrite, const ir::Body& body, BodyId where) {
    const Graph& from = rewrite.from;
    if (body.sealed && where != Graph::main) {  // the body of a kernel made before
      for (Ref r : body.nodes)
        if (rewrite.live(r)) rewrite.visit(r, where);
      return;
    }
    std::vector<bool> live(from.node_count());
    for (Ref r : body.nodes) live[r.id] = rewrite.live(r);
    Groups groups(from, body, live);
    for (size_t i = 0; report && i < groups.size(); ++i)
      if (groups[int(i)].kernel) report->before += groups.traffic(groups[int(i)]);
    Fusion(groups, from, report).run(body);
    Emission(rewrite, groups, where, report).run();
  });
}

}  // namespace

FusionReport fuse_report(Graph& graph) {
  FusionReport report;
  fuse(graph, &report);
  return report;
}

void fuse(Graph& graph) { fuse(graph, nullptr); }

}  // namespace passes
