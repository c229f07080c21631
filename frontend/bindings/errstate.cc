#include "frontend/bindings/errstate.h"

#include <string>

namespace bindings {

namespace py = pybind11;

namespace {

struct State {
  py::object variable;  // the context variable that holds numpy.errstate
  py::object known;     // its value when `effects` was found out
  bool effects = false;
};

bool find_effects() {
  for (auto [kind, action] : py::module_::import("numpy").attr("geterr")().cast<py::dict>()) {
    const auto what = action.cast<std::string>();
    if (what != "ignore" && what != "warn") return true;
  }
  return false;
}

}  // namespace

bool errors_have_effects() {
  // Never destroyed, since Python may be gone before static objects are.
  static State& state = *new State{
      py::module_::import("numpy._core.umath").attr("_extobj_contextvar"), py::object(), false};
  PyObject* value = nullptr;
  if (PyContextVar_Get(state.variable.ptr(), nullptr, &value) < 0) throw py::error_already_set();
  const py::object now = py::reinterpret_steal<py::object>(value);
  if (!now.is(state.known)) {
    state.effects = find_effects();
    state.known = now;
  }
  return state.effects;
}

}  // namespace bindings
