#include "runtime/prospects.h"

#include "ir/exact.h"

namespace runtime {

namespace {

constexpr int64_t decided_ns = 1'000'000, doubtful_ns = 100'000'000;
constexpr int64_t much_fused = 4;  // operations a kernel

}  // namespace

bool is_exact(const ir::Graph& recorded) {
  for (uint32_t i = 0; i < recorded.node_count(); ++i) {
    if (!ir::is_exact(recorded.op(ir::Ref{i}))) return false;
  }
  return true;
}

int64_t surely_faster_from(const ir::Graph& optimized) {
  int64_t kernels = 0, fused = 0;
  for (uint32_t i = 0; i < optimized.node_count(); ++i)
    if (optimized.op(ir::Ref{i}) == ir::Op::eager) return doubtful_ns;  // most of it may be NumPy's
  for (uint32_t i = 0; i < optimized.node_count(); ++i) {
    const ir::Op op = optimized.op(ir::Ref{i});
    if (op == ir::Op::for_ || op == ir::Op::while_) return decided_ns;
    kernels += op == ir::Op::kernel;
    fused += ir::is_elementwise(op) || ir::is_reduce(op);
  }
  return kernels > 0 && fused >= much_fused * kernels ? decided_ns : doubtful_ns;
}

}  // namespace runtime
