// Random graphs, optimised and run as plans, against the reference engine on the graph as it was
// made.
#include "plans.h"
#include "random_graphs.h"

namespace testing_plans {
namespace {

class RandomPlans : public testing::TestWithParam<unsigned> {};

TEST_P(RandomPlans, GiveTheSameBits) {
  static const int64_t choices[] = {2, 3, 5, 16, 33};
  int ran = 0;
  for (unsigned i = 0; i < 12 && !HasFailure(); ++i) {
    const unsigned seed = GetParam() * 1000 + i;
    ir::Graph g = testing_graphs::Generator(seed).make();
    passes::run(g, {.verify = true, .dump = {}, .only = {"dead", "decompose"}});
    const std::string text = ir::print(g);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    // Sums of floats depend on the order of memory.
    const Layout layout = seed % 2 ? Layout::c : Layout::any;
    Function f(text.c_str(), seed % 8 != 0);
    Random random(seed);
    for (int round = 0; round < 3 && !HasFailure(); ++round) {
      auto arguments = random_arguments(f.plain, choices, random, round == 1, layout);
      f.check(arguments);
      ran += f.run(arguments).has_value();
    }
  }
  EXPECT_GT(ran, 10);
}

INSTANTIATE_TEST_SUITE_P(seeds, RandomPlans, testing::Range(1u, 9u));

}  // namespace
}  // namespace testing_plans
