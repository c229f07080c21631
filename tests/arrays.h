// Arrays of every layout for tests, with their memory, and comparison to the bit.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "reference.h"
#include "runtime/layout.h"
#include "runtime/value.h"

namespace testing_arrays {

using runtime::Tensor;
using runtime::Value;
using Random = std::mt19937_64;

inline int64_t below(Random& random, int64_t n) { return int64_t(random() % uint64_t(n)); }

enum class Layout { c, f, permuted, strided, negative, broadcast, any };

// An array of this logical shape whose memory lies as `layout` says; edge cases among its elements,
// or small numbers only.
inline Tensor make_array(ir::DType dtype, const std::vector<int64_t>& shape, Layout layout,
                         Random& random, bool edges = false) {
  const int rank = int(shape.size());
  if (layout == Layout::any) layout = Layout(below(random, int(Layout::any)));
  std::vector<int64_t> order(static_cast<size_t>(rank)), spread(static_cast<size_t>(rank), 1),
      step(static_cast<size_t>(rank), 1), repeat(static_cast<size_t>(rank), 0);
  for (int k = 0; k < rank; ++k) order[size_t(k)] = layout == Layout::f ? rank - 1 - k : k;
  if (layout >= Layout::permuted) std::shuffle(order.begin(), order.end(), random);
  for (size_t k = 0; k < size_t(rank); ++k) {
    if (layout == Layout::strided) spread[k] = 1 + below(random, 3);
    if (layout == Layout::negative && below(random, 2)) step[k] = -1;
    if (layout == Layout::broadcast && below(random, 2)) repeat[k] = 1;
  }
  Tensor t;
  t.dtype = dtype;
  t.rank = int8_t(rank);
  int64_t count = 1;
  for (size_t k = size_t(rank); k-- > 0;) {
    const size_t axis = size_t(order[k]);
    t.shape[axis] = shape[axis];
    t.strides[axis] = repeat[axis] ? 0 : count * spread[axis] * t.itemsize();
    if (!repeat[axis]) count *= std::max<int64_t>(1, shape[axis]) * spread[axis];
  }
  auto memory = std::make_shared<std::vector<char>>(size_t(count * t.itemsize()) + 64);
  for (int64_t i = 0; i < count; ++i) {
    char* p = memory->data() + i * t.itemsize();
    testing_kernels::sample(dtype, random(), p);
    if (edges) continue;
    ir::visit(dtype, [&](auto v) {
      using T = decltype(v);
      if constexpr (std::is_arithmetic_v<T>)
        testing_kernels::write(p, T(double(below(random, 2000)) / 64 - 10));
    });
  }
  t.data = memory->data();
  for (size_t k = 0; k < size_t(rank); ++k) {
    if (step[k] > 0 || shape[k] == 0) continue;
    t.data += (shape[k] - 1) * t.strides[k];
    t.strides[k] = -t.strides[k];
  }
  t.owner = std::shared_ptr<void>(memory, memory.get());
  return t;
}

template <class T>
Value number(ir::DType dtype, T v, bool python = false) {
  runtime::Number n;
  n.dtype = dtype;
  n.python = python;
  std::memcpy(n.bytes.data(), &v, sizeof v);
  return {n};
}

inline std::string describe(const Tensor& t) {
  std::string s = ir::info(t.dtype).name;
  for (int k = 0; k < t.rank; ++k)
    s += " " + std::to_string(t.shape[k]) + ":" + std::to_string(t.strides[k]);
  return s;
}

// Every element, first to last in C order.
template <class F>
void each(const Tensor& t, F&& f, int axis = 0, int64_t offset = 0) {
  if (axis == t.rank) return f(t.data + offset);
  for (int64_t i = 0; i < t.shape[axis]; ++i) each(t, f, axis + 1, offset + i * t.strides[axis]);
}

inline void expect_same(const Tensor& a, const Tensor& b, const std::string& what) {
  ASSERT_EQ(a.dtype, b.dtype) << what;
  ASSERT_EQ(std::vector(a.dims().begin(), a.dims().end()),
            std::vector(b.dims().begin(), b.dims().end()))
      << what;
  std::vector<const char*> left, right;
  each(a, [&](const char* p) { left.push_back(p); });
  each(b, [&](const char* p) { right.push_back(p); });
  int shown = 0;
  for (size_t i = 0; i < left.size() && shown < 3; ++i) {
    if (testing_kernels::same(a.dtype, left[i], right[i])) continue;
    ++shown;
    ADD_FAILURE() << what << ": element " << i << " is "
                  << testing_kernels::as_double(a.dtype, left[i]) << ", not "
                  << testing_kernels::as_double(a.dtype, right[i]);
  }
}

inline void expect_same(const Value& a, const Value& b, const std::string& what) {
  ASSERT_EQ(a.is.index(), b.is.index()) << what;
  if (const auto* t = std::get_if<Tensor>(&a.is))
    return expect_same(*t, std::get<Tensor>(b.is), what);
  if (const auto* n = std::get_if<runtime::Number>(&a.is)) {
    const auto& m = std::get<runtime::Number>(b.is);
    EXPECT_EQ(n->dtype, m.dtype) << what;
    EXPECT_EQ(n->python, m.python) << what;
    EXPECT_TRUE(testing_kernels::same(n->dtype, n->bytes.data(), m.bytes.data()))
        << what << ": " << testing_kernels::as_double(n->dtype, n->bytes.data()) << ", not "
        << testing_kernels::as_double(m.dtype, m.bytes.data());
  }
  if (const auto* t = std::get_if<runtime::Tuple>(&a.is)) {
    const auto& u = std::get<runtime::Tuple>(b.is);
    ASSERT_EQ(t->size(), u.size()) << what;
    for (size_t i = 0; i < t->size(); ++i) expect_same((*t)[i], u[i], what);
  }
}

}  // namespace testing_arrays
