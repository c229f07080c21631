#include "frontend/bindings/errstate.h"

#include <array>
#include <string>
#include <vector>

#include "frontend/bindings/collection.h"
#include "frontend/bindings/numpy.h"
#include "ir/raises.h"

namespace bindings {

namespace py = pybind11;

namespace {

struct State {
  py::object variable;  // the context variable that holds numpy.errstate
  py::object known;     // its value when `modes` was found out
  std::array<py::object, 1 << ir::error_kinds> raising;  // its value where these kinds raise
  // Contexts that hold nothing but that value, and that nobody is in.
  std::array<std::vector<PyObject*>, 1 << ir::error_kinds> contexts;
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

// Never destroyed, since Python may be gone before static objects are.
State& the_state() {
  static State& state = *new State{
      py::module_::import("numpy._core.umath").attr("_extobj_contextvar"), {}, {}, {}, {}};
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

namespace {

// The variable's value where these kinds raise.
PyObject* raising(State& state, uint8_t kinds) {
  py::object& value = state.raising.at(kinds);
  if (value) return value.ptr();
  const auto how = [&](uint8_t kind) { return (kinds & kind) ? "raise" : "ignore"; };
  const py::object context = py::module_::import("numpy").attr("errstate")(
      py::arg("divide") = how(ir::divide_error), py::arg("over") = how(ir::over_error),
      py::arg("under") = how(ir::under_error), py::arg("invalid") = how(ir::invalid_error));
  context.attr("__enter__")();
  value = state.variable.attr("get")();
  context.attr("__exit__")(py::none(), py::none(), py::none());
  return value.ptr();
}

PyObject* set(State& state, uint8_t kinds) {
  const NoCollection guard;
  PyObject* token = PyContextVar_Set(state.variable.ptr(), raising(state, kinds));
  if (!token) throw py::error_already_set();
  return token;
}

// The current context holds more that NumPy reads than its errstate.
bool has_own_memory() {
  PyObject* const handler = PyDataMem_GetHandler();
  if (!handler) throw py::error_already_set();
  Py_DECREF(handler);
  return handler != PyDataMem_DefaultHandler;
}

// A context in which these kinds raise; to enter one costs much less than to set a variable.
PyObject* context_of(State& state, uint8_t kinds) {
  auto& free = state.contexts.at(kinds);
  if (!free.empty()) {
    PyObject* const context = free.back();
    free.pop_back();
    return context;
  }
  PyObject* const fresh = PyContext_New();
  if (!fresh || PyContext_Enter(fresh) < 0) throw py::error_already_set();
  Py_DECREF(set(state, kinds));
  if (PyContext_Exit(fresh) < 0) throw py::error_already_set();
  return fresh;
}

}  // namespace

ErrorsRaised::ErrorsRaised(uint8_t kinds) : kinds_(kinds) {
  State& state = the_state();
  if (has_own_memory()) {
    token_ = set(state, kinds);
    return;
  }
  context_ = context_of(state, kinds);
  if (PyContext_Enter(context_) < 0) throw py::error_already_set();
}

ErrorsRaised::~ErrorsRaised() {
  const py::error_scope kept;  // of the call that may have failed
  State& state = the_state();
  if (context_) {
    if (PyContext_Exit(context_) < 0) PyErr_Clear();
    state.contexts[kinds_].push_back(context_);
    return;
  }
  const NoCollection guard;
  if (PyContextVar_Reset(state.variable.ptr(), token_) < 0) PyErr_Clear();
  Py_DECREF(token_);
}

}  // namespace bindings
