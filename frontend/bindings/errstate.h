// What NumPy is asked to do on floating-point errors (numpy.errstate).
#pragma once
#include <pybind11/pybind11.h>

#include <cstdint>

namespace bindings {

struct ErrorModes {
  uint8_t reported = 0;  // kinds (ir/raises.h) that are not ignored
  bool warns = true;     // of these, all are warnings
};

// A few nanoseconds where numpy.errstate is as it was at the last call.
ErrorModes error_modes();

// Has NumPy ignore all errors while it lives.
class ErrorsIgnored {
 public:
  ErrorsIgnored();
  ~ErrorsIgnored();
  ErrorsIgnored(const ErrorsIgnored&) = delete;
  ErrorsIgnored& operator=(const ErrorsIgnored&) = delete;

 private:
  PyObject* token_;
};

}  // namespace bindings
