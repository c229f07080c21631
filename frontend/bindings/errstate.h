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

// Has NumPy raise FloatingPointError for errors of these kinds, and ignore all others, while it
// lives.
class ErrorsRaised {
 public:
  explicit ErrorsRaised(uint8_t kinds);
  ~ErrorsRaised();
  ErrorsRaised(const ErrorsRaised&) = delete;
  ErrorsRaised& operator=(const ErrorsRaised&) = delete;

 private:
  const uint8_t kinds_;
  PyObject* context_ = nullptr;  // that was entered, or else
  PyObject* token_ = nullptr;    // of the variable that was set
};

class ErrorsIgnored : ErrorsRaised {
 public:
  ErrorsIgnored() : ErrorsRaised(0) {}
};

}  // namespace bindings
