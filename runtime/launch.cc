#include "runtime/launch.h"

#include <algorithm>
#include <utility>

#include "runtime/blocks.h"
#include "runtime/copy.h"
#include "runtime/early_end.h"
#include "runtime/layout.h"
#include "runtime/memory.h"
#include "runtime/threads.h"

namespace runtime {

using codegen::Access;
using ir::Ref;
using passes::Kernel;
using Form = Kernel::Form;
using Extent = Kernel::Extent;

namespace {

// Estimates for deciding on threads alone: time of a byte that comes from a near cache, and of one
// plain vector instruction per byte of element.
constexpr double ns_per_byte = 0.01, ns_per_cost = 0.003;
// Waking a thread costs some microseconds: a piece of work must be worth it.
constexpr double piece_ns = 10000;
constexpr double long_ns = 100000;
constexpr int pieces_per_thread = 4;

}  // namespace

KernelSite::KernelSite(const ir::Graph& graph, ir::BodyId body, codegen::Jit& jit)
    : graph_(graph), kernel_(passes::describe(graph, body)), jit_(jit) {
  if (kernel_.rank > max_rank)
    ir::fail<ir::Unsupported>() << "a kernel of " << kernel_.rank << " axes";
  turned_ = kernel_;
  turned_.form = kernel_.form == Form::rows ? Form::columns : Form::rows;
  for (Ref r : kernel_.order) {
    nodes_.push_back(describe_node(r));
    const ir::OpInfo& op = ir::info(graph.op(r));
    cost_ += op.cost;
    ns_per_element_ += op.cost * ir::info(graph.type(r).dtype).bytes * ns_per_cost;
    bool reduces = ir::is_reduce(graph.op(r));
    needs_elements_ |= reduces && (op.rule == ir::Rule::same || op.rule == ir::Rule::place);
    ordered_ |= nodes_.back().depends != Node::nothing;
  }
  decided_ = absorbing(graph, kernel_);
  joint_ = joint_of(graph, kernel_);
  for (Ref r : kernel_.arrays) arrays_.push_back(place(r));
  for (Ref r : kernel_.outputs) outputs_.push_back(place(r));
  for (int p : outputs_) wide_ |= nodes_[size_t(p)].extent == Extent::full;
  for (const auto& places : {arrays_, outputs_}) {
    for (int p : places) {
      const Node& n = nodes_[size_t(p)];
      if (n.extent == Extent::full) ns_per_element_ += ir::info(n.dtype).bytes * ns_per_byte;
    }
  }
  for (int k = 0; k < kernel_.rank; ++k) {
    auto it =
        std::ranges::find_if(arrays_, [&](int p) { return nodes_[size_t(p)].varies >> k & 1; });
    size_from_.push_back(it == arrays_.end() ? -1 : int(it - arrays_.begin()));
  }
}

int KernelSite::place(Ref r) const {
  return int(std::ranges::find(kernel_.order, r) - kernel_.order.begin());
}

bool KernelSite::matches(const Resolved& r, Tensors operands, Tensors places) const {
  const size_t rank = size_t(kernel_.rank), total = r.key.size();
  if (total < operands.size() * rank * 2) return false;
  const int64_t* key = r.key.data();
  const int64_t* const end = key + total;
  for (const Tensor* t : operands) {
    for (size_t k = 0; k < rank; ++k) {
      if (key[k] != t->shape[k] || key[rank + k] != t->strides[k]) return false;
    }
    key += 2 * rank;
  }
  for (const Tensor* t : places) {
    if (!t) continue;
    if (end - key < int64_t(rank)) return false;
    if (!std::equal(key, key + rank, t->strides.begin())) return false;
    key += rank;
  }
  return key == end;
}

bool KernelSite::arrange(Resolved& r, Tensors operands, Tensors places) const {
  find_space(r, operands);
  if (needs_elements_ && r.space.product(true) == 0) return false;
  const std::vector<Tensor> values = layouts(r, operands);
  r.outputs.clear();
  for (int o : outputs_) r.outputs.push_back(values[size_t(o)]);
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i]) r.outputs[i].strides = places[i]->strides;
  }
  find_walks(r, operands);
  r.by_nodes = false;
  if (ordered_)
    r.by_nodes = !order_as_numpy(r, values);
  else
    order_as_memory(r);
  stage(r);
  widen(r);
  plan_walk(r.space, r.walks, r.geometry);
  return true;
}

bool KernelSite::resolve(Resolved& r, Tensors operands, Tensors places, int threads) {
  r.key.clear();
  if (!arrange(r, operands, places)) return false;
  if (!r.geometry.nothing) {
    choose_code(r);
    share_out(r, threads);
  }
  for (const Tensor* t : operands) {
    r.key.insert(r.key.end(), t->shape.begin(), t->shape.begin() + kernel_.rank);
    r.key.insert(r.key.end(), t->strides.begin(), t->strides.begin() + kernel_.rank);
  }
  for (const Tensor* t : places) {
    if (t) r.key.insert(r.key.end(), t->strides.begin(), t->strides.begin() + kernel_.rank);
  }
  return true;
}

void KernelSite::find_space(Resolved& r, std::span<const Tensor* const> operands) const {
  r.space.rank = kernel_.rank;
  r.space.first_output = int(operands.size());
  for (int k = 0; k < kernel_.rank; ++k) {
    r.space.reduced[k] = kernel_.reduced[size_t(k)];
    r.space.sizes[k] =
        size_from_[size_t(k)] < 0 ? 1 : operands[size_t(size_from_[size_t(k)])]->shape[k];
  }
}

