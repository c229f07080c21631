// Pooled memory for intermediates and results: 64-byte aligned, large blocks on huge pages, kept
// for the next call so that the steady state faults no pages. Bounded, gives idle memory back, safe
// under threads and fork. A block knows its own size, so releasing needs the pointer alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/tensor.h"

namespace runtime {

// At least `bytes` bytes (0 is allowed); std::bad_alloc if there is no memory. Contents are
// undefined.
void* allocate(size_t bytes);
// Keeps the contents; the block may move. A null block is allocated.
void* reallocate(void* block, size_t bytes);
void release(void* block) noexcept;
// How many bytes the block can hold.
size_t capacity(const void* block);

// A block that lives as long as its owners. Costs no more than the block.
std::shared_ptr<void> allocate_shared(size_t bytes);
// Fills data and owner for t's shape and dtype; t's strides must be dense.
void allocate(Tensor& t);

struct MemoryStats {
  int64_t system_bytes = 0;  // taken from the system and not given back: in use or kept
  int64_t kept_bytes = 0;    // kept for reuse, those in the threads' own small caches left out
  int64_t fresh = 0;         // blocks that came from the system
  int64_t limit = 0;         // upper bound of kept_bytes
};
MemoryStats memory_stats();
// Gives kept memory back to the system: of the pool, and of the calling thread.
void trim_memory();

}  // namespace runtime
