#include "codegen/rows_plan.h"

#include <algorithm>
#include <bit>

#include "codegen/pairwise.h"
#include "ir/error.h"

namespace codegen {

namespace {

using passes::Kernel;

constexpr int dear = 10;         // cost of an op whose value is better loaded than computed again
constexpr int ordered_max = 12;  // cost of an expression that may stand in an ordered loop

int cost_of(const KernelBuilder& k, ir::Ref r) { return ir::info(k.graph.op(r)).cost; }

// The cost of all that is computed per column for `r`.
int total_cost(const KernelBuilder& k, const std::vector<bool>& full, ir::Ref root) {
  std::vector<ir::Ref> work{root};
  std::vector<bool> seen(full.size(), false);
  int cost = 0;
  while (!work.empty()) {
    const ir::Ref r = work.back();
    work.pop_back();
    if (!full[r.id] || seen[r.id]) continue;
    seen[r.id] = true;
    cost += cost_of(k, r);
    for (ir::Ref in : k.graph.inputs(r)) work.push_back(in);
  }
  return cost;
}

}  // namespace

RowsPlan::RowsPlan(const KernelBuilder& k) {
  uint32_t size = 0;
  for (ir::Ref r : k.kernel.order) size = std::max(size, r.id + 1);
  std::vector<bool> full(size, false);
  for (size_t i = 0; i < k.kernel.order.size(); ++i)
    full[k.kernel.order[i].id] = k.kernel.values[i].extent == Kernel::Extent::full;
  find_reductions(k, full);
  find_kept(k, full);
}

void RowsPlan::find_reductions(const KernelBuilder& k, const std::vector<bool>& full) {
  for (size_t i = 0; i < k.kernel.order.size(); ++i) {
    const ir::Ref r = k.kernel.order[i];
    if (!ir::is_reduce(k.graph.op(r))) continue;
    const size_t phase = size_t(k.kernel.values[i].phase);
    if (phase >= phases.size()) phases.resize(phase + 1);
    const Reduction reduction(k, r);
    Phase& p = phases[phase];
    const bool cheap = total_cost(k, full, reduction.operand) <= ordered_max;
    (reduction.placed && cheap            ? p.searched
     : reduction.order == Order::any      ? p.any
     : reduction.order == Order::sequence ? p.sequence
     : reduction.buffered                 ? p.buffered
                                          : p.pairwise)
        .push_back(reduction);
  }
  // Two bits of a word for each.
  if (phases.size() >= 31)
    ir::fail<ir::Unsupported>() << phases.size() << " reductions after each other";
}

int RowsPlan::pairwise_block() const {
  int block = 0;
  for (const Phase& p : phases)
    for (const auto* list : {&p.pairwise, &p.buffered})
      for (const Reduction& r : *list) {
        const int own = block_of(r.compute);
        BRAZE_CHECK(block == 0 || block == own) << "codegen: sums of real and of complex numbers";
        block = own;
      }
  return block == 0 ? block_of(ir::DType::f32) : block;
}

void RowsPlan::keep(const KernelBuilder& k, ir::Ref r, Loops loops) {
  const int first = std::countr_zero(loops) / 2;
  Kept kept_here{first, (loops >> (2 * first + 2)) != 0 || phases[size_t(first)].twice()};
  if (kept_here.row) {
    kept_here.offset = scratch_per_column;
    scratch_per_column += size_t(ir::info(k.graph.type(r).dtype).bytes);
  }
  kept.emplace(r.id, kept_here);
  phases[size_t(first)].keep.push_back(r);
}

// Goes from users to operands, with the set of loops in which each value is needed.
void RowsPlan::find_kept(const KernelBuilder& k, const std::vector<bool>& full) {
  std::vector<Loops> loops(full.size(), 0), heavy(full.size(), 0);
  for (size_t p = 0; p < phases.size(); ++p) {
    const Loops sweep = Loops(1) << (2 * p), ordered = sweep << 1;
    for (const auto* list : {&phases[p].any, &phases[p].searched})
      for (const Reduction& r : *list) loops[r.operand.id] |= sweep;
    for (const auto* list : {&phases[p].pairwise, &phases[p].buffered, &phases[p].sequence})
      for (const Reduction& r : *list) {
        loops[r.operand.id] |= ordered;
        if (total_cost(k, full, r.operand) > ordered_max) heavy[r.operand.id] |= ordered;
      }
  }
  const Loops last = Loops(1) << (2 * phases.size());
  for (size_t i = 0; i < k.kernel.outputs.size(); ++i)
    if (full[k.kernel.outputs[i].id]) {
      wide.push_back(i);
      loops[k.kernel.outputs[i].id] |= last;
    }

  constexpr Loops ordered_loops = 0xaaaaaaaaaaaaaaaa;
  for (size_t i = k.kernel.order.size(); i-- > 0;) {
    const ir::Ref r = k.kernel.order[i];
    Loops& needed = loops[r.id];
    if (!full[r.id] || needed == 0 || k.graph.op(r) == ir::Op::param) continue;
    const bool twice = (needed & (needed - 1)) != 0 || (needed & ordered_loops) != 0;
    if ((cost_of(k, r) >= dear && twice) || heavy[r.id] != 0) {
      keep(k, r, needed);
      needed = Loops(1) << (std::countr_zero(needed) & ~1);
    }
    for (ir::Ref in : k.graph.inputs(r)) loops[in.id] |= needed;
    for (size_t p = 0; p < phases.size(); ++p)
      if (needed >> (2 * p) & 1) phases[p].cost += cost_of(k, r);
    if (needed & last) wide_cost += cost_of(k, r);
  }
}

}  // namespace codegen
