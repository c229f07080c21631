// A kernel before it changes what it reads: computed without being written, for its errors.
#include <algorithm>

#include "runtime/blocks.h"
#include "runtime/launch.h"
#include "runtime/threads.h"

namespace runtime {

using passes::Kernel;

bool KernelSite::single() const {
  return std::ranges::count_if(kernel_.order,
                               [&](ir::Ref r) { return ir::is_elementwise(graph_.op(r)); }) <= 1;
}

bool KernelSite::rehearse(const Resolved& r, std::span<char* const> data, Extras extras,
                          int threads) const {
  constexpr int64_t piece = 4096;  // elements
  constexpr double dear = 1;       // ns: about what copying an element takes
  const Geometry& g = r.geometry;
  if (g.nothing) return true;
  const size_t first = size_t(r.space.first_output), n = r.walks.size();
  bool fits = r.space.form == Kernel::Form::map && r.staged.empty() && ns_per_element_ < dear;
  for (size_t i = first; i < n; ++i) fits = fits && g.access[i] == codegen::Access::unit;
  if (!fits) return false;
  Geometry pieces = g;
  pieces.column_block = std::min(g.columns, piece);
  pieces.row_block = std::min(g.rows, std::max<int64_t>(1, piece / pieces.column_block));
  for (size_t i = first; i < n; ++i)
    pieces.row_strides[i] = pieces.column_block * r.walks[i].itemsize;
  const codegen::Code& code = *(extras.checked ? r.checked : r.code);
  auto part = [&](int64_t begin, int64_t end) {
    rehearse_blocks(pieces, code, data.data(), extras.scalars, extras.reports, first, begin, end);
  };
  const int64_t blocks = pieces.blocks();
  if (r.grain > 0) {
    parallel_for(blocks, std::max<int64_t>(1, blocks * r.grain / g.blocks()), threads, part);
  } else {
    part(0, blocks);
  }
  return true;
}

}  // namespace runtime
