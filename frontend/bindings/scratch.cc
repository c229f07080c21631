#include <pybind11/pybind11.h>
namespace codegen { int answer(int); }
PYBIND11_MODULE(_core, m) { m.def("answer", codegen::answer); m.attr("version") = BRAZE_VERSION; }
