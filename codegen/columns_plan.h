// What a kernel of Form::columns reduces in which phase, and what it keeps for a block of columns.
#pragma once
#include <unordered_map>
#include <vector>

#include "codegen/kernel_builder.h"
#include "codegen/reduce.h"

namespace codegen {

struct ColumnsPlan {
  explicit ColumnsPlan(const KernelBuilder& k);
  bool is_full(ir::Ref r) const { return extent[r.id] == passes::Kernel::Extent::full; }
  bool is_partial(ir::Ref r) const { return extent[r.id] == passes::Kernel::Extent::partial; }

  std::vector<passes::Kernel::Extent> extent;  // by id
  std::vector<int> stage;                      // by id: after how many phases it can be computed
  std::vector<std::vector<Reduction>> phases;
  std::vector<int> cost;         // per phase, of an element
  std::vector<int64_t> running;  // by id of the reduction: the offset of its running value
  std::unordered_map<uint32_t, int64_t> stored;  // partial values needed later: their offsets
  int64_t bytes = 0;       // per column, of all buffers; offsets count in these
  int64_t full_bytes = 0;  // per column and row, of operands
  int64_t widest = 0;      // columns of a block, at most
  bool writes = false;     // outputs that vary along the rows

 private:
  int64_t add_buffer(ir::DType t);
};

}  // namespace codegen
