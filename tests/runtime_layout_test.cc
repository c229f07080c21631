// Views and result layouts against what NumPy 2.4 gives for the same shapes and strides.
#include "runtime/layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace runtime {
namespace {

using Ints = std::vector<int64_t>;

Tensor tensor(const Ints& shape, const Ints& strides = {}, char* data = nullptr) {
  Tensor t;
  t.data = data;
  t.dtype = ir::DType::f64;
  t.rank = int8_t(shape.size());
  std::copy(shape.begin(), shape.end(), t.shape.begin());
  set_c_strides(t);
  std::copy(strides.begin(), strides.end(), t.strides.begin());
  return t;
}

Ints shape_of(const Tensor& t) { return {t.shape.begin(), t.shape.begin() + t.rank}; }
Ints strides_of(const Tensor& t) { return {t.strides.begin(), t.strides.begin() + t.rank}; }

Ints elementwise(const Ints& shape, const std::vector<Tensor>& operands) {
  Tensor t = tensor(shape);
  std::vector<const Tensor*> pointers;
  for (const Tensor& o : operands) pointers.push_back(&o);
  set_elementwise_strides(t, pointers);
  return strides_of(t);
}

TEST(Tensor, KnowsContiguity) {
  EXPECT_TRUE(tensor({}).c_contiguous());
  EXPECT_TRUE(tensor({3, 4}).c_contiguous());
  EXPECT_TRUE(tensor({3, 1, 4}, {32, 999, 8}).c_contiguous());
  EXPECT_TRUE(tensor({0, 4}, {1, 1}).c_contiguous());
  EXPECT_FALSE(tensor({3, 4}, {8, 24}).c_contiguous());
  EXPECT_FALSE(tensor({4}, {-8}).c_contiguous());
  EXPECT_FALSE(tensor({4}, {0}).c_contiguous());
  EXPECT_EQ(tensor({3, 4}).size(), 12);
  EXPECT_EQ(tensor({3, 0}).size(), 0);
  EXPECT_EQ(tensor({}).size(), 1);
}

TEST(Tensor, FindsOverlap) {
  double memory[10] = {};
  auto at = [&](int64_t first, int64_t n, int64_t stride) {
    return tensor({n}, {stride}, reinterpret_cast<char*>(memory + first));
  };
  EXPECT_TRUE(may_overlap(at(0, 5, 8), at(4, 5, 8)));
  EXPECT_FALSE(may_overlap(at(0, 5, 8), at(5, 5, 8)));
  EXPECT_TRUE(may_overlap(at(9, 5, -8), at(5, 1, 8)));
  EXPECT_FALSE(may_overlap(at(9, 5, -8), at(0, 5, 8)));
  EXPECT_FALSE(may_overlap(at(0, 0, 8), at(0, 5, 8)));
}

TEST(Views, SliceWithAnyStep) {
  char memory[1000];
  Tensor t = tensor({5, 6}, {}, memory);
  Tensor v = slice(t, Ints{4, 1}, Ints{-2, 3}, Ints{3, 2});
  EXPECT_EQ(shape_of(v), (Ints{3, 2}));
  EXPECT_EQ(strides_of(v), (Ints{-96, 24}));
  EXPECT_EQ(v.data - memory, 4 * 48 + 8);
  Tensor empty = slice(t, Ints{100, 0}, Ints{1, 1}, Ints{0, 6});
  EXPECT_EQ(empty.data, memory);
  EXPECT_EQ(shape_of(empty), (Ints{0, 6}));
}

TEST(Views, TransposeExpandSqueezeBroadcast) {
  Tensor t = tensor({2, 3, 4});
  EXPECT_EQ(shape_of(transpose(t, Ints{2, 0, 1})), (Ints{4, 2, 3}));
  EXPECT_EQ(strides_of(transpose(t, Ints{2, 0, 1})), (Ints{8, 96, 32}));
  EXPECT_EQ(shape_of(expand_dims(t, Ints{0, 2, 4})), (Ints{1, 2, 1, 3, 1, 4}));
  EXPECT_EQ(shape_of(squeeze(tensor({1, 2, 1, 3}), Ints{0, 2})), (Ints{2, 3}));
  EXPECT_EQ(shape_of(squeeze(tensor({1, 1}), Ints{0, 1})), Ints{});
  Tensor b = broadcast_to(tensor({3, 1}), Ints{2, 3, 4});
  EXPECT_EQ(shape_of(b), (Ints{2, 3, 4}));
  EXPECT_EQ(strides_of(b), (Ints{0, 8, 0}));
}

TEST(Views, Index) {
  char memory[1000];
  Tensor t = tensor({3, 4}, {}, memory), part;
  ASSERT_TRUE(index(t, 0, 2, part));
  EXPECT_EQ(part.data - memory, 64);
  EXPECT_EQ(shape_of(part), Ints{4});
  ASSERT_TRUE(index(t, 1, -1, part));
  EXPECT_EQ(part.data - memory, 24);
  EXPECT_EQ(strides_of(part), Ints{32});
  EXPECT_FALSE(index(t, 0, 3, part));
  EXPECT_FALSE(index(t, 0, -4, part));
}

TEST(Views, ReshapeCopiesOnlyWhereNumPyDoes) {
  EXPECT_EQ(strides_of(*reshape(tensor({4, 6}), Ints{2, 2, 3, 2})), (Ints{96, 48, 16, 8}));
  EXPECT_FALSE(reshape(tensor({4, 6}, {8, 32}), Ints{24}));
  EXPECT_EQ(strides_of(*reshape(tensor({4, 6}, {8, 32}), Ints{2, 2, 6})), (Ints{16, 8, 32}));
  EXPECT_EQ(strides_of(*reshape(tensor({4, 6}, {-48, -8}), Ints{24})), Ints{-8});
  EXPECT_EQ(strides_of(*reshape(tensor({4, 1, 6}, {96, 3, 16}), Ints{24})), Ints{16});
  EXPECT_EQ(strides_of(*reshape(tensor({4}, {0}), Ints{2, 2})), (Ints{0, 0}));
  EXPECT_EQ(strides_of(*reshape(tensor({3}, {24}), Ints{1, 3, 1})), (Ints{72, 24, 24}));
  EXPECT_EQ(shape_of(*reshape(tensor({1}), Ints{})), Ints{});
  EXPECT_EQ(shape_of(*reshape(tensor({0, 3}, {8, 8}), Ints{5, 0})), (Ints{5, 0}));
  EXPECT_FALSE(reshape(tensor({6}), Ints{5}));
}

TEST(Layout, FollowsOneOperand) {
  EXPECT_EQ(elementwise({3, 4}, {tensor({3, 4})}), (Ints{32, 8}));
  EXPECT_EQ(elementwise({3, 4}, {tensor({3, 4}, {8, 24})}), (Ints{8, 24}));
  EXPECT_EQ(elementwise({3, 4}, {tensor({3, 4}, {-32, -8})}), (Ints{32, 8}));
  EXPECT_EQ(elementwise({4, 2, 3}, {tensor({4, 2, 3}, {8, 96, 32})}), (Ints{8, 96, 32}));
  EXPECT_EQ(elementwise({3, 4}, {tensor({3, 4}, {0, 8})}), (Ints{32, 8}));
  EXPECT_EQ(elementwise({}, {tensor({})}), Ints{});
}

TEST(Layout, LetsCOrderWinBetweenOperands) {
  Tensor c = tensor({3, 4}), f = tensor({3, 4}, {8, 24});
  EXPECT_EQ(elementwise({3, 4}, {c, f}), (Ints{32, 8}));
  EXPECT_EQ(elementwise({3, 4}, {f, c}), (Ints{32, 8}));
  EXPECT_EQ(elementwise({3, 4}, {f, f}), (Ints{8, 24}));
  // A row vector moves along one axis alone, so it says nothing about the order.
  EXPECT_EQ(elementwise({3, 4}, {f, tensor({4})}), (Ints{8, 24}));
  EXPECT_EQ(elementwise({3, 4}, {tensor({3, 1}), tensor({4})}), (Ints{32, 8}));
}

TEST(Layout, OfReductions) {
  auto reduced = [](const Tensor& operand, const Ints& shape) {
    Tensor t = tensor(shape);
    set_reduced_strides(t, operand);
    return strides_of(t);
  };
  Tensor f = tensor({3, 4, 5}, {8, 24, 96});
  EXPECT_EQ(reduced(f, {1, 4, 5}), (Ints{8, 8, 32}));
  EXPECT_EQ(reduced(f, {3, 1, 5}), (Ints{8, 24, 24}));
  EXPECT_EQ(reduced(tensor({3, 4, 5}), {3, 1, 5}), (Ints{40, 40, 8}));
}

}  // namespace
}  // namespace runtime
