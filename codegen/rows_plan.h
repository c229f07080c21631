// What a kernel of Form::rows does in which loop over a row's columns.
//
// Phase p reduces over the row in up to two loops. The sweep computes, in vectors, what is to be
// kept and the reductions that may take their elements in any order. The ordered loop then takes
// the others, element by element or along NumPy's tree; it goes by short pieces of the row, each
// swept just before. After the last phase one more sweep writes the outputs that vary along the
// row.
//
// A value is kept in a buffer if it is dear and needed in two loops, or would be computed in the
// ordered loop, whose code stands many times and in short vectors; everything else is computed
// where it is used.
#pragma once
#include <unordered_map>
#include <vector>

#include "codegen/kernel_builder.h"
#include "codegen/reduce.h"

namespace codegen {

struct RowsPlan {
  explicit RowsPlan(const KernelBuilder& k);

  struct Phase {
    std::vector<Reduction> any, pairwise, buffered, sequence;
    std::vector<Reduction> searched;  // see row_search.h; of cheap values
    std::vector<ir::Ref> keep;        // what the sweep stores
    int cost = 0;                     // of an element in the sweep
    bool ordered() const { return !pairwise.empty() || !buffered.empty() || !sequence.empty(); }
    // The row is walked twice: there are trees of both kinds.
    bool twice() const { return !pairwise.empty() && !buffered.empty(); }
  };
  struct Kept {
    int phase;          // whose sweep computes it
    bool row;           // needed after this phase: the buffer holds the row, else a piece of it
    size_t offset = 0;  // in bytes per column, of row buffers
  };

  // Columns of a block of the trees: all sums of a kernel are of real or all of complex numbers.
  int pairwise_block() const;

  std::vector<Phase> phases;  // those that reduce
  std::vector<size_t> wide;   // numbers of the outputs that vary along the row
  int wide_cost = 0;          // of an element in the last sweep
  std::unordered_map<uint32_t, Kept> kept;
  size_t scratch_per_column = 0;

 private:
  using Loops = uint64_t;  // a set: bit 2p is the sweep of phase p, 2p + 1 its ordered loop
  void find_reductions(const KernelBuilder& k, const std::vector<bool>& full);
  void find_kept(const KernelBuilder& k, const std::vector<bool>& full);
  void keep(const KernelBuilder& k, ir::Ref r, Loops loops);
};

}  // namespace codegen
