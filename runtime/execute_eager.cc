// Calls of what is not worth a kernel, which the host makes.
#include <utility>

#include "runtime/executor.h"

namespace runtime {

namespace {

// Calls f with each size of the arrays among the results, in order.
template <class F>
void for_each_size(std::span<const Value> made, F f) {
  for (const Value& v : made)
    if (const auto* t = std::get_if<Tensor>(&v.is))
      for (int k = 0; k < t->rank; ++k) f(t->shape[size_t(k)]);
}

}  // namespace

bool Executor::equal_sizes(const Step& s, std::span<const Value> made) {
  size_t at = 0;
  bool equal = true;
  for_each_size(made, [&](int64_t size) {
    equal = equal && at < s.sizes.size() && f_.sizes[size_t(s.sizes[at])] == size;
    ++at;
  });
  return equal && at == s.sizes.size();
}

// Whether the results have the shapes that the graph foresaw; one size may become known by them.
bool Executor::fits(const Step& s, std::span<const Value> made) {
  if (s.told < 0) return equal_sizes(s, made);
  size_t at = 0;
  int64_t told = -1;
  for_each_size(made, [&](int64_t size) {
    if (at < s.sizes.size() && s.sizes[at] == s.told && told < 0) told = size;
    ++at;
  });
  return told >= 0 && give(s, told) && equal_sizes(s, made);
}

bool Executor::call_eager(const Step& s) {
  if (!f_.host->eager) return reference(s);
  List<Operand, 8> operands(s.inputs.size());
  for (size_t i = 0; i < s.inputs.size(); ++i) {
    const Slot& in = slot(s.inputs[i]);
    operands[i] = p_.slots[size_t(s.inputs[i])].rank >= 0 ? Operand{in.tensor, nullptr}
                                                          : Operand{nullptr, &in.number};
  }
  List<Value, 2> made(s.outputs.size());
  EagerCall call{g_, s.node, operands.all(), made.all(), f_.kept[size_t(s.kept)], f_.done};
  const uint8_t before = error_flags();  // which NumPy clears
  const bool done = f_.host->eager(call);
  if (error_flags() != before) {
    clear_error_flags();
    raise_error_flags(before);
  }
  if (!done || !fits(s, made.all())) return false;
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    const bool array = std::holds_alternative<Tensor>(made[i].is);
    store(s.outputs[i], std::move(made[i]));
    slot(s.outputs[i]).hosted = array;
  }
  return true;
}

}  // namespace runtime
