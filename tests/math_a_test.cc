// exp, log, power and their kin over Lane<float> and Lane<double> against libm in the next wider
// type.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "ir/math/math.h"
#include "tests/ulp.h"

namespace {

template <class T>
struct Wider;
template <>
struct Wider<float> {
  using type = double;
};
template <>
struct Wider<double> {
  using type = long double;
};
template <class T>
using Wide = typename Wider<T>::type;

template <class T>
struct Unary {
  const char* name;
  T (*ours)(T);
  Wide<T> (*exact)(Wide<T>);
};

template <class T>
struct Binary {
  const char* name;
  T (*ours)(T, T);
  Wide<T> (*exact)(Wide<T>, Wide<T>);
};

#define UNARY(name)                                              \
  Unary<T> {                                                     \
    #name, [](T x) { return ir::math::name(ir::Lane<T>{x}).v; }, \
        [](Wide<T> x) -> Wide<T> { return std::name(x); }        \
  }
#define BINARY(name, reference)                                                       \
  Binary<T> {                                                                         \
    #name, [](T x, T y) { return ir::math::name(ir::Lane<T>{x}, ir::Lane<T>{y}).v; }, \
        [](Wide<T> x, Wide<T> y) -> Wide<T> { return std::reference(x, y); }          \
  }

template <class T>
std::vector<Unary<T>> unaries() {
  return {UNARY(exp),  UNARY(exp2),  UNARY(expm1), UNARY(log),
          UNARY(log2), UNARY(log10), UNARY(log1p)};
}
template <class T>
std::vector<Binary<T>> binaries() {
  return {BINARY(power, pow), BINARY(hypot, hypot)};
}

// Zero, subnormals, limits, and numbers around which some function changes its way, with both
// signs.
template <class T>
std::vector<T> edges() {
  using Limits = std::numeric_limits<T>;
  const T min = Limits::min(), max = Limits::max(), tiny = Limits::denorm_min();
  std::vector<T> all = {0,
                        tiny,
                        3 * tiny,
                        min - tiny,
                        min,
                        max,
                        std::sqrt(max),
                        std::sqrt(min),
                        Limits::infinity(),
                        Limits::quiet_NaN(),
                        T(0.1),
                        T(1) / 3,
                        T(10),
                        T(100)};
  for (T x : {T(0.25),
              T(0.5),
              T(0.75),
              T(1),
              T(1.5),
              T(2),
              T(3),
              T(4),
              T(5),
              std::sqrt(T(2)),
              std::sqrt(T(0.5)),
              T(M_LN2),
              T(M_LN2) / 2,
              std::log(max),
              std::log(min),
              std::log(tiny),
              std::log(tiny) - T(M_LN2),
              std::log2(max),
              std::log2(min),
              std::log2(tiny),
              std::log2(tiny) - 1,
              1 / Limits::epsilon(),
              2 / Limits::epsilon(),
              Limits::epsilon()}) {
    all.push_back(x);
    all.push_back(std::nextafter(x, Limits::infinity()));
    all.push_back(std::nextafter(x, -Limits::infinity()));
  }
  const size_t half = all.size();
  for (size_t i = 0; i < half; ++i) all.push_back(-all[i]);
  return all;
}

template <class T>
class MathA : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(MathA, Floats);

TYPED_TEST(MathA, UnaryAtEdges) {
  using T = TypeParam;
  for (const auto& f : unaries<T>()) {
    for (T x : edges<T>()) {
      const T got = f.ours(x);
      const auto exact = f.exact(x);
      EXPECT_LE(tests::ulps(got, exact), 1)
          << f.name << "(" << x << ") = " << got << ", not " << exact;
    }
  }
}

TYPED_TEST(MathA, BinaryAtEdges) {
  using T = TypeParam;
  for (const auto& f : binaries<T>()) {
    for (T x : edges<T>()) {
      for (T y : edges<T>()) {
        const T got = f.ours(x, y);
        const auto exact = f.exact(x, y);
        ASSERT_LE(tests::ulps(got, exact), 1)
            << f.name << "(" << x << ", " << y << ") = " << got << ", not " << exact;
      }
    }
  }
}

// Values of every size and sign, and values close to 1.
template <class T>
T random_value(std::mt19937_64& random) {
  const uint64_t r = random();
  const T unit = std::ldexp(T(r >> 40), -24);
  if (r % 4 == 0) return std::bit_cast<T>(ir::detail::Bits<T>(r));
  if (r % 4 == 1) return 1 + std::ldexp(unit - T(0.5), -int(r / 4 % 20));
  return std::ldexp(1 + unit, int(r / 8 % 16) - 8) * (r & 4 ? 1 : -1);
}

TYPED_TEST(MathA, UnarySamples) {
  using T = TypeParam;
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const T x = random_value<T>(random);
    for (const auto& f : unaries<T>()) {
      ASSERT_LE(tests::ulps(f.ours(x), f.exact(x)), 1) << f.name << " at " << x;
    }
  }
}

