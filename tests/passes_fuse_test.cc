// What fusion reports, and what the kernel analysis says of kernels and refuses.
#include <gtest/gtest.h>

#include "ir/text.h"
#include "passes/fuse.h"
#include "passes/kernel.h"
#include "passes/pass.h"

namespace {

using ir::Graph;
using ir::Ref;
using passes::Kernel;

const passes::Verdict* verdict(const passes::FusionReport& report, ir::Op first, ir::Op second) {
  for (const passes::Verdict& v : report.verdicts)
    if (v.first_op == first && v.second_op == second) return &v;
  return nullptr;
}

TEST(Fuse, reports_each_pair_with_its_bytes) {
  Graph g = ir::parse(R"(graph(%0: f64[n, m], %1: f64[1, m]) {
  %2 = exp %1 : f64[1, m]
  %3 = multiply %0, %2 : f64[n, m]
  %4 = negative %3 : f64[n, m]
  %5 = transpose %4 {axes=[1, 0]} : f64[m, n]
  %6 = sqrt %5 : f64[m, n]
  %7 = matmul %6, %4 : f64[m, m]
  return %7
})");
  const passes::FusionReport report = passes::fuse_report(g);
  const auto* fused = verdict(report, ir::Op::multiply, ir::Op::negative);
  ASSERT_TRUE(fused);
  EXPECT_TRUE(fused->fused);
  EXPECT_EQ(fused->saved.str(g.dims), "16*n*m");

  const auto* repeated = verdict(report, ir::Op::exp, ir::Op::multiply);
  ASSERT_TRUE(repeated);
  EXPECT_FALSE(repeated->fused);
  EXPECT_EQ(repeated->reason, "exp would be computed again for every element");
  EXPECT_EQ(repeated->saved.str(g.dims), "16*m");

  const auto* viewed = verdict(report, ir::Op::negative, ir::Op::sqrt);
  ASSERT_TRUE(viewed);
  EXPECT_EQ(viewed->reason, "transpose lies between");

  const auto* call = verdict(report, ir::Op::sqrt, ir::Op::matmul);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->reason, "matmul is no kernel op");

  ASSERT_EQ(report.kernels.size(), 3u);
  EXPECT_EQ(report.before.str(g.dims), "24*m + 48*n*m");
  EXPECT_EQ(report.after.eval(g.dims, [](std::string_view) { return 10; }), 160 + 80 + 1600 + 1600);
}

TEST(Fuse, views_of_one_array_are_read_once) {
  Graph g = ir::parse(R"(graph(%0: f64[n]) where n - 2 >= 0 {
  %1 = slice %0 {start=[0], step=[1], size=[n - 2]} : f64[n - 2]
  %2 = slice %0 {start=[1], step=[1], size=[n - 2]} : f64[n - 2]
  %3 = slice %0 {start=[2], step=[1], size=[n - 2]} : f64[n - 2]
  %4 = add %1, %2 : f64[n - 2]
  %5 = add %4, %3 : f64[n - 2]
  return %5
})");
  const passes::FusionReport report = passes::fuse_report(g);
  ASSERT_EQ(report.kernels.size(), 1u);
  EXPECT_EQ(report.kernels[0].read.str(g.dims), "8*n");
  EXPECT_EQ(report.kernels[0].written.str(g.dims), "8*(n - 2)");
  EXPECT_EQ(report.before.str(g.dims), "8*n + 32*(n - 2)");
}

TEST(Fuse, parts_of_an_array_count_for_themselves) {
  Graph g = ir::parse(R"(graph(%0: f64[n], %1: f64[m]) where n - 20 >= 0 {
  %2 = slice %0 {start=[0], step=[1], size=[10]} : f64[10]
  %3 = slice %0 {start=[10], step=[1], size=[10]} : f64[10]
  %4 = multiply %2, %3 : f64[10]
  %5 = expand_dims %1 {axes=[1]} : f64[m, 1]
  %6 = expand_dims %1 {axes=[0]} : f64[1, m]
  %7 = multiply %5, %6 : f64[m, m]
  return %4, %7
})");
  const passes::FusionReport report = passes::fuse_report(g);
  ASSERT_EQ(report.kernels.size(), 2u);
  EXPECT_EQ(report.kernels[0].read.str(g.dims), "160");
  EXPECT_EQ(report.kernels[1].read.str(g.dims), "8*m");
}

