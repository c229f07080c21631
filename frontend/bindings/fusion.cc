// What fusion decided, as Python data.
#include "passes/fuse.h"

#include <set>

#include "frontend/bindings/bind.h"
#include "ir/op.h"
#include "passes/bands.h"

namespace bindings {

py::object location(const ir::Graph& g, ir::Loc loc) {
  if (!loc.known() || loc.file >= g.files.size()) return py::none();
  return py::make_tuple(g.files[loc.file], loc.line, loc.column);
}

namespace {

// Text over the sizes, and the number for the given sizes.
py::tuple bytes(const ir::Graph& g, const passes::Bytes& b, const py::dict& sizes) {
  const double value = b.eval(g.dims, [&](std::string_view name) -> std::optional<int64_t> {
    const py::str key(name.data(), name.size());
    if (!sizes.contains(key)) return std::nullopt;
    return sizes[key].cast<int64_t>();
  });
  return py::make_tuple(b.str(g.dims), value);
}

py::dict verdict(const ir::Graph& g, const passes::Verdict& v, const py::dict& sizes) {
  py::dict d;
  d["first"] = std::string(ir::spelling(v.first_op));
  d["second"] = std::string(ir::spelling(v.second_op));
  d["first_place"] = location(g, v.first_loc);
  d["second_place"] = location(g, v.second_loc);
  d["fused"] = v.fused;
  d["reason"] = v.reason;
  d["saved"] = bytes(g, v.saved, sizes);
  return d;
}

void find_banded(const ir::Graph& g, ir::BodyId body, py::list& places) {
  for (ir::Ref r : g.body(body).nodes) {
    if (g.op(r) == ir::Op::kernel) continue;
    if (g.op(r) == ir::Op::for_ && passes::bands(g, r)) places.append(location(g, g[r].loc));
    for (ir::BodyId inner : g.bodies_of(r)) find_banded(g, inner, places);
  }
}

py::dict fuse_report(ir::Graph& g, const py::dict& sizes) {
  const passes::FusionReport report = passes::fuse_report(g);
  py::list verdicts, kernels;
  for (const passes::Verdict& v : report.verdicts) verdicts.append(verdict(g, v, sizes));
  for (const passes::KernelTraffic& k : report.kernels) {
    py::dict d;
    d["body"] = k.body.id;
    d["ops"] = k.ops;
    d["read"] = bytes(g, k.read, sizes);
    d["written"] = bytes(g, k.written, sizes);
    py::list places;
    for (ir::Ref r : g.body(k.body).nodes) places.append(location(g, g[r].loc));
    d["places"] = places;
    kernels.append(d);
  }
  py::list banded;
  find_banded(g, ir::Graph::main, banded);
  py::dict d;
  d["banded"] = banded;
  d["verdicts"] = verdicts;
  d["kernels"] = kernels;
  d["before"] = bytes(g, report.before, sizes);
  d["after"] = bytes(g, report.after, sizes);
  return d;
}

// What tells the code of kernels apart that stand in loops which are written out: their operations
// and constants.
std::string spelled(const ir::Graph& g, ir::BodyId body) {
  std::string out;
  for (ir::Ref r : g.body(body).nodes) {
    out += ir::spelling(g.op(r));
    if (g.op(r) == ir::Op::constant)
      for (int64_t bits : g.attrs(r).scalar("value").bits) out += std::to_string(bits) + ' ';
    out += ';';
  }
  return out;
}

void collect(const ir::Graph& g, ir::BodyId body, std::set<std::string>& found) {
  for (ir::Ref r : g.body(body).nodes) {
    if (g.op(r) == ir::Op::kernel) {
      found.insert(spelled(g, g.attrs(r).body("body")));
    } else {
      for (ir::BodyId inner : g.bodies_of(r)) collect(g, inner, found);
    }
  }
}

size_t different_kernels(const ir::Graph& g) {
  std::set<std::string> found;
  collect(g, ir::Graph::main, found);
  return found.size();
}

}  // namespace

void bind_fusion(py::module_& m) {
  m.def("fuse_report", &fuse_report, py::arg("graph"), py::arg("sizes") = py::dict(),
        "Fuses a graph in place and tells what was decided; bytes are (text, number) pairs.");
  m.def("different_kernels", &different_kernels, py::arg("graph"),
        "How many kernels a graph has that differ in operations or constants.");
}

}  // namespace bindings
