// From a graph to a program: places for values, steps for nodes, then what the steps tell about
// each other: where a value ends, and whether its memory may become a result.
#include <algorithm>
#include <map>
#include <set>

#include "ir/raises.h"
#include "passes/parts.h"
#include "runtime/program.h"

namespace runtime {

void uses(const Step& s, std::set<int>& out) {
  out.insert(s.inputs.begin(), s.inputs.end());
  for (const Path& p : s.paths) out.insert(p.indices.begin(), p.indices.end());
  for (const Placement& p : s.placements) {
    out.insert(p.base);
    out.insert(p.indices.begin(), p.indices.end());
  }
  for (const Block& b : s.bodies) {
    for (const Step& inner : b.steps) uses(inner, out);
    out.insert(b.results.begin(), b.results.end());
  }
}

void leaves(const Place& place, std::vector<int>& slots) {
  if (place.slot >= 0) slots.push_back(place.slot);
  for (const Place& e : place.elements) leaves(e, slots);
}

namespace {

using ir::Op;
using ir::Ref;

class Builder {
 public:
  explicit Builder(Plan::Program& p) : p_(p), g_(*p.graph), places_(g_.node_count()) {}

  void run() {
    for (Ref r : g_.body(ir::Graph::main).params) flatten(g_.type(r), arguments_);
    p_.sizes = std::make_unique<SizeProgram>(g_, arguments_);
    p_.main = block(ir::Graph::main);
    p_.find_raising();
    p_.one_kernel = one_kernel();
    p_.journal = !p_.changed.empty() && may_fail_changed(g_, p_.main);
    find_ends(p_.main, true);
    for (Ref r : g_.body(ir::Graph::main).params) p_.params.push_back(places_[r.id]);
    for (Ref r : g_.body(ir::Graph::main).results) p_.results.push_back(places_[r.id]);
    for (int i = 0; i < int(p_.slots.size()); ++i) {
      bool argument = std::ranges::find(p_.main.params, i) != p_.main.params.end() && !lent(i);
      if (p_.slots[size_t(i)].rank >= 0 && !argument) p_.owners.push_back(i);
    }
    for (int r : p_.main.results)
      p_.slots[size_t(r)].last = std::ranges::count(p_.main.results, r) == 1;
    std::set<int> escaping(p_.main.results.begin(), p_.main.results.end());
    find_hosted(p_.main, escaping);
    find_of_arguments(p_.main, p_.main.params);
  }

 private:
  void flatten(const ir::Type& t, std::vector<const ir::Type*>& out) const {
    if (t.kind != ir::Type::Kind::tuple) return out.push_back(&t);
    for (ir::TypeId e : t.elements) flatten(g_.type(e), out);
  }

  int slot(ir::DType dtype, int rank, bool python) {
    if (rank > max_rank) ir::fail<ir::Unsupported>() << "an array of rank " << rank;
    p_.slots.push_back({dtype, rank, python, false});
    return int(p_.slots.size()) - 1;
  }

  Place place(const ir::Type& t) {
    Place out;
    switch (t.kind) {
      case ir::Type::Kind::array: out.slot = slot(t.dtype, t.rank(), false); break;
      case ir::Type::Kind::scalar: out.slot = slot(t.dtype, -1, false); break;
      case ir::Type::Kind::python: out.slot = slot(t.dtype, -1, true); break;
      case ir::Type::Kind::none: out.none = true; break;
      case ir::Type::Kind::tuple:
        for (ir::TypeId e : t.elements) out.elements.push_back(place(g_.type(e)));
        break;
      case ir::Type::Kind::object: throw ir::Unsupported("a Python object");
    }
    return out;
  }

  std::vector<int> slots_of(std::span<const Ref> refs) const {
    std::vector<int> out;
    for (Ref r : refs) leaves(places_[r.id], out);
    return out;
  }

  Block block(ir::BodyId id) {
    const ir::Body& body = g_.body(id);
    Block b;
    for (Ref r : body.params) places_[r.id] = place(g_.type(r));
    b.params = slots_of(body.params);
    for (Ref r : body.nodes) node(b, r);
    b.results = slots_of(body.results);
    fold_views(b);
    place_updates(g_, b);
    if (id != ir::Graph::main) find_ends(b, false);
    return b;
  }