TEST(Fuse, takes_at_most_so_many_arrays) {
  Graph g;
  const ir::DimId n = g.dims.symbol("n");
  Ref sum;
  for (int i = 0; i < 40; ++i) {
    const Ref p = g.param(Graph::main, ir::Type::array(ir::DType::f32, {n}));
    sum = i == 0 ? p : g.add(Graph::main, ir::Op::add, {sum, p});
  }
  g.results(Graph::main, {sum});
  passes::fuse(g);
  ASSERT_EQ(g.body(Graph::main).nodes.size(), 2u);
  for (Ref r : g.body(Graph::main).nodes) {
    const Kernel k = passes::describe(g, g.bodies_of(r)[0]);
    EXPECT_LE(k.arrays.size() + k.outputs.size(), size_t(passes::max_pointers));
  }
}

TEST(Fuse, is_idempotent) {
  Graph g = ir::parse(R"(graph(%0: f32[n]) {
  %1 = exp %0 : f32[n]
  %2 = sum %1 {axes=[0], keepdims=true} : f32[1]
  return %1, %2
})");
  passes::fuse(g);
  const std::string once = ir::print(g);
  passes::fuse(g);
  EXPECT_EQ(ir::print(g), once);
}

Kernel kernel_of(const Graph& g) {
  return passes::describe(g, g.bodies_of(g.body(Graph::main).nodes[0])[0]);
}

TEST(Kernel, phases_and_extents_of_softmax) {
  Graph g =
      ir::parse(R"(graph(%0: f32[n, m], %1: f32[1, m], %2: f32[n, 1], %3: f32[1, 1], %4: f32) {
  %5 = multiply %0, %1 : f32[n, m]
  %6 = add %5, %2 : f32[n, m]
  %7 = multiply %6, %3 : f32[n, m]
  %8 = multiply %7, %4 : f32[n, m]
  %9 = max %8 {axes=[1], keepdims=true} : f32[n, 1]
  %10 = subtract %8, %9 : f32[n, m]
  %11 = exp %10 : f32[n, m]
  %12 = sum %11 {axes=[1], keepdims=true} : f32[n, 1]
  %13 = divide %11, %12 : f32[n, m]
  return %13
})");
  passes::fuse(g);
  ASSERT_EQ(g.body(Graph::main).nodes.size(), 1u);
  const Kernel k = kernel_of(g);
  EXPECT_EQ(k.form, Kernel::Form::rows);
  EXPECT_EQ(k.rank, 2);
  EXPECT_EQ(k.phases, 3);
  EXPECT_EQ(k.arrays.size(), 4u);
  EXPECT_EQ(k.scalars.size(), 1u);
  const auto full = Kernel::Extent::full, partial = Kernel::Extent::partial,
             uniform = Kernel::Extent::uniform;
  const std::vector<Kernel::Extent> extents = {full, full, partial, uniform, uniform,
                                               full, full, full,    full,    partial,
                                               full, full, partial, full};
  const std::vector<int> phases = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2};
  ASSERT_EQ(k.values.size(), extents.size());
  for (size_t i = 0; i < extents.size(); ++i) {
    EXPECT_EQ(k.values[i].extent, extents[i]) << k.order[i];
    EXPECT_EQ(k.values[i].phase, phases[i]) << k.order[i];
  }
}

// An axis of size 1 of the whole space is stepped over like any other.
TEST(Kernel, sizes_of_one) {
  Graph g = ir::parse(R"(graph(%0: f32[1, m], %1: f32[1, 1]) {
  %2 = exp %0 : f32[1, m]
  %3 = sum %2 {axes=[1], keepdims=true} : f32[1, 1]
  %4 = divide %3, %1 : f32[1, 1]
  return %4
})");
  passes::fuse(g);
  const Kernel k = kernel_of(g);
  EXPECT_EQ(k.form, Kernel::Form::rows);
  EXPECT_EQ(k.values.back().extent, Kernel::Extent::partial);
}

