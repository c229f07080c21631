#include "runtime/geometry.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace runtime {

using codegen::Access;
using Form = passes::Kernel::Form;
using Extent = passes::Kernel::Extent;

int64_t Space::product(bool of_reduced) const {
  int64_t n = 1;
  for (int k = 0; k < rank; ++k) {
    if (reduced[k] == of_reduced) n *= sizes[k];
  }
  return n;
}

bool reduces_as_one(const Space& space, const Walk& walk) {
  int inner = -1;
  for (int i = 0; i < space.rank; ++i) {
    const int k = space.fastest_first[i];
    if (!space.reduced[k] || space.sizes[k] == 1) continue;
    if (space.sizes[k] == 0) return true;
    if (inner >= 0 && walk.strides[k] != walk.strides[inner] * space.sizes[inner]) return false;
    inner = k;
  }
  return true;
}

namespace {

// Columns of a block where arrays disagree on the fast axis: so few that the cache lines that one
// of them touches down a block stay in the nearest caches until the next rows want them, even where
// a power of two as stride maps all of them to a few sets.
constexpr int64_t tile_columns = 16;
// An axis this short is a poor choice for the rows: every call of the kernel costs some
// nanoseconds.
constexpr int64_t few_rows = 16;
// Pieces of a row end at whole cache lines of every dtype.
constexpr int64_t column_quantum = 64;

// An axis of the walk: after merging, `inner` names the axis of the space whose strides hold.
struct Axis {
  int64_t size;
  int inner;
};

struct Axes {
  std::array<Axis, max_rank> list;
  int count = 0;
  void push(Axis a) { list[count++] = a; }
};

// True if b is walked by going on where a's inner neighbour ended: the two are one axis.
bool mergeable(std::span<const Walk> walks, const Axis& outer, const Axis& inner) {
  return std::ranges::all_of(walks, [&](const Walk& w) {
    return w.strides[outer.inner] == inner.size * w.strides[inner.inner];
  });
}

// The kept axes, slowest first in the memory order of the first output, merged.
Axes kept_axes(const Space& space, std::span<const Walk> walks) {
  Axes sorted, merged;
  const auto& lead = walks[space.first_output].strides;
  for (int k = 0; k < space.rank; ++k) {
    if (space.reduced[k] || space.sizes[k] == 1) continue;
    sorted.push({space.sizes[k], k});
    for (int j = sorted.count - 1; j > 0; --j) {
      Axis &slow = sorted.list[j - 1], &fast = sorted.list[j];
      if (std::abs(lead[slow.inner]) >= std::abs(lead[fast.inner])) break;
      std::swap(slow, fast);
    }
  }
  for (int k = 0; k < sorted.count; ++k) {
    Axis next = sorted.list[k];
    if (merged.count && mergeable(walks, merged.list[merged.count - 1], next)) {
      Axis& last = merged.list[merged.count - 1];
      last = {last.size * next.size, next.inner};
    } else {
      merged.push(next);
    }
  }
  return merged;
}

// The reduced axes as one; `inner` is -1 if none of them has a stride.
Axis reduced_axis(const Space& space) {
  Axis a{space.product(true), -1};
  for (int i = space.rank - 1; i >= 0; --i) {
    const int k = space.fastest_first[i];
    if (space.reduced[k] && space.sizes[k] > 1) a.inner = k;
  }
  return a;
}

Axis take(Axes& axes, int at) {
  Axis a = axes.list[at];
  std::copy(axes.list.begin() + at + 1, axes.list.begin() + axes.count, axes.list.begin() + at);
  --axes.count;
  return a;
}

constexpr Axis single{1, -1};
Axis take_innermost(Axes& axes) { return axes.count ? take(axes, axes.count - 1) : single; }

// The innermost axis, or the longest if that one is too short to be worth a call.
Axis take_rows(Axes& axes) {
  if (axes.count == 0) return single;
  int best = axes.count - 1;
  if (axes.list[best].size < few_rows) {
    for (int k = axes.count - 2; k >= 0; --k) {
      if (axes.list[k].size > axes.list[best].size) best = k;
    }
  }
  return take(axes, best);
}

// Columns of few rows: the innermost axis, or the longest if that one fills no vector.
Axis take_columns(Axes& axes, int64_t rows) {
  constexpr int64_t few = 8;
  return rows < few ? take_rows(axes) : take_innermost(axes);
}

void strides_along(std::span<const Walk> walks, const Axis& a, int64_t* out) {
  for (const Walk& w : walks) *out++ = a.inner < 0 ? 0 : w.strides[a.inner];
}

// With a single column strides mean nothing: choose what needs no further variant.
Access access_of(const Space& space, const Walk& w, int64_t stride, int64_t columns) {
  if (columns <= 1) {
    bool still =
        w.extent == Extent::uniform || (space.form == Form::rows && w.extent == Extent::partial);
    return still ? Access::broadcast : Access::unit;
  }
  return stride == w.itemsize ? Access::unit : stride == 0 ? Access::broadcast : Access::strided;
}

}  // namespace

void plan_walk(const Space& space, std::span<const Walk> walks, Geometry& g) {
  g.nothing = space.product(false) == 0;
  if (g.nothing) return;
  Axes kept = kept_axes(space, walks);
  const Axis reduced = reduced_axis(space);
  Axis columns = space.form == Form::rows      ? reduced
                 : space.form == Form::columns ? take_columns(kept, reduced.size)
                                               : take_innermost(kept);
  Axis rows = space.form == Form::columns ? reduced : take_rows(kept);
  const size_t n = walks.size();
  g.rows = rows.size;
  g.columns = columns.size;
  g.row_strides.resize(n);
  g.column_strides.resize(n);
  strides_along(walks, rows, g.row_strides.data());
  strides_along(walks, columns, g.column_strides.data());
  g.outer_axes = kept.count;
  g.outer_total = 1;
  g.outer_strides.resize(n * size_t(kept.count));
  for (int k = 0; k < kept.count; ++k) {
    g.outer_sizes[k] = kept.list[k].size;
    g.outer_total *= kept.list[k].size;
    strides_along(walks, kept.list[k], g.outer_strides.data() + size_t(k) * n);
  }
  g.access.resize(n);
  bool mixed = false;
  for (size_t i = 0; i < n; ++i) {
    g.access[i] = access_of(space, walks[i], g.column_strides[i], g.columns);
    mixed = mixed || (g.access[i] == Access::strided && g.row_strides[i] != 0 &&
                      std::abs(g.row_strides[i]) < std::abs(g.column_strides[i]));
  }
  g.row_block = std::max<int64_t>(g.rows, 1);
  g.column_block = std::max<int64_t>(g.columns, 1);
  g.deciding_output = -1;
  if (space.form == Form::map && mixed && g.rows > 1) {
    g.column_block = std::min(g.column_block, tile_columns);
  }
}

void cut(const Space& space, Geometry& g, int64_t pieces) {
  auto missing = [&] { return (pieces + g.blocks() - 1) / g.blocks(); };
  if (g.nothing || missing() <= 1) return;
  if (space.form != Form::columns) { g.row_block = std::max<int64_t>(1, g.row_block / missing()); }
  if (space.form != Form::rows && missing() > 1) {
    int64_t block = std::max(column_quantum, g.column_block / missing());
    block = (block + column_quantum - 1) / column_quantum * column_quantum;
    g.column_block = std::min(g.column_block, block);
  }
}

}  // namespace runtime
