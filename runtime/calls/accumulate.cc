// Running sums, products and extremes along one axis, each rounded as it is stored.
#include <vector>

#include "ir/convert.h"
#include "ir/error.h"
#include "ir/formula.h"
#include "runtime/calls/calls.h"

namespace runtime::calls {

namespace {

// The axes around the scan: one line runs along `axis`, `count` lines lie side by side.
struct Lines {
  int64_t length, in_step, out_step;
  int64_t count, in_next, out_next;
};

template <class T, class F>
void scan(const char* in, char* out, const Lines& s, F step) {
  using C = std::conditional_t<ir::detail::half<T>, float, T>;
  const auto at = [](const char* p) {
    return ir::Lane<C>{ir::convert<C>(*reinterpret_cast<const T*>(p))};
  };
  for (int64_t j = 0; j < s.count; ++j)
    *reinterpret_cast<T*>(out + j * s.out_next) = *reinterpret_cast<const T*>(in + j * s.in_next);
  for (int64_t i = 1; i < s.length; ++i) {
    const char* x = in + i * s.in_step;
    char* y = out + i * s.out_step;
    for (int64_t j = 0; j < s.count; ++j)
      *reinterpret_cast<T*>(y + j * s.out_next) =
          ir::convert<T>(step(at(y - s.out_step + j * s.out_next), at(x + j * s.in_next)).v);
  }
}

template <class F>
void scan_all(const Tensor& in, const Tensor& out, int axis, F step) {
  int beside = -1;  // the axis of the result whose elements lie closest
  for (int a = 0; a < in.rank; ++a) {
    const bool closer = beside < 0 || out.strides[size_t(a)] < out.strides[size_t(beside)];
    if (in.shape[size_t(a)] > 1 && closer) beside = a;
  }
  const auto stride = [](const Tensor& t, int a) { return a < 0 ? 0 : t.strides[size_t(a)]; };
  if (beside == axis) beside = -1;
  const Lines lines{in.shape[size_t(axis)], stride(in, axis),
                    stride(out, axis),      beside < 0 ? 1 : in.shape[size_t(beside)],
                    stride(in, beside),     stride(out, beside)};
  std::vector<int64_t> index(size_t(in.rank), 0);
  const char* from = in.data;
  char* to = out.data;
  while (true) {
    ir::visit(in.dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_arithmetic_v<T> || ir::detail::half<T>) scan<T>(from, to, lines, step);
    });
    int a = in.rank - 1;
    for (; a >= 0; --a) {
      if (a == axis || a == beside) continue;
      from += in.strides[size_t(a)];
      to += out.strides[size_t(a)];
      if (++index[size_t(a)] < in.shape[size_t(a)]) break;
      from -= index[size_t(a)] * in.strides[size_t(a)];
      to -= index[size_t(a)] * out.strides[size_t(a)];
      index[size_t(a)] = 0;
    }
    if (a < 0) return;
  }
}

// The reduction whose steps the op keeps.
ir::Op steps_of(ir::Op op) {
#define SCAN(name, of, doc) \
  if (op == ir::Op::name) return ir::Op::of;
#include "ir/ops.def"
  ir::fail<ir::Bug>() << "calls: " << ir::info(op).name << " is no running reduction";
  return op;
}

}  // namespace

void accumulate(ir::Op op, const Tensor& in, int axis, const Tensor& out) {
  if (in.size() == 0) return;
  ir::visit_reduce(steps_of(op), [&](auto rule, auto, auto step) {
    if constexpr (rule.value == ir::Rule::accumulate || rule.value == ir::Rule::same)
      scan_all(in, out, axis, step);
  });
}

}  // namespace runtime::calls
