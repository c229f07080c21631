// Fusion: groups nodes into `kernel` nodes whose bodies are what passes/kernel.h describes.
//
// Every kernel reads its operands from memory once and writes its outputs once, so the cost of a
// grouping is the bytes that its kernels move. Starting from a kernel per node, two kernels are
// merged if
//  - one reads what the other makes, or both read the same array, so that merging moves fewer
//  bytes;
//  - the merged body keeps the invariants of a kernel (one space, one set of reduced axes, outputs
//  that
//    cover the space or what is left of it);
//  - nothing expensive is computed more often than before: a value that is smaller than the space
//  is
//    computed per row of a reducing kernel, or again for every element if that is cheap;
//  - no path leads from one to the other through a third (the kernels stay in an order);
//  - the merged kernel takes at most `max_pointers` arrays and has `max_reductions` reductions.
// Then a cheap value that is stored only for other kernels is computed again in these, if that
// moves fewer bytes. Scalars are computed outside kernels, unless they depend on a reduction
// inside.
#pragma once
#include <string>
#include <vector>

#include "ir/graph.h"
#include "passes/traffic.h"

namespace passes {

inline constexpr int max_pointers = 24;    // arrays that a kernel reads and writes
inline constexpr int max_reductions = 24;  // in one kernel; each may need a pass over a row
inline constexpr int cheap = 4;            // cost that may be spent again for every element

// What was decided on a value and a node that uses it, or on two nodes that use the same value.
struct Verdict {
  ir::Op first_op, second_op;
  ir::Ref first, second;  // in the graph before fusion
  ir::Loc first_loc, second_loc;
  bool fused;
  std::string reason;  // why not; how, if not simply in one kernel
  Bytes saved;         // what fusing saves, or would have saved
};

struct KernelTraffic {
  ir::BodyId body;  // in the graph after fusion
  int ops;
  Bytes read, written;
};

struct FusionReport {
  std::vector<Verdict> verdicts;
  std::vector<KernelTraffic> kernels;
  Bytes before, after;  // moved with a kernel per node, and with the kernels made
};

// Fuses the graph and tells what was decided; fuse() is the same without the report.
FusionReport fuse_report(ir::Graph& graph);

}  // namespace passes
