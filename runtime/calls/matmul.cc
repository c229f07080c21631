// Matrix products, summed in order of the inner axis.
#include "ir/element.h"
#include "runtime/calls/calls.h"
#include "runtime/layout.h"

namespace runtime::calls {

namespace {

struct Shape {
  int64_t n, m, k;
  std::array<int64_t, 2> a, b, out;  // strides: (n, k), (k, m), (n, m)
};

template <class T>
void product(const char* a, const char* b, char* out, const Shape& s) {
  for (int64_t i = 0; i < s.n; ++i)
    for (int64_t j = 0; j < s.m; ++j) {
      ir::Operand<T> sum = ir::operand(T{});
      for (int64_t l = 0; l < s.k; ++l)
        sum = sum +
              ir::load<T>(a + i * s.a[0] + l * s.a[1]) * ir::load<T>(b + l * s.b[0] + j * s.b[1]);
      ir::store<T>(out + i * s.out[0] + j * s.out[1], sum);
    }
}

// 1-d operands become a row or a column, and the axis that they lack is put into the result.
Tensor as_matrix(const Tensor& t, bool row) {
  if (t.rank > 1) return t;
  const int64_t axis = row ? 0 : 1;
  return expand_dims(t, std::span(&axis, 1));
}

Tensor stacked(const Tensor& t, const Tensor& out) {
  std::array<int64_t, max_rank> shape = out.shape;
  shape[size_t(out.rank - 2)] = t.shape[size_t(t.rank - 2)];
  shape[size_t(out.rank - 1)] = t.shape[size_t(t.rank - 1)];
  return broadcast_to(t, std::span(shape.data(), size_t(out.rank)));
}

}  // namespace

void matmul(const Tensor& left, const Tensor& right, const Tensor& result) {
  Tensor out = result;
  const int64_t last = out.rank;
  if (right.rank == 1) out = expand_dims(out, std::span(&last, 1));
  const int64_t before = out.rank - 1;
  if (left.rank == 1) out = expand_dims(out, std::span(&before, 1));
  const Tensor a = stacked(as_matrix(left, true), out), b = stacked(as_matrix(right, false), out);
  const size_t r = size_t(out.rank);
  const Shape s{out.shape[r - 2],
                out.shape[r - 1],
                a.shape[r - 1],
                {a.strides[r - 2], a.strides[r - 1]},
                {b.strides[r - 2], b.strides[r - 1]},
                {out.strides[r - 2], out.strides[r - 1]}};
  int64_t stack = 1;
  for (size_t i = 0; i + 2 < r; ++i) stack *= out.shape[i];
  for (int64_t flat = 0; flat < stack; ++flat) {
    int64_t rest = flat, at_a = 0, at_b = 0, at_out = 0;
    for (size_t i = r - 2; i-- > 0;) {
      const int64_t k = rest % out.shape[i];
      rest /= out.shape[i];
      at_a += k * a.strides[i];
      at_b += k * b.strides[i];
      at_out += k * out.strides[i];
    }
    ir::visit(out.dtype, [&](auto tag) {
      using T = decltype(tag);
      product<T>(a.data + at_a, b.data + at_b, out.data + at_out, s);
    });
  }
}

}  // namespace runtime::calls
