// The object behind braze.Function: what its calls (function.cc) and its methods (facts.cc) share.
#pragma once
#include "frontend/bindings/entries.h"

namespace bindings {

struct Counters {
  int64_t calls = 0, compiled_calls = 0, divided_calls = 0, plain_calls = 0, misses = 0,
          refused = 0, regulated = 0;
};

struct State {
  Entries entries;
  Counters counters;
  Clock clock;
  bool regulates = false;
  bool gives_way = false;  // to the plain function, where somebody follows its lines
};

struct FunctionObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject* plain;
  PyObject* code;  // the plain function's when this was made; null if it is no Python function
  PyObject* options;
  PyObject* compiler;  // null until it is needed
  PyObject* dict;
  PyObject* weak_references;
  State* state;
};

inline FunctionObject* self_of(PyObject* o) { return reinterpret_cast<FunctionObject*>(o); }

// What compiles for a function, made when it is first needed.
py::object compiler_of(FunctionObject* f);

// What Python asks and tells the dispatcher, as the type's methods.
PyMethodDef* function_methods();

}  // namespace bindings
