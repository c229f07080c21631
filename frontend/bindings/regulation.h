// Self-regulation of one entry of a dispatcher: for each size of call, whether the compiled code or
// the plain function serves. Guarded by Python's lock, as the dispatcher is.
#pragma once
#include <pybind11/pybind11.h>

#include <memory>
#include <span>
#include <vector>

#include "runtime/trial.h"

namespace bindings {

namespace py = pybind11;

// Calls with about as much work: a word made of how many elements the arguments have and how large
// their ints are.
using SizeClass = uint32_t;
SizeClass size_class(std::span<PyObject* const> arguments);

// Nanoseconds, from a clock that tests may replace by a Python function.
class Clock {
 public:
  int64_t now() const;
  py::object replaced;
};

class Regulation {
 public:
  using Way = runtime::Trial::Way;
  Regulation(int warm, int64_t sure_from) : warm_(warm), sure_from_(sure_from) {}

  // The quick answer for calls of the kind that was last seen settled.
  bool compiled_serves(SizeClass size) const { return over_ || size == settled_; }
  // The trial of calls of this size.
  runtime::Trial& trial(SizeClass size);
  // True if the plain function serves, whatever the guards say; now and then they are asked.
  bool skips_guards(SizeClass size);
  bool measures(SizeClass size);
  // Notes that the compiled code serves calls of this size from now on, if it does.
  void remember(SizeClass size);
  // Both ways are known to give the same bits.
  bool cleared = false;
  // The compiled code serves whatever its time.
  void end() { over_ = true; }
  void restart() { trials_.clear(), settled_ = no_size, cleared = false; }

  struct Entry {
    SizeClass size;
    runtime::Trial trial;
  };
  // Nothing if the compiled code serves whatever its time.
  std::span<const Entry> trials() const { return over_ ? std::span<const Entry>() : trials_; }

 private:
  static constexpr SizeClass no_size = ~SizeClass(0);
  int warm_;
  int64_t sure_from_;
  SizeClass settled_ = no_size;
  bool over_ = false;
  uint32_t skipped_ = 0;
  std::vector<Entry> trials_;  // the most recently used first
};

// For people: way, times and numbers of calls of a trial; None while only one way has been tried.
py::object describe(const runtime::Trial& trial);

}  // namespace bindings
