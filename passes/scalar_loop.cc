#include "passes/scalar_loop.h"

#include "ir/raises.h"

#include <algorithm>
#include <set>

#include "passes/loop_sizes.h"
#include "passes/rewrite.h"
#include "passes/row_kernels.h"
#include "passes/row_updates.h"

namespace passes {
namespace {

class Analysis {
 public:
  Analysis(const Graph& g, Ref node) : g_(g) { loop_.node = node; }

  bool run() {
    if (!control(loop_.node)) return false;
    for (const Part& p : parts_.at(loop_.node.id)) loop_.results.push_back(p.array);
    return !loop_.results.empty();
  }

  ScalarLoop loop_;

 private:
  // A value, or an element of a tuple: a number, or one version of an array.
  struct Part {
    int array = ScalarLoop::number;
    int version = 0;
  };
  using Parts = std::vector<Part>;

  // A place for an array from outside.
  int array(Ref r) {
    loop_.arrays.push_back(r);
    loop_.written.push_back(false);
    latest_.push_back(0);
    made_.push_back(0);
    return int(loop_.arrays.size()) - 1;
  }

  // What a value from outside is when it is first met.
  const Parts& outside(Ref r) {
    Part p;
    if (g_.type(r).is_array()) {
      p.array = array(r);
      loop_.array_of[r.id] = p.array;
    } else {
      loop_.scalars.push_back(r);
    }
    return parts_[r.id] = {p};
  }

  // The value as an operand: of arrays the latest version.
  const Part* read(Ref r) {
    const ir::Type& t = g_.type(r);
    if ((!t.is_array() && !t.is_scalar()) || kernels_.contains(r.id)) return nullptr;
    if (alone_.contains(r.id)) return nullptr;
    const auto known = parts_.find(r.id);
    const Parts& parts = known == parts_.end() ? outside(r) : known->second;
    if (parts.size() != 1) return nullptr;
    const Part& p = parts[0];
    return p.array < 0 || p.version == latest_[size_t(p.array)] ? &p : nullptr;
  }

  void set(Ref r, Parts parts) {
    if (parts.size() == 1 && parts[0].array >= 0) loop_.array_of[r.id] = parts[0].array;
    parts_[r.id] = std::move(parts);
  }

  Part change(int array) {
    loop_.written[size_t(array)] = true;
    return renew(array);
  }
  Part renew(int array) { return {array, latest_[size_t(array)] = ++made_[size_t(array)]}; }

  bool body(BodyId b) {
    return std::ranges::all_of(g_.body(b).nodes, [&](Ref r) { return node(r); });
  }

  bool node(Ref r) {
    const Op op = g_.op(r);
    const bool number = g_.type(r).is_scalar();
    const bool made = op == Op::constant || op == Op::extent;
    if (op == Op::update) return update(r);
    if (op == Op::item) return item(r);
    if (!knows_sizes(r) || !steps_are_known(r)) return false;
    if (op == Op::kernel) return kernel(r);
    if (!g_.bodies_of(r).empty()) return control(r);
    if (op == Op::span) return span(r);
    if (ir::is_product(op)) return product(r);
    if (ir::is_view(op) && alone_.contains(g_.inputs(r)[0].id)) return alone(r);
    // These may have memory of their own.
    if (op == Op::reshape || op == Op::array) return false;
    const bool computes = made || ir::is_elementwise(op) || op == Op::number || op == Op::require;
    if (!ir::is_view(op) && !(computes && number)) return false;
    for (Ref in : g_.inputs(r))
      if (!read(in)) return false;
    set(r, {number ? Part{} : *read(g_.inputs(r)[0])});
    return true;
  }

  // Code computes sizes that spans in the loop give, and what depends on them.
  bool knows_sizes(Ref r) const {
    if (given_.empty()) return true;
    return std::ranges::all_of(g_.sizes(r), [&](ir::DimId d) {
      const auto symbols = g_.dims.symbols(d);
      return std::ranges::none_of(symbols, [&](uint32_t s) { return given_.contains(s); }) ||
             computed_in_loop(g_.dims, d);
    });
  }

