// braze._core: the table of contents.
#include "frontend/bindings/bind.h"
#include "frontend/bindings/specialisation.h"

PYBIND11_MODULE(_core, m) {
  m.doc() = "The compiled part of braze.";
  m.attr("__version__") = BRAZE_VERSION;
  bindings::bind_errors(m);
  bindings::bind_ops(m);
  bindings::bind_dims(m);
  bindings::bind_graph(m);
  bindings::bind_plan(m);
  bindings::bind_function(m);
  bindings::bind_text(m);
  bindings::bind_fusion(m);
  bindings::bind_machine(m);
}
