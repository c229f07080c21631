#include "runtime/parts.h"

#include <array>
#include <cstring>

#include "ir/element.h"
#include "ir/pairwise.h"
#include "runtime/blocks.h"
#include "runtime/threads.h"

namespace runtime {

namespace {

template <class T, class Step>
void join(char* first, const char* second) {
  ir::store<T>(first, Step{}(ir::load<T>(first), ir::load<T>(second)));
}

// Products of floats are taken in order; 16-bit floats are rounded after the last step only.
template <class T>
constexpr bool joins(ir::Op op, ir::Rule rule) {
  if constexpr (ir::detail::half<T> || std::is_same_v<T, bool>) return false;
  if (rule == ir::Rule::accumulate) return op == ir::Op::sum || std::is_integral_v<T>;
  return rule == ir::Rule::same;
}

struct Part {
  int64_t begin = 0, columns = 0;
  alignas(16) std::array<char, 16> result;
};
using Parts = std::array<Part, most_parts>;

void halve(Parts& parts, int first, int count, int64_t begin, int64_t columns, int lanes) {
  if (count == 1) {
    parts[size_t(first)].begin = begin;
    parts[size_t(first)].columns = columns;
    return;
  }
  const int64_t left = ir::pairwise_split(columns, lanes);
  halve(parts, first, count / 2, begin, left, lanes);
  halve(parts, first + count / 2, count / 2, begin + left, columns - left, lanes);
}

}  // namespace

Joint joint_of(const ir::Graph& graph, const passes::Kernel& kernel) {
  Joint joint;
  if (kernel.outputs.size() != 1 || kernel.phases != 2) return joint;
  const ir::Ref out = kernel.outputs[0];
  const ir::Op op = graph.op(out);
  if (!ir::is_reduce(op) || op == ir::Op::buffered_sum) return joint;
  ir::visit_reduce(op, [&](auto row, auto, auto step) {
    ir::visit(graph.type(out).dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (ir::computes<T>(row)) {
        if (joins<T>(op, row.value))
          joint = {&join<T, decltype(step)>, ir::pairwise_lanes<T>, int(sizeof(T))};
      }
    });
  });
  return joint;
}

void run_parts(const Geometry& g, const Joint& joint, int parts, const codegen::Code& code,
               char* const* pointers, const char* scalars, char* reports, int threads) {
  Parts all;
  halve(all, 0, parts, 0, g.columns, joint.lanes);
  const size_t n = g.row_strides.size();
  auto run = [&](int64_t begin, int64_t end) {
    Geometry own = g;
    Pointers at(n);
    for (int64_t p = begin; p < end; ++p) {
      Part& part = all[size_t(p)];
      own.columns = own.column_block = part.columns;
      for (size_t i = 0; i < n; ++i) at[i] = pointers[i] + part.begin * g.column_strides[i];
      at[n - 1] = part.result.data();
      run_blocks(own, code, at.data(), scalars, reports, 0, 1);
    }
  };
  parallel_for(parts, 1, threads, run);
  for (int step = 1; step < parts; step *= 2)
    for (int p = 0; p < parts; p += 2 * step)
      joint.join(all[size_t(p)].result.data(), all[size_t(p + step)].result.data());
  std::memcpy(pointers[n - 1], all[0].result.data(), size_t(joint.bytes));
}

}  // namespace runtime
