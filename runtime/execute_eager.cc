// Calls of what is not worth a kernel, which the host makes.
#include <algorithm>

#include "runtime/executor.h"

namespace runtime {

// Whether the results have the shapes that the graph foresaw; one size may become known by them.
bool Executor::fits(const Step& s, std::span<const Value> made) {
  std::vector<int64_t> found;
  for (const Value& v : made)
    if (const auto* t = std::get_if<Tensor>(&v.is))
      found.insert(found.end(), t->shape.begin(), t->shape.begin() + t->rank);
  if (found.size() != s.sizes.size()) return false;
  if (s.told >= 0) {
    const auto at = std::ranges::find(s.sizes, s.told);
    if (at == s.sizes.end() || !give(s, found[size_t(at - s.sizes.begin())])) return false;
  }
  return std::ranges::equal(found, s.sizes, {}, {}, [&](int reg) { return f_.sizes[size_t(reg)]; });
}

bool Executor::call_eager(const Step& s) {
  if (!f_.host->eager) return reference(s);
  std::vector<Value> operands;
  for (int in : s.inputs) operands.push_back(value(in));
  const uint8_t before = error_flags();  // which NumPy clears
  auto made = f_.host->eager(g_, s.node, operands);
  clear_error_flags();
  raise_error_flags(before);
  if (!made || made->size() != s.outputs.size() || !fits(s, *made)) return false;
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    const bool array = std::holds_alternative<Tensor>((*made)[i].is);
    store(s.outputs[i], std::move((*made)[i]));
    slot(s.outputs[i]).hosted = array;
  }
  return true;
}

}  // namespace runtime
