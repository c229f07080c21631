#include "runtime/reduce_order.h"

#include <algorithm>

#include "ir/pairwise.h"
#include "runtime/layout.h"

namespace runtime {

namespace {

// Axes that follow each other in memory are one. `axes`: how many of the operand's are merged.
struct Merged {
  int64_t size, stride;
  bool reduced;
  int axes;
};

struct Axes {
  std::array<Merged, max_rank> list{};
  int count = 0;
};

Axes merged(const Tensor& t, const ReduceOrder& order, const AxisSet& reduced) {
  Axes m;
  for (int i = 0; i < order.count; ++i) {
    const auto k = size_t(order.axes[size_t(i)]);
    Merged* last = m.count ? &m.list[size_t(m.count - 1)] : nullptr;
    if (last && last->reduced == reduced[k] && last->stride * last->size == t.strides[k]) {
      last->size *= t.shape[k];
      ++last->axes;
    } else {
      m.list[size_t(m.count++)] = {t.shape[k], t.strides[k], reduced[k], 1};
    }
  }
  return m;
}

// How far the iterator lets one call of the inner loop reach. It weighs the number of calls against
// copying what is not one run into a buffer: an axis joins where (1 + buffers) / (elements of a
// call) falls.
struct Reach {
  int axes = 1;           // merged ones of a call
  int64_t core = 1;       // elements of all of these but the last
  bool by_rows = false;   // the result moves along the last one: calls cover the core alone
  bool buffered = false;  // in pieces that are whole cores
};

Reach reach_of(const Axes& m, bool cast) {
  constexpr int64_t buffer = ir::pairwise_buffer;
  Reach best;
  int cost = 1 + cast, best_cost = cost, straight = 1;  // of the axes, so many have one stride
  int64_t size = m.list[0].size, best_size = size;
  for (int i = 1; i < m.count && !(size >= buffer && cost > 1); ++i) {
    const Merged &inner = m.list[size_t(i - 1)], &outer = m.list[size_t(i)];
    const bool moves = !outer.reduced;
    cost += moves;
    if (straight == i) {
      const bool on = inner.stride * inner.size == outer.stride;
      straight += on;
      cost += !on && !cast;
    }
    const int64_t core = size;
    size *= outer.size;
    const int64_t call = cost > 1 ? std::min(size, buffer) : size;
    if (double(cost) * double(best_size) <= double(best_cost) * double(call)) {
      best_cost = cost;
      best_size = size;
      best = {i + 1, core, moves, false};
    }
    if (moves) break;
  }
  best.buffered = cast || straight < best.axes;
  return best;
}

}  // namespace

ReduceOrder reduce_order(const Tensor& operand, const AxisSet& reduced, bool cast) {
  ReduceOrder order;
  Strides strides{};
  for (int k = 0; k < operand.rank; ++k)
    strides[size_t(k)] = operand.shape[size_t(k)] == 1 ? 0 : operand.strides[size_t(k)];
  const auto sorted = k_order(operand.rank, {&strides, 1});
  for (int i = 0; i < operand.rank; ++i) {
    if (operand.shape[size_t(sorted[size_t(i)])] != 1)
      order.axes[size_t(order.count++)] = sorted[size_t(i)];
  }
  if (order.count == 0 || !reduced[size_t(order.axes[0])]) return order;
  const Axes m = merged(operand, order, reduced);
  const Reach reach = reach_of(m, cast);
  for (int i = 0; i < reach.axes - reach.by_rows; ++i) {
    order.run += m.list[size_t(i)].axes;
    order.length *= m.list[size_t(i)].size;
  }
  order.piece = order.length;
  if (reach.buffered && !reach.by_rows && order.length > ir::pairwise_buffer)
    order.piece = reach.core * (ir::pairwise_buffer / reach.core);
  return order;
}

}  // namespace runtime
