// braze.Function: the callable that a decorator returns. A call finds the specialisation whose
// signature and guards fit the arguments, and runs its plan; anything unknown asks `specialise`,
// and what cannot be compiled runs the plain function.
#include <pybind11/stl.h>
#include <structmember.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "frontend/bindings/array.h"
#include "frontend/bindings/errstate.h"
#include "frontend/bindings/specialisation.h"

namespace bindings {

namespace {

// Words of one call: the number of positional arguments, the names of the others, a word per
// argument.
using Key = std::vector<uint64_t>;

// The key of the call at hand. On the stack, since guards may run code that calls other functions.
class CallKey {
 public:
  CallKey(std::span<PyObject* const> arguments, size_t positional, PyObject* names) {
    const size_t named = names ? arguments.size() - positional : 0;
    if (1 + named + arguments.size() > few_.size()) many_.resize(1 + named + arguments.size());
    uint64_t* out = many_.empty() ? few_.data() : many_.data();
    const uint64_t* first = out;
    *out++ = positional;
    // Keyword names are interned strings, so their addresses tell them apart.
    for (size_t i = 0; i < named; ++i)
      *out++ = reinterpret_cast<uint64_t>(PyTuple_GET_ITEM(names, Py_ssize_t(i)));
    for (PyObject* a : arguments) *out++ = signature(a);
    words_ = {first, out};
  }
  CallKey(const CallKey&) = delete;
  std::span<const uint64_t> words() const { return words_; }
  bool operator==(const Key& other) const { return std::ranges::equal(words_, other); }

