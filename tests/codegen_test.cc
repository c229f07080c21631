// Kernels against the formulas over ir::Lane, for every elementwise op and dtype, access class and
// size.
#include "codegen/jit.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/formula.h"
#include "map_kernel.h"
#include "reference.h"

using namespace testing_kernels;

namespace {

constexpr int64_t sizes[] = {0, 1, 7, 8, 15, 16, 17, 31, 33, 100, 300};
constexpr Access all_access[] = {Access::unit, Access::broadcast, Access::strided};

struct Case {
  ir::Op op;
  DType dtype;
  std::vector<Access> access;  // operands, then the output
};

std::string text(const Case& c) {
  std::string s(ir::spelling(c.op));
  s += std::string(" ") + ir::info(c.dtype).name;
  for (Access a : c.access)
    s += a == Access::unit ? " unit" : a == Access::strided ? " strided" : " broadcast";
  return s;
}

DType operand_dtype(const Case& c, int number) {
  return number == 0 && ir::info(c.op).rule == ir::Rule::pick ? DType::b1 : c.dtype;
}

void fill(Plane& p, DType t, uint64_t seed) {
  for (int64_t r = 0; r < p.rows; ++r)
    for (int64_t c = 0; c < std::max<int64_t>(p.columns, 1); ++c)
      sample(t, seed + uint64_t(r * 331 + c), p.at(r, c));
}

void run(const Case& c, const codegen::Code& code, DType to, int64_t rows, int64_t columns) {
  const int arity = ir::info(c.op).arity;
  std::vector<Plane> planes;
  for (int i = 0; i <= arity; ++i)
    planes.emplace_back(i < arity ? operand_dtype(c, i) : to, c.access[size_t(i)], rows, columns,
                        i == 1);
  for (int i = 0; i < arity; ++i) fill(planes[size_t(i)], operand_dtype(c, i), 977 * uint64_t(i));
  Plane& out = planes.back();
  std::vector<char> expected = out.memory;
  const std::vector<char> before = out.memory;
  std::vector<Plane*> all;
  for (Plane& p : planes) all.push_back(&p);
  launch(code, all, rows, columns);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t col = 0; col < columns; ++col) {
      std::array<const char*, 3> in{};
      for (int i = 0; i < arity; ++i) in[size_t(i)] = planes[size_t(i)].at(r, col);
      alignas(16) char want[16];
      ASSERT_TRUE(reference(c.op, c.dtype, in, want));
      char* got = out.at(r, col);
      ASSERT_TRUE(same(to, got, want))
          << text(c) << " [" << r << ", " << col << "] of " << columns << ": "
          << as_double(operand_dtype(c, 0), in[0]) << ", "
          << (arity > 1 ? as_double(operand_dtype(c, 1), in[1]) : 0) << " gives "
          << as_double(to, got) << ", not " << as_double(to, want);
      std::memset(got, Plane::fill, size_t(out.bytes));
    }
  ASSERT_EQ(out.memory, before) << text(c) << ": a stray write, " << columns << " columns";
}

void check(codegen::Jit& jit, const Case& c, bool large = false) {
  SCOPED_TRACE(text(c));
  MapGraph g;
  std::vector<Ref> in;
  for (int i = 0; i < ir::info(c.op).arity; ++i) in.push_back(g.array(operand_dtype(c, i)));
  const Ref out = g.graph.add(Graph::main, c.op, in);
  const DType to = g.graph.type(out).dtype;
  const auto kernel = g.kernel({out});
  const auto code = jit.compile(g.graph, kernel, {c.access, false, false, large});
  for (int64_t n : sizes) {
    run(c, *code, to, 2, n);
    if (testing::Test::HasFatalFailure()) return;
  }
}

bool admitted(ir::Op op, DType t) {
  const auto ruling = ir::rule(op, t);
  if (!ruling || ruling->compute != t) return false;
  alignas(16) const char zeros[16] = {};
  alignas(16) char out[16];
  return reference(op, t, {zeros, zeros, zeros}, out);
}

template <class F>
void each_op_and_dtype(F&& f) {
  for (int o = 0; o < ir::op_count; ++o)
    if (ir::info(ir::Op(o)).kind == ir::Kind::elementwise)
      for (int t = 0; t < ir::dtype_count; ++t)
        if (admitted(ir::Op(o), DType(t))) f(ir::Op(o), DType(t));
}

// Processors with and without AVX-512, with and without AVX2; the host runs all that it can.
std::vector<std::string> processors() {
  std::vector<std::string> names = {"host"};
  for (const char* name : {"x86-64-v3", "x86-64-v2"})
    if (codegen::Jit({.cpu = name}).vector_bytes() <= codegen::Jit().vector_bytes())
      names.push_back(name);
  return names;
}

class codegen_on : public testing::TestWithParam<std::string> {
 protected:
  codegen::Jit jit{{.cpu = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(, codegen_on, testing::ValuesIn(processors()));

TEST_P(codegen_on, every_op_and_dtype_on_adjacent_elements) {
  int cases = 0;
  each_op_and_dtype([&](ir::Op op, DType t) {
    ++cases;
    check(jit, {op, t, std::vector(size_t(ir::info(op).arity) + 1, Access::unit)});
  });
  EXPECT_GT(cases, 300);
}

TEST_P(codegen_on, every_op_and_dtype_in_large_variants) {
  size_t turn = 0;
  each_op_and_dtype([&](ir::Op op, DType t) {
    std::vector access(size_t(ir::info(op).arity) + 1, Access::unit);
    if (++turn % 3 == 0) access[0] = Access::broadcast;
    check(jit, {op, t, access}, true);
  });
}

// Each op and dtype with some mix of accesses; every mix of three turns up many times.
TEST_P(codegen_on, every_op_and_dtype_with_mixed_access) {
  size_t turn = 0;
  each_op_and_dtype([&](ir::Op op, DType t) {
    std::vector<Access> access;
    size_t digits = turn++;
    for (int i = 0; i < ir::info(op).arity; ++i, digits /= 3)
      access.push_back(all_access[digits % 3]);
    access.push_back(digits % 2 ? Access::unit : Access::strided);
    check(jit, {op, t, access});
  });
}

TEST_P(codegen_on, every_dtype_with_every_access) {
  for (int t = 0; t < ir::dtype_count; ++t) {
    const ir::Op op = ir::is_complex(DType(t)) ? ir::Op::multiply : ir::Op::maximum;
    for (Access x : all_access)
      for (Access y : all_access)
        for (Access out : {Access::unit, Access::strided}) check(jit, {op, DType(t), {x, y, out}});
  }
}

}  // namespace