  bool steps_are_known(Ref r) const {
    const Op op = g_.op(r);
    return (op != Op::span && op != Op::window) || g_.dims.value(g_.attrs(r).dim("step"));
  }

  bool span(Ref r) {
    for (Ref in : g_.inputs(r))
      if (!read(in)) return false;
    if (const auto symbol = given_by(g_, r)) {
      given_.insert(*symbol);
      loop_.giving.push_back(r);
      const auto relies = [&](const ir::Check& c) {
        return g_.dims.symbols(c.dim).contains(*symbol) && !computed_in_loop(g_.dims, c.dim);
      };
      if (std::ranges::any_of(g_.dims.checks(), relies)) return false;
    }
    set(r, {Part{}});
    return true;
  }

  // Of two vectors, which the host multiplies as they lie.
  bool product(Ref r) {
    const ir::DType t = g_.type(r).dtype;
    if (!g_.type(r).is_scalar() || !(t == ir::DType::f32 || t == ir::DType::f64)) return false;
    for (Ref in : g_.inputs(r))
      if (g_.type(in).rank() != 1 || g_.type(in).dtype != t || !kept(in)) return false;
    loop_.multiplies = true;
    set(r, {Part{}});
    return true;
  }

  // An operand that lies in memory: a row that was to be computed where it is put is kept.
  bool kept(Ref r) { return (kernels_.erase(r.id) == 0 || keep(r, *row_kernel(g_, r))) && read(r); }

  // Numbers that the graph has as arrays of one element are read by views and by kernels alone.
  bool keep(Ref r, const RowKernel& kernel) {
    Parts parts;
    for (bool row : kernel.rows)
      parts.push_back({row ? ScalarLoop::own_row : ScalarLoop::number, 0});
    if (kernel.gives_rows()) loop_.kept_rows[r.id] = loop_.kept;
    loop_.kept += int(std::ranges::count(kernel.rows, true));
    if (g_.type(r).is_array() && !kernel.gives_rows()) alone_.insert(r.id);
    set(r, std::move(parts));
    return plane(r, kernel);
  }

  bool plane(Ref r, const RowKernel& kernel) {
    const bool several = kernel.axes.size() > 1;
    if (!several && !kernel.gives_rows()) return true;
    ScalarLoop::Plane plane;
    for (Ref in : several ? g_.inputs(r) : std::span<const Ref>()) {
      if (alone_.contains(in.id) || is_number(g_, in)) continue;
      if (!keeps_axes(g_, in)) return false;
      if (const int of = read(in)->array; of >= 0) plane.arrays.push_back(of);
    }
    const auto is_given = [&](uint32_t symbol) { return given_.contains(symbol); };
    for (const auto& [axis, size] : kernel.axes)
      if (std::ranges::none_of(g_.dims.symbols(size), is_given)) plane.sizes.push_back(size);
    loop_.planes.push_back(std::move(plane));
    return true;
  }

  // A view of one number, which is the number.
  bool alone(Ref r) {
    const bool same = g_.type(r).dtype == g_.type(g_.inputs(r)[0]).dtype;
    if (!same || !is_number(g_, r) || g_.inputs(r).size() != 1) return false;
    if (g_.type(r).is_array()) alone_.insert(r.id);
    set(r, {Part{}});
    return true;
  }

  // Of a row the elements are computed by the updates that take them.
  bool kernel(Ref r) {
    const auto made = row_kernel(g_, r);
    if (!made) return false;
    for (Ref in : g_.inputs(r))
      if (!alone_.contains(in.id) && !kept(in)) return false;
    if (!made->gives_row()) return keep(r, *made);
    kernels_.insert(r.id);
    return true;
  }

  bool same_sizes(std::span<const ir::DimId> a, std::span<const ir::DimId> b) const {
    return std::ranges::equal(a, b, [&](auto x, auto y) { return g_.dims.equal(x, y); });
  }

