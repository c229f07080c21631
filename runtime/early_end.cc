#include "runtime/early_end.h"

#include <algorithm>

#include "ir/formula.h"
#include "ir/lane.h"
#include "ir/raises.h"

namespace runtime {

// The value that no further element changes: true of `any`, false of `all`.
std::optional<bool> absorbing(const ir::Graph& graph, const passes::Kernel& kernel) {
  if (kernel.outputs.size() != 1 || kernel.phases != 2) return std::nullopt;
  const ir::Ref out = kernel.outputs[0];
  if (!ir::is_reduce(graph.op(out)) || graph.type(graph.inputs(out)[0]).dtype != ir::DType::b1)
    return std::nullopt;
  // NumPy reports the errors of all elements.
  const auto silent = [&](ir::Ref r) { return !(ir::may_raise(graph, r) & ~ir::under_error); };
  if (!std::ranges::all_of(kernel.order, silent)) return std::nullopt;
  std::optional<bool> found;
  ir::visit_reduce(graph.op(out), [&](auto rule, auto, auto step) {
    if constexpr (rule.value == ir::Rule::truth || rule.value == ir::Rule::same) {
      const auto keeps = [&](bool a, bool x) { return step(ir::Mask{a}, ir::Mask{x}).v == a; };
      for (bool a : {false, true}) {
        if (keeps(a, false) && keeps(a, true)) found = a;
      }
    }
  });
  return found;
}

bool may_end_early(bool decided, const Space& space, Geometry& g) {
  const bool dense = std::ranges::count(g.access, codegen::Access::strided) == 0;
  const int64_t piece = dense ? 1 << 14 : 1 << 11;  // some hundred nanoseconds
  const bool one_row = space.form == passes::Kernel::Form::rows && g.rows == 1;
  if (!one_row || g.outer_total != 1 || g.columns <= piece) return false;
  g.column_block = piece;
  g.deciding_output = space.first_output;
  g.decided = char(decided);
  return true;
}

}  // namespace runtime
