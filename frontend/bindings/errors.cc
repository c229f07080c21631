// The three kinds of failure as Python exceptions.
#include "frontend/bindings/bind.h"
#include "ir/error.h"

namespace bindings {

void bind_errors(py::module_& m) {
  // Translators are tried newest first, and none of the three derives from another.
  py::register_exception<ir::UserError>(m, "GraphError", PyExc_ValueError).attr("__doc__") =
      "A mistake in graph text, a spec or an option; the message starts with line and column.";
  py::register_exception<ir::Unsupported>(m, "Unsupported").attr("__doc__") =
      "What braze does not compile. Internal: the plain function runs instead.";
  py::register_exception<ir::Bug>(m, "InternalError", PyExc_RuntimeError).attr("__doc__") =
      "A broken invariant of braze itself. Please report it with its message.";
}

}  // namespace bindings
