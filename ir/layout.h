// How views lie in the memory of what they show.
#pragma once
#include "ir/op.h"

namespace ir {

// Only axes of size 1 come or go: dense memory stays dense, in the same order.
constexpr bool keeps_memory(Op op) {
  return op == Op::squeeze || op == Op::expand_dims || op == Op::array;
}

}  // namespace ir
