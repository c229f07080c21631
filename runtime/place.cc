// Where the results of kernels go: straight into the part of an array that an update replaces, if
// nothing else reads them.
#include <algorithm>
#include <map>

#include "runtime/program.h"

namespace runtime {
namespace {

using ir::Ref;

class Placing {
 public:
  Placing(const ir::Graph& g, Block& b) : g_(g), b_(b) {
    for (size_t i = 0; i < b.steps.size(); ++i) {
      for (int out : b.steps[i].outputs) made_[out] = i;
      std::set<int> used;
      uses(b.steps[i], used);
      for (int slot : used) ++readers_[slot];
    }
    for (int r : b.results) ++readers_[r];
  }

  void run() {
    for (Step& s : b_.steps) {
      if (s.kind == Step::Kind::update && place(s)) s.outputs.clear();
    }
    std::erase_if(b_.steps,
                  [](const Step& s) { return s.kind == Step::Kind::update && s.outputs.empty(); });
  }

 private:
  bool place(Step& update) {
    const int value = update.inputs[1];
    const auto at = made_.find(value);
    if (at == made_.end() || readers_[value] != 1) return false;
    Step& launch = b_.steps[at->second];
    if (launch.kind != Step::Kind::launch || !whole(update) || !starts_inside(update)) return false;
    const auto ready = [&](int slot) {
      const auto m = made_.find(slot);
      return m == made_.end() || m->second < at->second;
    };
    if (!ready(update.inputs[0])) return false;
    const std::vector<int> indices(update.inputs.begin() + 2, update.inputs.end());
    if (!std::ranges::all_of(indices, ready)) return false;
    if (read_between(update, launch)) return false;
    const auto output = std::ranges::find(launch.outputs, value) - launch.outputs.begin();
    // What the kernel writes is a part of the value already, and not the value.
    const auto taken = [&](const Placement& p) { return p.output == int(output); };
    if (std::ranges::any_of(launch.placements, taken)) return false;
    launch.placements.push_back({int(output), update.inputs[0], indices, std::move(update.window)});
    launch.outputs[size_t(output)] = update.outputs[0];
    made_[update.outputs[0]] = at->second;
    return true;
  }

  // Of a part with more than one element on an axis, the run-time position is one that a span
  // gives: it never counts from the end.
  bool starts_inside(const Step& update) const {
    const ir::AttrView attrs = g_.attrs(update.node);
    const auto axes = attrs.integers("axes");
    const auto size = attrs.dims("size"), step = attrs.dims("step");
    for (size_t k = 0; k < axes.size(); ++k) {
      const size_t a = size_t(axes[k]);
      if (g_.dims.is(size[a], 1)) continue;
      if (!g_.dims.never_negative(step[a]) || g_.op(g_.inputs(update.node)[k + 2]) != ir::Op::span)
        return false;
    }
    return true;
  }

  // The kernel computes every element of the part, none of them repeated.
  bool whole(const Step& update) const {
    const auto sizes = g_.attrs(update.node).dims("size");
    const ir::Type& value = g_.type(g_.inputs(update.node)[1]);
    if (!value.is_array()) return false;
    for (size_t k = 0; k < sizes.size(); ++k) {
      if (g_.dims.resolve(value.dims[k]) != g_.dims.resolve(sizes[k])) return false;
    }
    return true;
  }

  // True if a step between the two still reads the array as it was. (It would be copied then: the
  // kernel's result is better written to memory of its own.)
  bool read_between(const Step& update, const Step& launch) const {
    for (const Step* s = &launch + 1; s < &update; ++s) {
      std::set<int> used;
      uses(*s, used);
      if (s->kind != Step::Kind::update && used.contains(update.inputs[0])) return true;
    }
    return false;
  }

  const ir::Graph& g_;
  Block& b_;
  std::map<int, size_t> made_;  // by slot: the step
  std::map<int, int> readers_;
};

// A view at a run-time index, arithmetic of Python, a maximum of nothing.
bool may_fail(const ir::Graph& g, const Step& s) {
  switch (s.kind) {
    case Step::Kind::view: return s.inputs.size() > 1;
    case Step::Kind::update: return s.inputs.size() > 2;
    case Step::Kind::bind:
    case Step::Kind::require:
    case Step::Kind::select:
    case Step::Kind::change:
    case Step::Kind::evaluate:
    case Step::Kind::convert:
    case Step::Kind::span:
    case Step::Kind::fill:
    case Step::Kind::call: return true;
    case Step::Kind::number: return s.arithmetic.checked;
    case Step::Kind::launch: {
      const auto indexed = [](auto& p) { return !p.indices.empty(); };
      if (std::ranges::any_of(s.placements, indexed) || std::ranges::any_of(s.paths, indexed))
        return true;
      const ir::Body& body = g.body(g.attrs(s.node).body("body"));
      return std::ranges::any_of(body.nodes, [&](Ref r) {
        const ir::Rule rule = ir::info(g.op(r)).rule;
        return ir::is_reduce(g.op(r)) && (rule == ir::Rule::same || rule == ir::Rule::place);
      });
    }
    default: return false;
  }
}

bool changes(const Step& s) {
  return s.kind == Step::Kind::update || s.kind == Step::Kind::change || !s.placements.empty();
}

bool any_step(const Block& b, const auto& what) {
  return std::ranges::any_of(b.steps, [&](const Step& s) {
    return what(s) ||
           std::ranges::any_of(s.bodies, [&](const Block& body) { return any_step(body, what); });
  });
}

}  // namespace

void place_updates(const ir::Graph& graph, Block& block) { Placing(graph, block).run(); }

bool may_fail_changed(const ir::Graph& graph, const Block& block) {
  const auto fails = [&](const Step& s) { return may_fail(graph, s); };
  bool changed = false;
  for (const Step& s : block.steps) {
    const auto within = [&](const auto& what) {
      return what(s) ||
             std::ranges::any_of(s.bodies, [&](const Block& b) { return any_step(b, what); });
    };
    const bool changing = within(changes);
    if (within(fails) && (changed || (changing && !s.bodies.empty()))) return true;
    changed = changed || changing;
  }
  return false;
}

// Launches that see arguments alone need not look at them again while these keep their layouts.
void find_of_arguments(Block& block, std::span<const int> arguments) {
  const auto is_argument = [&](int i) {
    return std::ranges::find(arguments, i) != arguments.end();
  };
  for (Step& s : block.steps) {
    for (Block& inner : s.bodies) find_of_arguments(inner, arguments);
    s.of_arguments =
        s.kind == Step::Kind::launch &&
        std::ranges::all_of(std::span(s.inputs).first(size_t(s.arrays)), is_argument) &&
        std::ranges::all_of(s.placements, is_argument, &Placement::base);
  }
}

}  // namespace runtime
