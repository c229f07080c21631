// What the machine code of a loop over elements calls (codegen::LoopArgs).
#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "runtime/plan.h"

namespace runtime {

class LoopHost {
 public:
  // `reported`: the kinds of floating-point errors that somebody wants to know of.
  LoopHost(const Host& host, uint8_t reported) : host_(host), reported_(reported) {}
  // The code has returned: throws what happened while it ran, as no exception may cross it.
  void end();

  // The host's lock is given up from the first time on, so that short loops do not pay for it.
  static int poll(void* self);
  // codegen::LoopProduct. Where the host's loop raises floating-point errors the loop declines.
  static int multiply(void* self, int64_t kind, const char* left, int64_t left_stride,
                      const char* right, int64_t right_stride, int64_t size, char* out);
  static char* scratch(void* self, int64_t place, int64_t bytes);

 private:
  void resume();

  const Host& host_;
  uint8_t reported_;
  void* token_ = nullptr;
  bool unlocked_ = false;
  std::exception_ptr error_ = nullptr;
  struct Scratch {
    std::unique_ptr<char[]> memory;
    int64_t bytes = 0;
  };
  std::vector<Scratch> scratch_;
};

}  // namespace runtime