 private:
  std::array<uint64_t, 24> few_;
  std::vector<uint64_t> many_;
  std::span<const uint64_t> words_;
};

struct Entry {
  Key key;
  // Null: another function serves these arguments, the plain one or `instead`.
  std::shared_ptr<Specialisation> specialisation;
  // The plain function rewritten, with compiled regions in it; or null.
  py::object instead;
};

constexpr size_t most_entries = 128;

struct Counters {
  int64_t calls = 0, compiled_calls = 0, divided_calls = 0, plain_calls = 0, misses = 0,
          refused = 0;
};

struct State {
  std::vector<Entry> entries;  // the most recently used first
  Counters counters;
};

struct FunctionObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject* plain;
  PyObject* code;  // the plain function's when this was made; null if it is no Python function
  PyObject* specialise;
  PyObject* dict;
  PyObject* weak_references;
  State* state;
};

FunctionObject* self_of(PyObject* o) { return reinterpret_cast<FunctionObject*>(o); }

PyObject* call_plain(FunctionObject* f, PyObject* const* arguments, size_t flags, PyObject* names) {
  ++f->state->counters.plain_calls;
  return PyObject_Vectorcall(f->plain, arguments, flags, names);
}

// Whether a function made of the plain one is still what that would be: users may change its
// defaults and its code.
bool still_twin(FunctionObject* f, PyObject* instead) {
  if (!f->code || PyFunction_GetCode(f->plain) != f->code) return false;
  if (!PyFunction_Check(instead)) return false;
  return PyFunction_GetDefaults(instead) == PyFunction_GetDefaults(f->plain) &&
         PyFunction_GetKwDefaults(instead) == PyFunction_GetKwDefaults(f->plain);
}

// Lets `specialise` leave its own frames out of the traceback of the exception that is set.
void tidy_traceback(FunctionObject* f) {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  if (PyObject* done = PyObject_CallMethod(f->specialise, "tidy", "O", value))
    Py_DECREF(done);
  else
    PyErr_Clear();
  Py_XDECREF(trace);
  PyErr_Restore(type, value, PyException_GetTraceback(value));
}

PyObject* call_instead(FunctionObject* f, const py::object& instead, PyObject* const* arguments,
                       size_t flags, PyObject* names) {
  if (!still_twin(f, instead.ptr())) return call_plain(f, arguments, flags, names);
  ++f->state->counters.divided_calls;
  PyObject* result = PyObject_Vectorcall(instead.ptr(), arguments, flags, names);
  if (!result) tidy_traceback(f);
  return result;
}

// The first entry of this key whose guards hold, moved to the front; null if there is none. One
// that is not compiled, and so has no guards, counts only where no other fits.
const Entry* find(State& state, const CallKey& key, std::span<PyObject* const> arguments) {
  const auto to_front = [&](size_t i) {
    const auto first = state.entries.begin();
    if (i > 0) std::rotate(first, first + long(i), first + long(i) + 1);
    return &state.entries[0];
  };
  size_t unguarded = state.entries.size();
  for (size_t i = 0; i < state.entries.size(); ++i) {
    Entry& e = state.entries[i];
    if (!(key == e.key)) continue;
    const auto held = e.specialisation;  // guards run Python code, which may change the entries
    if (!held) {
      unguarded = std::min(unguarded, i);
      continue;
    }
    if (!held->holds(arguments)) continue;
    if (i >= state.entries.size() || state.entries[i].specialisation != held) return nullptr;
    return to_front(i);
  }
  if (unguarded >= state.entries.size() || !(key == state.entries[unguarded].key) ||
      state.entries[unguarded].specialisation)
    return nullptr;
  return to_front(unguarded);
}

// Asks Python to compile for these arguments: a specialisation, a function to call instead of the
// plain one, or None.
Entry compile(FunctionObject* f, const CallKey& key, std::span<PyObject* const> arguments,
              size_t positional, PyObject* names) {
  ++f->state->counters.misses;
  py::tuple args(positional);
  for (size_t i = 0; i < positional; ++i)
    args[i] = py::reinterpret_borrow<py::object>(arguments[i]);
  py::dict keywords;
  for (size_t i = positional; i < arguments.size(); ++i)
    keywords[py::handle(PyTuple_GET_ITEM(names, Py_ssize_t(i - positional)))] =
        py::reinterpret_borrow<py::object>(arguments[i]);
  const py::object made = py::handle(f->specialise)(args, keywords);
  Entry entry{{key.words().begin(), key.words().end()}, nullptr, py::object()};
  if (PyFunction_Check(made.ptr()))
    entry.instead = made;
  else if (!made.is_none())
    entry.specialisation = made.cast<std::shared_ptr<Specialisation>>();
  return entry;
}

PyObject* call(PyObject* object, PyObject* const* arguments, size_t flags, PyObject* names) {
  FunctionObject* f = self_of(object);
  const size_t positional = size_t(PyVectorcall_NARGS(flags));
  const std::span<PyObject* const> all(arguments,
                                       positional + (names ? size_t(PyTuple_GET_SIZE(names)) : 0));
  ++f->state->counters.calls;
  try {
    if (errors_have_effects()) return call_plain(f, arguments, flags, names);
    const CallKey key(all, positional, names);
    std::shared_ptr<Specialisation> specialisation;
    py::object instead;
    if (const Entry* e = find(*f->state, key, all)) {
      specialisation = e->specialisation;
      instead = e->instead;
    } else {
      Entry fresh = compile(f, key, all, positional, names);
      specialisation = fresh.specialisation;
      instead = fresh.instead;
      auto& entries = f->state->entries;
      entries.insert(entries.begin(), std::move(fresh));
      if (entries.size() > most_entries) entries.pop_back();
    }
    if (specialisation) {
      if (auto result = specialisation->run(all)) {
        ++f->state->counters.compiled_calls;
        return result->release().ptr();
      }
      ++f->state->counters.refused;
    }
    if (instead) return call_instead(f, instead, arguments, flags, names);
    return call_plain(f, arguments, flags, names);
  } catch (py::error_already_set& e) { e.restore(); } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) { PyErr_SetString(PyExc_RuntimeError, e.what()); }
  return nullptr;
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  PyObject *plain = nullptr, *specialise = nullptr;
  static const char* names[] = {"plain", "specialise", nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OO", const_cast<char**>(names), &plain,
                                   &specialise))
    return nullptr;
  auto* f = reinterpret_cast<FunctionObject*>(type->tp_alloc(type, 0));
  if (!f) return nullptr;
  f->vectorcall = call;
  f->plain = Py_NewRef(plain);
  f->code = PyFunction_Check(plain) ? Py_NewRef(PyFunction_GetCode(plain)) : nullptr;
  f->specialise = Py_NewRef(specialise);
  f->state = new State;
  return reinterpret_cast<PyObject*>(f);
}