  void node(Block& b, Ref r) {
    const Op op = g_.op(r);
    const auto inputs = g_.inputs(r);
    if (op == Op::tuple) {
      for (Ref in : inputs) places_[r.id].elements.push_back(places_[in.id]);
      return;
    }
    if (op == Op::item) {
      const Place& from = places_[inputs[0].id];
      places_[r.id] = from.elements.at(size_t(g_.attrs(r).integer("index")));
      return;
    }
    places_[r.id] = place(g_.type(r));
    if (op == Op::constant || op == Op::extent) return preset(r);
    Step s;
    s.node = r;
    s.inputs = slots_of(inputs);
    leaves(places_[r.id], s.outputs);
    s.host.assign(s.outputs.size(), false);
    s.shaped.assign(s.outputs.size(), -1);
    choose(s);
    report(s);
    b.steps.push_back(std::move(s));
  }

  bool one_kernel() const {
    int kernels = 0;
    for (const Step& s : p_.main.steps) {
      const bool changes =
          s.kind == Step::Kind::update || s.kind == Step::Kind::change || !s.bodies.empty();
      if (changes || s.report >= 0) return false;
      kernels += s.kind == Step::Kind::launch;
    }
    return kernels == 1;
  }

  void report(Step& s) {
    const bool single = s.kind == Step::Kind::number || s.kind == Step::Kind::evaluate ||
                        s.kind == Step::Kind::call || s.kind == Step::Kind::change;
    if (!single || !ir::may_raise(g_, s.node)) return;
    s.report = p_.report_places({&s.node, 1});
    s.silent = !ir::raised_by_processor(g_, s.node);
  }

  void choose(Step& s) {
    const Op op = g_.op(s.node);
    const ir::OpInfo& row = ir::info(op);
    if (op == Op::kernel) return launch(s);
    if (row.kind == ir::Kind::view) {
      s.kind = Step::Kind::view;
      s.view = compile_view(g_, s.node, *p_.sizes);
    } else if (op == Op::span) {
      s.kind = Step::Kind::span;
      s.site = p_.sizes->span(s.node);
      for (const char* name : {"extent", "step"})
        s.sizes.push_back(p_.sizes->at(g_.attrs(s.node).dim(name)));
    } else if (op == Op::full) {
      s.kind = Step::Kind::fill;
      for (ir::DimId d : g_.attrs(s.node).dims("shape")) s.sizes.push_back(p_.sizes->at(d));
      ir::Dims dims = g_.dims;
      s.blank = passes::all_replaced(g_, dims, g_[s.node].body, s.node);
    } else if (op == Op::number) {
      conversion(s);
    } else if (op == Op::update) {
      s.kind = Step::Kind::update;
      s.window = compile_window(g_, s.node, *p_.sizes);
    } else if (op == Op::store) {
      store(s);
    } else if (op == Op::bind) {
      s.kind = Step::Kind::bind;
      s.site = p_.sizes->span(s.node);
    } else if (op == Op::require) {
      s.kind = Step::Kind::require;
      p_.slots[size_t(s.outputs[0])].python = p_.slots[size_t(s.inputs[0])].python;
    } else if (selects(op)) {
      s.kind = Step::Kind::select;
    } else if (changes_selected(op)) {
      s.kind = Step::Kind::change;
    } else if (row.kind == ir::Kind::call) {
      s.kind = Step::Kind::call;
      if (op == Op::eager) eager_call(s);
    } else if (ir::is_elementwise(op)) {
      arithmetic(s);
    } else if (row.kind == ir::Kind::control) {
      control(s);
    }
  }

  // The registers of the sizes that its results must have, and the site of one that they tell.
  void eager_call(Step& s) {
    s.kept = p_.eager_calls++;
    std::vector<const ir::Type*> types;
    flatten(g_.type(s.node), types);
    for (const ir::Type* t : types)
      for (ir::DimId d : t->dims) s.sizes.push_back(p_.sizes->at(d));
    const ir::DimId told = g_.attrs(s.node).dim("size");
    if (g_.dims.value(told)) return;
    s.site = p_.sizes->span(s.node);
    s.told = p_.sizes->at(told);
  }

