#include "frontend/bindings/errstate.h"

#include <array>
#include <string>

#include "ir/raises.h"

namespace bindings {

namespace py = pybind11;

namespace {

struct State {
  py::object variable;  // the context variable that holds numpy.errstate
  py::object known;     // its value when `modes` was found out
  std::array<py::object, 1 << ir::error_kinds> raising;  // its value where these kinds raise
  ErrorModes modes;
};

ErrorModes find_modes() {
  ErrorModes modes;
  for (auto [kind, action] : py::module_::import("numpy").attr("geterr")().cast<py::dict>()) {
    const auto name = kind.cast<std::string>(), what = action.cast<std::string>();
    if (what == "ignore") continue;
    modes.reported |= name == "divide"  ? ir::divide_error
                      : name == "over"  ? ir::over_error
                      : name == "under" ? ir::under_error
                                        : ir::invalid_error;
    modes.warns = modes.warns && what == "warn";
  }
  return modes;
}

// Python before 3.12 crashes if a finalizer that the collector runs in the middle of this sets a
// context variable too.
class NoCollection {
 public:
  NoCollection() : enabled_(PyGC_Disable()) {}
  ~NoCollection() {
    if (enabled_) PyGC_Enable();
  }
  NoCollection(const NoCollection&) = delete;

 private:
  int enabled_;
};

// Never destroyed, since Python may be gone before static objects are.
State& the_state() {
  static State& state =
      *new State{py::module_::import("numpy._core.umath").attr("_extobj_contextvar"), {}, {}, {}};
  return state;
}

}  // namespace

ErrorModes error_modes() {
  State& state = the_state();
  PyObject* value = nullptr;
  if (PyContextVar_Get(state.variable.ptr(), nullptr, &value) < 0) throw py::error_already_set();
  const py::object now = py::reinterpret_steal<py::object>(value);
  if (!now.is(state.known)) {
    state.modes = find_modes();
    state.known = now;
  }
  return state.modes;
}

ErrorsRaised::ErrorsRaised(uint8_t kinds) {
  const NoCollection guard;
  State& state = the_state();
  py::object& raising = state.raising.at(kinds);
  if (!raising) {
    const auto how = [&](uint8_t kind) { return (kinds & kind) ? "raise" : "ignore"; };
    py::object context = py::module_::import("numpy").attr("errstate")(
        py::arg("divide") = how(ir::divide_error), py::arg("over") = how(ir::over_error),
        py::arg("under") = how(ir::under_error), py::arg("invalid") = how(ir::invalid_error));
    context.attr("__enter__")();
    raising = state.variable.attr("get")();
    context.attr("__exit__")(py::none(), py::none(), py::none());
  }
  token_ = PyContextVar_Set(state.variable.ptr(), raising.ptr());
  if (!token_) throw py::error_already_set();
}

ErrorsRaised::~ErrorsRaised() {
  const py::error_scope kept;  // of the call that may have failed
  const NoCollection guard;
  if (PyContextVar_Reset(the_state().variable.ptr(), token_) < 0) PyErr_Clear();
  Py_DECREF(token_);
}

}  // namespace bindings
