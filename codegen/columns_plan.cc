#include "codegen/columns_plan.h"

#include <algorithm>

namespace codegen {

namespace {
constexpr int64_t buffer_bytes = 32768;  // of all buffers of a block
}

int64_t ColumnsPlan::add_buffer(ir::DType t) {
  const int64_t offset = bytes;
  bytes += ir::info(t).bytes;
  return offset;
}

ColumnsPlan::ColumnsPlan(const KernelBuilder& k) {
  uint32_t size = 0;
  for (ir::Ref r : k.kernel.order) size = std::max(size, r.id + 1);
  extent.resize(size);
  stage.resize(size);
  running.resize(size);
  for (size_t i = 0; i < k.kernel.order.size(); ++i) {
    const ir::Ref r = k.kernel.order[i];
    const int phase = k.kernel.values[i].phase;
    const bool is_reduce = ir::is_reduce(k.graph.op(r));
    extent[r.id] = k.kernel.values[i].extent;
    stage[r.id] = phase + is_reduce;
    if (is_reduce) {
      if (size_t(phase) >= phases.size()) phases.resize(size_t(phase) + 1);
      const Reduction reduction(k, r);
      running[r.id] = add_buffer(reduction.compute);
      if (reduction.placed) add_buffer(ir::DType::i64);
      phases[size_t(phase)].push_back(reduction);
    }
    if (k.graph.op(r) == ir::Op::param && is_full(r)) full_bytes += k.operand(r).bytes();
  }
  // A partial value is stored if rows need it, or columns at a later stage do.
  for (ir::Ref r : k.kernel.order)
    for (ir::Ref in : k.graph.inputs(r)) {
      if (!is_partial(in) || k.graph.op(in) == ir::Op::param) continue;
      if (is_full(r) || stage[r.id] > stage[in.id])
        if (!stored.contains(in.id)) stored[in.id] = add_buffer(k.graph.type(in).dtype);
    }
  for (const Array& a : k.outputs) writes |= is_full(a.ref);
  widest = std::clamp<int64_t>(buffer_bytes / std::max<int64_t>(bytes, 1), 64, 4096) / 64 * 64;

  for (const auto& reductions : phases) {
    std::vector<bool> needed(size, false);
    int sum = 0;
    for (const Reduction& r : reductions) needed[r.operand.id] = true;
    for (size_t i = k.kernel.order.size(); i-- > 0;) {
      const ir::Ref r = k.kernel.order[i];
      if (!needed[r.id] || !is_full(r)) continue;
      sum += ir::info(k.graph.op(r)).cost;
      for (ir::Ref in : k.graph.inputs(r)) needed[in.id] = true;
    }
    cost.push_back(sum);
  }
}

}  // namespace codegen
