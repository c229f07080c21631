// What the process may use of its machine.
#include "runtime/machine.h"

#include "frontend/bindings/bind.h"

namespace bindings {

void bind_machine(py::module_& m) {
  m.def(
      "machine",
      [] {
        py::dict d;
        d["processors"] = runtime::usable_processors();
        d["memory"] = runtime::memory_limit();
        d["cache"] = runtime::last_level_cache();
        return d;
      },
      "Usable processors, bytes of memory, and bytes of the last-level cache.");
}

}  // namespace bindings
