// Parts of arrays whose bounds are known only when the plan runs: spans as Python clamps them,
// sizes that change from round to round, and what is checked of them.
#include "ir/verify.h"
#include "plans.h"
#include "runtime/sizes.h"

namespace testing_plans {
namespace {

Value integer_argument(int64_t v) { return number(ir::DType::i64, v, true); }

// Scaled prefixes: each round changes one more element than the last, the step gives the direction.
std::string prefixes(int step) {
  const std::string s = std::to_string(step);
  return R"(
graph prefixes(%0: f64[n], %1: int) {
  %2 = constant {value=0, type=int} : int
  %3 = constant {value=1, type=int} : int
  %4 = extent {size=n} : int
  %6 = for %2, %4, %3, %0 : f64[n] body(%7: int, %8: f64[n]) {
    %9 = span %1, %7 {extent=n, step=)" +
         s + R"(, size=w} : int
    %10 = window %8, %9 {axis=0, step=)" +
         s + R"(, size=w} : f64[w]
    %11 = extent {size=w + 1} : int
    %12 = cast %11 {dtype=f64} : f64
    %13 = multiply %10, %12 : f64[w]
    %14 = update %8, %13, %9 {start=[0], step=[)" +
         s + R"(], size=[w], axes=[0]} : f64[n]
    yield %14
  }
  return %6
})";
}

TEST(Windows, SizesChangeFromRoundToRound) {
  for (int step : {1, 2, -1, -3}) {
    Function f(prefixes(step).c_str());
    ir::verify(f.plain);
    for (int64_t n : {0, 2, 7, 100})
      for (int64_t from : {0, 1, -2, 50, 1000, -1000})
        for (Layout layout : {Layout::c, Layout::negative})
          f.check({array({n}, layout), integer_argument(from)});
  }
}

// The window has to be as large as the second array.
const char* const fits = R"(
graph fits(%0: f64[n], %1: f64[m], %2: int, %3: int) where m - 2 >= 0 {
  %4 = span %2, %3 {extent=n, step=1, size=m} : int
  %5 = window %0, %4 {axis=0, step=1, size=m} : f64[m]
  %6 = add %5, %1 : f64[m]
  return %6
})";

TEST(Windows, AKnownSizeIsCompared) {
  Function f(fits);
  const auto given = [](int64_t start, int64_t stop) {
    return std::vector<Value>{array({9}), array({4}), integer_argument(start),
                              integer_argument(stop)};
  };
  EXPECT_TRUE(f.run(given(2, 6)));
  EXPECT_TRUE(f.run(given(-4, 100)));
  EXPECT_FALSE(f.run(given(2, 5)));
  EXPECT_FALSE(f.run(given(6, 2)));
  for (int64_t start : {2, 5, 6, -4}) f.check(given(start, 6));
}

// What names a size does not read the span that gives it, and comes behind it all the same; a check
// of the size is made where it is known.
const char* const behind = R"(
graph behind(%0: f64[n], %1: int) where w - 2 >= 0 {
  %2 = constant {value=0, type=int} : int
  %3 = argmax %0 {axes=[0], keepdims=false} : i64
  %4 = span %2, %3 {extent=n, step=1, size=w} : int
  %5 = iota {size=w, dtype=f64} : f64[w]
  %6 = multiply %5, %5 : f64[w]
  %7 = slice %6 {start=[w - 2], step=[1], size=[2]} : f64[2]
  return %7
})";

TEST(Windows, SizesComeBehindTheirSpans) {
  Function f(behind);
  ir::verify(f.plain);
  for (uint64_t seed = 0; seed < 8; ++seed)
    f.check({array({5}, Layout::c, ir::DType::f64, seed), integer_argument(0)});
}

TEST(Windows, TheVerifierWantsSizesInScope) {
  const char* const early = R"(
graph early(%0: f64[n], %1: int) {
  %2 = iota {size=w, dtype=f64} : f64[w]
  %3 = span %1, %1 {extent=n, step=1, size=w} : int
  return %2, %3
})";
  const char* const outside = R"(
graph outside(%0: f64[n], %1: int) {
  %2 = constant {value=1, type=int} : int
  %3 = for %1, %1, %2, %1 : int body(%4: int, %5: int) {
    %6 = span %1, %4 {extent=n, step=1, size=w} : int
    yield %6
  }
  %7 = iota {size=w, dtype=f64} : f64[w]
  return %7
})";
  for (const char* text : {early, outside}) {
    EXPECT_THROW(ir::verify(ir::parse(text)), ir::Bug) << text;
    const auto graph = std::make_shared<ir::Graph>(ir::parse(text));
    EXPECT_THROW(Plan(graph, jit(), {}), ir::Unsupported) << text;
  }
}

