// sin, arcsin, sinh, erf and their kin over Lane<float> and Lane<double> against libm in the next
// wider type: special values, edges, hard cases, and a sample of every binade.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ir/math/math.h"
#include "tests/ulp.h"

namespace {

template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, double, long double>;
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

template <class T>
struct Unary {
  const char* name;
  T (*ours)(T);
  Wide<T> (*exact)(Wide<T>);
};

// clang-format off
#define UNARY(name, reference)                                   \
  Unary<T>{#name, [](T x) { return ir::math::name(ir::Lane<T>{x}).v; }, \
           [](Wide<T> x) -> Wide<T> { return std::reference(x); }}
// clang-format on

template <class T>
std::vector<Unary<T>> trigonometric() {
  return {UNARY(sin, sin), UNARY(cos, cos), UNARY(tan, tan)};
}
template <class T>
std::vector<Unary<T>> functions() {
  auto all = trigonometric<T>();
  for (auto f : {UNARY(arcsin, asin), UNARY(arccos, acos), UNARY(arctan, atan), UNARY(sinh, sinh),
                 UNARY(cosh, cosh), UNARY(tanh, tanh), UNARY(erf, erf)})
    all.push_back(f);
  return all;
}

template <class T>
T arctan2(T y, T x) {
  return ir::math::arctan2(ir::Lane<T>{y}, ir::Lane<T>{x}).v;
}

template <class T>
void expect_close(const Unary<T>& f, T x) {
  const T got = f.ours(x);
  const auto exact = f.exact(x);
  EXPECT_LE(tests::ulps(got, exact), 1) << f.name << "(" << x << ") = " << got << ", not " << exact;
}

template <class T>
void expect_arctan2_close(T y, T x) {
  const T got = arctan2(y, x);
  const auto exact = std::atan2(Wide<T>(y), Wide<T>(x));
  EXPECT_LE(tests::ulps(got, exact), 1)
      << "arctan2(" << y << ", " << x << ") = " << got << ", not " << exact;
}

// Zero, subnormals, limits, and where some function changes its way, each with both neighbours and
// both signs.
template <class T>
std::vector<T> edges() {
  using Limits = std::numeric_limits<T>;
  const T infinity = Limits::infinity(), tiny = Limits::denorm_min();
  std::vector<T> all = {0, tiny, 3 * tiny, Limits::min() - tiny, Limits::max(), infinity};
  const T pi = T(3.14159265358979323846L);
  for (T x : {Limits::min(),
              Limits::epsilon(),
              T(1e-10),
              T(0.1),
              T(0.17325),
              T(0.25),
              T(0.34657),
              T(0.5),
              T(0.75),
              T(1),
              T(2),
              T(2.5),
              T(3),
              T(4),
              T(5),
              T(6),
              T(10),
              T(20),
              T(131072),
              T(4194304),
              T(89.4),
              T(89.5),
              T(710.47),
              T(710.5),
              pi / 4,
              pi / 2,
              pi,
              3 * pi / 4,
              T(0x1p64),
              T(0x1p100),
              std::log(Limits::max()) + T(0.693),
              std::sqrt(Limits::min())}) {
    all.push_back(x);
    all.push_back(std::nextafter(x, infinity));
    all.push_back(std::nextafter(x, -infinity));
  }
  const size_t half = all.size();
  for (size_t i = 0; i < half; ++i) all.push_back(-all[i]);
  return all;
}

template <class T>
class MathB : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(MathB, Floats);

TYPED_TEST(MathB, AtEdges) {
  for (const auto& f : functions<TypeParam>())
    for (TypeParam x : edges<TypeParam>()) expect_close(f, x);
}

TYPED_TEST(MathB, Arctan2AtEdges) {
  for (TypeParam y : edges<TypeParam>())
    for (TypeParam x : edges<TypeParam>()) expect_arctan2_close(y, x);
}

TYPED_TEST(MathB, NotANumber) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN(), infinity = std::numeric_limits<T>::infinity();
  for (const auto& f : functions<T>()) EXPECT_TRUE(std::isnan(f.ours(nan))) << f.name;
  for (const auto& f : trigonometric<T>()) EXPECT_TRUE(std::isnan(f.ours(infinity))) << f.name;
  for (T x : edges<T>()) {
    EXPECT_TRUE(std::isnan(arctan2(x, nan))) << x;
    EXPECT_TRUE(std::isnan(arctan2(nan, x))) << x;
  }
}

