// Calls of a plan that is one kernel over its arguments, laid out as in the call before: nothing is
// found out again, and no slots are filled.
#include <algorithm>
#include <cstring>

#include "runtime/executor.h"

namespace runtime {

// Finds out whether the plan is such a one, and which results the outputs of its kernel are.
void Plan::Program::find_direct() {
  if (main.steps.size() != 1 || !changed.empty()) return;
  const Step& s = main.steps[0];
  if (s.kind != Step::Kind::launch || !s.of_arguments || !s.placements.empty() || s.tables != 0)
    return;
  const auto place_of = [](const std::vector<Place>& places, int slot) {
    return int(std::ranges::find(places, slot, &Place::slot) - places.begin());
  };
  const auto is_slot = [](const Place& p) { return p.slot >= 0; };
  if (!std::ranges::all_of(params, is_slot) || results.size() != s.outputs.size()) return;
  for (int i = 0; i < s.arrays; ++i)
    if (!s.paths[size_t(i)].indices.empty()) return;
  Direct found;
  for (int in : std::span(s.inputs).first(size_t(s.arrays)))
    found.arguments.push_back(place_of(params, in));
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    const int at = place_of(results, s.outputs[i]);
    if (at == int(results.size()) || !s.host[i] || s.shaped[i] >= 0) return;
    if (!slots[size_t(s.outputs[i])].last || slots[size_t(s.outputs[i])].rank < 0) return;
    found.results.push_back(at);
  }
  direct = std::move(found);
}

namespace {

// Takes the arguments; false if one is not as in the call before.
bool take_arguments(const Plan::Program& p, Frame& f) {
  const int64_t* at = f.layouts.data();
  const int64_t* const end = at + f.layouts.size();
  for (size_t i = 0; i < p.params.size(); ++i) {
    const int slot = p.params[i].slot;
    const auto& type = p.slots[size_t(slot)];
    if (type.rank < 0) {
      const auto* n = std::get_if<Number>(&f.arguments[i].is);
      if (!n || n->dtype != type.dtype) return false;
      f.slots[size_t(slot)].number = *n;
      continue;
    }
    const auto* t = std::get_if<Tensor>(&f.arguments[i].is);
    if (!t || t->dtype != type.dtype || t->rank != type.rank || end - at < 2 * t->rank)
      return false;
    for (int k = 0; k < t->rank; ++k, at += 2)
      if (at[0] != t->shape[size_t(k)] || at[1] != t->strides[size_t(k)]) return false;
  }
  return true;
}

}  // namespace

// False, with nothing done, if the call has to go the long way.
bool Plan::Program::run_direct(Frame& f) const {
  const Step& s = main.steps[0];
  const Site& site = *sites[size_t(s.site)];
  Record& r = f.records[size_t(s.site)];
  const bool known = f.sized && r.epoch == f.epoch && r.layout_epoch == f.layout_epoch;
  if (!known || r.resolved.by_nodes || r.resolved.lasts || !r.resolved.staged.empty() ||
      site.refused.load(std::memory_order_relaxed) || (f.errors && f.errors->checked) ||
      f.profile || !f.host->allocate_result || !take_arguments(*this, f)) {
    return false;
  }
  const size_t arrays = direct->arguments.size(), outputs = direct->results.size();
  List<char*, 24> data(arrays + outputs);
  List<const Tensor*, 16> layouts(arrays);
  for (size_t i = 0; i < arrays; ++i) {
    const Value& v = f.arguments[size_t(direct->arguments[i])];
    data[i] = std::get_if<Tensor>(&v.is)->data + r.operands[i].offset;
    layouts[i] = &r.operands[i].layout;
  }
  const bool same = f.direct_epoch == f.layout_epoch;
  for (size_t i = 0; i < outputs; ++i) {
    Value& v = f.results[size_t(direct->results[i])];
    auto* out = std::get_if<Tensor>(&v.is);
    if (!same || !out) out = &v.is.emplace<Tensor>(r.resolved.outputs[i]);
    v.argument = -1;
    v.same_object = false;
    out->data = nullptr;
    f.host->allocate_result(*out);
    data[arrays + i] = out->data;
  }
  f.direct_epoch = f.layout_epoch;
  const size_t numbers = s.inputs.size() - arrays;
  List<Scalar, 16> scalars(numbers);
  for (size_t i = 0; i < numbers; ++i)
    scalars[i].bytes = f.slots[size_t(s.inputs[arrays + i])].number.bytes;
  char* reports = f.reports.data() + codegen::report_bytes * (site.report - 1);
  site.kernel->run(r.resolved, layouts.all(), data.all(), {scalars[0].bytes.data(), reports, false},
                   options.threads);
  ++f.launches;
  return true;
}

}  // namespace runtime
