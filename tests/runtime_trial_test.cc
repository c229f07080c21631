#include "runtime/trial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace runtime {
namespace {

using Way = Trial::Way;
constexpr int64_t never_sure = std::numeric_limits<int64_t>::max();

// Makes calls until there is a verdict; the ways that they went.
std::vector<Way> run(Trial& t, int64_t compiled_ns, int64_t plain_ns, int most = 100) {
  std::vector<Way> ways;
  while (!t.settled() && int(ways.size()) < most) {
    ways.push_back(t.way());
    t.note(t.way(), t.way() == Way::plain ? plain_ns : compiled_ns);
  }
  return ways;
}

int64_t plain_calls(const std::vector<Way>& ways) {
  return std::count(ways.begin(), ways.end(), Way::plain);
}

TEST(Trial, TheFasterWayServes) {
  for (int64_t scale : {1, 100, 10000}) {
    Trial slow(1, never_sure), fast(1, never_sure);
    run(slow, 450 * scale, 310 * scale);
    run(fast, 310 * scale, 450 * scale);
    EXPECT_EQ(slow.way(), Way::plain);
    EXPECT_EQ(fast.way(), Way::compiled);
    EXPECT_EQ(slow.side(Way::plain).least, 310 * scale);
  }
}

TEST(Trial, SmallDifferencesAreNone) {
  Trial t(0, never_sure);
  run(t, 1000, 960);
  EXPECT_TRUE(t.settled());
  EXPECT_EQ(t.way(), Way::compiled);
}

TEST(Trial, ClearCasesEndEarly) {
  Trial much_faster(1, never_sure);
  EXPECT_EQ(plain_calls(run(much_faster, 5'000'000, 50'000'000)), 1);
  Trial tiny(1, never_sure);
  EXPECT_EQ(plain_calls(run(tiny, 500, 5000)), 3);
  Trial hopeless(1, never_sure);
  EXPECT_EQ(plain_calls(run(hopeless, 30'000, 50'000'000)), 1);
  Trial much_slower(1, never_sure);
  EXPECT_LE(run(much_slower, 5000, 500).size(), 10u);
  EXPECT_EQ(much_slower.way(), Way::plain);
}

TEST(Trial, LongCallsAreSure) {
  Trial t(1, 1'000'000);
  EXPECT_EQ(plain_calls(run(t, 2'000'000, 1'000)), 0);
  EXPECT_EQ(t.way(), Way::compiled);
}

TEST(Trial, TheFirstCallsDoNotCount) {
  Trial t(3, never_sure);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(t.measures());
    t.note(t.way(), 1'000'000'000);
  }
  run(t, 300, 450);
  EXPECT_EQ(t.way(), Way::compiled);
}

// One call that takes a thousand times as long changes nothing, whichever it is.
TEST(Trial, OneDelayChangesNothing) {
  for (auto [compiled, plain] : {std::pair{450, 310}, std::pair{310, 450}}) {
    Trial quiet(0, never_sure);
    const size_t calls = run(quiet, compiled, plain).size();
    for (size_t at = 0; at < calls; ++at) {
      Trial t(0, never_sure);
      for (size_t i = 0; !t.settled(); ++i)
        t.note(t.way(), (t.way() == Way::plain ? plain : compiled) * (i == at ? 1000 : 1));
      EXPECT_EQ(t.way(), quiet.way()) << "delay at call " << at;
    }
  }
}

TEST(Trial, PlainIsDoubtedAgain) {
  Trial t(1, never_sure);
  run(t, 450, 310);
  int64_t calls = 0;
  while (t.settled()) t.count(), ++calls;
  EXPECT_GE(calls, 1000);
  run(t, 450, 310);
  EXPECT_EQ(t.way(), Way::plain);
  int64_t more = 0;
  while (t.settled()) t.count(), ++more;
  EXPECT_GT(more, 2 * calls) << "less and less often";
  run(t, 310, 450);
  EXPECT_EQ(t.way(), Way::compiled);
  for (int i = 0; i < 100000; ++i) t.count();
  EXPECT_TRUE(t.settled());
}

TEST(Trial, AVerdictIsNotChangedForLittle) {
  Trial t(0, never_sure);
  run(t, 1000, 900);
  EXPECT_EQ(t.way(), Way::plain);
  while (t.settled()) t.count();
  run(t, 990, 1000);
  EXPECT_EQ(t.way(), Way::plain);
}

}  // namespace
}  // namespace runtime
