// The op table and the element types as Python data.
#include "frontend/bindings/bind.h"
#include "ir/dtype.h"
#include "ir/op.h"

namespace bindings {
namespace {

const char* kind_name(ir::Kind kind) {
  static constexpr const char* names[] = {"elementwise", "reduce", "macro",  "view",
                                          "make",        "call",   "control"};
  return names[int(kind)];
}

const char* rule_name(ir::Rule rule) {
  static constexpr const char* names[] = {
      "arith", "number", "wide8", "divide",     "real",  "pred", "test",  "logic", "bits",
      "shift", "round",  "pick",  "accumulate", "truth", "same", "place", "mean",  "none"};
  return names[int(rule)];
}

}  // namespace

void bind_ops(py::module_& m) {
  py::dict ops;
  for (int i = 0; i < ir::op_count; ++i) {
    const ir::OpInfo& row = ir::info(ir::Op(i));
    py::dict d;
    d["name"] = row.name;
    d["kind"] = kind_name(row.kind);
    d["arity"] = int(row.arity);
    d["rule"] = rule_name(row.rule);
    d["commutative"] = row.commutative;
    d["cost"] = int(row.cost);
    d["formula"] = row.formula;
    d["attrs"] = row.attrs;
    d["doc"] = row.doc;
    ops[py::str(std::string(ir::spelling(ir::Op(i))))] = d;
  }
  m.attr("ops") = ops;

  py::dict dtypes;
  for (const ir::DTypeInfo& row : ir::dtype_table)
    dtypes[row.name] = py::make_tuple(row.numpy, std::string(1, row.kind), row.bytes);
  m.attr("dtypes") = dtypes;
}

}  // namespace bindings
