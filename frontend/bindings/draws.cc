#include "frontend/bindings/draws.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bindings {

using runtime::Number;

namespace {

constexpr std::array types{"numpy.random._generator.Generator", "numpy.random.mtrand.RandomState"};

// Generators that calls are at work with, in all threads. Python's lock is held.
std::vector<PyObject*>& lent() {
  static auto& all = *new std::vector<PyObject*>();
  return all;
}

bool is_legacy(PyObject* generator) {
  return std::strcmp(Py_TYPE(generator)->tp_name, types[1]) == 0;
}

}  // namespace

bool is_generator(PyObject* object) {
  static std::array<PyTypeObject*, types.size()> known{};
  PyTypeObject* const type = Py_TYPE(object);
  if (std::ranges::find(known, type) != known.end()) return true;
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) return false;
  const auto at = std::ranges::find_if(
      types, [&](const char* name) { return std::strcmp(type->tp_name, name) == 0; });
  if (at == types.end()) return false;
  known[size_t(at - types.begin())] = type;
  return true;
}

Number handle_of(PyObject* object) {
  Number handle{ir::DType::i64, true, {}};
  std::memcpy(handle.bytes.data(), &object, sizeof object);
  return handle;
}

Lent::~Lent() {
  for (PyObject* object : mine_) {
    auto& all = lent();
    all.erase(std::ranges::find(all, object));
  }
}

bool Lent::lend(PyObject* object, runtime::Value& handle) {
  if (!is_generator(object)) return false;
  handle.is = handle_of(object);
  lent().push_back(object);
  mine_.push_back(object);
  return true;
}

Draws& Draws::of(std::shared_ptr<void>& done) {
  if (!done) done = std::make_shared<Draws>();
  return *static_cast<Draws*>(done.get());
}

PyObject* Draws::generator(const Number& handle) const {
  PyObject* object = nullptr;
  std::memcpy(&object, handle.bytes.data(), sizeof object);
  const auto is_it = [&](const py::object& made) { return made.ptr() == object; };
  const bool known =
      std::ranges::find(lent(), object) != lent().end() || std::ranges::any_of(made_, is_it);
  return known ? object : nullptr;
}

Number Draws::keep(py::object made) {
  made_.push_back(std::move(made));
  return handle_of(made_.back().ptr());
}

bool Draws::note(PyObject* generator) {
  const auto is_it = [&](const State& s) { return s.generator.ptr() == generator; };
  const auto is_made = [&](const py::object& made) { return made.ptr() == generator; };
  if (std::ranges::any_of(states_, is_it) || std::ranges::any_of(made_, is_made)) return true;
  const py::handle of = generator;
  try {
    py::object held = is_legacy(generator) ? of.attr("get_state")(py::arg("legacy") = false)
                                           : of.attr("bit_generator").attr("state");
    states_.push_back({py::reinterpret_borrow<py::object>(of), std::move(held)});
    return true;
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;
    return false;
  }
}

// The last one first: generators may share their bits.
void Draws::take_back() {
  for (; !states_.empty(); states_.pop_back()) {
    const State& s = states_.back();
    if (is_legacy(s.generator.ptr()))
      s.generator.attr("set_state")(s.held);
    else
      s.generator.attr("bit_generator").attr("state") = s.held;
  }
}

}  // namespace bindings
