// Workers sleep on a condition variable; after work they look for more for some microseconds before
// they sleep again, because kernels come in quick succession. A job is announced by raising
// `ticket_`. Who gave the job waits for the others' last pieces in the same way: to sleep and be
// woken takes longer than most of them.
#include "runtime/threads.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/errors.h"
#include "runtime/machine.h"

namespace runtime {
namespace {

constexpr int64_t spin_ns = 20000;

int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

thread_local bool inside = false;  // this thread is running a piece

struct Job {
  const RangeBody* body;
  int64_t count, grain;
  std::atomic<int64_t> next = 0;  // first index that nobody has taken
  std::atomic<bool> failed = false;
  std::atomic<uint8_t> flags = 0;  // floating-point errors in other threads
  std::exception_ptr error;        // written by the one who set `failed`

  void work() {
    inside = true;
    while (!failed.load(std::memory_order_relaxed)) {
      int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
      if (begin >= count) break;
      try {
        (*body)(begin, std::min(begin + grain, count));
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
    }
    inside = false;
  }
};

class Pool {
 public:
  Pool() : processors_(usable_processors()) {}
  int processors() const { return processors_; }
  int started() const { return started_.load(); }

  // False if another thread has the pool.
  bool run(Job& job, int threads) {
    std::unique_lock busy(busy_, std::try_to_lock);
    if (!busy) return false;
    int helpers = std::min(threads, processors_) - 1;
    start(helpers);
    {
      std::lock_guard lock(mutex_);
      job_ = &job;
      wanted_ = std::min(helpers, started_.load());
      ticket_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    job.work();
    // Nobody may join from here on, and those who did must have left before the job goes away.
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    wanted_ = 0;
    if (active_ == 0) return true;
    lock.unlock();
    if (spin([&] { return active_.load(std::memory_order_acquire) == 0; })) return true;
    lock.lock();
    idle_.wait(lock, [&] { return active_ == 0; });
    return true;
  }

 private:
  void start(int helpers) {
    while (started_.load(std::memory_order_relaxed) < helpers) {
      try {
        std::thread([this] { serve(); }).detach();
      } catch (const std::system_error&) {
        return;  // the system has no more threads: do with those there are
      }
      started_.fetch_add(1);
    }
  }

  // True if it came to be while this thread looked for it.
  template <class Condition>
  static bool spin(Condition holds) {
    int64_t end = now_ns() + spin_ns;
    do {
      for (int k = 0; k < 64; ++k) {
        if (holds()) return true;
        relax();
      }
    } while (now_ns() < end);
    return false;
  }

  void serve() {
    uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return ticket_.load(std::memory_order_relaxed) != seen; });
      do {
        seen = ticket_.load(std::memory_order_relaxed);
        if (job_ && wanted_ > 0) {
          --wanted_;
          ++active_;
          Job* job = job_;
          lock.unlock();
          clear_error_flags();
          job->work();
          job->flags.fetch_or(error_flags(), std::memory_order_relaxed);
          lock.lock();
          if (--active_ == 0) idle_.notify_one();
        }
        lock.unlock();
        bool more = spin([&] { return ticket_.load(std::memory_order_acquire) != seen; });
        lock.lock();
        if (!more) break;
      } while (true);
    }
  }

  const int processors_;
  std::mutex busy_;  // held by the thread whose job runs
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::atomic<uint64_t> ticket_ = 0;
  Job* job_ = nullptr;
  int wanted_ = 0;
  std::atomic<int> active_ = 0;  // changes under the lock
  std::atomic<int> started_ = 0;
};

std::atomic<Pool*> current = nullptr;

// A child of fork has none of the parent's workers, and the pool's locks may be held by threads
// that it does not have either: it forgets the pool and makes another when work needs one.
Pool& pool() {
  if (Pool* p = current.load(std::memory_order_acquire)) return *p;
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { current.store(nullptr, std::memory_order_release); });
  (void)registered;
  Pool* fresh = new Pool;
  Pool* expected = nullptr;
  if (current.compare_exchange_strong(expected, fresh)) return *fresh;
  delete fresh;
  return *expected;
}

}  // namespace

void parallel_for(int64_t count, int64_t grain, int threads, const RangeBody& body) {
  if (count <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  if (threads <= 0) threads = inside || count <= grain ? 1 : pool().processors();
  threads = int(std::min<int64_t>(threads, (count + grain - 1) / grain));
  if (threads > 1 && !inside) {
    Job job{.body = &body, .count = count, .grain = grain, .error = {}};
    if (pool().run(job, threads)) {
      if (const uint8_t kinds = job.flags.load()) raise_error_flags(kinds);
      if (job.error) std::rethrow_exception(job.error);
      return;
    }
  }
  for (int64_t begin = 0; begin < count; begin += grain)
    body(begin, std::min(begin + grain, count));
}

int thread_count() { return pool().processors(); }

int started_threads() {
  Pool* p = current.load(std::memory_order_acquire);
  return p ? p->started() : 0;
}

}  // namespace runtime
