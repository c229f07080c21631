// The text and JSON forms: both ways, and what broken input gives.
#include <gtest/gtest.h>

#include <random>

#include "ir/json.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace {

const char* const everything =
    R"(graph f(%0: f32[n, m], %1: float, %2: f32[n - 2]) where n - 2 >= 0, m - n != 0 {
  %3 = cast %1 {dtype=f32} : f32
  %4 = multiply %0, %3 : f32[n, m]
  %5 = constant {value=-0.5, type=f32} : f32
  %6 = constant {value=nan:7ff8000000000001, type=float} : float
  %7 = constant {value=18446744073709551615, type=u64} : u64
  %8 = add %4, %5 : f32[n, m]
  %9 = sum %8 {axes=[1], keepdims=false} : f32[n]
  %10 = slice %9 {start=[1], step=[-1], size=[n - 2]} : f32[n - 2]
  %11 = add %10, %2 : f32[n - 2]
  %12 = sum %11 {axes=[0], keepdims=false} : f32
  %13 = greater %12, %5 : b1
  %14 = if %13 : f32[n - 2] then() {
    %15 = negative %11 : f32[n - 2]
    yield %15
  } otherwise() {
    yield %11
  }
  %16 = constant {value=0, type=int} : int
  %17 = extent {size=(m)*(n)} : int
  %18 = constant {value=1, type=int} : int
  %19 = for %16, %17, %18, %14 : f32[n - 2] body(%20: int, %21: f32[n - 2]) {
    %22 = add %21, %21 : f32[n - 2]
    yield %22
  }
  %23 = kernel %19 : (f32[n - 2], f32[n - 2]) body(%24: f32[n - 2]) {
    %25 = exp %24 : f32[n - 2]
    yield %25, %24
  }
  %26 = item %23 {index=1} : f32[n - 2]
  %27 = while %26 : f32[n - 2] test(%28: f32[n - 2]) {
    yield %13
  } body(%29: f32[n - 2]) {
    yield %29
  }
  return %27, %19
}
)";

TEST(Text, PrintsWhatItReads) {
  const ir::Graph g = ir::parse(everything);
  EXPECT_EQ(ir::print(g), everything);
  ir::verify(g);
}

TEST(Text, JsonHoldsTheSame) {
  const ir::Graph g = ir::parse(everything);
  EXPECT_EQ(ir::print(ir::from_json(ir::to_json(g))), everything);
}

TEST(Text, LocationsReadBack) {
  const char* text = R"(graph(%0: f64[n]) {
  %1 = negative %0 : f64[n] @ "file.py":3:7
  return %1
}
)";
  EXPECT_EQ(ir::print(ir::parse(text), {.locations = true}), text);
}

struct Broken {
  const char* text;
  const char* message;
};

TEST(Text, ErrorsSayWhereAndWhat) {
  const Broken cases[] = {
      {"", "line 1, column 1: expected graph, found the end of the text"},
      {"graph(%0: f32[n]) {", "line 1, column 20: expected return, found the end of the text"},
      {"graph(%0: f32[n]) {\n  %1 = foo %0\n  return %1\n}", "line 2, column 8: unknown op foo"},
      {"graph(%0: f32[n]) {\n  %1 = add %0, %9\n  return %1\n}",
       "line 2, column 16: %9 is not defined here"},
      {"graph(%0: f33[n]) { return %0 }", "line 1, column 11: unknown type f33"},
      {"graph(%0: f32[n], %0: f32[n]) { return %0 }", "line 1, column 19: %0 is defined twice"},
      {"graph(%0: f32[3], %1: f32[4]) {\n  %2 = add %0, %1\n  return %2 }",
       "line 2, column 8: shapes do not broadcast: 3 and 4"},
      {"graph(%0: f32[n]) {\n  %1 = exp %0 : f64[n]\n  return %1 }",
       "line 2, column 15: %1 has the type f32[n], not f64[n]"},
      {"graph(%0: f32[n]) where n < 0 { return %0 }",
       "line 1, column 27: expected >=, == or !=, found <"},
      {"graph(%0: f32[n]) { return %0 } }", "line 1, column 33: expected the end, found }"},
      {"graph(%0: f32[-1]) { return %0 }", "line 1, column 15: a size is negative"},
      {"graph(%0: f32[9223372036854775807*n*2]) { return %0 }",
       "line 1, column 15: sizes beyond 64 bits"},
      {"graph(%0: f32[n]) {\n  %1 = constant {value=1.5, type=int}\n  return %1 }",
       "line 2, column 34: the value is not of type int"},
      {"graph(%0: f32[n]) {\n  %1 = sum %0 {axes=[3], keepdims=false}\n  return %1 }",
       "line 2, column 8: sum: axis 3 of an array of rank 1"},
      {"graph(%0: f32[n]) {\n  %1 = kernel %0 body(%2: f32[n]) {\n    %3 = exp %0\n    yield %3\n  "
       "}\n  return %1 }",
       "line 3, column 14: %0 is not defined here"},
  };
  for (const Broken& c : cases) {
    try {
      ir::parse(c.text);
      ADD_FAILURE() << "read without error: " << c.text;
    } catch (const ir::UserError& e) { EXPECT_STREQ(e.what(), c.message) << c.text; }
  }
}

TEST(Text, BrokenJsonIsAnError) {
  for (const char* json : {"", "{", "[]", "3", "{\"format\": \"braze-graph\", \"version\": 99}",
                           "{\"format\": \"braze-graph\", \"version\": 1}",
                           "{\"format\": \"braze-graph\", \"version\": 1, \"params\": 3, "
                           "\"nodes\": [], \"results\": []}"})
    EXPECT_THROW(ir::from_json(json), ir::UserError) << json;
}

// Whatever bytes come in, parse returns a graph or throws UserError.
TEST(Text, DamagedTextNeverCrashes) {
  std::mt19937 random(20260101);
  const std::string good = everything;
  int read = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = good;
    for (int k = 0; k < 1 + i % 4; ++k) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = char(random() % 256); break;
        case 1: text.erase(at, 1 + random() % 8); break;
        case 2: text.insert(at, text.substr(random() % text.size(), 6)); break;
        default: text.resize(at + 1); break;
      }
    }
    try {
      ir::verify(ir::parse(text));
      ++read;
    } catch (const ir::UserError&) { ++refused; }
  }
  EXPECT_GT(refused, 2000);
  EXPECT_EQ(read + refused, 3000);
}

TEST(Text, DeepNestingIsRefused) {
  EXPECT_THROW(ir::parse("graph(%0: f32[" + std::string(100000, '(') + "n"), ir::UserError);
  EXPECT_THROW(ir::parse("graph(%0: " + std::string(100000, '(')), ir::UserError);
}

}  // namespace
