#include "runtime/loop_host.h"

#include <utility>

#include "runtime/errors.h"
#include "runtime/products.h"

namespace runtime {

void LoopHost::resume() {
  if (std::exchange(unlocked_, false)) host_.lock(token_);
}

void LoopHost::end() {
  resume();
  if (error_) std::rethrow_exception(error_);
}

int LoopHost::poll(void* self) {
  auto& s = *static_cast<LoopHost*>(self);
  s.resume();
  const uint8_t before = error_flags();  // which Python code may clear
  try {
    if (s.host_.poll) s.host_.poll();
  } catch (...) { s.error_ = std::current_exception(); }
  if (!s.error_ && s.host_.unlock) {
    s.token_ = s.host_.unlock();
    s.unlocked_ = true;
  }
  raise_error_flags(before);
  return s.error_ != nullptr;
}

namespace {

Tensor vector(ir::DType dtype, const char* data, int64_t stride, int64_t size) {
  Tensor t;
  t.dtype = dtype;
  t.rank = 1;
  t.shape[0] = size;
  t.strides[0] = stride;
  t.data = const_cast<char*>(data);
  return t;
}

}  // namespace

int LoopHost::multiply(void* self, int64_t kind, const char* left, int64_t left_stride,
                       const char* right, int64_t right_stride, int64_t size, char* out) try {
  const auto& s = *static_cast<LoopHost*>(self);
  const auto op = ir::Op(kind >> 8);
  const auto dtype = ir::DType(kind & 0xff);
  const Tensor x = vector(dtype, left, left_stride, size);
  const Tensor y = vector(dtype, right, right_stride, size);
  Tensor result, copies[2];
  result.dtype = dtype;
  result.data = out;
  const bool copied = op == ir::Op::dot;
  const Tensor* a = copied ? dot_operand(x, copies[0]) : &x;
  const Tensor* b = copied ? dot_operand(y, copies[1]) : &y;
  const uint8_t before = error_flags();
  clear_error_flags();
  const bool done = (copied && dot_of_one(x, y, out)) || (a && b && s.host_.matmul(*a, *b, result));
  const uint8_t raised = error_flags() & s.reported_;
  clear_error_flags();
  raise_error_flags(before);
  return done && !raised;
} catch (const std::exception&) {  // no memory for a copy
  return 0;
}

char* LoopHost::scratch(void* self, int64_t place, int64_t bytes) try {
  auto& all = static_cast<LoopHost*>(self)->scratch_;
  if (all.size() <= size_t(place)) all.resize(size_t(place) + 1);
  Scratch& s = all[size_t(place)];
  if (!s.memory || s.bytes < bytes) {
    s = {};
    s = {std::unique_ptr<char[]>(new char[size_t(bytes)]), bytes};
  }
  return s.memory.get();
} catch (const std::exception&) {  // no memory
  return nullptr;
}

}  // namespace runtime
