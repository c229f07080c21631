#include "frontend/bindings/names.h"

#include <algorithm>

namespace bindings {

namespace {

#if PY_VERSION_HEX >= 0x030c0000
uint64_t changes_of_dicts = 1;

int changed(PyDict_WatchEvent, PyObject*, PyObject*, PyObject*) {
  ++changes_of_dicts;
  return 0;
}

// Python has eight watchers; without one, 0 is no version and the guards are asked at each call.
uint64_t version_of_dict(PyObject* dict) {
  static const int watcher = PyDict_AddWatcher(changed);
  if (watcher < 0 || PyDict_Watch(watcher, dict) < 0) {
    PyErr_Clear();
    return 0;
  }
  return changes_of_dicts;
}
#else
uint64_t version_of_dict(PyObject* dict) {
  return reinterpret_cast<PyDictObject*>(dict)->ma_version_tag;
}
#endif

// A number that is another after each change; 0 if there is none.
uint64_t version_of(PyObject* owner) {
  if (!PyType_Check(owner)) return version_of_dict(owner);
  const auto* type = reinterpret_cast<PyTypeObject*>(owner);
  return PyType_HasFeature(const_cast<PyTypeObject*>(type), Py_TPFLAGS_VALID_VERSION_TAG)
             ? type->tp_version_tag
             : 0;
}

}  // namespace

bool Names::hold() const {
  const uint64_t before = version_of(owner_.ptr());
  if (before != 0 && before == seen_) return true;
  if (!std::ranges::all_of(guards_, [](const Guard& g) { return g.holds({}); })) return false;
  // Looking a name up may give a class its version; a guard runs no code that changes one.
  seen_ = version_of(owner_.ptr());
  return true;
}

Guards::Guards(const py::sequence& specs) {
  for (py::handle spec : specs) {
    Guard guard(spec.cast<py::tuple>());
    PyObject* owner = guard.owner();
    if (!owner) {
      others_.push_back(std::move(guard));
      continue;
    }
    auto known = std::ranges::find(names_, owner, &Names::owner);
    if (known == names_.end()) known = names_.emplace(names_.end(), owner);
    known->add(std::move(guard));
  }
}

bool Guards::hold(std::span<PyObject* const> arguments) const {
  for (const Names& n : names_)
    if (!n.hold()) return false;
  for (const Guard& g : others_)
    if (!g.holds(arguments)) return false;
  return true;
}

}  // namespace bindings