// NumPy sums an array of shape (n, 1) over axis 0 as it sums one of shape (n,).
TEST(Kernel, forms_do_not_see_axes_of_size_one) {
  const auto form = [](const char* shape, const char* axes, const char* result) {
    Graph g = ir::parse("graph(%0: f64" + std::string(shape) + ") {\n  %1 = sum %0 {axes=" + axes +
                        ", keepdims=true} : f64" + result + "\n  return %1\n}");
    passes::fuse(g);
    return kernel_of(g).form;
  };
  EXPECT_EQ(form("[n, 1]", "[0]", "[1, 1]"), Kernel::Form::rows);
  EXPECT_EQ(form("[n, m]", "[0]", "[1, m]"), Kernel::Form::columns);
  EXPECT_EQ(form("[n, 1, m]", "[0, 2]", "[1, 1, 1]"), Kernel::Form::rows);
  EXPECT_EQ(form("[n, 1, m, 1]", "[0]", "[1, 1, m, 1]"), Kernel::Form::columns);
  EXPECT_EQ(form("[1, 1]", "[0]", "[1, 1]"), Kernel::Form::rows);
}

TEST(Kernel, refuses_what_is_no_kernel) {
  const auto refused = [](const char* body, const char* why) {
    const Graph g =
        ir::parse(std::string("graph(%0: f32[n, m], %1: f32[n, 1]) {\n  %2 = kernel %0, %1 : ") +
                  body + "\n  return %2\n}");
    try {
      kernel_of(g);
      ADD_FAILURE() << "accepted: " << body;
    } catch (const ir::Bug& e) {
      EXPECT_NE(std::string(e.what()).find(why), std::string::npos) << e.what();
    }
  };
  refused(
      "f32[n] body(%3: f32[n, m], %4: f32[n, 1]) {\n %5 = sum %3 {axes=[1], keepdims=false} : "
      "f32[n]\n yield %5\n}",
      "has another rank");
  refused(
      "f32[1, 1] body(%3: f32[n, m], %4: f32[n, 1]) {\n %5 = sum %3 {axes=[0], keepdims=true} : "
      "f32[1, m]\n"
      " %6 = sum %5 {axes=[1], keepdims=true} : f32[1, 1]\n yield %6\n}",
      "reduces other axes");
  refused(
      "f32[n, 1] body(%3: f32[n, m], %4: f32[n, 1]) {\n %5 = exp %3 : f32[n, m]\n %6 = exp %4 : "
      "f32[n, 1]\n"
      " yield %6\n}",
      "does not vary along every axis");
  refused(
      "f32[n, 1] body(%3: f32[n, m], %4: f32[n, 1]) {\n %5 = exp %3 : f32[n, m]\n"
      " %6 = sum %4 {axes=[1], keepdims=true} : f32[n, 1]\n yield %6\n}",
      "reduces what does not vary");
  refused(
      "f32[m, n] body(%3: f32[n, m], %4: f32[n, 1]) {\n %5 = transpose %3 {axes=[1, 0]} : f32[m, "
      "n]\n"
      " yield %5\n}",
      "has size");
}

TEST(Pipeline, knows_its_passes) {
  Graph g = ir::parse("graph(%0: f32[n]) {\n  %1 = exp %0 : f32[n]\n  return %1\n}");
  EXPECT_THROW(passes::run(g, {.verify = true, .dump = {}, .only = {"fuze"}}), ir::UserError);
  const auto stages = passes::run(g, {.verify = true, .dump = {"fuse"}, .only = {}});
  ASSERT_EQ(stages.size(), passes::pipeline().size());
  for (const passes::Stage& s : stages) {
    EXPECT_EQ(s.changed, s.pass == "fuse") << s.pass;
    EXPECT_EQ(s.text.empty(), s.pass != "fuse");
  }
}

}  // namespace
