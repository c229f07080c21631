// The loops over the columns of a row, for codegen/rows.cc: values at a place of a row, and sweeps.
#pragma once
#include <unordered_map>
#include <vector>

#include "codegen/kernel_builder.h"
#include "codegen/rows_plan.h"

namespace codegen {

// Columns whose values are being computed.
struct Site {
  Scope scope;
  llvm::Value* column;
  llvm::Value* mask;
  int fresh;  // values kept by this phase or a later one are computed, not read
};

// The running values of a sweep: in vectors, and of single columns where masks are dear.
struct Accumulators {
  std::vector<Running> vector, single;
};

// A sweep: what it reduces, keeps and writes.
struct Sweep {
  int phase;
  const std::vector<Reduction>& reductions;
  const std::vector<ir::Ref>& keep;
  int cost;     // of an element
  bool writes;  // the outputs that vary along the row
};

struct RowLoops {
  RowLoops(KernelBuilder& k, const RowsPlan& plan);

  // The value at the site's columns: computed there, or read where it has been kept.
  Val value(Site& site, ir::Ref r);
  // A scope of vectors for a loop over columns, with the scalars that its nodes may use in it.
  Scope spread(int lanes, Scope& uniform);
  // Running values before the first column.
  Accumulators start(const std::vector<Reduction>& reductions, int phase);
  // The columns [begin, begin + count).
  void sweep(const Sweep& s, llvm::Value* begin, llvm::Value* count, Accumulators& acc);
  std::vector<Running> results(const std::vector<Reduction>& reductions, const Accumulators& acc);
  // From here on, buffers of the phase that hold a piece of the row hold the piece at `begin`.
  void move_buffers(int phase, llvm::Value* begin);
  void enter_row(Scope& scalars, llvm::Value* row);
  llvm::Value* i64(int64_t v) { return k.index(v); }

  KernelBuilder& k;
  Builder& b;
  const RowsPlan& plan;
  Shape shape;  // lanes and whether the rest of a sweep is masked
  int lanes;
  bool masked;
  int block;  // columns of a block of the pairwise trees
  Scope uniform, uniform_vector, uniform_block;
  Scope* row = nullptr;  // the scalars of the row
  std::vector<llvm::Value*> operand_starts, output_starts;

 private:
  // A buffer of a kept value: element 0 belongs to column `origin`.
  struct Buffer {
    Array array;
    llvm::Value* start = nullptr;
    llvm::Value* origin = nullptr;
  };
  void make_buffers();
  std::vector<Running> round(const Sweep& s, std::vector<Site>& sites, std::vector<Running> acc,
                             bool stream);
  llvm::Value* sweep_vectors(const Sweep& s, int copies, llvm::Value* begin, llvm::Value* count,
                             Scope& vectors, std::vector<Running>& acc);
  llvm::Value* streaming_columns(llvm::Value* whole);

  std::unordered_map<uint32_t, Buffer> buffers_;
};

}  // namespace codegen