  // What an update puts into a row: a number, a row of an array, or what a kernel makes.
  bool row(Ref r, size_t axis) {
    const Ref value = g_.inputs(r)[1];
    const ir::Type& t = g_.type(value);
    if (!has_elements(t.dtype) || !g_.dims.value(g_.attrs(r).dims("step")[axis])) return false;
    if (t.is_array() && !same_sizes(t.dims, g_.attrs(r).dims("size"))) return false;
    const auto inputs = kernels_.contains(value.id) ? g_.inputs(value) : g_.inputs(r).subspan(1, 1);
    for (Ref in : inputs)
      if (!alone_.contains(in.id) && !read(in)) return false;
    const int changed = read(g_.inputs(r)[0])->array;
    loop_.rows.push_back({changed, axis});
    set(r, {change(changed)});
    return true;
  }

  // One element or row, of the array itself and not of a view.
  bool update(Ref r) {
    const auto inputs = g_.inputs(r);
    for (size_t k = 0; k < inputs.size(); ++k)
      if (k != 1 && !read(inputs[k])) return false;
    if (read(inputs[0])->array < 0) return false;
    if (keeps_itself(g_, r) && !ir::is_view(g_.op(inputs[0]))) {
      set(r, {renew(read(inputs[0])->array)});
      return true;
    }
    const auto changes = row_of(g_, r);
    if (!changes || ir::is_view(g_.op(inputs[0]))) return false;
    if (!changes->single) return row(r, changes->axis);
    if (!g_.type(inputs[1]).is_scalar() || !read(inputs[1])) return false;
    set(r, {change(read(inputs[0])->array)});
    return true;
  }

  bool item(Ref r) {
    const auto from = parts_.find(g_.inputs(r)[0].id);
    if (from == parts_.end()) return false;
    const Part part = from->second.at(size_t(g_.attrs(r).integer("index")));
    if (g_.type(r).is_array() && part.array == ScalarLoop::number) alone_.insert(r.id);
    set(r, {part});
    return true;
  }

  bool control(Ref r) { return g_.op(r) == Op::if_ ? branch(r) : loop(r); }

  bool branch(Ref r) {
    const ir::AttrView attrs = g_.attrs(r);
    if (!read(g_.inputs(r)[0])) return false;
    const auto before = latest_;
    Parts ways[2];
    std::vector<int> after[2];
    for (int i = 0; i < 2; ++i) {
      const BodyId b = attrs.body(i == 0 ? "then" : "otherwise");
      std::copy(before.begin(), before.end(), latest_.begin());
      if (!body(b) || !results(b, ways[i])) return false;
      after[i] = latest_;
    }
    for (size_t k = 0; k < latest_.size(); ++k) {
      const auto changed = [&](const std::vector<int>& way) {
        return k < way.size() && (k >= before.size() ? way[k] != 0 : way[k] != before[k]);
      };
      if (changed(after[0]) || changed(after[1])) renew(int(k));
    }
    Parts parts;
    for (size_t k = 0; k < ways[0].size(); ++k) {
      if (ways[0][k].array != ways[1][k].array) return false;
      parts.push_back(now(ways[0][k]));
    }
    set(r, std::move(parts));
    return true;
  }

  // A number, or an array itself.
  bool whole(Ref r, const Part& p) const {
    return p.array == ScalarLoop::number || (p.array >= 0 && !ir::is_view(g_.op(r)));
  }

  Part now(Part p) const {
    if (p.array >= 0) p.version = latest_[size_t(p.array)];
    return p;
  }

  bool results(BodyId b, Parts& out) {
    for (Ref r : g_.body(b).results) {
      const Part* p = read(r);
      if (!p || !whole(r, *p)) return false;
      out.push_back(*p);
    }
    return true;
  }

