// Launches: what a step's arrays look like is recorded once per layout, so that a repeated step
// finds out no more than where its arrays are.
#include <algorithm>
#include <cstring>

#include "runtime/executor.h"
#include "runtime/layout.h"

namespace runtime {

namespace {

Tensor at(const Seen& s, char* data) {
  Tensor t = s.layout;
  t.data = data;
  return t;
}

}  // namespace

// The indices of what is seen; false if one is out of range.
bool Executor::indices(const Seen& seen, std::span<const int> slots, Indices& at) {
  for (size_t k = 0; k < slots.size(); ++k) {
    at[k] = integer(slot(slots[k]).number);
    if (!Seen::wrap(seen.indices[k].size, at[k])) return false;
  }
  return true;
}

bool Executor::recorded(const Step& s, const Record& r) {
  if (r.epoch != f_.epoch) return false;
  if (s.of_arguments && r.layout_epoch == f_.layout_epoch) return true;
  const int64_t* key = r.layouts.data();
  const auto same = [&](int i) {
    const Tensor& t = *slot(i).tensor;
    for (int k = 0; k < t.rank; ++k, key += 2) {
      if (key[0] != t.shape[k] || key[1] != t.strides[k]) return false;
    }
    return true;
  };
  for (int i = 0; i < s.arrays; ++i) {
    if (!same(s.inputs[size_t(i)])) return false;
  }
  return std::ranges::all_of(s.placements, [&](const Placement& p) { return same(p.base); });
}

// Finds out what the step sees of its arrays. False if NumPy raises here.
bool Executor::record(const Step& s, Record& r) {
  r.epoch = 0;
  r.layouts.clear();
  r.operands.clear();
  r.parts.clear();
  const auto note = [&](const Tensor& t) {
    for (int k = 0; k < t.rank; ++k) {
      r.layouts.push_back(t.shape[k]);
      r.layouts.push_back(t.strides[k]);
    }
  };
  for (size_t i = 0; i < size_t(s.arrays); ++i) {
    const Tensor& base = *slot(s.inputs[i]).tensor;
    const auto seen = see(s.paths[i], base, f_.sizes);
    if (!seen) return false;
    r.operands.push_back(*seen);
    note(base);
  }
  for (const Placement& p : s.placements) {
    const Tensor& base = *slot(p.base).tensor;
    const auto seen = see(p.window, base, f_.sizes);
    if (!seen) return false;
    r.parts.push_back({*seen, {}, false});
    note(base);
  }
  if (!resolve(s, r)) return false;
  r.epoch = f_.epoch;
  r.layout_epoch = f_.layout_epoch;
  return true;
}

// Finds the code for the layouts on record.
bool Executor::resolve(const Step& s, Record& r) {
  KernelSite& kernel = *p_.sites[size_t(s.site)]->kernel;
  List<const Tensor*, 16> operands(r.operands.size()), outputs(s.outputs.size());
  for (size_t i = 0; i < r.operands.size(); ++i) operands[i] = &r.operands[i].layout;
  for (size_t i = 0; i < s.outputs.size(); ++i) outputs[i] = nullptr;
  for (size_t k = 0; k < r.parts.size(); ++k) {
    const Record::Part& part = r.parts[k];
    outputs[size_t(s.placements[k].output)] =
        part.copied ? &part.in_copy.layout : &part.there.layout;
  }
  return kernel.matches(r.resolved, operands.all(), outputs.all()) ||
         kernel.resolve(r.resolved, operands.all(), outputs.all(), p_.options.threads);
}

// True if the kernel would read elements of an array after it has changed them. It may read the
// part itself if it computes element by element, since it loads before it stores.
bool Executor::disturbs(const Step& s, const Record& r, size_t input, char* reads, size_t placement,
                        const Indices& part_at, char* writes) {
  const Slot &in = slot(s.inputs[input]), &base = slot(s.placements[placement].base);
  if (in.tensor != &in.own || !same_owner(in.own, base.own)) return false;
  const Seen &x = r.operands[input], &y = r.parts[placement].there;
  const bool map = p_.sites[size_t(s.site)]->kernel->kernel().form == passes::Kernel::Form::map;
  if (map && reads == writes && same_layout(x.layout, y.layout)) return false;
  if (in.own.data == base.own.data && same_layout(in.own, base.own)) {
    Indices x_at;
    indices(x, s.paths[input].indices, x_at);
    return !apart(x, x_at, y, part_at);
  }
  return !apart(base.own, at(x, reads), at(y, writes));
}

// True if a gather may read what a placement changes.
bool Executor::reads_table(const Step& s, int base) {
  const auto tables = std::span(s.inputs).subspan(size_t(s.arrays), size_t(s.tables));
  return std::ranges::any_of(tables, [&](int i) {
    const Slot& in = slot(i);
    return in.tensor == &in.own && same_owner(in.own, slot(base).own);
  });
}

// Writes the outputs of a kernel that are put into arrays where the arrays are, if nothing else
// needs what they held; else into copies. False, with nothing changed, if NumPy raises here.
bool Executor::place(const Step& s, Record& r, std::span<char*> data) {
  const size_t n = s.placements.size();
  List<Indices, 2> ats(n);
  List<char*, 2> parts(n);
  for (size_t k = 0; k < n; ++k) {
    const Placement& p = s.placements[k];
    if (!indices(r.parts[k].there, p.indices, ats[k])) return false;
    parts[k] = start(r.parts[k].there, slot(p.base).tensor->data, ats[k]);
  }
  bool moved = false;
  for (size_t k = 0; k < n; ++k) {
    const Placement& p = s.placements[k];
    Record::Part& part = r.parts[k];
    bool copied = !exclusive(p.base, s) || reads_table(s, p.base);
    for (size_t i = 0; i < size_t(s.arrays) && !copied; ++i)
      copied = disturbs(s, r, i, data[i], k, ats[k], parts[k]);
    if (copied == part.copied) continue;
    part.copied = copied;
    moved = true;
    if (copied) part.in_copy = *see(p.window, layout_of_copy(*slot(p.base).tensor), f_.sizes);
  }
  if (moved && !resolve(s, r)) return false;
  for (size_t k = 0; k < n; ++k) {
    const Placement& p = s.placements[k];
    const Record::Part& part = r.parts[k];
    Slot &out = slot(s.outputs[size_t(p.output)]), &base = slot(p.base);
    char*& to = data[size_t(s.arrays + p.output)];
    if (part.copied) {
      change_copy(out, base, at(part.there, parts[k]), s.host[size_t(p.output)]);
      to = start(part.in_copy, out.own.data, ats[k]);
    } else {
      const Tensor there = at(part.there, parts[k]);
      change_in_place(out, base, &there, true);
      to = parts[k];
    }
  }
  return true;
}

// The scalars of a kernel: its numbers, where its tables start, then stride and size of each axis
// of these.
size_t Executor::scalar_words(const Step& s) {
  size_t words = s.inputs.size() - size_t(s.arrays);
  for (int i = 0; i < s.tables; ++i)
    words += size_t(slot(s.inputs[size_t(s.arrays + i)]).tensor->rank);
  return words;
}

void Executor::fill_scalars(const Step& s, char* to) {
  const auto put = [&](const void* bytes) {
    std::memcpy(to, bytes, sizeof(Scalar));
    to += sizeof(Scalar);
  };
  for (size_t i = size_t(s.arrays + s.tables); i < s.inputs.size(); ++i)
    put(slot(s.inputs[i]).number.bytes.data());
  // Of an empty table nothing is asked, but by a graph that is wrong.
  static constexpr std::array<char, 16> nothing{};
  const auto table = [&](int i) { return slot(s.inputs[size_t(s.arrays + i)]).tensor; };
  for (int i = 0; i < s.tables; ++i) {
    const char* const start[2] = {table(i)->size() == 0 ? nothing.data() : table(i)->data, nullptr};
    put(start);
  }
  for (int i = 0; i < s.tables; ++i) {
    const Tensor& t = *table(i);
    for (int k = 0; k < t.rank; ++k) {
      const bool empty = t.size() == 0;
      const int64_t axis[2] = {empty ? 0 : t.strides[size_t(k)], empty ? 1 : t.shape[size_t(k)]};
      put(axis);
    }
  }
}

// Before the only kernel of a plan changes large arguments: true if it raises no errors, or what
// they hold is noted now.
bool Executor::may_change(const KernelSite& kernel, const Resolved& r, std::span<char* const> data,
                          KernelSite::Extras extras) {
  f_.unsaved = false;
  if (kernel.single()) return false;
  if (kernel.rehearse(r, data, extras, p_.options.threads)) return !p_.raised(f_);
  for (const Tensor* array : f_.changed) make_note(*array, true);
  return true;
}

bool Executor::launch(const Block& b, const Step& s) {
  const auto& site = *p_.sites[size_t(s.site)];
  if (site.refused.load(std::memory_order_relaxed)) return reference_kernel(s);
  Record& r = f_.records[size_t(s.site)];
  if (!recorded(s, r)) {
    try {
      if (!record(s, r)) return false;
    } catch (const ir::Unsupported&) {
      p_.sites[size_t(s.site)]->refused = true;
      return reference_kernel(s);
    }
  }
  if (r.resolved.by_nodes) return reference_kernel(s);
  const size_t arrays = size_t(s.arrays);
  List<char*, 24> data(arrays + s.outputs.size());
  List<const Tensor*, 16> layouts(arrays);
  for (size_t i = 0; i < arrays; ++i) {
    const Seen& seen = r.operands[i];
    Indices at;
    if (!indices(seen, s.paths[i].indices, at)) return false;
    data[i] = start(seen, slot(s.inputs[i]).tensor->data, at);
    layouts[i] = &seen.layout;
  }
  for (size_t i = 0; i < s.outputs.size(); ++i) data[arrays + i] = nullptr;
  if (!s.placements.empty() && !place(s, r, data.all())) return false;
  for (size_t i = 0; i < s.outputs.size(); ++i) {
    if (data[arrays + i]) continue;
    Slot& out = slot(s.outputs[i]);
    out.own = r.resolved.outputs[i];
    provide(out, s.host[i], s.shaped[i] < 0 ? nullptr : &b.steps[size_t(s.shaped[i])]);
    data[arrays + i] = out.own.data;
  }
  List<Scalar, 16> scalars(scalar_words(s));
  fill_scalars(s, scalars[0].bytes.data());
  const bool checked = f_.errors && f_.errors->checked;
  if (checked && !r.resolved.checked) site.kernel->check(r.resolved);
  char* reports = f_.reports.data() + codegen::report_bytes * (site.report - 1);
  const KernelSite::Extras extras{scalars[0].bytes.data(), reports, checked};
  if (f_.unsaved && !s.placements.empty() &&
      !may_change(*site.kernel, r.resolved, data.all(), extras))
    return false;
  const bool lasts = r.resolved.lasts;
  Unlocked unlocked(*f_.host, lasts);
  f_.lasted = f_.lasted || lasts;
  site.kernel->run(r.resolved, layouts.all(), data.all(), extras, p_.options.threads);
  ++f_.launches;
  return true;
}

}  // namespace runtime
