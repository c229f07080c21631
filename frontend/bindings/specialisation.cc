#include "frontend/bindings/specialisation.h"

#include <algorithm>
#include <array>

#include "frontend/bindings/array.h"
#include "ir/raises.h"
#include "runtime/prospects.h"
#include "runtime/updates.h"

namespace bindings {

Structure::Structure(const py::tuple& spec) {
  const std::string name = spec[0].cast<std::string>();
  if (name == "result") {
    kind = Kind::result;
    result = spec[1].cast<size_t>();
    is_view = spec[2].cast<bool>();
    is_apart = spec[3].cast<bool>();
    read_only = spec[4].cast<bool>();
  } else if (name == "const") {
    kind = Kind::constant;
    constant = spec[1];
  } else if (name == "either") {
    kind = Kind::either;
    result = spec[1].cast<size_t>();
    flag = spec[2].cast<size_t>();
    constant = spec[3].cast<py::tuple>();
  } else if (name == "tuple" || name == "list") {
    kind = name == "tuple" ? Kind::tuple : Kind::list;
    for (py::handle part : spec[1]) parts.emplace_back(part.cast<py::tuple>());
  } else if (name == "call") {
    kind = Kind::call;
    constant = spec[1];
    for (py::handle part : spec[2]) parts.emplace_back(part.cast<py::tuple>());
  } else if (name == "dict") {
    kind = Kind::dict;
    py::list keys;
    for (auto [key, part] : spec[1].cast<py::dict>()) {
      keys.append(key);
      parts.emplace_back(part.cast<py::tuple>());
    }
    constant = keys;
  } else if (name == "found") {
    kind = Kind::found;
    source.emplace(spec[1].cast<py::tuple>());
  } else {
    throw py::value_error("no such structure: " + name);
  }
}

py::object Structure::build(std::span<const py::object> results,
                            std::span<PyObject* const> arguments) const {
  switch (kind) {
    case Kind::result: return results[result];
    case Kind::constant: return constant;
    case Kind::found: return py::reinterpret_steal<py::object>(source->fetch(arguments));
    case Kind::either: {
      const py::tuple types = constant;
      return types[size_t(results[flag].cast<bool>())](results[result]);
    }
    case Kind::tuple: {
      py::tuple out(parts.size());
      for (size_t i = 0; i < parts.size(); ++i) out[i] = parts[i].build(results, arguments);
      return out;
    }
    case Kind::list: {
      py::list out(parts.size());
      for (size_t i = 0; i < parts.size(); ++i) out[i] = parts[i].build(results, arguments);
      return out;
    }
    case Kind::call: {
      py::tuple given(parts.size());
      for (size_t i = 0; i < parts.size(); ++i) given[i] = parts[i].build(results, arguments);
      return constant(*given);
    }
    case Kind::dict: {
      py::dict out;
      size_t i = 0;
      for (py::handle key : constant) out[key] = parts[i++].build(results, arguments);
      return out;
    }
  }
  return py::none();
}

void Structure::mark(std::vector<const Structure*>& of_result) const {
  const auto show = [&](size_t i) {
    if (of_result.size() <= i) of_result.resize(i + 1);
    of_result[i] = this;
  };
  if (kind == Kind::result || kind == Kind::either) show(result);
  if (kind == Kind::either) show(flag);
  for (const Structure& part : parts) part.mark(of_result);
}

namespace {

// Whether several results would be this one's array.
bool is_shared(const runtime::Tensor& t, std::span<const runtime::Value> results) {
  return std::ranges::count_if(results, [&](const runtime::Value& v) {
           const auto* other = std::get_if<runtime::Tensor>(&v.is);
           return other && other->owner == t.owner && runtime::same_elements(*other, t);
         }) > 1;
}

py::object result_to_python(const runtime::Value& value, const Structure& how,
                            std::span<const runtime::Value> results,
                            std::span<PyObject* const> inputs) {
  if (!how.is_view) return to_python(value, inputs);
  runtime::Value view = value;
  view.same_object = false;  // a view that shows all of an argument is another object still
  py::object result = to_python(view, inputs);
  // So is one that shows all of a fresh array, which may be a result too.
  const auto* t = std::get_if<runtime::Tensor>(&view.is);
  if (t && result.attr("base").is_none() && (!how.is_apart || is_shared(*t, results)))
    result = result.attr("view")();
  if (how.read_only) result.attr("flags").attr("writeable") = false;
  return result;
}

}  // namespace

Specialisation::Specialisation(std::shared_ptr<runtime::Plan> plan, const py::sequence& inputs,
                               const py::sequence& guards, const py::tuple& structure,
                               const py::sequence& written, bool exact)
    : plan_(std::move(plan)),
      guards_(guards),
      structure_(structure),
      exact_(exact),
      surely_faster_from_(runtime::surely_faster_from(plan_->graph())) {
  for (py::handle spec : written) {
    const auto pair = spec.cast<py::tuple>();
    written_.emplace_back(Source(pair[0].cast<py::tuple>()), pair[1]);
  }
  structure_.mark(of_result_);
  for (py::handle spec : inputs) {
    Source source(spec.cast<py::tuple>());
    uint64_t expected = 0;
    if (source.argument() < 0) {
      const auto tuple = spec.cast<py::tuple>();
      const py::object now = tuple.size() > 3 ? py::object(tuple[3])
                                              : py::reinterpret_steal<py::object>(source.fetch({}));
      if (!now) throw py::value_error("an input of the specialisation is not there");
      expected = signature(now.ptr());
    }
    // To make an array of a list may take longer than what the plain function does with the list.
    if (source.is_made()) surely_faster_from_ = runtime::doubtful_ns;
    inputs_.push_back({std::move(source), expected});
  }
  if (inputs_.size() != plan_->graph().body(ir::Graph::main).params.size())
    throw py::value_error("a specialisation gives its plan an argument for each parameter");
}

// Whether nobody would see what NumPy would warn of (frontend/braze/dispatch/warned.py).
bool Specialisation::unseen(const runtime::Errors& errors, py::handle plain) const {
  const ir::Graph& g = plan_->graph();
  py::list where;
  for (const auto& [node, kinds] : errors.where) {
    const ir::Loc& loc = g[node].loc;
    if (!loc.known() || (kinds & loc.reported)) return false;  // what is done there is not known
    where.append(py::make_tuple(std::string(ir::spelling(g.op(node))), int(kinds),
                                g.files.at(loc.file), loc.line));
  }
  uint8_t known = 0;
  for (const auto& [node, kinds] : errors.where) known |= kinds;
  if (errors.raised & ~known) return false;  // nobody knows where
  return py::module_::import("braze.dispatch.warned").attr("unseen")(plain, where).cast<bool>();
}

// First as fast as can be, flags as they are, since they are seldom set. Where flags are raised in
// the call, again with all operations checked; where NumPy would tell of an error, the plain
// function does, unless nobody would see it.
bool Specialisation::watch(runtime::Plan::Call& call, ErrorModes modes, py::handle plain) const {
  constexpr int patience = 4, longest = 8;  // calls; a power of 2 of them
  runtime::Errors errors;
  errors.reported = modes.reported;
  errors.checked = outlook_.checked;
  errors.clears = errors.checked || outlook_.clears;
  const auto accept = [&](const runtime::Errors& e) { return unseen(e, plain); };
  if (errors.checked && modes.warns) errors.accept = accept;
  bool done = call.run(numpy_host(), &errors);
  if (!done && errors.raised && !errors.clears) {
    errors.clears = true;
    done = call.run(numpy_host(), &errors);
    if (done) outlook_.clears = true;
  }
  if (!done && errors.raised && !errors.checked) {
    errors.checked = true;
    if (modes.warns) errors.accept = accept;
    done = call.run(numpy_host(), &errors);
  }
  if (done || errors.raised) outlook_.checked = errors.checked && (errors.flags || errors.raised);
  if (done) {
    outlook_.warned = 0;
  } else if (errors.raised) {
    const int warned = outlook_.warned + 1;
    outlook_.warned = warned;
    if (warned > patience) outlook_.plain = 1 << std::min(warned - patience, longest);
  }
  return done;
}

// Calls f with a list of n references that nobody owns, on the stack if they are few.
template <class F>
auto with_objects(size_t n, F&& f) {
  constexpr size_t few = 8;
  if (n <= few) {
    std::array<PyObject*, few> near;
    return f(std::span(near.data(), n));
  }
  std::vector<PyObject*> many(n);
  return f(std::span(many));
}

// The inputs of a call and their values; false if one is not as expected. Those that are no
// arguments stay alive through `held` while the plan runs, whatever other threads do to them.
bool Specialisation::gather(std::span<PyObject* const> arguments, std::span<PyObject*> inputs,
                            std::span<runtime::Value> values, Held& held) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Input& in = inputs_[i];
    if (const int a = in.source.argument(); a >= 0) {
      inputs[i] = arguments[size_t(a)];
    } else {
      held.objects.push_back(py::reinterpret_steal<py::object>(in.source.fetch(arguments)));
      inputs[i] = held.objects.back().ptr();
      if (!inputs[i] || signature(inputs[i]) != in.signature) return false;
    }
    if (!to_value(inputs[i], values[i]) && !held.generators.lend(inputs[i], values[i]))
      return false;
  }
  return true;
}

