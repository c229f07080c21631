// Arithmetic on numbers alone: what steps of a plan and the reference engine do with them.
#pragma once
#include <span>

#include "ir/graph.h"
#include "runtime/loops.h"
#include "runtime/value.h"

namespace runtime {

// One elementwise op or cast on numbers. Python raises on a division by zero, and its ints have no
// bounds: where either may be, the result in doubles is computed first, and what it says to be out
// of bounds is left to Python.
struct Arithmetic {
  Loop loop = nullptr;  // null: not defined on this dtype
  Loop in_doubles = nullptr;
  bool checked = false;
  bool whole = false;  // the result is an int of Python

  // False if Python's result may be another, or an exception.
  bool within_bounds(std::span<const Number* const> operands) const;
  bool run(std::span<const Number* const> operands, Number& out) const;
};

// `from` is the dtype that the op computes in.
Arithmetic compile_arithmetic(const ir::Graph& graph, ir::Ref node, ir::DType from);

// A number of NumPy as one of Python, where that is exact (the op `number`).
struct Conversion {
  bool whole = false;
  bool finite = false;
  int64_t low = 0, high = 0;

  // False if the number does not fit.
  bool run(ir::DType dtype, const char* bytes, Number& out) const;
};

Conversion compile_conversion(const ir::Graph& graph, ir::Ref node);

}  // namespace runtime