TYPED_TEST(MathB, Exact) {
  using T = TypeParam;
  using ir::Lane;
  const T infinity = std::numeric_limits<T>::infinity();
  EXPECT_EQ(ir::math::cos(Lane<T>{0}).v, 1);
  EXPECT_EQ(ir::math::cosh(Lane<T>{0}).v, 1);
  EXPECT_EQ(ir::math::arccos(Lane<T>{1}).v, 0);
  EXPECT_EQ(ir::math::tanh(Lane<T>{infinity}).v, 1);
  EXPECT_EQ(ir::math::tanh(Lane<T>{-40}).v, -1);
  EXPECT_EQ(ir::math::erf(Lane<T>{infinity}).v, 1);
  EXPECT_EQ(ir::math::erf(Lane<T>{-6}).v, -1);
  for (const auto& f : functions<T>()) {
    if (f.exact(0) != 0) continue;
    for (T x : {T(0), std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::min()}) {
      if (std::string_view(f.name) == "erf" && x != 0) continue;
      EXPECT_EQ(f.ours(x), x) << f.name;
      EXPECT_EQ(std::signbit(f.ours(-x)), true) << f.name;
    }
  }
}

// The floats nearest to multiples of pi/2, where the result of one function nearly vanishes.
TYPED_TEST(MathB, NearMultiplesOfHalfPi) {
  using T = TypeParam;
  const long double half_pi = 1.570796326794896619231321691639751442L;
  std::mt19937_64 random(5);
  for (int i = 0; i < 4000; ++i) {
    const uint64_t n = i < 2000 ? uint64_t(i) : random() >> (20 + random() % 40);
    const T x = T((long double)n * half_pi);
    for (const auto& f : trigonometric<T>()) {
      expect_close(f, x);
      expect_close(f, std::nextafter(x, T(0)));
    }
  }
}

// The double closest to a multiple of pi/2 relative to its size (Muller, Elementary Functions,
// 2016, 11.3), then every power of two and two more numbers of each binade.
TYPED_TEST(MathB, HardReductions) {
  using T = TypeParam;
  for (const auto& f : trigonometric<T>()) {
    if (sizeof(T) == 8) expect_close(f, T(6381956970095103 * 0x1p797));
    for (int e = -20; e < std::numeric_limits<T>::max_exponent; ++e)
      for (T x : {T(1), T(1.25), T(1.999)}) expect_close(f, std::ldexp(x, e));
  }
}

// Every binade, each with as many random significands.
TYPED_TEST(MathB, EveryBinade) {
  using T = TypeParam;
  std::mt19937_64 random(7);
  const int shift = std::numeric_limits<T>::digits - 1, count = sizeof(T) == 4 ? 1000 : 60;
  const Bits<T> binades = Bits<T>(2) * std::numeric_limits<T>::max_exponent;
  for (const auto& f : functions<T>())
    for (Bits<T> e = 0; e + 1 < binades; ++e)
      for (int i = 0; i < count; ++i) {
        const Bits<T> low = Bits<T>(random()) & ((Bits<T>(1) << shift) - 1);
        const T x = std::bit_cast<T>((e << shift) | low);
        expect_close(f, i % 2 ? -x : x);
      }
}

TYPED_TEST(MathB, CommonRange) {
  using T = TypeParam;
  std::mt19937_64 random(11);
  for (const auto& f : functions<T>())
    for (int i = 0; i < 100000; ++i) {
      const T unit = T(double(int64_t(random()) >> 11) * 0x1p-52);
      for (T scale : {T(1), T(7)}) expect_close(f, unit * scale);
    }
}

// Points of any direction and size; then coordinates of similar size, whose quotient matters.
TYPED_TEST(MathB, Arctan2OfPoints) {
  using T = TypeParam;
  std::mt19937_64 random(13);
  const Bits<T> exponent = std::bit_cast<Bits<T>>(std::numeric_limits<T>::infinity());
  for (int i = 0; i < 200000; ++i) {
    const Bits<T> a = Bits<T>(random());
    Bits<T> b = Bits<T>(random());
    if (i % 2) b = (b & ~exponent) | (a & exponent);
    expect_arctan2_close(std::bit_cast<T>(a), std::bit_cast<T>(b));
  }
}

}  // namespace
