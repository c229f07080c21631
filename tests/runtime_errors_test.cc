// Floating-point errors of plans: what fast calls notice, what checked calls say, what is left of
// changed arguments.
#include "ir/raises.h"
#include "plans.h"

namespace {

using namespace testing_plans;  // NOLINT(google-build-using-namespace)

Value array(std::vector<double> values) {
  Random random(1);
  const Tensor t = make_array(ir::DType::f64, {int64_t(values.size())}, Layout::c, random);
  std::copy(values.begin(), values.end(), reinterpret_cast<double*>(t.data));
  return {t};
}

constexpr const char* quotient = R"(graph f(%0: f64[n], %1: f64[n]) {
  %2 = divide %0, %1 : f64[n]
  %3 = add %2, %1 : f64[n]
  return %3
})";

Errors run(Function& f, const std::vector<Value>& arguments, bool checked) {
  Errors errors;
  errors.reported = ir::divide_error | ir::over_error | ir::invalid_error;
  errors.checked = checked;
  const Results results = f.plan->run(arguments, {}, &errors);
  EXPECT_EQ(results.has_value(), errors.raised == 0);
  return errors;
}

TEST(errors, flags_are_read_and_raised) {
  clear_error_flags();
  EXPECT_EQ(error_flags(), 0);
  for (uint8_t kind : {ir::divide_error, ir::over_error, ir::invalid_error, ir::under_error}) {
    raise_error_flags(kind);
    EXPECT_EQ(error_flags(), kind);
    clear_error_flags();
  }
}

TEST(errors, both_kinds_of_calls_notice_a_division_by_zero) {
  Function f(quotient);
  for (bool checked : {false, true}) {
    EXPECT_EQ(run(f, {array({1, 2, 3}), array({1, 2, 4})}, checked).raised, 0);
    EXPECT_EQ(run(f, {array({1, 2, 3}), array({1, 0, 4})}, checked).raised, ir::divide_error);
    EXPECT_EQ(run(f, {array({1, 0, 3}), array({1, 0, 4})}, checked).raised, ir::invalid_error);
  }
}

TEST(errors, a_checked_call_names_the_operation) {
  Function f(quotient);
  const Errors e = run(f, {array({1, 2, 3}), array({1, 0, 4})}, true);
  ASSERT_EQ(e.where.size(), 1u);
  EXPECT_EQ(f.plan->graph().op(e.where[0].node), ir::Op::divide);
  EXPECT_EQ(e.where[0].kinds, ir::divide_error);
}

TEST(errors, a_nan_that_was_given_is_none) {
  Function f(quotient);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(run(f, {array({1, nan, 3}), array({1, 0, 4})}, true).raised, 0);
}

TEST(errors, silenced_operations_are_not_told) {
  Function f(R"(graph f(%0: f64[n], %1: f64[n]) {
  %2 = divide %0, %1 : f64[n] @ "f.py":1:1 errors 1:0
  %3 = log %0 : f64[n] @ "f.py":2:1
  %4 = add %2, %3 : f64[n] @ "f.py":2:1
  return %4
})");
  EXPECT_EQ(run(f, {array({1, 2}), array({0, 1})}, true).raised, 0);
  EXPECT_EQ(run(f, {array({1, 0}), array({0, 1})}, true).raised, ir::divide_error);
  EXPECT_EQ(run(f, {array({1, -1}), array({0, 1})}, true).raised, ir::invalid_error);
}

TEST(errors, nothing_is_watched_where_nothing_can_happen) {
  Function f(R"(graph f(%0: i64[n], %1: i64[n]) {
  %2 = add %0, %1 : i64[n]
  %3 = maximum %2, %1 : i64[n]
  return %3
})");
  EXPECT_EQ(f.plan->watched(UINT8_MAX), 0);
}

TEST(errors, changed_arguments_are_put_back) {
  Function f(R"(graph f(%0: f64[n], %1: f64[n]) {
  %2 = divide %0, %1 : f64[n]
  %3 = store %0, %2 : f64[n]
  return %3
})");
  for (bool checked : {false, true}) {
    const Value x = array({1, 2, 3});
    EXPECT_EQ(run(f, {x, array({1, 0, 4})}, checked).raised, ir::divide_error);
    const auto* data = reinterpret_cast<const double*>(std::get<Tensor>(x.is).data);
    EXPECT_EQ(std::vector<double>(data, data + 3), (std::vector<double>{1, 2, 3}));
  }
}

}  // namespace
