// Run-time values of the graph's types.
#pragma once
#include <array>
#include <variant>
#include <vector>

#include "runtime/tensor.h"

namespace runtime {

// A number passed by value.
struct Number {
  ir::DType dtype = ir::DType::i64;
  bool python = false;                       // a Python number (weak), else a NumPy scalar
  alignas(16) std::array<char, 16> bytes{};  // the value in its dtype, at the front
};

struct None {};
struct Value;
using Tuple = std::vector<Value>;

struct Value {
  std::variant<None, Tensor, Number, Tuple> is;
  // Of a result: the argument that it is or whose memory it views; -1: neither.
  int argument = -1;
  bool same_object = false;  // it is that very argument
};

}  // namespace runtime