  // True if the whole loop begins with an array from outside that is carried already, or is read
  // inside as it was: then it is two arrays, of which the carried one begins as a copy.
  bool needs_copy(Ref r, Ref in) const {
    if (r != loop_.node || ir::is_view(g_.op(in))) return false;
    const auto known = parts_.find(in.id);
    if (known == parts_.end()) return reads_inside(r, in);
    const Part& p = known->second[0];
    return p.version != latest_[size_t(p.array)] || reads_inside(r, in);
  }

  bool reads_inside(Ref r, Ref value) const {
    return std::ranges::any_of(g_.bodies_of(r), [&](BodyId b) {
      const ir::Body& body = g_.body(b);
      const auto reads = [&](Ref n) {
        return std::ranges::find(g_.inputs(n), value) != g_.inputs(n).end() ||
               reads_inside(n, value);
      };
      return std::ranges::find(body.results, value) != body.results.end() ||
             std::ranges::any_of(body.nodes, reads);
    });
  }

  // The body sees what it carries as its parameters, and no older version.
  bool loop(Ref r) {
    const bool counted = g_.op(r) == Op::for_;
    const ir::AttrView attrs = g_.attrs(r);
    const auto inputs = g_.inputs(r).subspan(counted ? 3 : 0);
    for (Ref in : g_.inputs(r))
      if (!read(in)) return false;
    Parts start;
    for (Ref in : inputs) {
      if (g_.type(in).is_array() && needs_copy(r, in)) {
        start.push_back(renew(array(in)));
        continue;
      }
      const Part* given = read(in);
      if (!given || !whole(in, *given)) return false;
      const Part p = *given;
      start.push_back(p.array >= 0 ? renew(p.array) : p);
    }
    const BodyId b = attrs.body("body");
    if (!counted) {
      const BodyId test = attrs.body("test");
      Parts tested;
      bind(test, start, false);
      if (!body(test) || !results(test, tested) || tested.size() != 1) return false;
      for (const Part& p : start)
        if (p.array >= 0 && latest_[size_t(p.array)] != p.version) return false;
    }
    bind(b, start, counted);
    const auto before = latest_;
    Parts ended;
    if (!body(b) || !results(b, ended)) return false;
    for (size_t k = 0; k < latest_.size(); ++k) {
      // A change of what is not carried would be seen by the next iteration.
      const bool carried =
          std::ranges::any_of(start, [&](const Part& p) { return p.array == int(k); });
      const int entered = k < before.size() ? before[k] : 0;
      if (latest_[k] != entered && !carried) return false;
    }
    for (size_t k = 0; k < start.size(); ++k)
      if (ended[k].array != start[k].array) return false;
    Parts parts;
    for (const Part& p : ended) parts.push_back(p.array >= 0 ? renew(p.array) : p);
    set(r, std::move(parts));
    return true;
  }

  void bind(BodyId b, const Parts& start, bool counted) {
    const auto& params = g_.body(b).params;
    if (counted) set(params[0], {Part{}});
    for (size_t k = 0; k < start.size(); ++k) set(params[k + (counted ? 1 : 0)], {start[k]});
  }

  const Graph& g_;
  std::unordered_map<uint32_t, Parts> parts_;
  std::set<uint32_t> kernels_, alone_;
  std::set<uint32_t> given_;        // symbols of sizes that spans in the loop give
  std::vector<int> latest_, made_;  // versions, by array
};

}  // namespace

namespace {

void add_raising(const Graph& graph, Ref node, ScalarLoop& out) {
  const auto bodies = graph.bodies_of(node);
  if (bodies.empty() && ir::may_raise(graph, node)) out.raising.push_back(node);
  if (ir::info(graph.op(node)).rule == ir::Rule::pick) out.choices.push_back(node);
  for (BodyId b : bodies)
    for (Ref r : graph.body(b).nodes) add_raising(graph, r, out);
}

}  // namespace

std::optional<ScalarLoop> scalar_loop(const Graph& graph, Ref node) {
  Analysis analysis(graph, node);
  if (!analysis.run()) return std::nullopt;
  add_raising(graph, node, analysis.loop_);
  return std::move(analysis.loop_);
}

}  // namespace passes
