// The op table and the element types as Python data.
#include <iterator>

#include "frontend/bindings/bind.h"
#include "ir/dtype.h"
#include "ir/exact.h"
#include "ir/op.h"

namespace bindings {
namespace {

const char* kind_name(ir::Kind kind) {
  static constexpr const char* names[] = {"elementwise", "reduce", "macro",  "view",
                                          "make",        "call",   "control"};
  return names[int(kind)];
}

// The `rule` column of each row, spelled.
constexpr const char* rule_names[] = {
#define UN(name, rule, ...) #rule,
#define BIN(name, rule, ...) #rule,
#define TER(name, rule, ...) #rule,
#define RED(name, rule, ...) #rule,
#define MACRO(name, rule, ...) #rule,
#define VIEW(...) "none",
#define MAKE(...) "none",
#define CALL(...) "none",
#define CTRL(...) "none",
#include "ir/ops.def"
};
static_assert(std::size(rule_names) == ir::op_count);

// The `raises` column, spelled.
constexpr const char* raises_names[] = {
#define UN(name, rule, flags, cost, raises, ...) #raises,
#define BIN(name, rule, flags, cost, raises, ...) #raises,
#define TER(name, rule, flags, cost, raises, ...) #raises,
#define RED(name, rule, flags, raises, ...) #raises,
#define MACRO(...) "quiet",
#define VIEW(...) "quiet",
#define MAKE(...) "quiet",
#define CALL(...) "quiet",
#define CTRL(...) "quiet",
#include "ir/ops.def"
};
static_assert(std::size(raises_names) == ir::op_count);

}  // namespace

void bind_ops(py::module_& m) {
  py::dict ops;
  for (int i = 0; i < ir::op_count; ++i) {
    const ir::OpInfo& row = ir::info(ir::Op(i));
    py::dict d;
    d["name"] = row.name;
    d["kind"] = kind_name(row.kind);
    d["arity"] = int(row.arity);
    d["rule"] = rule_names[i];
    d["commutative"] = row.commutative;
    d["complex"] = row.complex;
    d["cost"] = int(row.cost);
    d["exact"] = ir::is_exact(ir::Op(i));
    d["raises"] = raises_names[i];
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
