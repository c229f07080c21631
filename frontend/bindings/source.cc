#include "frontend/bindings/source.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>

#include "frontend/bindings/array.h"

namespace bindings {

Source::Source(const py::tuple& spec) {
  const std::string kind = spec[0].cast<std::string>();
  if (kind == "path") {
    *this = Source(spec[1].cast<py::tuple>());
    for (py::handle step : spec[2]) {
      const auto pair = step.cast<py::tuple>();
      const auto how = pair[0].cast<std::string>();
      steps_.push_back({how == "attr"   ? Step::attribute
                        : how == "item" ? Step::item
                                        : Step::call,
                        pair[1]});
    }
    return;
  }
  if (kind == "arg") {
    kind_ = Kind::argument;
    index_ = spec[1].cast<size_t>();
    return;
  }
  object_ = spec[1];
  if (kind == "item" && PyDict_Check(object_.ptr())) {
    kind_ = Kind::item;
    name_ = spec[2];
  } else if (kind == "cell" && PyCell_Check(object_.ptr())) {
    kind_ = Kind::cell;
  } else if (kind == "attr") {
    kind_ = Kind::attribute;
    name_ = spec[2];
  } else if (kind == "const") {
    kind_ = Kind::constant;
  } else {
    throw py::value_error("no such source: " + kind);
  }
}

PyObject* Source::fetch(std::span<PyObject* const> arguments) const {
  PyObject* found = nullptr;
  switch (kind_) {
    case Kind::argument: found = index_ < arguments.size() ? arguments[index_] : nullptr; break;
    case Kind::item: found = PyDict_GetItemWithError(object_.ptr(), name_.ptr()); break;
    case Kind::cell: found = PyCell_GET(object_.ptr()); break;
    case Kind::constant: found = object_.ptr(); break;
    case Kind::attribute: found = PyObject_GetAttr(object_.ptr(), name_.ptr()); break;
  }
  if (found && kind_ != Kind::attribute) Py_INCREF(found);
  for (const Step& step : steps_) {
    if (!found) break;
    PyObject* next = step.how == Step::attribute ? PyObject_GetAttr(found, step.key.ptr())
                     : step.how == Step::item    ? PyObject_GetItem(found, step.key.ptr())
                                                 : PyObject_CallOneArg(step.key.ptr(), found);
    Py_DECREF(found);
    found = next;
  }
  if (!found) PyErr_Clear();
  return found;
}

namespace {

// Classes of other metaclasses may find names in those.
bool is_plain_class(PyObject* object) { return Py_TYPE(object) == &PyType_Type; }

}  // namespace

bool Source::is_made() const {
  return std::ranges::any_of(steps_, [](const Step& s) { return s.how == Step::call; });
}

PyObject* Source::owner() const {
  if (!steps_.empty()) return nullptr;
  if (kind_ == Kind::item) return object_.ptr();
  if (kind_ == Kind::attribute && PyModule_CheckExact(object_.ptr())) {
    PyObject* names = PyModule_GetDict(object_.ptr());
    return PyDict_Contains(names, name_.ptr()) == 1 ? names : nullptr;
  }
  return kind_ == Kind::attribute && is_plain_class(object_.ptr()) ? object_.ptr() : nullptr;
}

PyObject* Guard::owner() const {
  if (kind_ == Kind::same || kind_ == Kind::equal) return source_.owner();
  PyObject* object = kind_ == Kind::lacks ? source_.constant() : nullptr;
  return object && (PyDict_Check(object) || is_plain_class(object)) ? object : nullptr;
}

Guard::Guard(const py::tuple& spec) : source_(spec[0].cast<py::tuple>()) {
  const std::string kind = spec[1].cast<std::string>();
  const py::object expected = spec[2];
  kind_ = kind == "is"       ? Kind::same
          : kind == "like"   ? Kind::like
          : kind == "lacks"  ? Kind::lacks
          : kind == "keys"   ? Kind::keys
          : kind == "order"  ? Kind::order
          : kind == "spread" ? Kind::spread
          : kind == "one"    ? Kind::one
          : kind == "apart"  ? Kind::apart
                             : Kind::equal;
  if (kind_ == Kind::one || kind_ == Kind::apart)
    other_.emplace(expected.cast<py::tuple>());
  else if (kind_ == Kind::like)
    signature_ = signature(expected.ptr());
  else
    expected_ = expected;
}

namespace {

// The numbers' bits; nothing if one is no number that a plan takes.
std::optional<bool> same_number(PyObject* a, PyObject* b) {
  runtime::Value x, y;
  if (!takes(signature(a)) || !to_value(a, x) || !takes(signature(b)) || !to_value(b, y)) return {};
  const auto *m = std::get_if<runtime::Number>(&x.is), *n = std::get_if<runtime::Number>(&y.is);
  if (!m || !n) return {};
  return m->dtype == n->dtype && m->python == n->python && m->bytes == n->bytes;
}

bool same_value(PyObject* a, PyObject* b);

bool same_items(PyObject* a, PyObject* b) {
  if (PyTuple_GET_SIZE(a) != PyTuple_GET_SIZE(b)) return false;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(a); ++i)
    if (!same_value(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i))) return false;
  return true;
}