  void preset(Ref r) {
    Plan::Program::Preset preset{places_[r.id].slot, {}, -1};
    if (g_.op(r) == Op::extent) {
      preset.number.python = true;
      const ir::DimId size = g_.attrs(r).dim("size");
      preset.reg = p_.sizes->at(size);
      preset.span = p_.sizes->home(size);
    } else {
      preset.number = std::get<Number>(evaluate(g_, r, {}, {}).is);
    }
    p_.presets.push_back(preset);
  }

  void launch(Step& s) {
    s.kind = Step::Kind::launch;
    s.site = int(p_.sites.size());
    auto site = std::make_unique<Plan::Program::Site>();
    const ir::BodyId body = g_.attrs(s.node).body("body");
    try {
      site->kernel = std::make_unique<KernelSite>(g_, body, *p_.jit);
    } catch (const ir::Unsupported&) { site->refused = true; }
    if (site->kernel) s.tables = int(site->kernel->kernel().tables.size());
    site->report =
        p_.report_places(site->kernel ? site->kernel->kernel().order : g_.body(body).nodes);
    p_.sites.push_back(std::move(site));
    // Arrays first, as kernels take them.
    std::vector<int> numbers;
    std::erase_if(s.inputs, [&](int slot) {
      bool number = p_.slots[size_t(slot)].rank < 0;
      if (number) numbers.push_back(slot);
      return number;
    });
    s.arrays = int(s.inputs.size()) - s.tables;
    s.paths.resize(size_t(s.arrays));
    s.inputs.insert(s.inputs.end(), numbers.begin(), numbers.end());
  }

  // Numbers alone need none of the reference engine's preparations.
  void arithmetic(Step& s) {
    if (!g_.type(s.node).is_scalar()) return;
    const bool choice = ir::info(g_.op(s.node)).rule == ir::Rule::pick;
    const ir::DType from = p_.slots[size_t(s.inputs[choice ? 1 : 0])].dtype;
    s.arithmetic = compile_arithmetic(g_, s.node, from);
    if (s.arithmetic.loop) s.kind = Step::Kind::number;
  }

  void conversion(Step& s) {
    if (p_.slots[size_t(s.inputs[0])].rank >= 0) return;
    s.conversion = compile_conversion(g_, s.node);
    s.kind = Step::Kind::convert;
  }

  void control(Step& s) {
    const Op op = g_.op(s.node);
    for (ir::BodyId body : g_.bodies_of(s.node)) s.bodies.push_back(block(body));
    if (op == Op::if_) return void(s.kind = Step::Kind::branch);
    s.kind = op == Op::for_ ? Step::Kind::for_loop : Step::Kind::while_loop;
    scalar_loop(s);
    if (op == Op::for_) bands(s);
  }

  void scalar_loop(Step& s) {
    auto loop = passes::scalar_loop(g_, s.node);
    if (!loop) return;
    s.site = int(p_.loops.size());
    auto site = std::make_unique<Plan::Program::LoopSite>();
    site->arrays = slots_of(loop->arrays);
    site->scalars = slots_of(loop->scalars);
    site->set(std::move(*loop), *p_.sizes);
    site->report = p_.report_places(site->loop.raising);
    p_.loops.push_back(std::move(site));
  }

  void bands(Step& s) {
    if (s.site >= 0 && p_.loops[size_t(s.site)]->loop.rows.empty()) return;
    auto loop =
        banded_loop(g_, s.node, arguments_, *p_.sizes, [&](Ref r) { return places_[r.id].slot; });
    if (!loop) return;
    s.bands = int(p_.banded.size());
    p_.banded.push_back(std::move(*loop));
  }

  // The argument itself is the caller's: the slot of the parameter may have lost it by then.
  void store(Step& s) {
    s.kind = Step::Kind::store;
    s.changed = int(p_.changed.size());
    p_.changed.push_back(s.inputs[0]);
    s.inputs.erase(s.inputs.begin());
  }

  bool lent(int slot) const { return std::ranges::count(p_.changed, slot) > 0; }

