// Steps in the reference engine.
#include <algorithm>
#include <map>

#include "ir/raises.h"
#include "runtime/executor.h"

namespace runtime {

Value Executor::value(int i) {
  const Slot& s = slot(i);
  if (p_.slots[size_t(i)].rank >= 0) return {*s.tensor};
  return {s.number};
}

void Executor::store(int i, Value v) {
  Slot& s = slot(i);
  s.argument = -1;
  s.same_object = s.hosted = false;
  if (auto* t = std::get_if<Tensor>(&v.is)) {
    s.hold(std::move(*t));
  } else {
    s.number = std::get<Number>(v.is);
  }
}

void Executor::note(int report, uint8_t kinds) {
  for (int k = 0; k < ir::error_kinds; ++k)
    if (kinds >> k & 1) f_.reports[size_t(codegen::report_bytes * report + k)] = 1;
}

// Of a reduction or an opaque op the flags tell alone, but not where 16-bit floats are rounded.
uint8_t Executor::told_by_result(ir::Ref r, const Value& made, uint8_t flags) {
  const uint8_t possible = ir::may_raise(g_, r) & uint8_t(~ir::under_error);
  const bool half = ir::is_half(g_.type(r).dtype);
  return half && has_nonfinite(made) ? possible : uint8_t(flags & possible);
}

bool Executor::reference(const Step& s) {
  if (!f_.errors || s.report < 0) return evaluate_step(s);
  const uint8_t before = error_flags();
  clear_error_flags();
  const bool done = evaluate_step(s);
  if (!ir::is_elementwise(g_.op(s.node)))
    note(s.report, told_by_result(s.node, value(s.outputs[0]), error_flags()));
  raise_error_flags(before);
  return done;
}

bool Executor::evaluate_step(const Step& s) {
  std::vector<Value> operands;
  for (int in : s.inputs) operands.push_back(value(in));
  if (!f_.errors || s.report < 0 || !ir::is_elementwise(g_.op(s.node))) {
    store(s.outputs[0], evaluate(g_, s.node, operands, f_.size_of));
    return true;
  }
  // Elements are looked at only if the flags may not tell, or tell that something was raised.
  const uint8_t before = error_flags();
  clear_error_flags();
  Value made = evaluate(g_, s.node, operands, f_.size_of);
  const bool told = !s.silent || ir::is_complex(g_.type(s.node).dtype);
  if (!told || error_flags()) note(s.report, raised_by(g_, s.node, operands, made));
  raise_error_flags(before);
  store(s.outputs[0], std::move(made));
  return true;
}

// An array of a launch, seen through its views; nothing if an index is out of range.
std::optional<Value> Executor::operand(const Step& s, size_t i) {
  if (i >= s.paths.size()) return value(s.inputs[i]);
  Tensor t = *slot(s.inputs[i]).tensor;
  const auto seen = see(s.paths[i], t, f_.sizes);
  Indices at;
  if (!seen || !indices(*seen, s.paths[i].indices, at)) return std::nullopt;
  const auto owner = std::move(t.owner);
  char* const data = start(*seen, t.data, at);
  t = seen->layout;
  t.data = data;
  t.owner = owner;
  return Value{std::move(t)};
}

// A kernel whose code generation declined, or which cannot reduce as NumPy does where its operands
// lie so, node by node.
bool Executor::reference_kernel(const Step& s) {
  f_.unsaved = false;
  const ir::Body& body = g_.body(g_.attrs(s.node).body("body"));
  std::map<uint32_t, Value> values;
  size_t array = 0, number = size_t(s.arrays + s.tables);
  for (ir::Ref p : body.params) {
    auto given = operand(s, g_.type(p).is_array() ? array++ : number++);
    if (!given) return false;
    values[p.id] = std::move(*given);
  }
  for (ir::Ref r : body.nodes) {
    std::vector<Value> operands;
    for (ir::Ref in : g_.inputs(r)) operands.push_back(values.at(in.id));
    const Tensor* walked = nullptr;
    if (ir::is_reduce(g_.op(r)))
      walked = std::get_if<Tensor>(&values.at(KernelSite::walked(g_, r).id).is);
    if (!f_.errors || !ir::may_raise(g_, r)) {
      values[r.id] = evaluate(g_, r, operands, f_.size_of, walked);
      continue;
    }
    const uint8_t before = error_flags();
    clear_error_flags();
    values[r.id] = evaluate(g_, r, operands, f_.size_of, walked);
    const auto at = std::ranges::find(p_.raising, r) - p_.raising.begin();
    note(int(at), ir::is_elementwise(g_.op(r)) ? raised_by(g_, r, operands, values[r.id])
                                               : told_by_result(r, values[r.id], error_flags()));
    raise_error_flags(before);
  }
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    Value& made = values.at(body.results[i].id);
    const auto p = std::ranges::find(s.placements, int(i), &Placement::output);
    if (p == s.placements.end()) {
      store(s.outputs[i], std::move(made));
    } else if (!put(s, p->base, p->window, p->indices, std::get<Tensor>(made.is), int(i))) {
      return false;
    }
  }
  return true;
}

}  // namespace runtime
