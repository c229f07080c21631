// Running sums, products and extremes along one axis, each rounded as it is stored.
#include <vector>

#include "ir/element.h"
#include "runtime/calls/calls.h"

namespace runtime::calls {

namespace {

// The axes around the scan: one line runs along `axis`, `count` lines lie side by side.
struct Lines {
  int64_t length, in_step, out_step;
  int64_t count, in_next, out_next;
};

// The next value of a scan, rounded to T.
template <class T, class F>
T stepped(F step, T sum, T next) {
  return ir::element<T>(step(ir::operand(sum), ir::operand(next)));
}

// One line: what has been reduced so far stays in a register. `Dense` makes strides constants.
template <class T, bool Dense, class F>
void scan_line(const char* in, char* out, const Lines& s, F step) {
  const int64_t in_step = Dense ? int64_t(sizeof(T)) : s.in_step;
  const int64_t out_step = Dense ? int64_t(sizeof(T)) : s.out_step;
  T sum = *reinterpret_cast<const T*>(in);
  *reinterpret_cast<T*>(out) = sum;
  for (int64_t i = 1; i < s.length; ++i) {
    const T next = *reinterpret_cast<const T*>(in + i * in_step);
    sum = stepped(step, sum, next);
    *reinterpret_cast<T*>(out + i * out_step) = sum;
  }
}

// One step of lines side by side: y = step(before, x). `Dense` lets the compiler use vectors.
template <class T, bool Dense, class F>
void scan_step(const char* before, const char* x, char* y, const Lines& s, F step) {
  const int64_t in_next = Dense ? int64_t(sizeof(T)) : s.in_next;
  const int64_t out_next = Dense ? int64_t(sizeof(T)) : s.out_next;
  for (int64_t j = 0; j < s.count; ++j) {
    const T sum = *reinterpret_cast<const T*>(before + j * out_next);
    const T next = *reinterpret_cast<const T*>(x + j * in_next);
    *reinterpret_cast<T*>(y + j * out_next) = stepped(step, sum, next);
  }
}

template <class T, class F>
void scan(const char* in, char* out, const Lines& s, F step) {
  const auto dense = [](int64_t x, int64_t y) {
    return x == int64_t(sizeof(T)) && y == int64_t(sizeof(T));
  };
  if (s.count == 1) {
    if (dense(s.in_step, s.out_step)) return scan_line<T, true>(in, out, s, step);
    return scan_line<T, false>(in, out, s, step);
  }
  for (int64_t j = 0; j < s.count; ++j)
    *reinterpret_cast<T*>(out + j * s.out_next) = *reinterpret_cast<const T*>(in + j * s.in_next);
  for (int64_t i = 1; i < s.length; ++i) {
    const char* x = in + i * s.in_step;
    char* y = out + i * s.out_step;
    if (dense(s.in_next, s.out_next)) {
      scan_step<T, true>(y - s.out_step, x, y, s, step);
    } else {
      scan_step<T, false>(y - s.out_step, x, y, s, step);
    }
  }
}

template <class Row, class F>
void scan_all(const Tensor& in, const Tensor& out, int axis, Row row, F step) {
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
      if constexpr (ir::computes<T>(row)) scan<T>(from, to, lines, step);
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

}  // namespace

void accumulate(ir::Op op, const Tensor& in, int axis, const Tensor& out) {
  if (in.size() == 0) return;
  ir::visit_reduce(ir::steps_of(op), [&](auto row, auto, auto step) {
    if constexpr (row.value == ir::Rule::accumulate || row.value == ir::Rule::same)
      scan_all(in, out, axis, row, step);
  });
}

}  // namespace runtime::calls
