#include "passes/kernel.h"

#include <algorithm>

namespace passes {

namespace {

using ir::DimId;
using ir::Graph;
using ir::Op;
using ir::Ref;
using Extent = Kernel::Extent;

// "fuse: kernel body 3: %7 ..." as the start of every complaint.
struct Analysis {
  const Graph& g;
  Kernel k;

  std::string where(Ref r) const {
    return "kernel body " + std::to_string(k.body.id) + ": %" + std::to_string(r.id);
  }
  bool is_table(Ref r) const { return std::ranges::find(k.tables, r) != k.tables.end(); }
  void find_space();
  void find_axes();
  bool whole(const ir::Type& t, bool on_reduced) const;
  Extent of_param(const ir::Type& t) const;
  Kernel::Value of_node(Ref r, const std::vector<Kernel::Value>& values) const;
  void check_node(Ref r) const;
  void find_values();
  void check_outputs() const;
};

void Analysis::find_space() {
  const auto meet = [&](Ref r) {
    const ir::Type& t = g.type(r);
    if (!t.is_array() || is_table(r)) return;
    if (k.space.empty()) k.space = t.dims;
    BRAZE_CHECK(k.space.size() == t.dims.size()) << where(r) << " has another rank";
    for (size_t i = 0; i < t.dims.size(); ++i) {
      if (g.dims.is(k.space[i], 1)) k.space[i] = t.dims[i];
      BRAZE_CHECK(g.dims.is(t.dims[i], 1) || g.dims.equal(t.dims[i], k.space[i]))
          << where(r) << " has size " << g.dims.str(t.dims[i]) << " on axis " << i << " of size "
          << g.dims.str(k.space[i]);
    }
  };
  for (Ref r : k.order) meet(r);
  k.rank = int(k.space.size());
  BRAZE_CHECK(k.rank > 0) << "kernel body " << k.body.id << " has no arrays";
}

void Analysis::find_axes() {
  k.reduced.assign(k.space.size(), false);
  bool any = false;
  for (Ref r : k.order) {
    if (!ir::is_reduce(g.op(r))) continue;
    std::vector<bool> axes(k.space.size(), false);
    for (int64_t a : g.attrs(r).integers("axes")) axes[size_t(a)] = true;
    BRAZE_CHECK(g.attrs(r).boolean("keepdims")) << where(r) << " drops its axes";
    BRAZE_CHECK(!any || axes == k.reduced) << where(r) << " reduces other axes";
    any = true;
    k.reduced = axes;
  }
  std::vector<bool> ones;
  for (DimId d : k.space) ones.push_back(g.dims.is(d, 1));
  k.reduced = with_ones(std::move(k.reduced), ones);
  const auto form = form_of(k.reduced);
  BRAZE_CHECK(form.has_value()) << "kernel body " << k.body.id << " reduces axes that are apart";
  k.form = *form;
}

// True if the type has the space's size on every axis (on_reduced), or on every axis that is kept.
bool Analysis::whole(const ir::Type& t, bool on_reduced) const {
  for (size_t i = 0; i < k.space.size(); ++i) {
    const DimId want = on_reduced || !k.reduced[i] ? k.space[i] : g.dims.resolve(t.dims[i]);
    if (!g.dims.equal(t.dims[i], want)) return false;
  }
  return true;
}

// Axes that the space has of size 1 say nothing, unless there are no others: then all values vary
// there.
Extent Analysis::of_param(const ir::Type& t) const {
  if (!t.is_array()) return Extent::uniform;
  const auto varies = [&](bool on_reduced) {
    bool any = false, ones = true;
    for (size_t i = 0; i < k.space.size(); ++i) {
      if (k.reduced[i] != on_reduced) continue;
      any = true;
      if (g.dims.is(k.space[i], 1)) continue;
      ones = false;
      if (g.dims.equal(t.dims[i], k.space[i])) return true;
    }
    return any && ones;
  };
  if (k.form == Kernel::Form::map) return varies(false) ? Extent::full : Extent::uniform;
  return varies(true) ? Extent::full : varies(false) ? Extent::partial : Extent::uniform;
}

void Analysis::check_node(Ref r) const {
  const Op op = g.op(r);
  const bool gather = gathers_elements(g, r);
  BRAZE_CHECK(op == Op::constant || ir::is_elementwise(op) || ir::is_reduce(op) || gather)
      << where(r) << " is a " << std::string(ir::spelling(op));
  for (Ref i : g.inputs(r).subspan(gather ? 1 : 0))
    BRAZE_CHECK(!is_table(i)) << where(r) << " reads the table %" << i.id;
  for (Ref i : g.inputs(r))
    BRAZE_CHECK(std::ranges::find(k.order, i) != k.order.end())
        << where(r) << " reads %" << i.id << " from outside";
}

Kernel::Value Analysis::of_node(Ref r, const std::vector<Kernel::Value>& values) const {
  Kernel::Value v{Extent::uniform, 0};
  for (Ref i : g.inputs(r)) {
    const Kernel::Value& operand = values[i.id];
    v.extent = std::max(v.extent, operand.extent);
    v.phase = std::max(v.phase, operand.phase + (ir::is_reduce(g.op(i)) ? 1 : 0));
  }
  if (!ir::is_reduce(g.op(r))) return v;
  BRAZE_CHECK(v.extent == Extent::full) << where(r) << " reduces what does not vary";
  for (size_t i = 0; i < k.space.size(); ++i)
    BRAZE_CHECK(!k.reduced[i] || g.dims.equal(g.type(g.inputs(r)[0]).dims[i], k.space[i]))
        << where(r) << " reduces a value repeated along axis " << i;
  v.extent = Extent::partial;
  return v;
}

void Analysis::find_values() {
  std::vector<Kernel::Value> values(g.node_count());
  for (Ref r : k.order) {
    Kernel::Value& v = values[r.id];
    if (g.op(r) == Op::param) {
      v = {is_table(r) ? Extent::uniform : of_param(g.type(r)), 0};
    } else {
      check_node(r);
      v = of_node(r, values);
    }
    if (ir::is_reduce(g.op(r))) k.phases = std::max(k.phases, v.phase + 2);
    k.values.push_back(v);
  }
}

void Analysis::check_outputs() const {
  BRAZE_CHECK(!k.outputs.empty()) << "kernel body " << k.body.id << " has no result";
  for (Ref r : k.outputs) {
    const auto at = std::ranges::find(k.order, r);
    BRAZE_CHECK(at != k.order.end() && g.op(r) != Op::param && g.type(r).is_array())
        << where(r) << " is no output";
    const Extent extent = k.values[size_t(at - k.order.begin())].extent;
    const bool partial = k.form != Kernel::Form::map && extent == Extent::partial;
    BRAZE_CHECK(extent != Extent::uniform && whole(g.type(r), !partial))
        << where(r) << " is an output that does not vary along every axis";
  }
}

}  // namespace

bool gathers_elements(const Graph& g, Ref r) {
  if (g.op(r) != Op::gather) return false;
  const ir::Type& table = g.type(g.inputs(r)[0]);
  return g.attrs(r).integers("axes").size() == table.dims.size() && !ir::is_complex(table.dtype);
}

std::vector<bool> with_ones(std::vector<bool> reduced, const std::vector<bool>& ones) {
  const auto first = std::ranges::find(reduced, true);
  if (first == reduced.end()) return reduced;
  size_t end = reduced.size();
  while (!reduced[end - 1]) --end;
  const auto one = [](bool b) { return b; };
  if (std::all_of(ones.begin() + long(end), ones.end(), one)) end = reduced.size();
  for (size_t i = size_t(first - reduced.begin()); i < end; ++i)
    if (ones[i]) reduced[i] = true;
  return reduced;
}

std::optional<Kernel::Form> form_of(const std::vector<bool>& reduced) {
  const auto first = std::ranges::find(reduced, true);
  if (first == reduced.end()) return Kernel::Form::map;
  const auto end = std::find(first, reduced.end(), false);
  if (std::find(end, reduced.end(), true) != reduced.end()) return std::nullopt;
  return end == reduced.end() ? Kernel::Form::rows : Kernel::Form::columns;
}

Kernel describe(const Graph& graph, ir::BodyId body) {
  const ir::Body& b = graph.body(body);
  Analysis a{graph, {}};
  a.k.body = body;
  a.k.order = b.params;
  a.k.order.insert(a.k.order.end(), b.nodes.begin(), b.nodes.end());
  a.k.outputs = b.results;
  for (Ref r : b.nodes) {
    if (gathers_elements(graph, r) && !a.is_table(graph.inputs(r)[0]))
      a.k.tables.push_back(graph.inputs(r)[0]);
  }
  for (Ref p : b.params)
    if (!a.is_table(p)) (graph.type(p).is_array() ? a.k.arrays : a.k.scalars).push_back(p);
  a.k.scalars.insert(a.k.scalars.end(), a.k.tables.begin(), a.k.tables.end());
  a.find_space();
  a.find_axes();
  a.find_values();
  a.check_outputs();
  return std::move(a.k);
}

}  // namespace passes
