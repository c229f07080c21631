// The reference engine's elementwise loops: each is the formula of the op's row over one C++ type.
#include <algorithm>

#include "ir/element.h"
#include "runtime/layout.h"
#include "runtime/loops.h"

namespace runtime {

namespace {

using ir::DType;
using ir::load;
using ir::store;

template <class F, class T, int arity, bool choice>
void loop(char* const* pointers, const int64_t* strides, int64_t n) {
  std::array<char*, arity + 1> p;
  std::copy_n(pointers, arity + 1, p.begin());
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (choice) {
      store<T>(p[3], F{}(load<bool>(p[0]), load<T>(p[1]), load<T>(p[2])));
    } else if constexpr (arity == 3) {
      store<T>(p[3], F{}(load<T>(p[0]), load<T>(p[1]), load<T>(p[2])));
    } else if constexpr (arity == 2) {
      store<T>(p[2], F{}(load<T>(p[0]), load<T>(p[1])));
    } else {
      store<T>(p[1], F{}(load<T>(p[0])));
    }
    for (int k = 0; k <= arity; ++k) p[size_t(k)] += strides[k];
  }
}

template <class From, class To>
void cast(char* const* pointers, const int64_t* strides, int64_t n) {
  char *from = pointers[0], *to = pointers[1];
  for (int64_t i = 0; i < n; ++i, from += strides[0], to += strides[1])
    *reinterpret_cast<To*>(to) = ir::convert<To>(ir::value<From>(from));
}

}  // namespace

Loop elementwise_loop(ir::Op op, DType t) {
  Loop found = nullptr;
  ir::visit_elementwise(op, [&](auto row, auto arity, auto formula) {
    ir::visit(t, [&](auto tag) {
      using T = decltype(tag);
      constexpr bool choice = row.value == ir::Rule::pick;
      if constexpr (ir::computes<T>(row))
        found = &loop<decltype(formula), T, decltype(arity)::value, choice>;
    });
  });
  return found;
}

Loop cast_loop(DType from, DType to) {
  Loop found = nullptr;
  ir::visit(from, [&](auto a) {
    ir::visit(to, [&](auto b) { found = &cast<decltype(a), decltype(b)>; });
  });
  return found;
}

void run_loop(Loop loop, std::span<const Tensor> operands, const Tensor& out) {
  const size_t count = operands.size() + 1;
  std::array<Strides, max_operands> strides{};
  std::array<char*, max_operands> pointers{};
  for (size_t k = 0; k < count; ++k) {
    const Tensor t = k + 1 < count ? broadcast_to(operands[k], out.dims()) : out;
    pointers[k] = t.data;
    std::copy_n(t.strides.begin(), t.rank, strides[k].begin());
  }
  const int last = out.rank - 1;
  const int64_t columns = out.rank == 0 ? 1 : out.shape[size_t(last)];
  if (out.size() == 0) return;
  std::array<int64_t, max_operands> inner{};
  for (size_t k = 0; k < count; ++k) inner[k] = out.rank == 0 ? 0 : strides[k][size_t(last)];
  std::array<int64_t, max_rank> at{};
  while (true) {
    loop(pointers.data(), inner.data(), columns);
    int axis = last - 1;
    for (; axis >= 0; --axis) {
      const size_t a = size_t(axis);
      for (size_t k = 0; k < count; ++k) pointers[k] += strides[k][a];
      if (++at[a] < out.shape[a]) break;
      for (size_t k = 0; k < count; ++k) pointers[k] -= strides[k][a] * out.shape[a];
      at[a] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace runtime
