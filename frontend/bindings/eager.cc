#include "frontend/bindings/eager.h"

#include <pybind11/pybind11.h>

#include <string>
#include <unordered_map>

#include "frontend/bindings/array.h"
#include "frontend/bindings/draws.h"
#include "frontend/bindings/errstate.h"
#include "frontend/bindings/shown.h"
#include "ir/raises.h"

namespace bindings {

namespace {

using runtime::EagerCall;
using runtime::Operand;
using runtime::Tensor;
using runtime::Value;

// A call that graphs name: braze.eager_calls.Callee.
struct Callee {
  enum class Errors : uint8_t { none, invalid, reported };

  py::object run;                  // empty if there is no such function
  std::vector<py::object> values;  // of the arguments; empty for an operand
  std::vector<int> operands;       // of the arguments; -1 for a constant
  py::object keywords;
  int copies = -1;  // the argument that is a copy of its operand, and what the call gives
  bool nonempty = false;
  Errors errors = Errors::reported;
  py::object names, name, function;  // where the function stands; no names if always
  // Of a call that draws random numbers, or makes a generator: it gives the number of such calls,
  // which is its last operand, besides.
  bool draws = false, makes = false;

  bool stands() const {
    if (!names) return bool(run);
    return run && PyDict_GetItemWithError(names.ptr(), name.ptr()) == function.ptr();
  }
};

Callee::Errors errors_of(const std::string& text) {
  if (text == "none") return Callee::Errors::none;
  return text == "invalid" ? Callee::Errors::invalid : Callee::Errors::reported;
}

void fill(Callee& made, const py::object& module, const py::tuple& found) {
  const py::object given = module.attr("Given");
  for (const py::handle argument : found[1].cast<py::tuple>()) {
    const bool operand = py::isinstance(argument, given);
    made.operands.push_back(operand ? argument.cast<int>() : -1);
    made.values.push_back(operand ? py::object() : py::reinterpret_borrow<py::object>(argument));
  }
  if (!found[2].is_none()) made.keywords = found[2];
  made.copies = found[3].cast<int>();
  made.nonempty = found[4].cast<bool>();
  made.errors = errors_of(found[5].cast<std::string>());
  if (!found[6].is_none()) made.names = found[6];
  made.name = found[7];
  made.function = found[8];
  const auto draws = found[9].cast<std::string>();
  made.draws = !draws.empty();
  made.makes = draws == "makes";
  made.run = found[0];
}

Callee find(const std::string& text, const py::tuple& types) {
  Callee made;
  try {
    const py::object module = py::module_::import("braze.arrays.eager.calls");
    fill(made, module, module.attr("callee")(text, types));
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_ValueError)) throw;
  }
  return made;
}

py::tuple type_of(const Operand& v) {
  if (v.tensor) return py::make_tuple("array", ir::info(v.tensor->dtype).name, v.tensor->rank);
  return py::make_tuple(v.number->python ? "python" : "scalar", ir::info(v.number->dtype).name, 0);
}

// By text and types. Python's lock is held; never destroyed, since Python may be gone before static
// objects.
const Callee& callee(const std::string& text, std::span<const Operand> operands) {
  static auto& known = *new std::unordered_map<std::string, Callee>();
  py::tuple types(operands.size());
  for (size_t i = 0; i < operands.size(); ++i) types[i] = type_of(operands[i]);
  const std::string key = text + py::repr(types).cast<std::string>();
  const auto at = known.find(key);
  if (at != known.end()) return at->second;
  Callee made = find(text, types);  // which may let other threads run
  return known.try_emplace(key, std::move(made)).first->second;
}

// What is kept of a step: what it calls, and the arguments of the last call with it. One call at a
// time uses it.
struct Site {
  explicit Site(const Callee& c)
      : callee(c), arguments(c.operands.size() + 1), shown(c.operands.size()) {
    for (size_t i = 0; i < c.values.size(); ++i) arguments[i + 1] = c.values[i].ptr();
  }

  const Callee& callee;
  std::vector<PyObject*> arguments;  // behind a place that belongs to the callee
  std::vector<Shown> shown;          // per argument: the array that stands for the operand
};

// The arguments of a call while it lasts.
class Arguments {
 public:
  Arguments(Site& site, std::span<const Operand> operands, PyObject* generator) : site_(site) {
    const Callee& c = site.callee;
    for (size_t i = 0; i < c.operands.size(); ++i) {
      if (c.operands[i] < 0) continue;
      const Operand& v = operands[size_t(c.operands[i])];
      PyObject*& to = site.arguments[i + 1];
      if (generator && c.operands[i] == 0)
        to = Py_NewRef(generator);
      else if (!v.tensor)
        to = to_python(*v.number).release().ptr();
      else if (int(i) == c.copies)
        to = copied(*v.tensor).release().ptr();
      else
        to = Py_NewRef(site.shown[i].show(*v.tensor));
    }
  }
  ~Arguments() {
    const Callee& c = site_.callee;
    for (size_t i = 0; i < c.operands.size(); ++i) {
      if (c.operands[i] < 0) continue;
      Py_CLEAR(site_.arguments[i + 1]);
      site_.shown[i].hide();
    }
  }
  Arguments(const Arguments&) = delete;

