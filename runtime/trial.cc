#include "runtime/trial.h"

#include <algorithm>
#include <utility>

namespace runtime {

namespace {

using Way = Trial::Way;

constexpr int lead = 2;  // compiled calls before the first plain one
// A difference that noise does not make, which keeps a verdict from changing back and forth: 1/20.
constexpr int64_t margin = 20;
constexpr int64_t short_ns = 100'000, long_ns = 1'000'000;
constexpr int64_t hopeless = 16;  // times the compiled code's
constexpr int64_t most_patience = int64_t(1) << 24;

// Calls each way until there is a verdict: the shorter they are, the more noise is in them.
int rounds(int64_t ns) { return ns < short_ns ? 8 : ns < 10 * long_ns ? 5 : 3; }
// Ways take turns, so that both meet the same noise. Short calls leave each other's memory in the
// caches: several of them follow each other, of which the first is not counted.
int in_a_row(int64_t ns) { return ns < short_ns ? 4 : 1; }

bool clearly_less(double a, double b) { return a * margin < b * (margin - 1); }

}  // namespace

void Trial::Side::note(int64_t ns) {
  least = calls ? std::min(least, ns) : ns;
  most = std::max(most, ns);
  sum += ns;
  ++calls;
}

double Trial::Side::mean() const {
  return calls > 1 ? double(sum - most) / (calls - 1) : double(sum);
}

bool Trial::plain_is_faster() const {
  const Side &compiled = sides_[0], &plain = sides_[1];
  if (verdict_ == Way::plain)
    return !clearly_less(double(compiled.least), double(plain.least)) ||
           !clearly_less(compiled.mean(), plain.mean());
  return clearly_less(double(plain.least), double(compiled.least)) &&
         clearly_less(plain.mean(), compiled.mean());
}

// Far more than what cold caches take.
bool Trial::is_hopeless(int64_t plain_ns) const {
  return plain_ns > long_ns && plain_ns > hopeless * sides_[int(Way::compiled)].least;
}

void Trial::note(Way way, int64_t ns) {
  if (settled_ || warm_ > 0) return count();
  if (way != way_) return;  // of a call that began before another thread's ended
  if (std::exchange(skips_, false) && !(way == Way::plain && is_hopeless(ns))) return;
  sides_[int(way)].note(ns);
  ++row_;
  const Side &compiled = sides_[0], &plain = sides_[1];
  if (compiled.calls < lead) return;
  if (plain.calls == 0 && compiled.least > sure_from_) return settle(Way::compiled);
  const int64_t little = plain.calls >= lead ? 2 * compiled.least : 4 * compiled.least;
  if (plain.calls > 0 && (plain.calls >= lead || plain.least > long_ns) && plain.least > little)
    return settle(Way::compiled);
  if (compiled.calls > lead && plain.calls >= lead && compiled.least > 2 * plain.least)
    return settle(Way::plain);
  const int enough = rounds(compiled.least);
  if (compiled.calls >= enough && plain.calls >= enough)
    return settle(plain_is_faster() ? Way::plain : Way::compiled);
  const int row = plain.calls == 0 ? lead : in_a_row(compiled.least);
  if (row_ < row) return;
  row_ = 0;
  way_ = way == Way::plain ? Way::compiled : Way::plain;
  skips_ = in_a_row(compiled.least) > 1;
}

void Trial::count() {
  if (warm_ > 0 && !settled_) {
    --warm_;
    return;
  }
  if (settled_ && verdict_ == Way::plain && ++served_ >= patience_) reopen();
}

void Trial::settle(Way way) {
  settled_ = true;
  way_ = verdict_ = way;
}

void Trial::reopen() {
  settled_ = false;
  way_ = Way::compiled;
  warm_ = 1;
  row_ = 0;
  skips_ = false;
  served_ = 0;
  patience_ = std::min(4 * patience_, most_patience);
  sides_[0] = sides_[1] = {};
}

void Trial::give_up() { settle(Way::compiled); }

}  // namespace runtime
