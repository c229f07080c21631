#include "runtime/bands.h"

#include <algorithm>
#include <cstdlib>

#include "runtime/machine.h"

namespace runtime {

std::optional<BandedLoop> banded_loop(const ir::Graph& graph, ir::Ref loop,
                                      std::span<const ir::Type* const> arguments,
                                      const SizeProgram& sizes,
                                      const std::function<int(ir::Ref)>& slot) {
  const auto found = passes::bands(graph, loop);
  if (!found) return std::nullopt;
  const auto rows = sizes.find(found->rows);
  if (!rows || sizes.home(found->rows) >= 0) return std::nullopt;
  BandedLoop out{{}, found->carried, {}, *rows};
  for (const auto& a : found->read) out.read.push_back({slot(a.value), a.along});
  const uint32_t symbol = *graph.dims.symbols(found->rows).begin();
  int array = 0;
  for (const ir::Type* t : arguments) {
    if (!t->is_array()) continue;
    for (int k = 0; k < t->rank(); ++k) {
      const ir::DimId d = graph.dims.resolve(t->dims[size_t(k)]);
      if (!graph.dims.symbols(d).contains(symbol)) continue;
      if (!passes::more_than(graph.dims, d, found->rows)) return std::nullopt;
      out.arguments.push_back({array, k});
    }
    ++array;
  }
  return out;
}

Tensor band_of(const Tensor& whole, passes::BandAxis along, int64_t first, int64_t count) {
  Tensor out = whole;
  const size_t k = size_t(along.axis);
  out.shape[k] = count + along.more;
  out.data += first * out.strides[k];
  return out;
}

int64_t rows_of_band(std::span<const BandPart> parts, int64_t rows) {
  static const int64_t cache = second_level_cache();
  constexpr int64_t line = 64, fewest_elements = 512;
  int64_t bytes = 0, scattered = 0, plane = 1;
  for (const auto& [array, axis] : parts) {
    const int64_t own = array->size() * array->itemsize();
    bytes += own;
    if (array->rank < 2) continue;
    const size_t last = size_t(array->rank - 1);
    // Elements of a plane lie in lines of their own, rows behind one another.
    int64_t furthest = line;
    for (size_t k = 0; k < last; ++k) furthest = std::max(furthest, std::abs(array->strides[k]));
    if (std::abs(array->strides[last]) < line && std::abs(array->strides[size_t(axis)]) == furthest)
      scattered += own;
    plane = std::max(plane, array->size() / std::max<int64_t>(1, array->shape[last]));
  }
  if (rows < 4 || bytes <= 4 * cache || 2 * scattered < bytes) return 0;
  const int64_t in_cache = cache / 2 * rows / bytes;
  const int64_t worth_a_launch = (fewest_elements * rows + plane - 1) / plane;
  const int64_t count = std::max({in_cache, worth_a_launch, int64_t(1)});
  return 2 * count <= rows ? count : 0;
}

}  // namespace runtime
