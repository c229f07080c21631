// Masks, index arrays and the sizes that they lead to.
#include <cstring>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/layout.h"

namespace runtime {

bool Executor::bind(const Step& s) {
  const int64_t given = integer(slot(s.inputs[0]).number);
  Number& out = slot(s.outputs[0]).number;
  out = {ir::DType::i64, true, {}};
  std::memcpy(out.bytes.data(), &given, sizeof given);
  return given >= 0 && give(s, given);
}

// The operands, numbers as 0-d arrays. They own nothing, so that counts of owners stay as they are.
std::vector<Tensor> Executor::operands(const Step& s) {
  std::vector<Tensor> out;
  for (int i : s.inputs) {
    Slot& in = slot(i);
    if (p_.slots[size_t(i)].rank >= 0) {
      out.push_back(*in.tensor);
      out.back().owner.reset();
      continue;
    }
    Tensor t;
    t.dtype = in.number.dtype;
    t.data = in.number.bytes.data();
    out.push_back(t);
  }
  return out;
}

bool Executor::select(const Step& s) {
  Slot& out = slot(s.outputs[0]);
  const std::vector<Tensor> in = operands(s);
  return select_elements(g_, s.node, in, out.own,
                         [&](Tensor&) { provide(out, s.host[0], nullptr); });
}

bool Executor::change(const Step& s) {
  Slot& base = slot(s.inputs[0]);
  Slot& out = slot(s.outputs[0]);
  std::vector<Tensor> in = operands(s);
  if (exclusive(s.inputs[0], s)) {
    // What is read while the memory changes is read from a copy.
    for (size_t i = 1; i < in.size(); ++i) {
      const Slot& other = slot(s.inputs[i]);
      const bool array = p_.slots[size_t(s.inputs[i])].rank >= 0;
      if (array && same_owner(*other.tensor, *base.tensor)) in[i] = contiguous(in[i]);
    }
    const Tensor to = in[0];
    change_in_place(out, base, &to, true);
    return change_elements(g_, s.node, to, in);
  }
  change_copy(out, base, *base.tensor, s.host[0]);
  copy(out.own, *base.tensor);
  return change_elements(g_, s.node, out.own, in);
}

}  // namespace runtime