// The same of attributes: ranges are equal where they give the same numbers, (0, 3, 2) and (0, 4,
// 2).
bool same_parts(PyObject* a, PyObject* b, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto one = py::reinterpret_steal<py::object>(PyObject_GetAttrString(a, name));
    const auto two = py::reinterpret_steal<py::object>(PyObject_GetAttrString(b, name));
    if (!one || !two || !same_value(one.ptr(), two.ptr())) {
      PyErr_Clear();
      return false;
    }
  }
  return true;
}

// Whether two plain values cannot be told apart. Python takes (1,), (1.0,) and (True,) for equal.
bool same_value(PyObject* a, PyObject* b) {
  if (a == b) return true;
  if (Py_TYPE(a) != Py_TYPE(b)) return false;
  if (const auto same = same_number(a, b)) return *same;
  if (PyTuple_CheckExact(a)) return same_items(a, b);
  if (PySlice_Check(a)) {
    const auto *s = reinterpret_cast<PySliceObject*>(a), *t = reinterpret_cast<PySliceObject*>(b);
    return same_value(s->start, t->start) && same_value(s->stop, t->stop) &&
           same_value(s->step, t->step);
  }
  if (PyRange_Check(a)) return same_parts(a, b, {"start", "stop", "step"});
  if (PyComplex_CheckExact(a)) {
    const Py_complex c = PyComplex_AsCComplex(a), d = PyComplex_AsCComplex(b);
    return std::memcmp(&c, &d, sizeof c) == 0;
  }
  const int equal = PyObject_RichCompareBool(a, b, Py_EQ);
  if (equal < 0) PyErr_Clear();
  return equal == 1;
}

bool lacks(PyObject* object, PyObject* name) {
  if (PyType_Check(object)) return !PyObject_HasAttr(object, name);
  PyObject* dict =
      PyDict_Check(object) ? Py_NewRef(object) : PyObject_GenericGetDict(object, nullptr);
  if (!dict) {
    PyErr_Clear();
    return true;
  }
  const int has = PyDict_Contains(dict, name);
  Py_DECREF(dict);
  if (has < 0) PyErr_Clear();
  return has == 0;
}

// The length of a tuple or list, the keys of a dict in their order.
bool same_keys(PyObject* object, PyObject* expected) {
  if (!PyDict_Check(object)) return PySequence_Fast_GET_SIZE(object) == PyLong_AsSsize_t(expected);
  Py_ssize_t at = 0, i = 0;
  if (PyDict_GET_SIZE(object) != PyTuple_GET_SIZE(expected)) return false;
  for (PyObject* key = nullptr; PyDict_Next(object, &at, &key, nullptr); ++i) {
    PyObject* wanted = PyTuple_GET_ITEM(expected, i);
    if (!same_value(key, wanted)) return false;
  }
  return true;
}

}  // namespace

bool Guard::holds(std::span<PyObject* const> arguments) const {
  const py::object found = py::reinterpret_steal<py::object>(source_.fetch(arguments));
  if (!found) return false;
  if (kind_ == Kind::like) return signature(found.ptr()) == signature_;
  if (other_) {
    const bool same =
        py::reinterpret_steal<py::object>(other_->fetch(arguments)).ptr() == found.ptr();
    return same == (kind_ == Kind::one);
  }
  if (kind_ == Kind::order) return in_c_order(found.ptr());
  if (kind_ == Kind::spread) return !repeats(found.ptr());
  if (kind_ == Kind::lacks) return lacks(found.ptr(), expected_.ptr());
  if (kind_ == Kind::keys) {
    const bool dict = PyTuple_Check(expected_.ptr());
    const bool fits = dict ? PyDict_CheckExact(found.ptr())
                           : PyTuple_CheckExact(found.ptr()) || PyList_CheckExact(found.ptr());
    return fits && same_keys(found.ptr(), expected_.ptr());
  }
  if (found.ptr() == expected_.ptr()) return true;
  return kind_ != Kind::same && same_value(found.ptr(), expected_.ptr());
}

}  // namespace bindings
