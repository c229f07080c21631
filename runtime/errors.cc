#include "runtime/errors.h"

#include <array>
#include <cmath>
#include <utility>

#include "ir/convert.h"
#include "ir/raises.h"
#include "runtime/loops.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace runtime {

#if defined(__x86_64__)

namespace {
// Bits of the control and status register.
constexpr std::pair<unsigned, uint8_t> flag_kinds[] = {{0x01, ir::invalid_error},
                                                       {0x04, ir::divide_error},
                                                       {0x08, ir::over_error},
                                                       {0x10, ir::under_error}};
constexpr unsigned all_flags = 0x1d;  // not that of inexact results, which nearly all calls raise
}  // namespace

uint8_t error_flags() {
  const unsigned state = _mm_getcsr();
  if (!(state & all_flags)) return 0;
  uint8_t kinds = 0;
  for (auto [flag, kind] : flag_kinds)
    if (state & flag) kinds |= kind;
  return kinds;
}
void clear_error_flags() {
  const unsigned state = _mm_getcsr();
  if (state & all_flags) _mm_setcsr(state & ~all_flags);
}
void raise_error_flags(uint8_t kinds) {
  unsigned state = _mm_getcsr();
  for (auto [flag, kind] : flag_kinds)
    if (kinds & kind) state |= flag;
  _mm_setcsr(state);
}

#else

namespace {
constexpr std::pair<int, uint8_t> flag_kinds[] = {{FE_INVALID, ir::invalid_error},
                                                  {FE_DIVBYZERO, ir::divide_error},
                                                  {FE_OVERFLOW, ir::over_error},
                                                  {FE_UNDERFLOW, ir::under_error}};
}  // namespace

uint8_t error_flags() {
  const int state = std::fetestexcept(FE_ALL_EXCEPT);
  uint8_t kinds = 0;
  for (auto [flag, kind] : flag_kinds)
    if (state & flag) kinds |= kind;
  return kinds;
}
void clear_error_flags() { std::feclearexcept(FE_ALL_EXCEPT); }
void raise_error_flags(uint8_t kinds) {
  int state = 0;
  for (auto [flag, kind] : flag_kinds)
    if (kinds & kind) state |= flag;
  std::feraiseexcept(state);
}

#endif

namespace {

double number_at(ir::DType t, const char* data) {
  double out = 0;
  ir::visit(t, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_arithmetic_v<T> || ir::detail::half<T>)
      out = ir::convert<double>(*reinterpret_cast<const T*>(data));
  });
  return out;
}

// The element of a value under an element of the result that has these indices.
double element(const Value& v, std::span<const int64_t> index) {
  if (const auto* n = std::get_if<Number>(&v.is)) return number_at(n->dtype, n->bytes.data());
  const auto& t = std::get<Tensor>(v.is);
  const char* at = t.data;
  const size_t skipped = index.size() - size_t(t.rank);
  for (int k = 0; k < t.rank; ++k)
    if (t.shape[k] != 1) at += t.strides[k] * index[skipped + size_t(k)];
  return number_at(t.dtype, at);
}

}  // namespace

uint8_t raised_by(const ir::Graph& g, ir::Ref node, std::span<const Number* const> operands,
                  const Number& result) {
  std::array<double, max_operands> in{};
  for (size_t i = 0; i < operands.size(); ++i)
    in[i] = number_at(operands[i]->dtype, operands[i]->bytes.data());
  return ir::raised_by(g, node, {in.data(), operands.size()},
                       number_at(result.dtype, result.bytes.data()));
}

namespace {

// The next index in C order; false if there is none.
bool next_index(std::span<int64_t> index, const Tensor* t) {
  size_t k = index.size();
  while (k > 0 && ++index[k - 1] == t->shape[k - 1]) index[--k] = 0;
  return k > 0;
}

}  // namespace

bool has_nonfinite(const Value& v) {
  const auto* t = std::get_if<Tensor>(&v.is);
  if (t && t->size() == 0) return false;
  std::vector<int64_t> index(t ? size_t(t->rank) : 0, 0);
  do {
    if (!std::isfinite(element(v, index))) return true;
  } while (next_index(index, t));
  return false;
}

uint8_t raised_by(const ir::Graph& g, ir::Ref node, std::span<const Value> operands,
                  const Value& result) {
  const uint8_t possible = ir::may_raise(g, node);
  if (!possible || !(ir::is_elementwise(g.op(node)))) return 0;
  const ir::DType from = g.type(g.inputs(node).back()).dtype;
  if (ir::is_complex(from) || ir::is_complex(g.type(node).dtype)) return possible;
  const auto* t = std::get_if<Tensor>(&result.is);
  std::vector<int64_t> index(t ? size_t(t->rank) : 0, 0);
  if (t && t->size() == 0) return 0;
  uint8_t kinds = 0;
  do {
    std::array<double, max_operands> in{};
    for (size_t i = 0; i < operands.size(); ++i) in[i] = element(operands[i], index);
    kinds |= ir::raised_by(g, node, {in.data(), operands.size()}, element(result, index));
  } while (next_index(index, t));
  return kinds;
}

}  // namespace runtime