int traverse(PyObject* o, visitproc visit, void* arg) {
  FunctionObject* f = self_of(o);
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(f->plain);
  Py_VISIT(f->specialise);
  Py_VISIT(f->dict);
  if (f->state)
    for (const Entry& e : f->state->entries) Py_VISIT(e.instead.ptr());
  return 0;
}

int clear(PyObject* o) {
  FunctionObject* f = self_of(o);
  Py_CLEAR(f->plain);
  Py_CLEAR(f->code);
  Py_CLEAR(f->specialise);
  Py_CLEAR(f->dict);
  if (f->state) std::exchange(f->state->entries, {});
  return 0;
}

void destroy(PyObject* o) {
  FunctionObject* f = self_of(o);
  PyObject_GC_UnTrack(o);
  if (f->weak_references) PyObject_ClearWeakRefs(o);
  clear(o);
  delete f->state;
  PyTypeObject* type = Py_TYPE(o);
  type->tp_free(o);
  Py_DECREF(type);
}

// A function in a class binds to the instance, as plain functions do.
PyObject* bind(PyObject* o, PyObject* instance, PyObject*) {
  if (!instance || instance == Py_None) return Py_NewRef(o);
  return PyMethod_New(o, instance);
}

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
    py::list made;
    for (const Entry& e : s.entries)
      if (e.specialisation) made.append(py::cast(e.specialisation));
    d["specialisations"] = made;
    d["plain_signatures"] =
        std::ranges::count_if(s.entries, [](const Entry& e) { return !e.specialisation; });
    return d.release().ptr();
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
}

// Forgets all specialisations, so that the next call compiles again.
PyObject* reset(PyObject* o, PyObject*) {
  std::exchange(self_of(o)->state->entries, {});
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
  for (Entry& e : self_of(o)->state->entries) {
    if (!e.instead.is(py::handle(arguments[0])) || !e.instead) continue;
    py::object made;
    if (arguments[1] != Py_None) made = py::reinterpret_borrow<py::object>(arguments[1]);
    gone.push_back(std::exchange(e.instead, std::move(made)));
  }
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"_counters", counters, METH_NOARGS, "Counts of calls, and the specialisations in use."},
    {"_swap", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(swap)), METH_FASTCALL,
     "Replaces the function that is called instead of the plain one."},
    {"_reset", reset, METH_NOARGS, "Forgets all specialisations."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(FunctionObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY,
     nullptr},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
    {"__wrapped__", T_OBJECT, offsetof(FunctionObject, plain), READONLY, "The plain function."},
    {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

void bind_function(py::module_& m) {
  static PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("A compiled function; call it as the plain one.")},
      {Py_tp_new, slot(create)},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_clear, slot(clear)},
      {Py_tp_call, slot(PyVectorcall_Call)},
      {Py_tp_descr_get, slot(bind)},
      {Py_tp_methods, methods},
      {Py_tp_members, members},
      {Py_tp_getset, attributes},
      {0, nullptr}};
  static PyType_Spec spec{"braze._core.Function", sizeof(FunctionObject), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                              Py_TPFLAGS_METHOD_DESCRIPTOR,
                          slots};
  py::object type = py::reinterpret_steal<py::object>(PyType_FromSpec(&spec));
  if (!type) throw py::error_already_set();
  m.attr("Function") = type;

  py::class_<Specialisation, std::shared_ptr<Specialisation>>(
      m, "Specialisation",
      "A plan with the source of its inputs, its guards and the shape of its result.")
      .def(py::init<std::shared_ptr<runtime::Plan>, const py::sequence&, const py::sequence&,
                    const py::tuple&, const py::sequence&>(),
           py::arg("plan"), py::arg("inputs"), py::arg("guards"), py::arg("structure"),
           py::arg("written") = py::tuple())
      .def_property_readonly("plan", &Specialisation::plan);
}

}  // namespace bindings
