// Floating-point errors of a call, as NumPy would report them.
//
// Kernels run as fast as they can; afterwards the processor's flags, and what kernels note where
// flags do not tell (codegen/watch.h), say whether anything may have happened. They may say too
// much: polynomials, comparisons with NaN. A call that is `checked` runs kernels that look at every
// operation instead, and so knows what happened where.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "runtime/value.h"

namespace runtime {

// The processor's flags of this thread, as the kinds of ir/raises.h.
uint8_t error_flags();
void clear_error_flags();
void raise_error_flags(uint8_t kinds);

struct RaisedBy {
  ir::Ref node;
  uint8_t kinds;
};

struct Errors {
  uint8_t reported = 0;  // kinds that NumPy is asked to report around the call
  bool checked = false;
  bool clears = true;  // else flags from before the call count as its own
  // If set, is asked once whether the results may be kept although a checked call has raised
  // errors.
  std::function<bool(const Errors&)> accept = nullptr;
  // What happened. If `raised` is not 0 nothing has been changed, unless there are results.
  uint8_t flags = 0;            // what the flags said
  uint8_t raised = 0;           // kinds that NumPy may report, or, if checked, would
  std::vector<RaisedBy> where;  // if checked
  bool accepted = false;
};

// The kinds that NumPy reports of an operation that is neither a reduction nor a call, given
// operands and result.
uint8_t raised_by(const ir::Graph& graph, ir::Ref node, std::span<const Value> operands,
                  const Value& result);
// True if a float of an array or a number is infinite or none.
bool has_nonfinite(const Value& v);
uint8_t raised_by(const ir::Graph& graph, ir::Ref node, std::span<const Number* const> operands,
                  const Number& result);

}  // namespace runtime
