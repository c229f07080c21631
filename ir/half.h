// 16-bit floats as storage: a Half or Bfloat is widened to float, computed on, and rounded once
// back (round to nearest, ties to even), which is how NumPy defines every float16 operation.
#pragma once
#include <bit>
#include <cstdint>

namespace ir {

struct Half {
  uint16_t bits = 0;
};

struct Bfloat {
  uint16_t bits = 0;
};

inline float widen(Half h) {
  const uint32_t sign = uint32_t(h.bits & 0x8000u) << 16;
  const uint32_t magnitude = h.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) return std::bit_cast<float>(sign | 0x7f800000u | (magnitude << 13));
  if (magnitude >= 0x0400u) return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
  const float subnormal = float(magnitude) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(subnormal));
}

inline Half round_to_half(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint16_t sign = uint16_t((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {  // keep the payload's top bits, never let a NaN become infinity
    const uint16_t payload = uint16_t((magnitude >> 13) & 0x3ffu);
    return {uint16_t(sign | 0x7c00u | (payload | 0x200u))};
  }
  if (magnitude >= 0x477ff000u) return {uint16_t(sign | 0x7c00u)};  // rounds to 65520 or more
  if (magnitude <
      0x38800000u) {  // subnormal: adding 0.5 aligns the last place of a half with a float's
    const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
    return {uint16_t(sign | uint16_t(std::bit_cast<uint32_t>(aligned) - 0x3f000000u))};
  }
  const uint32_t odd = (magnitude >> 13) & 1u;
  return {uint16_t(sign | uint16_t((magnitude - 0x38000000u + 0xfffu + odd) >> 13))};
}

inline float widen(Bfloat b) { return std::bit_cast<float>(uint32_t(b.bits) << 16); }

inline Bfloat round_to_bfloat(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return {uint16_t((bits >> 16) | 0x40u)};
  const uint32_t odd = (bits >> 16) & 1u;
  return {uint16_t((bits + 0x7fffu + odd) >> 16)};
}

}  // namespace ir