bool Specialisation::fits(std::span<PyObject* const> arguments) const {
  Held held;
  std::vector<PyObject*> inputs(inputs_.size());
  runtime::Plan::Call call(*plan_);
  return !gather(arguments, inputs, call.arguments(), held) || call.fits();
}

void Specialisation::prepare(std::span<PyObject* const> arguments, bool ahead) const {
  Held held;
  std::vector<PyObject*> inputs(inputs_.size());
  std::vector<runtime::Value> values(inputs_.size());
  if (gather(arguments, inputs, values, held)) plan_->prepare(values, numpy_host(), ahead);
}

py::object Specialisation::to_result(std::span<const runtime::Value> results,
                                     std::span<PyObject* const> inputs,
                                     std::span<PyObject* const> arguments) const {
  if (structure_.kind == Structure::Kind::result)
    return result_to_python(results[structure_.result], structure_, results, inputs);
  std::vector<py::object> converted(results.size());
  for (size_t i = 0; i < of_result_.size(); ++i)  // results that nothing shows are left out
    if (of_result_[i]) converted[i] = result_to_python(results[i], *of_result_[i], results, inputs);
  py::object built = structure_.build(converted, arguments);
  if (written_.empty()) return built;
  const py::tuple parts = built;
  std::vector<py::object> owners;  // found before any of them changes
  for (const auto& [owner, how] : written_)
    owners.push_back(py::reinterpret_steal<py::object>(owner.fetch(arguments)));
  for (size_t i = 0; i < written_.size(); ++i) {
    const py::object& how = written_[i].second;
    if (PyUnicode_Check(how.ptr()))
      owners[i].attr(how) = parts[i + 1];
    else
      how(owners[i], parts[i + 1]);
  }
  return parts[0];
}

std::optional<py::object> Specialisation::run(std::span<PyObject* const> arguments,
                                              ErrorModes modes, py::handle plain) const {
  const uint8_t watched = plan_->watched(modes.reported);
  if ((watched & ir::under_error) && !plan_->underflow_shows()) return std::nullopt;
  if (watched && outlook_.plain > 0) {
    outlook_.plain = outlook_.plain - 1;
    return std::nullopt;
  }
  return with_objects(inputs_.size(),
                      [&](std::span<PyObject*> inputs) -> std::optional<py::object> {
                        Held held;
                        runtime::Plan::Call call(*plan_);
                        if (!gather(arguments, inputs, call.arguments(), held)) return std::nullopt;
                        if (!(watched ? watch(call, modes, plain) : call.run(numpy_host())))
                          return std::nullopt;
                        return to_result(call.results(), inputs, arguments);
                      });
}

}  // namespace bindings
