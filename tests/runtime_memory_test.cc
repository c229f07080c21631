#include "runtime/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace runtime {
namespace {

TEST(Memory, AlignsAndHoldsWhatWasAsked) {
  trim_memory();  // a kept block may be larger than one of its own
  for (size_t bytes :
       {0ul, 1ul, 64ul, 65ul, 511ul, 513ul, 4096ul, 70000ul, 2097152ul, 2097153ul, 9000000ul}) {
    void* block = allocate(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0u) << bytes;
    EXPECT_GE(capacity(block), bytes);
    EXPECT_LE(capacity(block), bytes + bytes / 8 + 64) << "classes waste at most an eighth";
    if (bytes > 2097152) EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 2097152, 0u);
    std::memset(block, 0xab, capacity(block));
    release(block);
  }
  release(nullptr);
}

TEST(Memory, RefusesTheImpossible) { EXPECT_THROW(allocate(size_t(1) << 60), std::bad_alloc); }

TEST(Memory, ReallocateKeepsContents) {
  auto* block = static_cast<char*>(allocate(100));
  std::memcpy(block, "braze", 6);
  for (size_t bytes : {1000ul, 5000000ul, 10ul}) {
    block = static_cast<char*>(reallocate(block, bytes));
    EXPECT_STREQ(block, "braze");
    EXPECT_GE(capacity(block), bytes);
  }
  release(block);
  release(reallocate(nullptr, 10));
}

TEST(Memory, SteadyStateTakesNothingFromTheSystem) {
  auto round = [] {
    for (size_t bytes : {64ul, 10000ul, 300000ul, 20000000ul}) {
      void *a = allocate(bytes), *b = allocate(bytes);
      std::memset(a, 1, bytes);
      std::memset(b, 1, bytes);
      release(a);
      release(b);
    }
  };
  round();
  int64_t fresh = memory_stats().fresh;
  rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < 5; ++i) round();
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(memory_stats().fresh, fresh);
  EXPECT_LT(after.ru_minflt - before.ru_minflt, 100) << "one round touches over 9000 pages";
}

TEST(Memory, TrimGivesBack) {
  void* block = allocate(50 << 20);
  int64_t held = memory_stats().system_bytes;
  release(block);
  EXPECT_GE(memory_stats().kept_bytes, 50 << 20);
  trim_memory();
  EXPECT_EQ(memory_stats().kept_bytes, 0);
  EXPECT_LE(memory_stats().system_bytes, held - (50 << 20));
}

TEST(Memory, KeepsNoMoreThanTheLimit) {
  MemoryStats stats = memory_stats();
  ASSERT_GT(stats.limit, 0);
  // Untouched blocks occupy addresses only, so this is cheap.
  std::vector<void*> blocks;
  for (int64_t sum = 0; sum < 2 * stats.limit; sum += stats.limit / 4) {
    blocks.push_back(allocate(size_t(stats.limit / 4)));
  }
  for (void* b : blocks) release(b);
  EXPECT_LE(memory_stats().kept_bytes, stats.limit);
  EXPECT_GT(memory_stats().kept_bytes, 0);
  trim_memory();
}

TEST(Memory, SharedBlocksEndWithTheirLastOwner) {
  trim_memory();
  void* address = nullptr;
  {
    std::shared_ptr<void> a = allocate_shared(40 << 20);
    address = a.get();
    std::shared_ptr<void> b = a;
    a.reset();
    EXPECT_EQ(b.get(), address);
    EXPECT_EQ(memory_stats().kept_bytes, 0);
  }
  EXPECT_GE(memory_stats().kept_bytes, 40 << 20);
  EXPECT_EQ(allocate_shared(40 << 20).get(), address);
}

TEST(Memory, ManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      std::vector<std::shared_ptr<void>> held(64);
      uint32_t seed = uint32_t(t) + 1;
      for (int i = 0; i < 20000; ++i) {
        seed = seed * 1664525 + 1013904223;
        size_t bytes = (seed >> 8) % 3000;
        auto block = allocate_shared(bytes + 1);
        std::memset(block.get(), t, bytes + 1);
        held[seed >> 26] = std::move(block);
      }
    });
  }
  // Blocks allocated here and released there, and the other way round.
  std::vector<void*> mine;
  for (int i = 0; i < 1000; ++i) mine.push_back(allocate(200));
  std::thread other([&] {
    for (void* b : mine) release(b);
  });
  for (auto& t : threads) t.join();
  other.join();
}

TEST(Memory, SurvivesFork) {
  release(allocate(10 << 20));
  pid_t child = fork();
  if (child == 0) {
    void* block = allocate(10 << 20);
    std::memset(block, 1, 10 << 20);
    release(block);
    trim_memory();
    _exit(memory_stats().kept_bytes == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace runtime
