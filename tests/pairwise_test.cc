// ir/pairwise.h against sums that NumPy 2.4 computed: the same bits for every length.
#include "ir/pairwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "ir/half.h"

namespace {

// Element i of the data: 24 random bits, scaled by 2^-30 to 2^-16. As Python: x() of golden()
// below.
double element(uint32_t i) {
  uint32_t h = i * 2654435761u;
  h ^= h >> 15;
  h *= 2246822519u;
  h ^= h >> 13;
  return std::ldexp(double(int64_t(h >> 8) - (1 << 23)), int(h & 7) * 2 - 30);
}

// f64 = np.array(x); f32 = f64.astype('f4'); f16 = np.clip(f64, -100, 100).astype('f2');
// c64 = f32[:n//2] + 1j * f32[n//2:n//2*2]; buffered = np.add.reduce(f64, dtype='f4').
struct Golden {
  int64_t n;
  uint32_t f32;
  uint64_t f64;
  uint16_t f16;
  uint32_t real, imag, buffered;
};

constexpr Golden golden[] = {
    {0, 0x00000000u, 0x0000000000000000ull, 0x0000u, 0x00000000u, 0x00000000u, 0x00000000u},
    {1, 0xbc000000u, 0xbf80000000000000ull, 0xa000u, 0x00000000u, 0x00000000u, 0xbc000000u},
    {7, 0xc2ed949au, 0xc05db29344f30000ull, 0xd69bu, 0x3fa4968bu, 0xc0df8465u, 0xc2ed949au},
    {8, 0xc3171219u, 0xc062e24322798000ull, 0xd850u, 0xc0b8ee63u, 0xc3114aa6u, 0xc3171219u},
    {9, 0xc3170bbeu, 0xc062e177c0338000ull, 0xd850u, 0xc0b8ee63u, 0xc3114aa6u, 0xc3170bbeu},
    {15, 0xc3231ef6u, 0xc06463dec66f8000ull, 0xd8b0u, 0xc2ed949au, 0xc2306833u, 0xc3231ef6u},
    {16, 0xc29375cau, 0xc0526eb94cdf0000ull, 0xd395u, 0xc3171219u, 0x429aae67u, 0xc29375cau},
    {100, 0x43edd1fcu, 0x407dba3f76238000ull, 0x5f45u, 0x43a8c26au, 0x430a1f25u, 0x43edd1fcu},
    {127, 0x43ef12f6u, 0x407de25e95df4000ull, 0x5f4fu, 0x43c6b4e1u, 0x42a17b05u, 0x43ef12f6u},
    {128, 0x43d87601u, 0x407b0ebff5df4000ull, 0x5e9au, 0x43c5ecb2u, 0x42144a78u, 0x43d87601u},
    {129, 0x43e8d800u, 0x407d1afff5df4000ull, 0x5f1du, 0x43c5ecb2u, 0x42144a78u, 0x43e8d800u},
    {136, 0x441954e9u, 0x40832a9d17280000ull, 0x60b0u, 0x43c37ba6u, 0x435e5c57u, 0x441954e9u},
    {255, 0x4308fd66u, 0x40611fac45618000ull, 0x56e9u, 0x43ef12f5u, 0xc3aa69feu, 0x4308fd66u},
    {256, 0x43096676u, 0x40612ccef8418000ull, 0x56f0u, 0x43d87601u, 0xc393c2c4u, 0x43096676u},
    {257, 0x4309ade4u, 0x406135bc75c18000ull, 0x56f4u, 0x43d87601u, 0xc393c2c4u, 0x4309ade4u},
    {1000, 0xc3e7ff26u, 0xc07cffe4c4240000ull, 0xdd9au, 0x438f9389u, 0xc43bc956u, 0xc3e7ff26u},
    {4096, 0xc415077cu, 0xc082a0efc8804000ull, 0xdd82u, 0xc3b1ea7au, 0xc37048feu, 0xc415077cu},
    {8191, 0xc39f1ff2u, 0xc073e400ae894000ull, 0xd7ddu, 0xc4150a63u, 0x438a11b8u, 0xc39f1ff2u},
    {8193, 0xc3d55884u, 0xc07aab11b2894000ull, 0xdacau, 0xc415077cu, 0x438f4057u, 0xc3d55884u},
    {100000, 0xc4cbc576u, 0xc09978af3065c000ull, 0xe68au, 0xc58d02b1u, 0x453422a4u, 0xc4cbc566u},
};

uint32_t bits(float x) { return std::bit_cast<uint32_t>(x); }

class Pairwise : public testing::TestWithParam<Golden> {
 protected:
  int64_t n() const { return GetParam().n; }
  static double at(int64_t i) { return element(uint32_t(i)); }
  static float at32(int64_t i) { return float(at(i)); }
};

TEST_P(Pairwise, Float64) {
  EXPECT_EQ(std::bit_cast<uint64_t>(ir::pairwise_sum<double>(at, n())), GetParam().f64);
}

TEST_P(Pairwise, Float32) { EXPECT_EQ(bits(ir::pairwise_sum<float>(at32, n())), GetParam().f32); }

TEST_P(Pairwise, HalfIsSummedInFloat) {
  const auto half = [](int64_t i) {
    return ir::widen(ir::round_to_half(float(std::clamp(at(i), -100.0, 100.0))));
  };
  EXPECT_EQ(ir::round_to_half(ir::pairwise_sum<float>(half, n())).bits, GetParam().f16);
}

TEST_P(Pairwise, Complex) {
  const int64_t half = n() / 2;
  const auto at64 = [&](int64_t i) { return std::complex<float>(at32(i), at32(half + i)); };
  const auto sum = ir::pairwise_sum<std::complex<float>>(at64, half);
  EXPECT_EQ(bits(sum.real()), GetParam().real);
  EXPECT_EQ(bits(sum.imag()), GetParam().imag);
}

TEST_P(Pairwise, Buffered) {
  EXPECT_EQ(bits(ir::pairwise_sum<float>(at32, n(), ir::pairwise_buffer)), GetParam().buffered);
}

INSTANTIATE_TEST_SUITE_P(Lengths, Pairwise, testing::ValuesIn(golden),
                         [](const auto& info) { return std::to_string(info.param.n); });

TEST(PairwiseZero, SumOfNegativeZerosIsZero) {
  for (int64_t n : {0, 1, 8, 9, 300}) {
    const double sum = ir::pairwise_sum<double>([](int64_t) { return -0.0; }, n);
    EXPECT_EQ(std::bit_cast<uint64_t>(sum), 0u) << n;
  }
}

}  // namespace
