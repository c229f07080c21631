#include "runtime/prospects.h"

#include <algorithm>

#include "ir/exact.h"
#include "passes/scalar_loop.h"

namespace runtime {

namespace {

constexpr int64_t native_ns = 10'000, decided_ns = 1'000'000;
constexpr int64_t much_fused = 4;  // operations a kernel

bool is_loop(ir::Op op) { return op == ir::Op::for_ || op == ir::Op::while_; }

// Zero if there are no loops. A round of a loop of machine code takes some nanoseconds, and
// Python's at least ten times as many; one in a branch may not run.
int64_t looping_from(const ir::Graph& optimized) {
  int64_t from = 0;
  for (ir::Ref node : optimized.body(ir::Graph::main).nodes)
    if (is_loop(optimized.op(node)))
      from = std::max(from, passes::scalar_loop(optimized, node) ? native_ns : decided_ns);
  for (uint32_t i = 0; from == 0 && i < optimized.node_count(); ++i)
    if (is_loop(optimized.op(ir::Ref{i}))) from = decided_ns;
  return from;
}

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
  if (int64_t ns = looping_from(optimized)) return ns;
  for (uint32_t i = 0; i < optimized.node_count(); ++i) {
    const ir::Op op = optimized.op(ir::Ref{i});
    kernels += op == ir::Op::kernel;
    fused += ir::is_elementwise(op) || ir::is_reduce(op);
  }
  return kernels > 0 && fused >= much_fused * kernels ? decided_ns : doubtful_ns;
}

}  // namespace runtime
