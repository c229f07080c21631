// Sizes that slices with run-time ends give while a loop runs.
#pragma once
#include <optional>

#include "ir/graph.h"

namespace passes {

// A size that is a symbol plus a small constant.
struct SizePlus {
  uint32_t symbol;
  int64_t plus;
};
std::optional<SizePlus> distance_to_size(const ir::Dims& dims, ir::DimId d);

// True of sizes that code computes from symbols: sums and products.
bool computed_in_loop(const ir::Dims& dims, ir::DimId d);

// The symbol that is what this span says, and was nothing before; nothing if the span compares what
// it finds with a size that is known.
std::optional<uint32_t> given_by(const ir::Graph& graph, ir::Ref span);

}  // namespace passes
