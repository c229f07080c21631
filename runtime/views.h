// Views as steps of a plan: attributes and sizes are looked up when the plan is made.
#pragma once
#include <cstring>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "runtime/sizes.h"
#include "runtime/value.h"

namespace runtime {

struct View;

// What a view is made of, and what it makes. Views of numbers, and numbers seen as arrays, use
// both.
struct ViewOperands {
  const Tensor* tensor = nullptr;  // null if the operand is a number
  const Number* number = nullptr;  // the operand, or the index
  std::span<const int64_t> sizes;  // registers of the size program
};
struct ViewResult {
  Tensor& tensor;
  Number number{};      // of a scalar type
  bool copied = false;  // it has memory of its own
};

struct View {
  using Make = bool (*)(const View&, const ViewOperands&, ViewResult&);
  Make make = nullptr;            // false: an index out of range
  std::vector<int64_t> integers;  // axes or steps
  std::vector<int> shape, start;  // registers
  int step = -1;                  // the register of a window's
  int64_t axis = 0;
  bool number = false;        // the result is a number
  bool python = false;        // a Python number
  bool indexes = false;       // takes a run-time index
  bool moves_on = false;      // from array to array, never a copy
  bool keeps_memory = false;  // dense memory stays dense: only axes of size 1 come or go
};

// Unsupported if a size is not determined.
View compile_view(const ir::Graph& graph, ir::Ref node, const SizeProgram& sizes);

// The value of an integer number of any width.
int64_t integer_of_width(const Number& n);
inline int64_t integer(const Number& n) {
  if (n.dtype != ir::DType::i64) return integer_of_width(n);
  int64_t v;
  std::memcpy(&v, n.bytes.data(), sizeof v);
  return v;
}

}  // namespace runtime
