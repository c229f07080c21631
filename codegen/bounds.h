// What is known, while compiling, of the ints of a scalar loop: so that indices in range and sums
// that cannot overflow are not checked when it runs.
#pragma once
#include <llvm/IR/Value.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ir/dim.h"

namespace codegen {

class Bounds {
 public:
  explicit Bounds(const ir::Dims& dims) : dims_(dims) {}

  // v is an expression of sizes, which may be negative as `n - 5` is.
  void equals(llvm::Value* v, ir::DimId size);
  // v is at least `bound`.
  void at_least(llvm::Value* v, int64_t bound) { least_[v] = bound; }
  // v is a counter between start and stop: in a round of a range with this step.
  void counts(llvm::Value* v, llvm::Value* start, llvm::Value* stop, llvm::Value* step);
  // v is x + c, without overflow.
  void is_sum(llvm::Value* v, llvm::Value* x, int64_t c);
  // v has been found to be less than size + plus. Holds in what follows, until `forget`.
  void found_below(llvm::Value* v, ir::DimId size, int64_t plus = 0) {
    below_[v].push_back({size, plus});
  }

  // A lower bound, small enough to add to.
  std::optional<int64_t> least(llvm::Value* v) const;
  // v < size + plus.
  bool is_below(llvm::Value* v, ir::DimId size, int64_t plus = 0) const;
  // True if x + c cannot overflow.
  bool fits(llvm::Value* x, int64_t c) const;

  // What was found may hold on this way only.
  struct Limit {
    ir::DimId size;
    int64_t plus;
  };
  using Found = std::unordered_map<llvm::Value*, std::vector<Limit>>;
  Found keep() const { return below_; }
  void forget(Found kept) { below_ = std::move(kept); }

 private:
  std::optional<Limit> exact(llvm::Value* v) const;
  // v < each of these.
  std::vector<Limit> limits(llvm::Value* v) const;

  const ir::Dims& dims_;
  std::unordered_map<llvm::Value*, int64_t> least_;
  std::unordered_map<llvm::Value*, Limit> exact_;
  Found below_;
};

}  // namespace codegen
