// braze.Function: the callable that a decorator returns. A call finds the specialisation whose
// signature and guards fit the arguments, and runs its plan; anything unknown asks the compiler,
// which is Python, and what cannot be compiled runs the plain function.
#include <pybind11/stl.h>
#include <structmember.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "frontend/bindings/errstate.h"
#include "frontend/bindings/function.h"

namespace bindings {

namespace {

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

// Lets the compiler leave its own frames out of the traceback of the exception that is set.
void tidy_traceback(FunctionObject* f) {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  if (PyObject* done = PyObject_CallMethod(f->compiler, "tidy", "O", value))
    Py_DECREF(done);
  else
    PyErr_Clear();
  Py_XDECREF(trace);
  PyErr_Restore(type, value, PyException_GetTraceback(value));
}

// What is no function makes the one to call, or None for the plain one.
PyObject* call_instead(FunctionObject* f, py::object instead, PyObject* const* arguments,
                       size_t flags, PyObject* names) {
  if (!PyFunction_Check(instead.ptr())) instead = instead();
  if (!still_twin(f, instead.ptr())) return call_plain(f, arguments, flags, names);
  ++f->state->counters.divided_calls;
  PyObject* result = PyObject_Vectorcall(instead.ptr(), arguments, flags, names);
  if (!result) tidy_traceback(f);
  return result;
}

// Whether what Python raised has nothing to do with what was asked for: the stack is nearly full,
// or the interpreter ends.
bool is_passing(const py::error_already_set& e) {
  if (e.matches(PyExc_RecursionError) || e.matches(PyExc_MemoryError)) return true;
  PyObject* finders = PySys_GetObject("meta_path");
  return !finders || finders == Py_None;
}

// The same for a call; null if the frontend cannot be loaded at the time.
py::object compiler_if_any(FunctionObject* f) {
  try {
    return compiler_of(f);
  } catch (py::error_already_set& e) {
    if (is_passing(e) && py::handle(f->options).attr("fallback").cast<bool>()) return py::object();
    throw;
  }
}

struct Call {
  PyObject* const* arguments;
  size_t flags;
  PyObject* names;
  std::span<PyObject* const> all;
  size_t positional() const { return size_t(PyVectorcall_NARGS(flags)); }
};

// The arguments of a call as Python code has them.
std::pair<py::tuple, py::dict> as_objects(const Call& c) {
  py::tuple args(c.positional());
  for (size_t i = 0; i < args.size(); ++i)
    args[i] = py::reinterpret_borrow<py::object>(c.arguments[i]);
  py::dict keywords;
  for (size_t i = args.size(); i < c.all.size(); ++i)
    keywords[py::handle(PyTuple_GET_ITEM(c.names, Py_ssize_t(i - args.size())))] =
        py::reinterpret_borrow<py::object>(c.all[i]);
  return {std::move(args), std::move(keywords)};
}

// What another process has compiled for such a call, if that is on disk: no entry otherwise. Asked
// only while there is no compiler, which loads the frontend.
Entry at_hand(FunctionObject* f, const CallKey& key, const Call& c) {
  if (f->compiler || !f->code) return {};
  const auto [args, keywords] = as_objects(c);
  try {
    const py::object made =
        py::module_::import("braze.dispatch.kept")
            .attr("find")(py::handle(f->plain), py::handle(f->options), args, keywords);
    return made.is_none() ? Entry{} : entry_of(key, made, f->state->regulates);
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;
    return {};
  }
}

// Asks Python to compile for these arguments: a specialisation, a function to call instead of the
// plain one, or None. For other `sizes` than those of what is compiled: a specialisation or None.
Entry compile(FunctionObject* f, const py::object& compiler, const CallKey& key, const Call& c,
              bool sizes) {
  ++f->state->counters.misses;
  const auto [args, keywords] = as_objects(c);
  const py::object made =
      sizes ? compiler.attr("resized")(args, keywords) : compiler(args, keywords);
  return entry_of(key, made, f->state->regulates);
}

PyObject* run(FunctionObject* f, const Held& made, const Call& c) {
  auto result = made->run(c.all, error_modes(), f->plain);
  ++(result ? f->state->counters.compiled_calls : f->state->counters.refused);
  return result ? result->release().ptr() : nullptr;
}

// Serves a call of sizes that what was chosen is not for: by another version, if need be a new one.
PyObject* serve_resized(FunctionObject* f, const Held& first, const Call& c) {
  constexpr size_t most_versions = 3;
  const CallKey key(c.all, c.positional(), c.names);
  std::vector<Held> tried{first};
  while (tried.back() && !tried.back()->fits(c.all)) {
    Choice choice = f->state->entries.other(key, c.all, tried);
    if (!choice.found && tried.size() < most_versions && f->state->entries.resizes(first, false)) {
      Entry fresh = compile(f, compiler_of(f), key, c, true);
      if (fresh.specialisation && fresh.specialisation->fits(c.all)) {
        choice.specialisation = fresh.specialisation;
        f->state->entries.resizes(first, true);
        fresh.specialisation->prepare(c.all, false);
        f->state->entries.add(std::move(fresh));
      }
    }
    if (choice.specialisation) {
      if (PyObject* result = run(f, choice.specialisation, c)) {
        f->state->entries.prefer(choice.specialisation);
        return result;
      }
      if (PyErr_Occurred()) return nullptr;
    } else if (choice.instead) {
      return call_instead(f, choice.instead, c.arguments, c.flags, c.names);
    }
    tried.push_back(choice.specialisation);
  }
  return call_plain(f, c.arguments, c.flags, c.names);
}

// Serves a call by what has been compiled; by the plain function where that is refused.
PyObject* serve(FunctionObject* f, const Choice& choice, const Call& c, bool& refused) {
  if (choice.specialisation) {
    if (PyObject* result = run(f, choice.specialisation, c)) return result;
    refused = true;
    return serve_resized(f, choice.specialisation, c);
  }
  if (choice.instead) return call_instead(f, choice.instead, c.arguments, c.flags, c.names);
  return call_plain(f, c.arguments, c.flags, c.names);
}

// Whether the plain function gives the same bits as the rewritten one, as far as is known.
bool is_exact(FunctionObject* f) { return compiler_of(f).attr("exact")().cast<bool>(); }

// A call by which something may be found out: goes the way that is on trial.
PyObject* serve_on_trial(FunctionObject* f, Choice& choice, const Call& c) {
  Regulation& r = *choice.regulation;
  if (choice.plain && choice.instead && !std::exchange(r.cleared, true) && !is_exact(f)) {
    r.end();
    choice.plain = false;
  }
  const bool measured = r.measures(choice.size);
  if (measured && choice.begin == 0) choice.begin = f->state->clock.now();
  bool refused = false;
  f->state->counters.regulated += choice.plain;
  PyObject* result =
      choice.plain ? call_plain(f, c.arguments, c.flags, c.names) : serve(f, choice, c, refused);
  if (!result || refused) return result;
  const py::object held = py::reinterpret_steal<py::object>(result);  // a clock may throw
  runtime::Trial& trial = r.trial(choice.size);
  if (measured) {
    const auto way = choice.plain ? Regulation::Way::plain : Regulation::Way::compiled;
    trial.note(way, f->state->clock.now() - choice.begin);
  } else {
    trial.count();
  }
  r.remember(choice.size);
  return Py_NewRef(held.ptr());
}

// The function has got other code: nothing that was compiled is for it.
void renew(FunctionObject* f) {
  Py_SETREF(f->code, Py_NewRef(PyFunction_GetCode(f->plain)));
  const std::vector<Entry> gone = f->state->entries.take();
  if (f->compiler) py::handle(f->compiler).attr("renew")();
}

// Debuggers stop at lines and coverage counts them: compiled code has none.
bool lines_are_followed() { return PyThreadState_Get()->c_tracefunc != nullptr; }

PyObject* call(PyObject* object, PyObject* const* arguments, size_t flags, PyObject* names) {
  FunctionObject* f = self_of(object);
  const size_t positional = size_t(PyVectorcall_NARGS(flags));
  const size_t named = names ? size_t(PyTuple_GET_SIZE(names)) : 0;
  const Call c{arguments, flags, names, {arguments, positional + named}};
  ++f->state->counters.calls;
  if (f->state->gives_way && lines_are_followed()) return call_plain(f, arguments, flags, names);
  try {
    if (f->code && PyFunction_GetCode(f->plain) != f->code) renew(f);
    const CallKey key(c.all, positional, names);
    Choice choice = f->state->entries.find(key, c.all, f->state->clock);
    if (choice.regulation) return serve_on_trial(f, choice, c);
    if (choice.plain) {
      ++f->state->counters.regulated;
      return call_plain(f, arguments, flags, names);
    }
    if (!choice.found) {
      Entry fresh = at_hand(f, key, c);
      if (!fresh.specialisation) {
        const py::object compiler = compiler_if_any(f);
        if (!compiler) return call_plain(f, arguments, flags, names);
        fresh = compile(f, compiler, key, c, false);
      }
      if (fresh.specialisation) fresh.specialisation->prepare(c.all, false);
      choice.specialisation = fresh.specialisation;
      choice.instead = fresh.instead;
      if (fresh.kept) f->state->entries.add(std::move(fresh));
    }
    bool refused = false;
    return serve(f, choice, c, refused);
  } catch (py::error_already_set& e) { e.restore(); } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) { PyErr_SetString(PyExc_RuntimeError, e.what()); }
  return nullptr;
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  PyObject *plain = nullptr, *options = nullptr, *compiler = nullptr;
  int regulates = 0, gives_way = 0;
  static const char* names[] = {"plain", "options", "regulates", "gives_way", "compiler", nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOpp|O", const_cast<char**>(names), &plain,
                                   &options, &regulates, &gives_way, &compiler))
    return nullptr;
  auto* f = reinterpret_cast<FunctionObject*>(type->tp_alloc(type, 0));
  if (!f) return nullptr;
  f->vectorcall = call;
  f->plain = Py_NewRef(plain);
  f->code = PyFunction_Check(plain) ? Py_NewRef(PyFunction_GetCode(plain)) : nullptr;
  f->options = Py_NewRef(options);
  f->compiler = Py_XNewRef(compiler);
  f->state = new State;
  f->state->regulates = regulates != 0;
  f->state->gives_way = gives_way != 0;
  return reinterpret_cast<PyObject*>(f);
}