  // A new reference; nothing if the call raised.
  py::object call() const {
    const Callee& c = site_.callee;
    const size_t named = c.keywords ? size_t(PyTuple_GET_SIZE(c.keywords.ptr())) : 0;
    PyObject* made = PyObject_Vectorcall(
        c.run.ptr(), site_.arguments.data() + 1,
        (site_.arguments.size() - 1 - named) | PY_VECTORCALL_ARGUMENTS_OFFSET, c.keywords.ptr());
    if (made && c.copies >= 0) Py_SETREF(made, Py_NewRef(site_.arguments[size_t(c.copies) + 1]));
    if (made) return py::reinterpret_steal<py::object>(made);
    if (!PyErr_ExceptionMatches(PyExc_Exception)) throw py::error_already_set();
    PyErr_Clear();
    return {};
  }

 private:
  Site& site_;
};

py::object called(Site& site, const EagerCall& call, PyObject* generator) {
  const ir::Loc& loc = call.graph[call.node].loc;
  const Arguments arguments(site, call.operands, generator);
  using Errors = Callee::Errors;
  if (site.callee.errors == Errors::none) return arguments.call();
  const uint8_t reported = (error_modes().reported & ~loc.silenced) | loc.reported;
  const ErrorsRaised raised(site.callee.errors == Errors::invalid ? ir::invalid_error : reported);
  return arguments.call();
}

// An array with one axis has to be dense, too, as the frontend takes it to be.
bool is_of(const ir::Type& type, const Value& v) {
  if (const auto* t = std::get_if<Tensor>(&v.is))
    return type.is_array() && t->dtype == type.dtype && t->rank == type.rank() &&
           (t->rank != 1 || t->c_contiguous());
  const auto& n = std::get<runtime::Number>(v.is);
  return type.is_scalar() && n.dtype == type.dtype &&
         n.python == (type.kind == ir::Type::Kind::python);
}

// Memory that another value shows too must not be taken for a new array's.
bool overlaps(const Tensor& t, const Tensor* other) {
  return other && other->size() > 0 && runtime::may_overlap(t, *other);
}

bool stands_apart(const EagerCall& call, size_t at) {
  const auto* t = std::get_if<Tensor>(&call.made[at].is);
  if (!t || t->size() == 0) return true;
  for (const Operand& v : call.operands)
    if (overlaps(*t, v.tensor)) return false;
  for (const Value& v : call.made.first(at))
    if (overlaps(*t, std::get_if<Tensor>(&v.is))) return false;
  return true;
}

bool take_part(EagerCall& call, py::object part, size_t at, const ir::Type& type) {
  return take(std::move(part), call.made[at]) && is_of(type, call.made[at]) &&
         stands_apart(call, at);
}

}  // namespace

namespace {

Site& site_of(EagerCall& call) {
  if (!call.kept)
    call.kept = std::make_shared<Site>(
        callee(std::string(call.graph.attrs(call.node).text("call")), call.operands));
  return *static_cast<Site*>(call.kept.get());
}

bool take_parts(EagerCall& call, py::object made, const ir::Type& type) {
  const size_t n = call.made.size();
  if (!PyTuple_Check(made.ptr()) || size_t(PyTuple_GET_SIZE(made.ptr())) != n) return false;
  std::vector<py::object> parts;
  for (size_t i = 0; i < n; ++i)
    parts.push_back(
        py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(made.ptr(), Py_ssize_t(i))));
  made = {};  // the tuple lets go of them
  for (size_t i = 0; i < n; ++i)
    if (!take_part(call, std::move(parts[i]), i, call.graph.type(type.elements[i]))) return false;
  return true;
}

// How many calls have drawn is the last operand, and the last value.
bool count(EagerCall& call) {
  const runtime::Number* so_far = call.operands.empty() ? nullptr : call.operands.back().number;
  if (!so_far || so_far->dtype != ir::DType::i64 || !so_far->python) return false;
  runtime::Number now = *so_far;
  *reinterpret_cast<int64_t*>(now.bytes.data()) += 1;
  call.made.back().is = now;
  return true;
}

// A call after which a generator is in another state, or there is a new one.
bool draw(EagerCall& call, Site& site) {
  const ir::Type& type = call.graph.type(call.node);
  const bool alone = type.kind != ir::Type::Kind::tuple;  // nothing but the count is given
  if (call.made.size() != (alone ? 1 : 2) || !count(call)) return false;
  Draws& draws = Draws::of(call.done);
  PyObject* generator = nullptr;
  if (!site.callee.makes) {
    const runtime::Number* handle = call.operands.front().number;
    generator = handle ? draws.generator(*handle) : nullptr;
    if (!generator || !draws.note(generator)) return false;
  }
  py::object made = called(site, call, generator);
  if (!made) return false;
  if (alone) return made.is_none();
  if (!site.callee.makes)
    return take_part(call, std::move(made), 0, call.graph.type(type.elements[0]));
  if (!is_generator(made.ptr())) return false;
  call.made[0].is = draws.keep(std::move(made));
  return true;
}

}  // namespace

bool call_eager(EagerCall& call) {
  Site& site = site_of(call);
  if (!site.callee.stands()) return false;
  if (site.callee.draws) return draw(call, site);
  if (site.callee.nonempty)
    for (const Operand& v : call.operands)
      if (v.tensor && v.tensor->size() == 0) return false;
  py::object made = called(site, call, nullptr);
  if (!made) return false;
  const ir::Type& type = call.graph.type(call.node);
  if (type.kind == ir::Type::Kind::tuple) return take_parts(call, std::move(made), type);
  return call.made.size() == 1 && take_part(call, std::move(made), 0, type);
}

}  // namespace bindings
