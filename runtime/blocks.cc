#include "runtime/blocks.h"

#include <algorithm>

#include "runtime/memory.h"

namespace runtime {
namespace {

// One thread's run through blocks, keeping its place in the outer axes.
class Blocks {
 public:
  Blocks(const Geometry& g, const codegen::Code& code, char* const* pointers, const char* scalars,
         char* reports)
      : g_(g), n_(g.row_strides.size()), code_(code), pointers_(pointers), outer_(n_), at_(n_) {
    args_ = {at_.data(), g.row_strides.data(), g.column_strides.data(), scalars, 0, 0, near_,
             reports};
    const size_t bytes = code.scratch_bytes(g.columns);
    if (bytes > sizeof near_) {
      scratch_ = allocate(bytes);
      args_.scratch = static_cast<char*>(scratch_);
    }
  }
  ~Blocks() {
    release(scratch_);
    release(instead_);
  }
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;

  void rehearse(size_t first_output) {
    first_output_ = first_output;
    block_bytes_ = g_.row_block * g_.column_block * 8;
    instead_ = static_cast<char*>(allocate(size_t(block_bytes_) * (n_ - first_output)));
  }

  void run(int64_t begin, int64_t end) {
    const int64_t row_blocks = g_.row_blocks(), column_blocks = g_.column_blocks();
    int64_t outer = begin / (row_blocks * column_blocks),
            rest = begin % (row_blocks * column_blocks);
    int64_t row = rest / column_blocks, column = rest % column_blocks;
    seek(outer);
    for (int64_t b = begin; b < end; ++b) {
      block(row, column);
      if (g_.deciding_output >= 0 && *at_[size_t(g_.deciding_output)] == g_.decided) return;
      if (++column < column_blocks) continue;
      column = 0;
      if (++row < row_blocks) continue;
      row = 0;
      advance();
    }
  }

 private:
  void seek(int64_t outer) {
    for (size_t i = 0; i < n_; ++i) outer_[i] = pointers_[i];
    for (int k = g_.outer_axes - 1; k >= 0; --k) {
      place_[k] = outer % g_.outer_sizes[k];
      outer /= g_.outer_sizes[k];
      move(k, place_[k]);
    }
  }

  void advance() {
    for (int k = g_.outer_axes - 1; k >= 0; --k) {
      move(k, 1);
      if (++place_[k] < g_.outer_sizes[k]) return;
      move(k, -place_[k]);
      place_[k] = 0;
    }
  }

  void move(int axis, int64_t steps) {
    const int64_t* strides = g_.outer_strides.data() + size_t(axis) * n_;
    for (size_t i = 0; i < n_; ++i) outer_[i] += steps * strides[i];
  }

  void block(int64_t row, int64_t column) {
    const int64_t r = row * g_.row_block, c = column * g_.column_block;
    args_.rows = std::min(g_.row_block, g_.rows - r);
    args_.columns = std::min(g_.column_block, g_.columns - c);
    for (size_t i = 0; i < n_; ++i) {
      at_[i] = outer_[i] + r * g_.row_strides[i] + c * g_.column_strides[i];
    }
    for (size_t i = first_output_; i < n_; ++i)
      at_[i] = instead_ + int64_t(i - first_output_) * block_bytes_;
    code_.entry(&args_);
  }

  const Geometry& g_;
  const size_t n_;
  const codegen::Code& code_;
  char* const* pointers_;
  Pointers outer_, at_;
  codegen::KernelArgs args_;
  std::array<int64_t, max_rank> place_{};
  void* scratch_ = nullptr;
  size_t first_output_ = SIZE_MAX;  // outputs from here on are written to `instead_`
  int64_t block_bytes_ = 0;
  char* instead_ = nullptr;
  alignas(64) char near_[256];
};

}  // namespace

void run_blocks(const Geometry& g, const codegen::Code& code, char* const* pointers,
                const char* scalars, char* reports, int64_t begin, int64_t end) {
  constexpr size_t near_bytes = 256;
  if (g.blocks() > 1 || code.scratch_bytes(g.columns) > near_bytes) {
    return Blocks(g, code, pointers, scalars, reports).run(begin, end);
  }
  alignas(64) char near[near_bytes];
  codegen::KernelArgs args{
      pointers, g.row_strides.data(), g.column_strides.data(), scalars, g.rows, g.columns, near,
      reports};
  code.entry(&args);
}

void rehearse_blocks(const Geometry& g, const codegen::Code& code, char* const* pointers,
                     const char* scalars, char* reports, size_t first_output, int64_t begin,
                     int64_t end) {
  Blocks blocks(g, code, pointers, scalars, reports);
  blocks.rehearse(first_output);
  blocks.run(begin, end);
}

}  // namespace runtime
