// One compiled version of a function: a plan, where its inputs come from, what it assumes, and how
// its results are put together for Python.
#pragma once
#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "frontend/bindings/draws.h"
#include "frontend/bindings/errstate.h"
#include "frontend/bindings/names.h"
#include "frontend/bindings/source.h"
#include "runtime/plan.h"

namespace bindings {

// A Python result: results of the plan in tuples, lists and dicts, and constants.
struct Structure {
  enum class Kind : uint8_t { result, constant, either, tuple, list, dict, call, found } kind;
  size_t result = 0;
  size_t flag = 0;  // of either: the result that says which of two types the number has
  // Of a result: never the argument itself, nor any array that is a result too; that only where it
  // shares its memory; not to be written.
  bool is_view = false, is_apart = false, read_only = false;
  // A constant, the keys of a dict, what is called with the parts, or the types of either.
  py::object constant;
  std::vector<Structure> parts;
  std::optional<Source> source;  // of an object from outside
  // From Python: ("result", i, is_view, is_apart, read_only), ("const", object), ("either", i,
  // flag, types), ("tuple", parts), ("list", parts), ("dict", {key: part}), ("call", function,
  // parts),
  // ("found", source).
  explicit Structure(const py::tuple& spec);
  py::object build(std::span<const py::object> results, std::span<PyObject* const> arguments) const;
  // Says of each result of the plan how Python sees it.
  void mark(std::vector<const Structure*>& of_result) const;
};

class Specialisation {
 public:
  Specialisation(std::shared_ptr<runtime::Plan> plan, const py::sequence& inputs,
                 const py::sequence& guards, const py::tuple& structure,
                 const py::sequence& written, bool exact);

  bool has_guards() const { return !guards_.empty(); }
  bool holds(std::span<PyObject* const> arguments) const { return guards_.hold(arguments); }
  // Nothing if the plan does not apply to these sizes, or NumPy would report floating-point errors;
  // then nothing has been changed. `plain` is the function whose warnings they would be.
  std::optional<py::object> run(std::span<PyObject* const> arguments, ErrorModes modes,
                                py::handle plain) const;
  // Whether it is for arguments of these sizes.
  bool fits(std::span<PyObject* const> arguments) const;
  // Compiles what such a call needs (runtime/plan.h).
  void prepare(std::span<PyObject* const> arguments, bool ahead) const;
  const std::shared_ptr<runtime::Plan>& plan() const { return plan_; }
  // The plain function gives the same bits.
  bool exact() const { return exact_; }
  // Nanoseconds: calls that take longer are surely worth it (runtime/prospects.h).
  int64_t surely_faster_from() const { return surely_faster_from_; }

 private:
  bool watch(runtime::Plan::Call& call, ErrorModes modes, py::handle plain) const;
  // What keeps inputs as they are while a call lasts.
  struct Held {
    std::vector<py::object> objects;  // that are no arguments
    Lent generators;
  };
  bool gather(std::span<PyObject* const> arguments, std::span<PyObject*> inputs,
              std::span<runtime::Value> values, Held& held) const;
  py::object to_result(std::span<const runtime::Value> results, std::span<PyObject* const> inputs,
                       std::span<PyObject* const> arguments) const;
  bool unseen(const runtime::Errors& errors, py::handle plain) const;

  struct Input {
    Source source;
    uint64_t signature;  // of inputs that are no arguments; those have been compared already
  };
  std::shared_ptr<runtime::Plan> plan_;
  std::vector<Input> inputs_;
  Guards guards_;
  // Objects and names of attributes, which take the parts of the result behind the first.
  std::vector<std::pair<Source, py::object>> written_;
  Structure structure_;
  std::vector<const Structure*> of_result_;
  bool exact_;
  int64_t surely_faster_from_;

  // What threads read and set without order, and seldom set anew.
  template <class T>
  class Guess {
   public:
    operator T() const { return value_.load(std::memory_order_relaxed); }
    void operator=(T now) {
      if (now != T(*this)) value_.store(now, std::memory_order_relaxed);
    }

   private:
    std::atomic<T> value_ = T();
  };

  // What the calls so far say about the next one. Data that raises the processor's flags for
  // nothing is likely to do so again, and data that NumPy warns of to be warned of again.
  struct Outlook {
    Guess<bool> checked;  // begin with the kernels that check all operations
    Guess<bool> clears;   // flags may be set when a call begins
    Guess<int> warned;    // calls in a row that the plain function had to run
    Guess<int> plain;     // so many calls go to the plain function at once
  };
  mutable Outlook outlook_;
};

void bind_plan(py::module_& m);
void bind_function(py::module_& m);

}  // namespace bindings
