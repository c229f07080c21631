// What eager steps do: what the host gives is checked, and tells sizes.
#include <algorithm>

#include "ir/json.h"
#include "plans.h"
#include "runtime/layout.h"
#include "runtime/memory.h"

namespace testing_plans {
namespace {

const char* const some = R"text(graph some(%0: f64[n], %1: f64[n]) {
  %2 = add %0, %0 : f64[n]
  %3 = eager %2, %1 {call="numpy.some(_0, _1, mode='a')", size=c, type=(f64[c], i64[c])} : (f64[c], i64[c])
  %4 = item %3 {index=0} : f64[c]
  %5 = item %3 {index=1} : i64[c]
  %6 = cast %5 {dtype=f64} : f64[c]
  %7 = multiply %4, %6 : f64[c]
  %8 = extent {size=c} : int
  return %7, %8
}
)text";

Value filled(int64_t size, ir::DType dtype) {
  Tensor t;
  t.dtype = dtype;
  t.rank = 1;
  t.shape[0] = size;
  set_c_strides(t);
  allocate(t);
  for (int64_t i = 0; i < size; ++i) {
    if (dtype == ir::DType::f64) reinterpret_cast<double*>(t.data)[i] = double(i);
    if (dtype == ir::DType::i64) reinterpret_cast<int64_t*>(t.data)[i] = 3;
  }
  return {t};
}

Value argument(int64_t size) { return filled(size, ir::DType::f64); }

Host giving(std::vector<Value> values) {
  Host host;
  host.eager = [values](EagerCall& call) {
    EXPECT_EQ(call.graph.attrs(call.node).text("call"), "numpy.some(_0, _1, mode='a')");
    EXPECT_EQ(call.operands.size(), 2u);
    if (values.size() != call.made.size()) return false;
    std::ranges::copy(values, call.made.begin());
    return true;
  };
  return host;
}

TEST(Eager, TextAndJsonSayWhatIsCalled) {
  const ir::Graph g = ir::parse(some);
  EXPECT_EQ(ir::print(g), some);
  EXPECT_EQ(ir::print(ir::from_json(ir::to_json(g))), some);
  EXPECT_ANY_THROW(ir::parse("graph f() { %0 = eager {call=3, size=0, type=int} return %0 }"));
  EXPECT_ANY_THROW(
      ir::parse("graph f() { %0 = eager {call=\"a\nb\", size=0, type=int} return %0 }"));
}

TEST(Eager, TheResultTellsItsSize) {
  Function f(some);
  const auto got = f.run({argument(5), argument(5)},
                         giving({filled(4, ir::DType::f64), filled(4, ir::DType::i64)}));
  ASSERT_TRUE(got);
  const Tensor& t = std::get<Tensor>((*got)[0].is);
  EXPECT_EQ(t.shape[0], 4);
  EXPECT_EQ(reinterpret_cast<const double*>(t.data)[3], 9.0);
  int64_t size = 0;
  std::memcpy(&size, std::get<Number>((*got)[1].is).bytes.data(), sizeof size);
  EXPECT_EQ(size, 4);
}

TEST(Eager, OtherShapesAndRefusalsGiveNothing) {
  Function f(some);
  const std::vector<Value> arguments = {argument(5), argument(5)};
  EXPECT_FALSE(f.run(arguments, giving({filled(4, ir::DType::f64), filled(3, ir::DType::i64)})));
  EXPECT_FALSE(f.run(arguments, giving({filled(4, ir::DType::f64)})));
  Host host;
  host.eager = [](EagerCall&) { return false; };
  EXPECT_FALSE(f.run(arguments, host));
}

TEST(Eager, AProgramWithoutAHostIsToldWhatIsCalled) {
  Function f(some);
  EXPECT_FALSE(f.run({argument(5), argument(5)}));
  const std::vector<Value> arguments = {argument(5), argument(5)};
  try {
    interpret(f.plain, arguments);
    FAIL();
  } catch (const ir::Unsupported& e) {
    EXPECT_NE(std::string(e.what()).find("numpy.some"), std::string::npos) << e.what();
  }
}

TEST(Eager, AStepThatNothingReadsIsMade) {
  Function f(R"text(graph f(%0: f64[n]) {
  %1 = eager %0 {call="numpy.check(_0)", size=0, type=f64} : f64
  %2 = add %0, %0 : f64[n]
  return %2
})text");
  int calls = 0;
  Host host;
  host.eager = [&](EagerCall& call) {
    ++calls;
    call.made[0] = number(ir::DType::f64, 1.0);
    return true;
  };
  EXPECT_TRUE(f.run({argument(5)}, host));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace testing_plans
