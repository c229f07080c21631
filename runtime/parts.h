// One long row that is reduced to one number, in parts that run side by side and are joined: the
// halves of NumPy's pairwise tree for sums of floats, any parts where the order does not matter.
// How many there are depends on the length alone, so the bits do not depend on the threads.
#pragma once
#include <cstdint>

#include "codegen/jit.h"
#include "ir/graph.h"
#include "passes/kernel.h"
#include "runtime/geometry.h"

namespace runtime {

// How results of parts become one; null where they cannot.
struct Joint {
  void (*join)(char* first, const char* second) = nullptr;  // into the first
  int lanes = 1;  // left parts of a tree have a multiple of it
  int bytes = 0;  // of a result
  explicit operator bool() const { return join != nullptr; }
};
// For a kernel whose only output is a reduction.
Joint joint_of(const ir::Graph& graph, const passes::Kernel& kernel);

inline constexpr int most_parts = 16;
inline constexpr int64_t least_part = 1024;  // columns; a leaf of the tree has up to 128

// The launch's one row in `parts`, a power of two up to most_parts. Arguments as of run_blocks.
void run_parts(const Geometry& g, const Joint& joint, int parts, const codegen::Code& code,
               char* const* pointers, const char* scalars, char* reports, int threads);

}  // namespace runtime