void KernelSite::find_walks(Resolved& r, std::span<const Tensor* const> operands) const {
  const size_t n = operands.size() + r.outputs.size();
  r.walks.resize(n);
  for (size_t i = 0; i < n; ++i) {
    const bool output = i >= operands.size();
    const int at = output ? outputs_[i - operands.size()] : arrays_[i];
    const Tensor& t = output ? r.outputs[i - operands.size()] : *operands[i];
    Walk& w = r.walks[i];
    w.itemsize = t.itemsize();
    w.extent = nodes_[size_t(at)].extent;
    for (int k = 0; k < kernel_.rank; ++k) w.strides[k] = t.shape[k] == 1 ? 0 : t.strides[k];
  }
}

// A picture's three channels make poor columns: a vector would be mostly idle. Where only operands
// that repeat down the next axis (a gain per channel) keep the two axes from being one, those are
// copied, as often as they repeat, which is little beside the rest.
void KernelSite::widen(Resolved& r) const {
  constexpr int64_t short_axis = 16, repeats_to_pay = 4;
  const Space& s = r.space;
  int inner = s.rank - 1;
  while (inner > 0 && s.sizes[inner] == 1) --inner;
  int outer = inner - 1;
  while (outer > 0 && s.sizes[outer] == 1) --outer;
  if (s.form != Form::map || outer < 0 || s.sizes[inner] >= short_axis) return;
  const int64_t plane = s.sizes[inner] * s.sizes[outer];
  if (plane == 0 || s.product(false) / plane < repeats_to_pay) return;
  const auto one_axis = [&](const Walk& w) {
    return w.strides[outer] == s.sizes[inner] * w.strides[inner];
  };
  const auto repeats = [&](const Walk& w) {
    return std::ranges::count_if(w.strides, [](int64_t stride) { return stride != 0; }) == 1 &&
           w.strides[inner] != 0;
  };
  for (size_t i = 0; i < r.walks.size(); ++i) {
    const bool output = i >= size_t(s.first_output);
    if (!one_axis(r.walks[i]) && (output || !repeats(r.walks[i]))) return;
  }
  for (size_t i = 0; i < r.walks.size(); ++i) {
    Walk& w = r.walks[i];
    if (one_axis(w)) continue;
    w.strides[inner] = w.itemsize;
    w.strides[outer] = w.itemsize * s.sizes[inner];
    r.staged.push_back(int(i));
  }
}

void KernelSite::share_out(Resolved& r, int threads) const {
  r.grain = 0;
  r.parts = 1;
  r.lasts = false;
  if (decided_ && may_end_early(*decided_, r.space, r.geometry)) return;
  const double work =
      double(r.space.product(false)) * double(r.space.product(true)) * ns_per_element_;
  r.lasts = work > long_ns;
  if (joint_ && r.space.form == Form::rows && r.geometry.rows * r.geometry.outer_total == 1) {
    const double most = std::min(work / piece_ns, double(r.geometry.columns) / least_part);
    while (r.parts < most_parts && 2 * r.parts <= most) r.parts *= 2;
    return;
  }
  if (threads == 1 || work < 2 * piece_ns) return;
  if (threads == 0) threads = thread_count();
  if (threads == 1) return;
  const int64_t pieces = std::min(int64_t(work / piece_ns), int64_t(threads) * pieces_per_thread);
  cut(r.space, r.geometry, pieces);
  r.grain = std::max<int64_t>(1, r.geometry.blocks() / pieces);
}

namespace {

// The dense copy that a kernel sees of an array whose reduced axes are not one.
struct Stage {
  Tensor dense, original;

  Stage(const Resolved& r, size_t pointer, const Tensor& layout, char* data)
      : dense(layout), original(layout) {
    original.data = data;
    dense.strides = r.walks[pointer].strides;
    for (int k = 0; k < r.space.rank; ++k) {
      dense.shape[k] = dense.strides[k] == 0 && !r.space.reduced[k] ? 1 : r.space.sizes[k];
      if (layout.shape[k] == 1) original.strides[k] = 0;
      original.shape[k] = dense.shape[k];
    }
    allocate(dense);
  }
};

bool aligned(std::span<char* const> data) {
  return std::ranges::all_of(
      data, [](const char* p) { return reinterpret_cast<uintptr_t>(p) % 64 == 0; });
}

}  // namespace

void KernelSite::run(const Resolved& r, Tensors operands, std::span<char*> data, Extras extras,
                     int threads) const {
  const Geometry& g = r.geometry;
  if (g.nothing) return;
  const bool streams = r.streaming && aligned(data.subspan(operands.size()));
  std::vector<Stage> stages;
  for (int s : r.staged) {
    const size_t i = size_t(s);
    const bool input = i < operands.size();
    stages.emplace_back(r, i, input ? *operands[i] : r.outputs[i - operands.size()], data[i]);
    if (input) copy(stages.back().dense, stages.back().original);
    data[i] = stages.back().dense.data;
  }
  const codegen::Code& code = *(extras.checked ? r.checked : streams ? r.streaming : r.code);
  auto piece = [&](int64_t begin, int64_t end) {
    run_blocks(g, code, data.data(), extras.scalars, extras.reports, begin, end);
  };
  if (r.parts > 1) {
    run_parts(g, joint_, r.parts, code, data.data(), extras.scalars, extras.reports, threads);
  } else if (r.grain > 0) {
    parallel_for(g.blocks(), r.grain, threads, piece);
  } else {
    piece(0, g.blocks());
  }
  for (size_t k = 0; k < stages.size(); ++k) {
    if (size_t(r.staged[k]) >= operands.size()) copy(stages[k].original, stages[k].dense);
  }
}

}  // namespace runtime