// The step is a size as well, which a bind makes known in each round.
const char* const every = R"(
graph every(%0: f64[n], %1: int, %2: int) where c - 1 >= 0 {
  %3 = constant {value=1, type=int} : int
  %4 = constant {value=9, type=int} : int
  %5 = for %1, %2, %3, %0 : f64[n] body(%6: int, %7: f64[n]) {
    %8 = bind %6 {size=c} : int
    %9 = span %6, %4 {extent=n, step=c, size=w} : int
    %10 = window %7, %9 {axis=0, step=c, size=w} : f64[w]
    %11 = multiply %10, %10 : f64[w]
    %12 = update %7, %11, %9 {start=[0], step=[c], size=[w], axes=[0]} : f64[n]
    yield %12
  }
  return %5
})";

TEST(Windows, StepsAreSizes) {
  Function f(every);
  ir::verify(f.plain);
  for (int64_t n : {0, 2, 7, 100})
    for (int64_t last : {1, 2, 5, 40})
      f.check({array({n}), integer_argument(1), integer_argument(last)});
}

TEST(Windows, SpansAreSlicesOfPython) {
  // By definition: the indices in range, in order.
  for (int64_t extent : {0, 1, 2, 5}) {
    for (int64_t start = -7; start <= 7; ++start) {
      for (int64_t stop = -7; stop <= 7; ++stop) {
        for (int64_t step : {1, 2, 7}) {
          const int64_t from = start < 0 ? start + extent : start;
          const int64_t to = stop < 0 ? stop + extent : stop;
          std::vector<int64_t> taken;
          for (int64_t i = std::max<int64_t>(from, 0); i < std::min(to, extent); i += step)
            taken.push_back(i);
          const Span s = span_of(start, stop, step, extent);
          ASSERT_EQ(s.count, int64_t(taken.size())) << start << ":" << stop << ":" << step;
          EXPECT_EQ(s.first, taken.empty() ? 0 : taken[0]);
          taken.clear();
          for (int64_t i = std::min(from, extent - 1); i > std::max<int64_t>(to, -1) && i >= 0;
               i -= step)
            taken.push_back(i);
          const Span back = span_of(start, stop, -step, extent);
          ASSERT_EQ(back.count, int64_t(taken.size())) << start << ":" << stop << ":" << -step;
          EXPECT_EQ(back.first, taken.empty() ? 0 : taken[0]);
        }
      }
    }
  }
  EXPECT_EQ(span_of(INT64_MIN, INT64_MAX, INT64_MAX, 5).count, 1);
  EXPECT_EQ(span_of(INT64_MAX, INT64_MIN, INT64_MIN, 5).count, 1);
}

// An update of an update of a part: the kernel writes a row of the part, not the part.
TEST(Windows, UpdatesOfUpdates) {
  Function f(R"(
graph twice(%0: f64[n, m], %1: int) {
  %2 = constant {value=0, type=int} : int
  %3 = copy %0 : f64[n, m]
  %4 = span %1, %2 {extent=n, step=-1, size=w} : int
  %5 = window %3, %4 {axis=0, step=-1, size=w} : f64[w, m]
  %6 = index %5, %2 {axis=0} : f64[m]
  %7 = expand_dims %6 {axes=[0]} : f64[1, m]
  %8 = add %7, %7 : f64[1, m]
  %9 = update %5, %8, %2 {start=[0, 0], step=[1, 1], size=[1, m], axes=[0]} : f64[w, m]
  %10 = update %3, %9, %4 {start=[0, 0], step=[-1, 1], size=[w, m], axes=[0]} : f64[n, m]
  return %10
})");
  for (int64_t at : {-1, 1, 3, 0}) f.check({array({4, 3}), integer_argument(at)});
}

// A window of a graph that is read from text may say anything: it stays inside the array.
TEST(Windows, PartsStayInside) {
  Function f(R"(
graph parts(%0: f64[n], %1: int) where n - 3 >= 0 {
  %2 = window %0, %1 {axis=0, step=2, size=3} : f64[3]
  return %2
})");
  for (int64_t at = -12; at <= 12; ++at) f.check({array({9}), integer_argument(at)});
  EXPECT_TRUE(f.run({array({9}), integer_argument(-9)}));
  EXPECT_FALSE(f.run({array({9}), integer_argument(5)}));
}

}  // namespace
}  // namespace testing_plans
