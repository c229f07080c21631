// What a call will have to compile, found out without running it: the steps are followed with the
// layouts of arrays alone. A wrong guess costs a compilation; what was not foreseen is compiled
// when it is launched.
#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "runtime/executor.h"
#include "runtime/layout.h"
#include "runtime/threads.h"

namespace runtime {

namespace {

class Foresight {
 public:
  Foresight(const Plan::Program& p, Frame& f, bool branches)
      : p_(p), g_(*p.graph), f_(f), branches_(branches), layouts_(p.slots.size()) {
    for (int i : p.main.params) {
      if (p.slots[size_t(i)].rank >= 0) layouts_[size_t(i)] = *f.slots[size_t(i)].tensor;
    }
  }

  void follow(const Block& b) {
    for (const Step& s : b.steps) {
      try {
        follow(s);
      } catch (const ir::Unsupported&) {}  // a size that only the run makes known
    }
  }

  std::vector<KernelSite::Wish> wishes;
  struct Loop {
    Plan::Program::LoopSite* site;
    std::vector<std::optional<Tensor>> layouts;  // of its arrays
  };
  std::vector<Loop> loops;

 private:
  using Kind = Step::Kind;

  void follow(const Step& s) {
    if (s.kind == Kind::launch) return launch(s);
    const ir::TypeId type = g_[s.node].type;
    assume(s.outputs, {&type, 1});
    if (s.kind == Kind::view) return view(s);
    if (s.kind == Kind::update) return take(s.outputs[0], s.inputs[0]);
    if (s.kind == Kind::branch && branches_) return bodies(s);
    if (s.kind != Kind::for_loop && s.kind != Kind::while_loop) return;
    if (s.site < 0 || !loop(*p_.loops[size_t(s.site)])) bodies(s);
  }

  // False if its steps will run one after the other.
  bool loop(Plan::Program::LoopSite& site) {
    std::vector<std::optional<Tensor>> layouts;
    for (int slot : site.arrays) layouts.push_back(layouts_[size_t(slot)]);
    std::vector<const Tensor*> seen;
    for (const auto& t : layouts) seen.push_back(t ? &*t : nullptr);
    if (!has_short_rows(site.loop, seen) || !has_small_planes(site, seen, f_.sizes)) return false;
    loops.push_back({&site, std::move(layouts)});
    return true;
  }

  void take(int to, int from) { layouts_[size_t(to)] = layouts_[size_t(from)]; }

  // Loops begin with the arrays that they are given, and keep their layouts most of the time.
  void bodies(const Step& s) {
    const auto graphs = g_.bodies_of(s.node);
    const size_t first = s.kind == Kind::for_loop ? 3 : 0, counter = s.kind == Kind::for_loop;
    for (size_t k = 0; k < s.bodies.size(); ++k) {
      const Block& b = s.bodies[k];
      std::vector<ir::TypeId> types;
      for (ir::Ref r : g_.body(graphs[k]).params) types.push_back(g_[r].type);
      assume(b.params, types);
      for (size_t i = counter; i < b.params.size() && s.kind != Kind::branch; ++i)
        take(b.params[i], s.inputs[i - counter + first]);
      follow(b);
    }
    for (size_t i = 0; i < s.outputs.size() && s.kind != Kind::branch; ++i)
      take(s.outputs[i], s.inputs[i + first]);
  }

  void view(const Step& s) {
    const auto& base = layouts_[size_t(s.inputs[0])];
    if (!base || !s.view.moves_on) return;
    const Number first{ir::DType::i64, true, {}};
    Tensor shown;
    ViewResult made{shown};
    layouts_[size_t(s.outputs[0])].reset();
    if (s.view.make(s.view, {&*base, &first, f_.sizes}, made))
      layouts_[size_t(s.outputs[0])] = std::move(shown);
  }

  // What is known of arrays by their types: that they are most likely in C order.
  void assume(std::span<const int> slots, std::span<const ir::TypeId> types) {
    size_t at = 0;
    for (ir::TypeId t : types) assume(slots, at, g_.type(t));
  }

  void assume(std::span<const int> slots, size_t& at, const ir::Type& type) {
    if (type.kind == ir::Type::Kind::tuple) {
      for (ir::TypeId e : type.elements) assume(slots, at, g_.type(e));
      return;
    }
    if (type.kind == ir::Type::Kind::none || at >= slots.size()) return;
    auto& layout = layouts_[size_t(slots[at++])];
    layout.reset();
    if (!type.is_array()) return;
    Tensor t;
    t.dtype = type.dtype;
    t.rank = int8_t(type.dims.size());
    for (size_t k = 0; k < type.dims.size(); ++k) {
      t.shape[k] = f_.sizes[size_t(p_.sizes->at(type.dims[k]))];
      if (t.shape[k] < 0) return;
    }
    set_c_strides(t);
    layout = t;
  }

