// Graphs as bytes: what comes back is what was packed, and nothing else comes back.
#include "ir/pack.h"

#include <gtest/gtest.h>

#include "ir/text.h"
#include "ir/verify.h"
#include "passes/pass.h"

namespace {

using ir::Graph;
using ir::Ref;

constexpr const char* text = R"(
graph f(%0: f64[n], %1: float, %2: int) where n - 2 >= 0 {
  %3 = slice %0 {start=[1], step=[1], size=[n - 2]} : f64[n - 2] @ "a.py":3:4 errors 1:4
  %4 = cast %1 {dtype=f64} : f64
  %5 = multiply %3, %4 : f64[n - 2] @ "b.py":7:1
  %6 = sum %5 {axes=[0], keepdims=true} : f64[1]
  %7 = add %5, %6 : f64[n - 2]
  return %7, %6
}
)";

Graph optimised() {
  Graph g = ir::parse(text);
  passes::run(g, {});
  return g;
}

TEST(Pack, GivesTheSameGraph) {
  for (const Graph& g : {ir::parse(text), optimised()}) {
    const auto back = ir::unpack(ir::pack(g));
    ASSERT_TRUE(back);
    EXPECT_EQ(ir::print(*back, {true}), ir::print(g, {true}));
    EXPECT_EQ(ir::pack(*back), ir::pack(g));
    ir::verify(*back);
    for (uint32_t i = 0; i < g.node_count(); ++i) { EXPECT_EQ((*back)[Ref{i}].loc, g[Ref{i}].loc); }
  }
}

TEST(Pack, EqualNodesAreStillOne) {
  auto back = ir::unpack(ir::pack(ir::parse(text)));
  ASSERT_TRUE(back);
  const auto& body = back->body(Graph::main);
  const Ref product = body.nodes[2], sum = body.nodes[4];
  const std::vector<Ref> inputs(back->inputs(sum).begin(), back->inputs(sum).end());
  EXPECT_EQ(inputs[0], product);
  EXPECT_EQ(back->add(Graph::main, ir::Op::add, inputs), sum);
  EXPECT_EQ(back->dims.symbol("n"), back->type(body.params[0]).dims[0]);
}

TEST(Pack, RefusesWhatIsNoGraph) {
  const std::string bytes = ir::pack(optimised());
  for (size_t n = 0; n < bytes.size(); n += 7) {
    EXPECT_FALSE(ir::unpack(std::string_view(bytes).substr(0, n)));
  }
  EXPECT_FALSE(ir::unpack(bytes + "x"));
  EXPECT_FALSE(ir::unpack(std::string(1000, '\xff')));
}

}  // namespace
