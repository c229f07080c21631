// Calls a kernel block by block.
#pragma once
#include <array>
#include <cstddef>

#include "codegen/jit.h"
#include "runtime/geometry.h"

namespace runtime {

// A few pointers on the stack, more on the heap.
class Pointers {
 public:
  explicit Pointers(size_t n) : data_(n <= inside_.size() ? inside_.data() : new char*[n]) {}
  ~Pointers() {
    if (data_ != inside_.data()) delete[] data_;
  }
  Pointers(const Pointers&) = delete;
  Pointers& operator=(const Pointers&) = delete;
  char*& operator[](size_t i) { return data_[i]; }
  char** data() { return data_; }

 private:
  std::array<char*, 24> inside_;
  char** data_;
};

// Runs the blocks [begin, end) of a launch in order. pointers: each array's element with all
// indices 0; reports: KernelArgs::reports.
void run_blocks(const Geometry& g, const codegen::Code& code, char* const* pointers,
                const char* scalars, char* reports, int64_t begin, int64_t end);
// The same, but what outputs (pointers from `first_output` on) would hold goes to a scratch of one
// block, 8 bytes an element: for the errors that it raises.
void rehearse_blocks(const Geometry& g, const codegen::Code& code, char* const* pointers,
                     const char* scalars, char* reports, size_t first_output, int64_t begin,
                     int64_t end);

}  // namespace runtime
