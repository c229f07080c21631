// What NumPy is asked to do on floating-point errors (numpy.errstate).
#pragma once
#include <pybind11/pybind11.h>

namespace bindings {

// True if an error would raise or call something: then only NumPy itself can run the function. A
// few nanoseconds where numpy.errstate is as it was at the last call.
bool errors_have_effects();

}  // namespace bindings