  void launch(const Step& s) {
    KernelSite* kernel = p_.sites[size_t(s.site)]->kernel.get();
    if (!kernel) return;
    for (int out : s.outputs) layouts_[size_t(out)].reset();
    const size_t arrays = size_t(s.arrays), outputs = s.outputs.size();
    std::vector<Tensor> operands(arrays), parts(s.placements.size());
    std::vector<const Tensor*> operand_at(arrays), place_at(outputs, nullptr);
    for (size_t i = 0; i < arrays; ++i) {
      const auto seen = see(s.paths[i], s.inputs[i]);
      if (!seen) return;
      operands[i] = seen->layout;
      operand_at[i] = &operands[i];
    }
    for (size_t k = 0; k < s.placements.size(); ++k) {
      const Placement& p = s.placements[k];
      const auto seen = see(p.window, p.base);
      if (!seen) return;
      parts[k] = seen->layout;
      place_at[size_t(p.output)] = &parts[k];
    }
    Resolved r;
    if (!kernel->arrange(r, operand_at, place_at)) return;
    kernel->wish(r, wishes);
    for (size_t i = 0; i < outputs; ++i) {
      if (!place_at[i]) layouts_[size_t(s.outputs[i])] = r.outputs[i];
    }
    for (const Placement& p : s.placements)
      layouts_[size_t(s.outputs[size_t(p.output)])] = layouts_[size_t(p.base)];
  }

  template <class How>
  std::optional<Seen> see(const How& how, int slot) const {
    const auto& base = layouts_[size_t(slot)];
    return base ? runtime::see(how, *base, f_.sizes) : std::nullopt;
  }

  const Plan::Program& p_;
  const ir::Graph& g_;
  Frame& f_;
  const bool branches_;
  std::vector<std::optional<Tensor>> layouts_;  // per slot; none of what is not known
};

// Moves kernels whose code an earlier one has to the end; the number of the others.
size_t move_twins(const Plan::Program& p, std::vector<KernelSite::Wish>& wishes) {
  std::set<std::string> seen;
  const auto fresh = [&](const KernelSite::Wish& w) {
    return seen.insert(p.jit->symbol(*p.graph, *w.kernel, w.variant)).second;
  };
  return size_t(std::ranges::partition(wishes, fresh).begin() - wishes.begin());
}

// Compiles all of it, each piece from a graph of its own: reading sizes may write to a graph.
void compile_all(const Plan::Program& p, const Foresight& seen, size_t distinct, int threads) {
  const size_t total = distinct + seen.loops.size();
  std::vector<ir::Graph> graphs(total, *p.graph);
  std::mutex mutex;
  // What fails here fails again where it is launched, and is dealt with there.
  const auto get = [&](const KernelSite::Wish& w, const ir::Graph& graph) {
    try {
      w.variants->get(w.variant, graph, *w.kernel, *p.jit);
    } catch (const std::exception&) {}
  };
  auto piece = [&](int64_t begin, int64_t end) {
    for (size_t i = size_t(begin); i < size_t(end); ++i) {
      if (i < distinct) {
        get(seen.wishes[i], graphs[i]);
        continue;
      }
      try {
        const auto& loop = seen.loops[i - distinct];
        std::vector<const Tensor*> layouts;
        for (const auto& t : loop.layouts) layouts.push_back(t ? &*t : nullptr);
        make_code(p, *loop.site, layouts, graphs[i], &mutex);
      } catch (const std::exception&) {}
    }
  };
  parallel_for(int64_t(total), 1, threads, piece);
  for (size_t i = distinct; i < seen.wishes.size(); ++i) get(seen.wishes[i], graphs[0]);
}

}  // namespace

void Plan::prepare(std::span<const Value> arguments, const Host& host, bool ahead) const {
  const Program& p = *program_;
  const size_t worth = ahead ? 1 : 2;
  if (!p.options.kernels || p.sites.size() + p.loops.size() < worth) return;
  if (!ahead && (p.options.threads == 1 || thread_count() == 1)) return;
  const auto frame = make_frame(p);
  frame->host = &host;
  if (arguments.size() != frame->arguments.size()) return;
  std::ranges::copy(arguments, frame->arguments.begin());
  if (!p.bind(*frame)) return;
  Foresight seen(p, *frame, ahead);
  seen.follow(p.main);
  std::ranges::sort(seen.wishes);
  const auto twice = std::ranges::unique(seen.wishes);
  seen.wishes.erase(twice.begin(), twice.end());
  std::erase_if(seen.wishes, [](const auto& w) { return w.variants->find(w.variant); });
  const size_t distinct = move_twins(p, seen.wishes);
  if (distinct + seen.loops.size() < worth) return;
  Unlocked unlocked(host, true);
  compile_all(p, seen, distinct, ahead ? 1 : p.options.threads);
}

}  // namespace runtime
