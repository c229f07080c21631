// Casts, scalars, constants, several outputs, kernels in place, streaming stores, freed code.
#include <gtest/gtest.h>

#include <fstream>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "codegen/jit.h"
#include "ir/convert.h"
#include "map_kernel.h"
#include "reference.h"

using namespace testing_kernels;

namespace {

constexpr auto unit = Access::unit;
constexpr auto broadcast = Access::broadcast;
constexpr int64_t sizes[] = {1, 15, 16, 17, 33, 100, 300};

codegen::Jit& jit() {
  static codegen::Jit jit;
  return jit;
}

void fill(Plane& p, DType t, uint64_t seed = 0) {
  for (int64_t r = 0; r < p.rows; ++r)
    for (int64_t c = 0; c < p.columns; ++c) sample(t, seed + uint64_t(r * 331 + c), p.at(r, c));
}

template <class T>
T& element(Plane& p, int64_t row, int64_t column) {
  return *reinterpret_cast<T*>(p.at(row, column));
}

void check_cast(DType from, DType to) {
  SCOPED_TRACE(std::string(ir::info(from).name) + " to " + ir::info(to).name);
  MapGraph g;
  const Ref x = g.array(from);
  const auto kernel = g.kernel({g.cast(x, to)});
  const auto code = jit().compile(g.graph, kernel, {{unit, unit}, false});
  for (int64_t n : sizes) {
    Plane in(from, unit, 2, n), out(to, unit, 2, n);
    fill(in, from);
    launch(*code, {&in, &out}, 2, n);
    for (int64_t i = 0; i < 2 * n; ++i) {
      char want[16];
      const char* p = in.at(i / n, i % n);
      ir::visit(from, [&](auto f) {
        ir::visit(to, [&](auto t) {
          using From = decltype(f);
          using To = decltype(t);
          write(want, ir::convert<To>(read<From>(p)));
        });
      });
      char* got = out.at(i / n, i % n);
      ASSERT_TRUE(same(to, got, want))
          << as_double(from, p) << " gives " << as_double(to, got) << ", not "
          << as_double(to, want) << " at " << i << " of " << n;
    }
  }
}

TEST(codegen, casts_between_all_dtypes) {
  for (int f = 0; f < ir::dtype_count; ++f)
    for (int t = 0; t < ir::dtype_count; ++t)
      if (f != t && (!ir::is_complex(DType(f)) || ir::is_complex(DType(t)) || t == 0))
        check_cast(DType(f), DType(t));
}

// exp(y) + (s * s + 0.5) * x, y one value a row, s a scalar: uniform and row values leave the
// column loop.
TEST(codegen, scalars_constants_and_row_values) {
  MapGraph g;
  const Ref x = g.array(DType::f32), y = g.array(DType::f32), s = g.scalar(DType::f32);
  const Ref half = g.graph.constant(Graph::main, Type::scalar(DType::f32), ir::Literal::of(0.5));
  const Ref factor = g.add(ir::Op::add, {g.add(ir::Op::multiply, {s, s}), half});
  const Ref e = g.add(ir::Op::exp, {y});
  const auto kernel = g.kernel({g.add(ir::Op::add, {e, g.add(ir::Op::multiply, {factor, x})})});
  const auto code = jit().compile(g.graph, kernel, {{unit, broadcast, unit}, false});
  std::vector<char> scalars(16);
  write(scalars.data(), 3.25f);
  for (int64_t n : sizes) {
    Plane a(DType::f32, unit, 3, n), b(DType::f32, broadcast, 3, n), out(DType::f32, unit, 3, n);
    fill(a, DType::f32);
    for (int64_t r = 0; r < 3; ++r) element<float>(b, r, 0) = float(r) - 1.5f;
    launch(*code, {&a, &b, &out}, 3, n, scalars);
    for (int64_t r = 0; r < 3; ++r)
      for (int64_t c = 0; c < n; ++c) {
        const float row = ir::math::exp(ir::Lane<float>{element<float>(b, r, 0)}).v;
        const float want = row + (3.25f * 3.25f + 0.5f) * element<float>(a, r, c);
        ASSERT_TRUE(same(DType::f32, out.at(r, c), reinterpret_cast<const char*>(&want)))
            << r << " " << c;
      }
  }
}

// Outputs of two dtypes and a value that is operand and output.
TEST(codegen, several_outputs) {
  MapGraph g;
  const Ref x = g.array(DType::f64), y = g.array(DType::f64);
  const Ref less = g.add(ir::Op::less, {x, y}), sum = g.add(ir::Op::add, {x, y});
  const auto kernel = g.kernel({less, sum, g.cast(sum, DType::f32)});
  const auto code = jit().compile(g.graph, kernel, {{unit, unit, unit, unit, unit}, false});
  for (int64_t n : sizes) {
    Plane a(DType::f64, unit, 2, n), b(DType::f64, unit, 2, n);
    Plane o1(DType::b1, unit, 2, n), o2(DType::f64, unit, 2, n), o3(DType::f32, unit, 2, n);
    fill(a, DType::f64);
    fill(b, DType::f64, 500);
    launch(*code, {&a, &b, &o1, &o2, &o3}, 2, n);
    for (int64_t i = 0; i < 2 * n; ++i) {
      const int64_t r = i / n, c = i % n;
      const double p = element<double>(a, r, c), q = element<double>(b, r, c), s = p + q;
      const float narrow = float(s);
      ASSERT_EQ(*o1.at(r, c), char(p < q));
      ASSERT_TRUE(same(DType::f64, o2.at(r, c), reinterpret_cast<const char*>(&s)));
      ASSERT_TRUE(same(DType::f32, o3.at(r, c), reinterpret_cast<const char*>(&narrow)));
    }
  }
}

TEST(codegen, in_place) {
  for (ir::Op op : {ir::Op::multiply, ir::Op::power}) {
    MapGraph g;
    const Ref x = g.array(DType::f32), y = g.array(DType::f32);
    const auto code =
        jit().compile(g.graph, g.kernel({g.add(op, {x, y})}), {{unit, unit, unit}, false});
    for (int64_t n : sizes) {
      Plane a(DType::f32, unit, 2, n), b(DType::f32, unit, 2, n), out(DType::f32, unit, 2, n);
      fill(a, DType::f32);
      fill(b, DType::f32, 77);
      launch(*code, {&a, &b, &out}, 2, n);
      launch(*code, {&a, &b, &a}, 2, n);
      ASSERT_EQ(a.memory, out.memory) << ir::spelling(op) << " of " << n;
    }
  }
}

// Streaming stores where the outputs are aligned, plain ones where they are not.
TEST(codegen, streaming_stores) {
  for (ir::Op op : {ir::Op::add, ir::Op::power}) {
    MapGraph g;
    const Ref x = g.array(DType::f32), y = g.array(DType::f32);
    const auto kernel = g.kernel({g.add(op, {x, y})});
    const auto plain = jit().compile(g.graph, kernel, {{unit, unit, unit}, false});
    const auto stream = jit().compile(g.graph, kernel, {{unit, unit, unit}, true});
    for (int64_t n : {0, 5, 64, 300, 4097})
      for (int64_t offset : {0, 4, 32}) {
        Plane a(DType::f32, unit, 1, n), b(DType::f32, unit, 1, n),
            out(DType::f32, unit, 1, n + 64);
        Plane want(DType::f32, unit, 1, n + 64);
        fill(a, DType::f32);
        fill(b, DType::f32, 77);
        const auto at = reinterpret_cast<uintptr_t>(out.memory.data());
        const int64_t start = int64_t((at + 63) / 64 * 64 - at) + offset;
        out.origin = out.memory.data() + start;
        want.origin = want.memory.data() + start;
        launch(*stream, {&a, &b, &out}, 1, n);
        launch(*plain, {&a, &b, &want}, 1, n);
        ASSERT_EQ(out.memory, want.memory) << n << " offset " << offset;
      }
  }
}

// Counts mappings, since a sanitizer keeps freed heap memory resident.
int64_t executable_bytes() {
  std::ifstream maps("/proc/self/maps");
  int64_t total = 0;
  for (std::string line; std::getline(maps, line);) {
    uint64_t from = 0, to = 0;
    char dash = 0, mode[5] = {};
    std::istringstream(line) >> std::hex >> from >> dash >> to >> std::setw(5) >> mode;
    if (mode[2] == 'x') total += int64_t(to - from);
  }
  return total;
}

std::shared_ptr<const codegen::Code> compile_nth(int n) {
  MapGraph g;
  const Ref x = g.array(DType::f32);
  const Ref c = g.graph.constant(Graph::main, Type::scalar(DType::f32), ir::Literal::of(double(n)));
  return jit().compile(g.graph, g.kernel({g.add(ir::Op::multiply, {x, c})}), {{unit, unit}, false});
}

TEST(codegen, code_is_freed) {
  compile_nth(0);
  const int64_t before = executable_bytes();
  {
    std::vector<std::shared_ptr<const codegen::Code>> kept;
    for (int i = 0; i < 20; ++i) kept.push_back(compile_nth(i));
    EXPECT_GT(executable_bytes(), before);
  }
  EXPECT_EQ(executable_bytes(), before);
}

TEST(codegen, code_outlives_its_jit) {
  std::shared_ptr<const codegen::Code> code;
  {
    codegen::Jit own;
    MapGraph g;
    const Ref x = g.array(DType::f32);
    code = own.compile(g.graph, g.kernel({g.add(ir::Op::negative, {x})}), {{unit, unit}, false});
  }
  Plane a(DType::f32, unit, 1, 9), out(DType::f32, unit, 1, 9);
  for (int i = 0; i < 9; ++i) element<float>(a, 0, i) = float(i);
  launch(*code, {&a, &out}, 1, 9);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(element<float>(out, 0, i), -float(i));
}

TEST(codegen, equal_kernels_have_equal_symbols) {
  EXPECT_EQ(compile_nth(3)->symbol, compile_nth(3)->symbol);
  EXPECT_NE(compile_nth(3)->symbol, compile_nth(4)->symbol);
}

TEST(codegen, compiles_from_several_threads) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&right, t] {
      for (int i = 0; i < 8; ++i) {
        const auto code = compile_nth(t * 2 + i);
        Plane a(DType::f32, unit, 1, 40), out(DType::f32, unit, 1, 40);
        for (int k = 0; k < 40; ++k) element<float>(a, 0, k) = float(k);
        launch(*code, {&a, &out}, 1, 40);
        right += element<float>(out, 0, 39) == 39.0f * float(t * 2 + i);
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(right, 32);
}

TEST(codegen, text_of_a_kernel) {
  MapGraph g;
  const Ref x = g.array(DType::f32), y = g.array(DType::f32);
  const auto kernel = g.kernel({g.add(ir::Op::add, {x, y})});
  const codegen::Variant variant{{unit, unit, unit}, false};
  const std::string symbol = jit().compile(g.graph, kernel, variant)->symbol;
  const codegen::Jit::Text text = jit().text(g.graph, kernel, variant);
  EXPECT_NE(text.llvm.find("define void @" + symbol), std::string::npos);
  EXPECT_NE(text.assembly.find(symbol + ":"), std::string::npos);
}

}  // namespace
