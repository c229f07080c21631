// A loop that may run on one band of rows after the other (passes/bands.h), as a plan knows it.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "passes/bands.h"
#include "runtime/sizes.h"
#include "runtime/tensor.h"

namespace runtime {

struct BandedLoop {
  struct Array {
    int slot;
    passes::BandAxis along;
  };
  struct Axis {
    int array, axis;  // counted among the arguments that are arrays
  };
  std::vector<Array> read;
  std::vector<passes::Bands::Carried> carried;
  std::vector<Axis> arguments;  // the axes that have the size of the rows, or more
  int rows = -1;                // the register of their number
};

// `arguments` are the types of the call's arguments, tuples flattened; `slot` tells where a value
// is. Nothing if the loop has no bands, or the arguments' sizes are not those of the rows and more.
std::optional<BandedLoop> banded_loop(const ir::Graph& graph, ir::Ref loop,
                                      std::span<const ir::Type* const> arguments,
                                      const SizeProgram& sizes,
                                      const std::function<int(ir::Ref)>& slot);

// The sizes of a call, if its arrays had so many rows.
struct BandSizes {
  int64_t of_epoch = -1, rows = 0;  // of the whole call; in a band
  int64_t epoch = 0;                // of these
  bool valid = false;               // they pass the graph's checks
  std::vector<int64_t> sizes;
};

// The rows from `first` on of an array, `count` of them and those more that it has.
Tensor band_of(const Tensor& whole, passes::BandAxis along, int64_t first, int64_t count);

// How many rows a band of these arrays has, so that it stays in the cache; 0 if bands gain nothing.
struct BandPart {
  const Tensor* array;
  int axis;  // of the rows
};
int64_t rows_of_band(std::span<const BandPart> parts, int64_t rows);

}  // namespace runtime
