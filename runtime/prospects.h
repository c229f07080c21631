// What can be told of a graph before it runs: whether it is safe to run the plain function in its
// place, and when that would be a waste of time.
#pragma once
#include <cstdint>

#include "ir/graph.h"

namespace runtime {

// True if no bit of a result tells which of the two ran. Of a graph as it was recorded, since
// passes compute what is constant.
bool is_exact(const ir::Graph& recorded);
// A call that takes longer than this is not measured beside the plain function, come what may.
inline constexpr int64_t doubtful_ns = 100'000'000;
// If a call takes longer than so many nanoseconds, the plain function surely takes more: calls that
// long are not made of overheads, and where the graph has loops or fuses many operations, Python's
// share or the memory traffic decides.
int64_t surely_faster_from(const ir::Graph& optimized);

}  // namespace runtime
