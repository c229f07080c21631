// What Python asks and tells a dispatcher: counts, verdicts, changes of what it calls.
#include <pybind11/stl.h>

#include <algorithm>

#include "frontend/bindings/function.h"

namespace bindings {

namespace {

PyObject* counters(PyObject* o, PyObject*) {
  const State& s = *self_of(o)->state;
  try {
    py::dict d;
    d["calls"] = s.counters.calls;
    d["compiled_calls"] = s.counters.compiled_calls;
    d["divided_calls"] = s.counters.divided_calls;
    d["plain_calls"] = s.counters.plain_calls;
    d["misses"] = s.counters.misses;
    d["refused"] = s.counters.refused;
    d["regulated_calls"] = s.counters.regulated;
    py::list made;
    for (const Entry& e : s.entries.all())
      if (e.specialisation) made.append(e.specialisation.object());
    d["specialisations"] = made;
    d["plain_signatures"] =
        std::ranges::count_if(s.entries.all(), [](const Entry& e) { return !e.specialisation; });
    return d.release().ptr();
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
}

// Forgets all specialisations, so that the next call compiles again.
PyObject* reset(PyObject* o, PyObject*) {
  self_of(o)->state->entries.take();
  Py_RETURN_NONE;
}

// (old, new): calls `new` from now on where `old` was called instead of the plain function; if it
// is None, the plain function.
PyObject* swap(PyObject* o, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "_swap takes two functions");
    return nullptr;
  }
  std::vector<py::object> gone;  // dropped last, since that may run code
  py::object made;
  if (arguments[1] != Py_None) made = py::reinterpret_borrow<py::object>(arguments[1]);
  self_of(o)->state->entries.swap(arguments[0], made, gone);
  Py_RETURN_NONE;
}

// What has been found out about sizes of calls: as a list; of entries for this key if there is one.
PyObject* described_trials(const State& state, const CallKey* key, SizeClass size) {
  py::list found;
  for (const Entry& e : state.entries.all()) {
    if (!e.regulation || (key && !(*key == e.key))) continue;
    for (const auto& [its_size, trial] : e.regulation->trials()) {
      if (key && its_size != size) continue;
      const py::object d = describe(trial);
      if (!d.is_none()) found.append(d);
    }
  }
  return found.release().ptr();
}

PyObject* trials(PyObject* o, PyObject*) {
  try {
    return described_trials(*self_of(o)->state, nullptr, 0);
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
}

PyObject* trials_of(PyObject* o, PyObject* const* arguments, Py_ssize_t count, PyObject* names) {
  const size_t positional = size_t(count), named = names ? size_t(PyTuple_GET_SIZE(names)) : 0;
  const std::span<PyObject* const> all(arguments, positional + named);
  try {
    const CallKey key(all, positional, names);
    return described_trials(*self_of(o)->state, &key, size_class(all));
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
}

PyObject* regulate(PyObject* o, PyObject* clock) {
  State& s = *self_of(o)->state;
  s.regulates = true;
  const py::object gone =
      std::exchange(s.clock.replaced,
                    clock == Py_None ? py::object() : py::reinterpret_borrow<py::object>(clock));
  Py_RETURN_NONE;
}

// (made, args, kwargs): what the plain function has served so far goes to what has been made.
PyObject* settle(PyObject* o, PyObject* given) {
  PyObject *made = nullptr, *args = nullptr, *keywords = nullptr;
  if (!PyArg_ParseTuple(given, "OO!O!", &made, &PyTuple_Type, &args, &PyDict_Type, &keywords))
    return nullptr;
  try {
    std::vector<PyObject*> all;
    for (py::handle a : py::reinterpret_borrow<py::tuple>(args)) all.push_back(a.ptr());
    const size_t positional = all.size();
    py::list names;
    for (auto [name, value] : py::reinterpret_borrow<py::dict>(keywords)) {
      names.append(name);
      all.push_back(value.ptr());
    }
    const py::tuple named(names);
    const CallKey key(all, positional, named.empty() ? nullptr : named.ptr());
    State& s = *self_of(o)->state;
    std::vector<Entry> gone;
    s.entries.settle(entry_of(key, made, s.regulates), gone);
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"_settle", settle, METH_VARARGS, "Takes what has been made in the background for a call."},
    {"_trials", trials, METH_NOARGS, "What measuring compiled against plain calls has shown."},
    {"_trials_of", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(trials_of)),
     METH_FASTCALL | METH_KEYWORDS, "The same for calls with such arguments."},
    {"_regulate", regulate, METH_O,
     "Measures what is compiled from now on; by this clock, in nanoseconds, unless it is None."},
    {"_counters", counters, METH_NOARGS, "Counts of calls, and the specialisations in use."},
    {"_swap", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(swap)), METH_FASTCALL,
     "Replaces the function that is called instead of the plain one."},
    {"_reset", reset, METH_NOARGS, "Forgets all specialisations."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

PyMethodDef* function_methods() { return methods; }

}  // namespace bindings
