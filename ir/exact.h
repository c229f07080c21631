// Which ops give NumPy's bits.
#pragma once
#include "ir/op.h"

namespace ir {

// The functions of ir/math are held to an ulp of the true value, as are NumPy's; every other
// formula is NumPy's to the bit.
constexpr bool is_exact(Op op) {
  return std::string_view(info(op).formula).find("math::") == std::string_view::npos;
}

}  // namespace ir
