// Which of two ways to do the same work is the faster, found out on calls that are made anyway: the
// compiled code, or the plain function. Knows neither; it says which way the next call takes, and
// is told how long that took.
#pragma once
#include <cstdint>

namespace runtime {

class Trial {
 public:
  enum class Way : uint8_t { compiled, plain };
  // Nanoseconds of the calls that went one way.
  struct Side {
    int calls = 0;
    int64_t least = 0, most = 0, sum = 0;
    void note(int64_t ns);
    // The mean without the slowest call, which something else may have held up.
    double mean() const;
  };

  // The first `warm` calls are not measured. Where the compiled code takes longer than
  // `sure_from`, it is taken for the faster without trying the other.
  Trial(int warm, int64_t sure_from) : sure_from_(sure_from), warm_(warm) {}

  Way way() const { return way_; }
  bool settled() const { return settled_; }
  // True if the time of the next call is wanted.
  bool measures() const { return !settled_ && warm_ == 0; }
  // A call went this way in so many nanoseconds.
  void note(Way way, int64_t ns);
  // A call was made that was not measured. Once in a while a verdict for the plain function is
  // doubted.
  void count();
  // Ends it for good: the compiled code serves.
  void give_up();

  const Side& side(Way way) const { return sides_[int(way)]; }

 private:
  void settle(Way way);
  void reopen();
  bool plain_is_faster() const;
  bool is_hopeless(int64_t plain_ns) const;

  int64_t sure_from_;
  Side sides_[2];
  int warm_;
  Way way_ = Way::compiled, verdict_ = Way::compiled;
  bool settled_ = false;
  int row_ = 0;         // calls that have gone this way, one after the other
  bool skips_ = false;  // the next call does not count
  int64_t served_ = 0, patience_ = 4096;
};

}  // namespace runtime