TYPED_TEST(MathA, BinarySamples) {
  using T = TypeParam;
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const T x = random_value<T>(random), y = random_value<T>(random);
    for (const auto& f : binaries<T>()) {
      ASSERT_LE(tests::ulps(f.ours(x, y), f.exact(x, y)), 1) << f.name << " at " << x << ", " << y;
    }
  }
}

// The largest products y log2 x need the most bits of the logarithm; results are large, small or
// subnormal.
TYPED_TEST(MathA, PowerNearTheLimits) {
  using T = TypeParam;
  const double top = std::numeric_limits<T>::max_exponent,
               bottom = std::numeric_limits<T>::min_exponent;
  const double least = bottom - std::numeric_limits<T>::digits - 1;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponents(least, top + 1), units(0, 1);
  for (int i = 0; i < 200000; ++i) {
    const T x = i % 2 ? T(std::exp2(2 * units(random) - 1)) : std::exp2(T(exponents(random)));
    const T y = T(exponents(random) / std::log2(double(x)));
    ASSERT_LE(tests::ulps(ir::math::power(ir::Lane<T>{x}, ir::Lane<T>{y}).v,
                          std::pow(Wide<T>(x), Wide<T>(y))),
              1)
        << x << " to the " << y;
  }
}

TYPED_TEST(MathA, ExactResultsAreExact) {
  using T = TypeParam;
  using L = ir::Lane<T>;
  using Limits = std::numeric_limits<T>;
  for (int k = Limits::min_exponent - Limits::digits; k < Limits::max_exponent; ++k) {
    const T two_to_k = std::ldexp(T(1), k);
    EXPECT_EQ(ir::math::exp2(L{T(k)}).v, two_to_k);
    EXPECT_EQ(ir::math::log2(L{two_to_k}).v, T(k));
    EXPECT_EQ(ir::math::power(L{T(2)}, L{T(k)}).v, two_to_k);
    EXPECT_EQ(ir::math::hypot(L{two_to_k}, L{T(0)}).v, two_to_k);
  }
  T ten_to_k = 1;
  for (int k = 0; k <= (sizeof(T) == 4 ? 10 : 22); ++k, ten_to_k *= 10) {
    EXPECT_EQ(ir::math::log10(L{ten_to_k}).v, T(k));
    EXPECT_EQ(ir::math::power(L{T(10)}, L{T(k)}).v, ten_to_k);
  }
  for (int x = -30; x <= 30; ++x) {
    EXPECT_EQ(ir::math::power(L{T(x)}, L{T(2)}).v, T(x) * T(x));
    EXPECT_EQ(ir::math::power(L{T(x)}, L{T(3)}).v, T(x) * T(x) * T(x));
    EXPECT_EQ(ir::math::power(L{T(x) * T(x)}, L{T(0.5)}).v, std::fabs(T(x)));
  }
  EXPECT_EQ(ir::math::hypot(L{T(3)}, L{T(-4)}).v, T(5));
}

}  // namespace