  // The last step that uses a slot of this block releases it. Arguments stay.
  void find_ends(Block& b, bool is_main) const {
    std::map<int, size_t> last;
    for (int p : b.params)
      if (!is_main || lent(p)) last[p] = 0;
    std::set<int> made;
    for (size_t i = 0; i < b.steps.size(); ++i) {
      for (int out : b.steps[i].outputs) last[out] = i;
      made.insert(b.steps[i].outputs.begin(), b.steps[i].outputs.end());
      std::set<int> used;
      uses(b.steps[i], used);
      for (int slot : used) {
        if (last.contains(slot)) last[slot] = i;
      }
    }
    for (int r : b.results) {
      last.erase(r);
      b.movable.push_back(made.contains(r) && std::ranges::count(b.results, r) == 1);
    }
    for (auto [slot, step] : last) {
      if (p_.slots[size_t(slot)].rank >= 0 && step < b.steps.size()) release(slot, b.steps[step]);
    }
  }

  // A branch releases what only it needs inside, so that it may change there; a loop what it
  // carries.
  static void release(int slot, Step& s) {
    s.release.push_back(slot);
    bool seen = false;
    for (Block& body : s.bodies) {
      Step* last = nullptr;
      for (Step& inner : body.steps) {
        std::set<int> used;
        uses(inner, used);
        if (used.contains(slot)) last = &inner;
      }
      const bool result = std::ranges::count(body.results, slot) > 0;
      seen = seen || last || result;
      if (s.kind == Step::Kind::branch && last && !result) release(slot, *last);
    }
    const bool loops = s.kind == Step::Kind::for_loop || s.kind == Step::Kind::while_loop;
    if (loops && !seen) s.enters.push_back(slot);
  }

  // Which outputs may become results: those that are, and those that views and branches pass on.
  // What a loop makes is copied once at its end instead, since all but the last round's memory goes
  // again.
  void find_hosted(Block& b, std::set<int>& escaping) const {
    for (size_t i = b.steps.size(); i-- > 0;) {
      Step& s = b.steps[i];
      for (size_t k = 0; k < s.outputs.size(); ++k) {
        if (!escaping.contains(s.outputs[k])) continue;
        s.host[k] = true;
        s.escapes = true;
        if (s.kind == Step::Kind::view || s.kind == Step::Kind::update ||
            s.kind == Step::Kind::change)
          escaping.insert(s.inputs[0]);
        for (const Placement& p : s.placements) {
          if (p.output == int(k)) escaping.insert(p.base);
        }
        // What a loop carries in place may have been the host's from the start.
        if (s.kind == Step::Kind::for_loop) escaping.insert(s.inputs[k + 3]);
        if (s.kind == Step::Kind::while_loop) escaping.insert(s.inputs[k]);
        if (s.kind != Step::Kind::branch) continue;
        for (Block& body : s.bodies) escaping.insert(body.results[k]);
      }
      if (s.kind == Step::Kind::branch) {
        for (Block& body : s.bodies) find_hosted(body, escaping);
      }
    }
    find_shapes(b);
  }

  // A result that is a kernel's output without its axes of size 1 gets memory in its own shape, so
  // that it owns its memory as NumPy's result does.
  void find_shapes(Block& b) const {
    for (size_t i = 0; i < b.steps.size(); ++i) {
      const Step& v = b.steps[i];
      if (v.kind != Step::Kind::view || !v.view.keeps_memory || v.view.number) continue;
      if (!std::ranges::count(b.results, v.outputs[0]) ||
          std::ranges::count(b.results, v.inputs[0]))
        continue;
      for (size_t j = 0; j < i; ++j) {
        auto& outputs = b.steps[j].outputs;
        auto at = std::ranges::find(outputs, v.inputs[0]);
        if (at != outputs.end()) b.steps[j].shaped[size_t(at - outputs.begin())] = int(i);
      }
    }
  }

  Plan::Program& p_;
  const ir::Graph& g_;
  std::vector<Place> places_;               // per node
  std::vector<const ir::Type*> arguments_;  // the types of their leaves
};

}  // namespace

void Plan::Program::build() { Builder(*this).run(); }

}  // namespace runtime
