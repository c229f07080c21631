// The reference engine's reductions, in NumPy's order for C-contiguous operands.
#include <algorithm>

#include "ir/element.h"
#include "ir/error.h"
#include "ir/pairwise.h"
#include "runtime/layout.h"
#include "runtime/loops.h"

namespace runtime {

namespace {

// What T is summed in.
template <class T>
using Computed = std::conditional_t<ir::detail::half<T>, float, T>;
// NumPy keeps a run of float16 in float; bfloat16, which it has from ml_dtypes, has plain loops.
template <class T>
constexpr bool rounds_each_step = std::is_same_v<T, ir::Bfloat>;

// The elements of `in` that one element of the result sums up: reduced axes in C order, where the
// trailing ones form runs of `run` elements.
struct Group {
  std::array<int64_t, max_rank> shape{}, strides{};
  int rank = 0, inner = 0;  // the last `inner` of the axes form the run
  int64_t run = 1, runs = 1;

  int64_t offset(int64_t flat, int first, int last) const {
    int64_t bytes = 0;
    for (int a = last - 1; a >= first; --a) {
      bytes += flat % shape[size_t(a)] * strides[size_t(a)];
      flat /= shape[size_t(a)];
    }
    return bytes;
  }
  int64_t run_offset(int64_t r) const { return offset(r, 0, rank - inner); }
  int64_t element_offset(int64_t i) const { return offset(i, rank - inner, rank); }
};

Group group_of(const Tensor& in, const std::array<bool, max_rank>& reduced) {
  Group g;
  for (int a = 0; a < in.rank; ++a) {
    if (!reduced[size_t(a)]) continue;
    g.shape[size_t(g.rank)] = in.shape[size_t(a)];
    g.strides[size_t(g.rank++)] = in.strides[size_t(a)];
  }
  // Axes of size 1 do not end a run.
  for (int a = in.rank - 1; a >= 0 && (reduced[size_t(a)] || in.shape[size_t(a)] == 1); --a)
    g.inner += reduced[size_t(a)];
  for (int a = 0; a < g.rank; ++a) (a < g.rank - g.inner ? g.runs : g.run) *= g.shape[size_t(a)];
  return g;
}

// NumPy adds runs pairwise, and one run after the other to the result, rounding each time.
// `buffer`: the most elements of a tree; 0: any number.
template <class T, int64_t buffer>
void sum(const char* in, const Group& g, char* out) {
  using C = Computed<T>;
  T total = ir::convert<T>(C(0));
  for (int64_t r = 0; r < g.runs; ++r) {
    const char* base = in + g.run_offset(r);
    const auto value = [&](int64_t i) {
      return ir::convert<C>(*reinterpret_cast<const T*>(base + g.element_offset(i)));
    };
    if constexpr (std::is_floating_point_v<C> || ir::detail::complex<C>) {
      const int64_t most = buffer ? buffer : std::max<int64_t>(g.run, 1);
      for (int64_t i = 0; i < g.run; i += most) {
        const C tree = ir::pairwise_tree<C>(value, i, std::min(most, g.run - i));
        total = ir::convert<T>(ir::convert<C>(total) + tree);
      }
    } else {
      for (int64_t i = 0; i < g.run; ++i) total = (ir::Lane<T>{total} + ir::Lane<T>{value(i)}).v;
    }
  }
  *reinterpret_cast<T*>(out) = total;
}

template <class T, class First, class Step>
void fold(const char* in, const Group& g, char* out, First first, Step step) {
  const auto at = [&](int64_t i) {
    return ir::load<T>(in + g.run_offset(i / g.run) + g.element_offset(i % g.run));
  };
  const int64_t n = g.runs * g.run;
  // With no elements only an identity, which does not look at its operand, is ever asked for.
  ir::Operand<T> a = first(n > 0 ? at(0) : ir::Operand<T>{});
  for (int64_t i = 0; i < n; ++i) {
    a = step(a, at(i));
    if (rounds_each_step<T> || (i + 1) % g.run == 0) a = ir::operand(T(ir::element<T>(a)));
  }
  ir::store<T>(out, a);
}

template <class T, class Step>
void place(const char* in, const Group& g, char* out, Step step) {
  const auto at = [&](int64_t i) {
    return ir::load<T>(in + g.run_offset(i / g.run) + g.element_offset(i % g.run));
  };
  const int64_t n = g.runs * g.run;
  int64_t best = 0;
  for (int64_t i = 1; i < n; ++i)
    if (ir::replaces(at(best), step(at(best), at(i))).v) best = i;
  *reinterpret_cast<int64_t*>(out) = best;
}

using Reducer = void (*)(const char*, const Group&, char*);

template <class T, class First, class Step, ir::Rule rule>
void reducer(const char* in, const Group& g, char* out) {
  if constexpr (rule == ir::Rule::place) {
    place<T>(in, g, out, Step{});
  } else {
    fold<T>(in, g, out, First{}, Step{});
  }
}

Reducer find_reducer(ir::Op op, ir::DType t) {
  Reducer found = nullptr;
  ir::visit_reduce(op, [&](auto row, auto first, auto step) {
    ir::visit(t, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (ir::computes<T>(row))
        found = &reducer<T, decltype(first), decltype(step), row.value>;
    });
  });
  if (op == ir::Op::sum || op == ir::Op::buffered_sum)
    ir::visit(t, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<T, ir::Bfloat>)
        found = op == ir::Op::sum ? &sum<T, 0> : &sum<T, ir::pairwise_buffer>;
    });
  return found;
}

}  // namespace

void reduce(ir::Op op, const Tensor& in, std::span<const int64_t> axes, const Tensor& out) {
  const Reducer reducer = find_reducer(op, in.dtype);
  if (!reducer) throw ir::Unsupported(std::string(ir::info(op).name) + " of this dtype");
  std::array<bool, max_rank> reduced{};
  for (int64_t a : axes) reduced[size_t(a)] = true;
  const Group g = group_of(in, reduced);
  const int64_t n = out.size();
  for (int64_t flat = 0; flat < n; ++flat) {
    int64_t rest = flat, from = 0, to = 0;
    for (int a = out.rank - 1; a >= 0; --a) {
      const int64_t i = rest % out.shape[size_t(a)];
      rest /= out.shape[size_t(a)];
      from += reduced[size_t(a)] ? 0 : i * in.strides[size_t(a)];
      to += i * out.strides[size_t(a)];
    }
    reducer(in.data + from, g, out.data + to);
  }
}

}  // namespace runtime
