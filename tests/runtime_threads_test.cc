#include "runtime/threads.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "runtime/machine.h"

namespace runtime {
namespace {

// How often parallel_for visits each index.
std::vector<int> visits(int64_t count, int64_t grain, int threads) {
  std::vector<std::atomic<int>> seen(count);
  auto body = [&](int64_t a, int64_t b) {
    EXPECT_EQ(a % grain, 0);
    EXPECT_LE(b - a, grain);
    for (int64_t i = a; i < b; ++i) ++seen[i];
  };
  parallel_for(count, grain, threads, body);
  return {seen.begin(), seen.end()};
}

TEST(Threads, EveryIndexOnce) {
  for (int threads : {0, 1, 2, 7}) {
    for (int64_t count : {0, 1, 63, 64, 65, 1000}) {
      EXPECT_EQ(visits(count, 16, threads), std::vector<int>(count, 1)) << count << " " << threads;
    }
  }
}

TEST(Threads, ManyShortJobs) {
  std::atomic<int64_t> sum = 0;
  auto body = [&](int64_t a, int64_t b) { sum += b - a; };
  for (int i = 0; i < 5000; ++i) parallel_for(64, 8, 0, body);
  EXPECT_EQ(sum, 5000 * 64);
}

TEST(Threads, FirstExceptionReachesTheCaller) {
  for (int threads : {1, 0}) {
    auto body = [](int64_t a, int64_t) {
      if (a >= 40) throw std::runtime_error("piece");
    };
    EXPECT_THROW(parallel_for(1000, 8, threads, body), std::runtime_error);
    EXPECT_EQ(visits(100, 8, 0), std::vector<int>(100, 1)) << "the pool works after an exception";
  }
}

TEST(Threads, NestedCallsRunInPlace) {
  std::atomic<int> total = 0;
  auto outer = [&](int64_t, int64_t) {
    auto thread = std::this_thread::get_id();
    auto inner = [&](int64_t a, int64_t b) {
      EXPECT_EQ(std::this_thread::get_id(), thread);
      total += int(b - a);
    };
    parallel_for(100, 10, 0, inner);
  };
  parallel_for(8, 1, 0, outer);
  EXPECT_EQ(total, 800);
}

TEST(Threads, CallersShareThePool) {
  std::vector<std::thread> callers;
  std::atomic<int64_t> sum = 0;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      auto body = [&](int64_t a, int64_t b) { sum += b - a; };
      for (int i = 0; i < 500; ++i) parallel_for(100, 10, 0, body);
    });
  }
  for (auto& c : callers) c.join();
  EXPECT_EQ(sum, 4 * 500 * 100);
}

TEST(Threads, NoMoreThanTheProcessMayUse) {
  cpu_set_t mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_LE(usable_processors(), CPU_COUNT(&mask));
  EXPECT_GE(usable_processors(), 1);
  visits(1000, 1, 64);
  EXPECT_LT(started_threads(), thread_count());
}

TEST(Threads, AffinityCounts) {
  pid_t child = fork();
  if (child == 0) {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&one);
    for (int k = 0; k < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++k) {
      if (CPU_ISSET(k, &all)) CPU_SET(k, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
    _exit(usable_processors() == 1 && thread_count() == 1 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Threads, ChildOfForkStartsAnew) {
  visits(1000, 1, 0);
  pid_t child = fork();
  if (child == 0) {
    bool none = started_threads() == 0;
    bool works = visits(1000, 1, 0) == std::vector<int>(1000, 1);
    _exit(none && works ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Threads, SleepWhenIdle) {
  visits(1000, 1, 0);
  auto used = [] {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  double before = used();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_LT(used() - before, 0.05) << "idle workers burn processor time";
}

}  // namespace
}  // namespace runtime