int traverse(PyObject* o, visitproc visit, void* arg) {
  FunctionObject* f = self_of(o);
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(f->plain);
  Py_VISIT(f->options);
  Py_VISIT(f->compiler);
  Py_VISIT(f->dict);
  if (!f->state) return 0;
  Py_VISIT(f->state->clock.replaced.ptr());
  for (const Entry& e : f->state->entries.all()) Py_VISIT(e.instead.ptr());
  return 0;
}

int clear(PyObject* o) {
  FunctionObject* f = self_of(o);
  Py_CLEAR(f->plain);
  Py_CLEAR(f->code);
  Py_CLEAR(f->options);
  Py_CLEAR(f->compiler);
  Py_CLEAR(f->dict);
  if (!f->state) return 0;
  const py::object clock = std::exchange(f->state->clock.replaced, py::object());
  f->state->entries.take();
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

PyObject* get_compiler(PyObject* o, void*) {
  try {
    return compiler_of(self_of(o)).release().ptr();
  } catch (py::error_already_set& e) {
    e.restore();
    return nullptr;
  }
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(FunctionObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY,
     nullptr},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
    {"__wrapped__", T_OBJECT, offsetof(FunctionObject, plain), READONLY, "The plain function."},
    // No entries of `__dict__`, which functools.update_wrapper copies to who wraps the function.
    {"_options", T_OBJECT, offsetof(FunctionObject, options), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {"_compiler", get_compiler, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

py::object compiler_of(FunctionObject* f) {
  if (!f->compiler) {
    const py::module_ loading = py::module_::import("braze.dispatch.loading");
    py::object made = loading.attr("compiler_of")(py::handle(reinterpret_cast<PyObject*>(f)));
    if (!f->compiler) f->compiler = made.release().ptr();  // no other thread has made one
  }
  return py::reinterpret_borrow<py::object>(f->compiler);
}

void bind_function(py::module_& m) {
  static PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("A compiled function; call it as the plain one.")},
      {Py_tp_new, slot(create)},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_clear, slot(clear)},
      {Py_tp_call, slot(PyVectorcall_Call)},
      {Py_tp_descr_get, slot(bind)},
      {Py_tp_methods, function_methods()},
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
                    const py::tuple&, const py::sequence&, bool>(),
           py::arg("plan"), py::arg("inputs"), py::arg("guards"), py::arg("structure"),
           py::arg("written") = py::tuple(), py::arg("exact") = false)
      .def_property_readonly("exact", &Specialisation::exact)
      .def(
          "prepare",
          [](const Specialisation& s, const py::tuple& arguments) {
            s.prepare({&PyTuple_GET_ITEM(arguments.ptr(), 0), arguments.size()}, true);
          },
          "Compiles all that such a call needs, without running it.")
      .def(
          "serves",
          [](const Specialisation& s, const py::tuple& arguments) {
            const std::span all(&PyTuple_GET_ITEM(arguments.ptr(), 0), arguments.size());
            return s.holds(all) && s.fits(all);
          },
          "Whether the guards hold, and it is for arguments of these sizes.")
      .def_property_readonly("plan", &Specialisation::plan);
}

}  // namespace bindings
