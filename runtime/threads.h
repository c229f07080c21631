// One pool of threads for the process, started by the first work that needs it.
#pragma once
#include <cstdint>

namespace runtime {

// A callable passed down a call: no ownership, no allocation.
class RangeBody {
 public:
  template <class F>
  RangeBody(F& f)  // NOLINT(google-explicit-constructor): any lambda
      : object_(&f), call_([](void* o, int64_t a, int64_t b) { (*static_cast<F*>(o))(a, b); }) {}
  void operator()(int64_t begin, int64_t end) const { call_(object_, begin, end); }

 private:
  void* object_;
  void (*call_)(void*, int64_t, int64_t);
};

// Runs body on [0, count) in pieces [k * grain, (k + 1) * grain): which pieces there are depends on
// count and grain alone, so results cannot depend on the number of threads. At most `threads`
// threads take part (0: as many as the process may use), the caller among them. Returns when all is
// done, and throws the first exception that a piece threw. Inside a piece, or while another thread
// uses the pool, all pieces run in the calling thread.
void parallel_for(int64_t count, int64_t grain, int threads, const RangeBody& body);

// How many threads parallel_for uses when asked for 0. Reads affinity and cgroup when the pool
// starts.
int thread_count();
// Threads that run now, callers left out: 0 until work needed them, and in a fresh child of fork.
int started_threads();

}  // namespace runtime
