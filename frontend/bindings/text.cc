// The text form of graphs in Python, and the passes.
#include "ir/text.h"

#include "frontend/bindings/bind.h"
#include "ir/json.h"
#include "ir/pack.h"
#include "ir/verify.h"
#include "passes/pass.h"

namespace bindings {
namespace {

py::list run_passes(ir::Graph& graph, const std::vector<std::string>& only,
                    const std::vector<std::string>& dump, bool verify) {
  passes::RunOptions options;
  options.only = only;
  options.dump = dump;
  options.verify = verify;
  py::list stages;
  for (const passes::Stage& s : passes::run(graph, options)) {
    py::dict d;
    d["pass"] = s.pass;
    d["text"] = s.text;
    d["changed"] = s.changed;
    d["ms"] = s.ms;
    stages.append(d);
  }
  return stages;
}

}  // namespace

void bind_text(py::module_& m) {
  auto c = py::class_<ir::Graph, GraphPtr>(m.attr("Graph"));
  c.def("__str__", [](const ir::Graph& g) { return ir::print(g); });
  c.def(
      "text", [](const ir::Graph& g, bool locations) { return ir::print(g, {locations}); },
      py::arg("locations") = false, "The text form, with the source lines if asked for.");
  c.def("__eq__",
        [](const ir::Graph& a, const ir::Graph& b) { return ir::print(a) == ir::print(b); });
  c.def("__hash__", [](const ir::Graph& g) { return py::hash(py::str(ir::print(g))); });
  c.def(
      "to_json", [](const ir::Graph& g, int indent) { return ir::to_json(g, indent); },
      py::arg("indent") = 2, "The JSON form: the same content, for other programs.");
  c.def_static(
      "from_json",
      [](std::string_view json) { return std::make_shared<ir::Graph>(ir::from_json(json)); },
      py::arg("json"), "Reads the JSON form; GraphError where it is not one.");
  c.def(
      "pack", [](const ir::Graph& g) { return py::bytes(ir::pack(g)); },
      "All of it as bytes, for a process with the same build of braze.");
  c.def_static(
      "unpack",
      [](std::string_view bytes) {
        auto graph = ir::unpack(bytes);
        if (!graph) throw py::value_error("the bytes are no graph");
        return std::make_shared<ir::Graph>(std::move(*graph));
      },
      py::arg("bytes"), "The graph that `pack` has given these bytes for; ValueError if none.");
  c.def(
      "verify", [](const ir::Graph& g) { ir::verify(g); },
      "InternalError if an invariant is broken.");

  m.def(
      "parse", [](std::string_view text) { return std::make_shared<ir::Graph>(ir::parse(text)); },
      py::arg("text"), "Reads the text form; GraphError with line and column where it is not one.");
  m.def("run_passes", &run_passes, py::arg("graph"), py::arg("only") = std::vector<std::string>{},
        py::arg("dump") = std::vector<std::string>{}, py::arg("verify") = false,
        "Runs passes on a graph, in place: the pipeline, or those named. Returns the stages.");
  py::list pipeline;
  for (const passes::Pass& pass : passes::pipeline())
    pipeline.append(py::make_tuple(pass.name, pass.sentence));
  m.attr("pipeline") = pipeline;
}

}  // namespace bindings
