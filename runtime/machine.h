// What the process may use of its machine: processors, memory, caches. Read from the system when
// asked.
#pragma once
#include <cstdint>

namespace runtime {

// Processors in the affinity mask, less where a cgroup limits processor time. At least 1.
int usable_processors();
// Bytes of memory: physical, or a cgroup's limit.
int64_t memory_limit();
// Bytes of the second-level cache of one processor.
int64_t second_level_cache();
// The share of the last-level cache that one processor can count on, in bytes.
int64_t last_level_cache();

}  // namespace runtime
