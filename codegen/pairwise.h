// NumPy's pairwise tree (ir/pairwise.h) over the columns of a row, as instructions.
//
// The tree is walked left to right. In blocks of 8 elements (4 complex numbers), its inner nodes
// halve k blocks into k/2 and k - k/2, so the node reached by the turns p (bit d set: right at
// depth d) has (k + p) >> depth blocks; what is left over of the row, n % 8 (n % 4) elements,
// belongs to the rightmost leaf. What follows the chain of a leaf is shared by four leaves where a
// node has so many (34 to 64 blocks).
#pragma once
#include <functional>
#include <vector>

#include "codegen/builder.h"
#include "codegen/value.h"

namespace codegen {

struct Summands {
  std::vector<ir::DType> dtypes;  // f32 and f64, or c64 and c128, one per sum
  // Emits the summands of `lanes` columns (a block, or 1) from `column` on.
  std::function<std::vector<Val>(llvm::Value* column, int lanes)> at;
  // If set, is told of every addition x + y = r of a sum.
  std::function<void(size_t sum, Val x, Val y, Val r)> added;
  // If set, emits what must happen before the columns [begin, begin + count), at most 519, are
  // summed.
  std::function<void(llvm::Value* begin, llvm::Value* count)> before;
};

// Columns of a block: numbers that are added up side by side.
int block_of(ir::DType t);

// The trees over the columns [begin, begin + n): scalars, to be added to 0.
std::vector<Val> emit_pairwise(Builder& b, llvm::Value* begin, llvm::Value* n,
                               const Summands& summands);

// Memory of the current function, made in its entry block.
llvm::Value* stack_slot(Builder& b, llvm::Type* type, int64_t count = 1);

}  // namespace codegen
