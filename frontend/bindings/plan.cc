// Plans and the reference engine in Python: running a graph on NumPy arrays.
#include "runtime/plan.h"

#include <pybind11/stl.h>

#include "frontend/bindings/array.h"
#include "frontend/bindings/bind.h"
#include "frontend/bindings/draws.h"
#include "frontend/bindings/specialisation.h"
#include "ir/error.h"
#include "runtime/eager.h"
#include "runtime/profile.h"

namespace bindings {

using runtime::Plan;

namespace {

codegen::JitOptions& jit_options() {
  static codegen::JitOptions options;
  return options;
}

// One for all plans, made on the first compile; never destroyed, since threads may still run its
// code when the process ends.
std::shared_ptr<codegen::Jit> jit() {
  static const auto& shared =
      *new std::shared_ptr<codegen::Jit>(std::make_shared<codegen::Jit>(jit_options()));
  return shared;
}

// The arguments as values of the graph's parameters, generators while `lent` lives. TypeError where
// one does not fit.
std::vector<runtime::Value> values_of(const ir::Graph& g, const py::args& args, Lent& lent) {
  const auto& params = g.body(ir::Graph::main).params;
  if (args.size() != params.size())
    throw py::type_error("the graph takes " + std::to_string(params.size()) + " arguments, not " +
                         std::to_string(args.size()));
  std::vector<runtime::Value> values(args.size());
  for (size_t i = 0; i < args.size(); ++i) {
    PyObject* o = args[i].ptr();
    const ir::Type& t = g.type(params[i]);
    bool fits = (takes(signature(o)) && to_value(o, values[i])) || lent.lend(o, values[i]);
    if (const auto* tensor = fits ? std::get_if<runtime::Tensor>(&values[i].is) : nullptr) {
      fits = t.is_array() && tensor->dtype == t.dtype && tensor->rank == t.rank();
      for (int a = 0; fits && a < tensor->rank; ++a)
        fits = (tensor->shape[size_t(a)] == 1) == g.dims.is(t.dims[size_t(a)], 1);
    } else if (fits) {
      const auto& number = std::get<runtime::Number>(values[i].is);
      fits = t.is_scalar() && number.dtype == t.dtype &&
             number.python == (t.kind == ir::Type::Kind::python);
    }
    if (!fits)
      throw py::type_error("argument " + std::to_string(i + 1) + " is not of the parameter's type");
  }
  return values;
}

py::tuple results_to_python(const std::vector<runtime::Value>& results, const py::args& args) {
  std::vector<PyObject*> objects;
  for (py::handle a : args) objects.push_back(a.ptr());
  py::tuple out(results.size());
  for (size_t i = 0; i < results.size(); ++i) out[i] = to_python(results[i], objects);
  return out;
}

// The costs of one call: a row for each step of the plan that did anything.
py::list profile_of(const Plan& plan, const py::args& args) {
  const ir::Graph& g = plan.graph();
  Lent lent;
  const auto values = values_of(g, args, lent);
  runtime::Profile profile;
  py::list rows;
  if (!plan.run(values, numpy_host(), nullptr, &profile)) return rows;
  for (const auto& [id, row] : profile.rows) {
    const ir::Ref r{id};
    std::vector<ir::Ref> nodes = {r};
    if (g.op(r) == ir::Op::kernel) nodes = g.body(g.attrs(r).body("body")).nodes;
    py::list ops, places;
    for (ir::Ref n : nodes) {
      if (ir::is_view(g.op(n)) && nodes.size() > 1) continue;
      const bool eager = g.op(n) == ir::Op::eager;
      ops.append(eager ? std::string(g.attrs(n).text("call")) : std::string(ir::spelling(g.op(n))));
      places.append(location(g, g[n].loc));
    }
    py::dict d;
    d["ops"] = ops;
    d["places"] = places;
    d["runs"] = row.runs;
    d["ms"] = row.ms;
    d["bytes"] = row.bytes;
    d["work"] = row.work;
    rows.append(d);
  }
  return rows;
}

py::dict stats_of(const Plan& plan) {
  const runtime::PlanStats s = plan.stats();
  py::dict d;
  d["launches"] = s.launches;
  d["compiles"] = s.compiles;
  d["cache_hits"] = s.cache_hits;
  d["compile_ms"] = s.compile_ms;
  return d;
}

py::list kernels_of(const Plan& plan) {
  py::list out;
  const auto add = [&](const codegen::Code& code, const codegen::Jit::Text& text) {
    py::dict d;
    d["symbol"] = code.symbol;
    d["bytes"] = code.bytes;
    d["build_ms"] = code.timing.build_ms;
    d["compile_ms"] = code.timing.compile_ms;
    d["link_ms"] = code.timing.link_ms;
    d["llvm"] = text.llvm;
    d["asm"] = text.assembly;
    out.append(d);
  };
  const ir::Graph& g = plan.graph();
  for (const auto& k : plan.kernels())
    add(*k.code, jit()->text(g, passes::describe(g, k.body), k.variant));
  for (const auto& l : plan.loops()) add(*l.code, jit()->text(g, l.loop, l.place, l.variant));
  return out;
}

}  // namespace

void bind_plan(py::module_& m) {
  import_numpy();
  py::class_<Plan, std::shared_ptr<Plan>>(m, "Plan", "An optimised graph, ready to run.")
      .def(py::init([](std::shared_ptr<ir::Graph> graph, bool kernels, int threads) {
             return std::make_shared<Plan>(graph, jit(), runtime::PlanOptions{threads, kernels});
           }),
           py::arg("graph"), py::arg("kernels") = true, py::arg("threads") = 0)
      .def(
          "run",
          [](const Plan& plan, const py::args& args) -> py::object {
            Lent lent;
            const auto values = values_of(plan.graph(), args, lent);
            const auto results = plan.run(values, numpy_host());
            if (!results) return py::none();
            return results_to_python(*results, args);
          },
          "The results as a tuple; None if a check of the graph does not hold for the arguments.")
      .def("profile", &profile_of,
           "What each step of a call cost; empty if a check does not hold for the arguments.")
      .def("stats", &stats_of)
      .def("kernels", &kernels_of);
  m.def(
      "interpret",
      [](const std::shared_ptr<ir::Graph>& graph, const py::args& args) -> py::object {
        Lent lent;
        const auto values = values_of(*graph, args, lent);
        try {
          return results_to_python(runtime::interpret(*graph, values), args);
        } catch (const ir::Unsupported&) { return py::none(); }
      },
      "Runs a graph in the reference engine; None if a check of the graph does not hold.");
  m.def("describe", &describe, "The type of a value as (kind, dtype, sizes), or None.");
  m.def(
      "keep_objects",
      [](const std::string& directory, uint64_t limit_bytes) {
        jit_options().directory = directory;
        jit_options().limit_bytes = limit_bytes;
      },
      py::arg("directory"), py::arg("limit_bytes"),
      "Where object code is kept for other processes, from the first compile on; '' for nowhere.");
  m.def(
      "keep", [](std::string_view key, std::string_view bytes) { jit()->keep(key, bytes); },
      py::arg("key"), py::arg("bytes"), "Keeps bytes beside the object code, if that is kept.");
  m.def(
      "kept",
      [](std::string_view key) -> py::object {
        const auto found = jit()->kept(key);
        return found ? py::object(py::bytes(*found)) : py::none();
      },
      py::arg("key"), "What has been kept, or None.");
  m.def("target", [] { return jit()->target(); }, "The machine that kernels are made for.");
}

}  // namespace bindings
