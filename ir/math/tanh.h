// tanh in f32 by tables: 0.72 ulp (all inputs). An octave has two intervals, from [0, 0.09375) to
// [8, 12). Around the centre c of its interval, tanh(c + d) = value + d (slope + c2 d + ... + c7
// d^6), where c is such that tanh c is a float to 30 bits at least, so that only the share of d is
// rounded twice. Below 1 most of that share is d itself: there it is added apart, and the slope is
// short of 1. Minimax coefficients (Lawson); the largest relative error is 2^-27.3, in [4, 6).
#pragma once
#include "ir/lane.h"
#include "ir/math/polynomial.h"
#include "ir/math/sign.h"

namespace ir::math {

namespace detail {
// clang-format off
inline constexpr float tanh_centre[] = {
    0, 0x1.bff782p-4f, 0x1.3febc8p-3f, 0x1.bffda6p-3f, 0x1.400624p-2f, 0x1.c0023cp-2f,
    0x1.400dfap-1f, 0x1.c0129cp-1f, 0x1.3fed1ep0f, 0x1.bff09ap0f, 0x1.3ff6bcp1f, 0x1.c01338p1f,
    0x1.3ffc3cp2f, 0x1.bfe89p2f, 0x1.154246p3f, 0};
inline constexpr float tanh_value[] = {
    0, 0x1.be3074p-4f, 0x1.3d580cp-3f, 0x1.b8fac6p-3f, 0x1.35ff1ep-2f, 0x1.a5747ap-2f,
    0x1.1bfe2cp-1f, 0x1.686fb4p-1f, 0x1.b247a4p-1f, 0x1.e1f878p-1f, 0x1.f92486p-1f, 0x1.ff1174p-1f,
    0x1.fff418p-1f, 0x1.ffffc8p-1f, 0x1.fffffep-1f, 0};
inline constexpr float tanh_slope[] = {
    0, -0x1.84d66ep-7f, -0x1.89632cp-6f, -0x1.7bcf8p-5f, -0x1.7761dcp-4f, -0x1.5aec28p-3f,
    -0x1.3b0bf2p-2f, -0x1.fb7a5ap-2f, 0x1.1f4904p-2f, 0x1.d2617p-4f, 0x1.b3ee28p-6f,
    0x1.dca8dap-9f, 0x1.7cf836p-13f, 0x1.bfb392p-19f, 0x1.fffffp-24f, 0};
inline constexpr float tanh_c2[] = {
    0, -0x1.b8e516p-4f, -0x1.35b972p-3f, -0x1.a488c2p-3f, -0x1.19962cp-2f, -0x1.5e0ff4p-2f,
    -0x1.893cd8p-2f, -0x1.6b9eaap-2f, -0x1.e75a34p-3f, -0x1.b706d4p-4f, -0x1.ae16eep-6f,
    -0x1.dbcba4p-9f, -0x1.7d3016p-13f, -0x1.bd568ep-19f, -0x1.fffba4p-24f, 0};
inline constexpr float tanh_c3[] = {
    -0x1.555556p-2f, -0x1.4546cap-2f, -0x1.35243ap-2f, -0x1.183b98p-2f, -0x1.c19cf2p-3f,
    -0x1.16dedcp-3f, -0x1.233028p-6f, 0x1.4f396p-4f, 0x1.bbb38cp-4f, 0x1.01d128p-4f,
    0x1.170418p-6f, 0x1.3c0aa4p-9f, 0x1.fc2e36p-14f, 0x1.2a87a6p-19f, 0x1.555882p-24f, 0};
inline constexpr float tanh_c4[] = {
    0, 0x1.2364d4p-4f, 0x1.8e48aep-4f, 0x1.04e8cap-3f, 0x1.43dc24p-3f, 0x1.5c269p-3f,
    0x1.1a59aep-3f, 0x1.f1b1bcp-5f, -0x1.9b6ebp-7f, -0x1.8179d4p-6f, -0x1.07f138p-7f,
    -0x1.39922p-10f, -0x1.f5e4d2p-15f, -0x1.34f0bcp-20f, -0x1.55edc2p-25f, 0};
inline constexpr float tanh_c5[] = {
    0x1.111112p-3f, 0x1.02335p-3f, 0x1.b88662p-4f, 0x1.5c8e8cp-4f, 0x1.750134p-5f, -0x1.9110f2p-8f,
    -0x1.c3da48p-5f, -0x1.e20788p-5f, -0x1.3b24b2p-6f, 0x1.e44c5cp-9f, 0x1.773914p-9f,
    0x1.ee6c0cp-12f, 0x1.915566p-16f, 0x1.da897ep-22f, 0x1.0f267p-26f, 0};
inline constexpr float tanh_c6[] = {
    0, -0x1.d5e2bp0f, -0x1.58ef02p-4f, -0x1.509302p-4f, -0x1.30e4e6p-4f, -0x1.f888aap-5f,
    -0x1.89b814p-6f, 0x1.a95c62p-7f, 0x1.ee65c4p-7f, 0x1.1182fp-9f, -0x1.6e7ec8p-11f,
    -0x1.48ff64p-13f, -0x1.352344p-17f, -0x1.235fp-23f, -0x1.582d36p-28f, 0};
inline constexpr float tanh_c7[] = {
    -0x1.ba1ba2p-5f, -0x1.00ac94p4f, -0x1.d9281ap-3f, -0x1.8cd0fap-4f, -0x1.9e274ap-8f,
    0x1.73425cp-6f, 0x1.e376a8p-6f, 0x1.6dc3bap-7f, -0x1.208ab8p-8f, -0x1.025b1cp-9f,
    0x1.f0ab76p-15f, 0x1.5f040ap-15f, 0x1.5f132p-19f, 0x1.9430b8p-25f, 0x1.38842ap-29f, 0};
// clang-format on
}  // namespace detail

#define TANH_TABLE(name) Table<float>{"tanh_" #name, detail::tanh_##name, 16}

template <class V>
V tanh_f32(V x) {
  const V size = clamp_magnitude(x, 0x1.205966p3);  // from here on the result is 1
  const auto first = num(bits(x), 0x3d800000), i = bits(size);
  const auto interval = shr(select(i > first, i, first) - first, 22) & num(i, 15);
  const auto at = [&](const Table<float>& table) { return lookup(table, interval); };
  const V d = size - at(TANH_TABLE(centre));
  V p = at(TANH_TABLE(c7));
  for (const auto& table : {TANH_TABLE(c6), TANH_TABLE(c5), TANH_TABLE(c4), TANH_TABLE(c3),
                            TANH_TABLE(c2), TANH_TABLE(slope)})
    p = fma(p, d, at(table));
  const V apart = select(size < num(x, 1), d, num(x, 0));
  return flip_sign(at(TANH_TABLE(value)) + fma(p, d, apart), x);
}

#undef TANH_TABLE

}  // namespace ir::math
