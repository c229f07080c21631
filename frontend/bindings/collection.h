// Python's garbage collector.
#pragma once
#include <Python.h>

namespace bindings {

// While it lives nothing is collected. Python before 3.12 crashes if, in the middle of setting a
// context variable, the collector runs a finalizer that sets one too.
class NoCollection {
 public:
  NoCollection() : enabled_(PyGC_Disable()) {}
  ~NoCollection() {
    if (enabled_) PyGC_Enable();
  }
  NoCollection(const NoCollection&) = delete;

 private:
  int enabled_;
};

}  // namespace bindings
