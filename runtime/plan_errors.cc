// Floating-point errors of a plan: what may happen, and what has happened in a call.
#include <algorithm>
#include <cstring>

#include "ir/raises.h"
#include "runtime/program.h"

namespace runtime {

namespace {

// The kinds of a place that the caller wants to know of.
uint8_t told(const ir::Loc& loc, uint8_t reported) {
  return uint8_t((reported & ~loc.silenced) | loc.reported);
}

constexpr size_t word = sizeof(uint64_t);

bool none_set(std::span<const char> words) {
  uint64_t any = 0;
  for (size_t i = 0; i < words.size(); i += word) {
    uint64_t some;
    std::memcpy(&some, words.data() + i, word);
    any |= some;
  }
  return any == 0;
}

}  // namespace

void Plan::Program::find_raising() {
  for (uint32_t b = 0; b < graph->body_count(); ++b) {
    for (ir::Ref r : graph->body({b}).nodes) {
      if (!graph->bodies_of(r).empty()) continue;
      const uint8_t kinds = ir::may_raise(*graph, r);
      const ir::Loc& loc = (*graph)[r].loc;
      open |= uint8_t(kinds & told(loc, UINT8_MAX));
      forced |= uint8_t(kinds & loc.reported);
      flags_alone = flags_alone || ir::told_by_flags_alone(*graph, r);
      if (kinds & ir::under_error)
        underflow_shows = underflow_shows && ir::raised_by_processor(*graph, r);
    }
  }
}

int Plan::Program::report_places(std::span<const ir::Ref> nodes) {
  raising.emplace_back();
  const int first = int(raising.size());
  raising.insert(raising.end(), nodes.begin(), nodes.end());
  return first;
}

void Plan::Program::begin_errors(Frame& f, Errors* errors) const {
  f.errors = errors;
  if (f.reports.empty())
    f.reports.resize((raising.size() * codegen::report_bytes + word - 1) / word * word);
  if (errors && !f.unreported) std::ranges::fill(f.reports, char(0));
  f.unreported = false;
  if (errors && errors->clears) clear_error_flags();
}

bool Plan::Program::raised(Frame& f) const {
  Errors& e = *f.errors;
  const uint8_t watched = uint8_t((e.reported & open) | forced);
  e.flags = error_flags() & watched;
  e.raised = e.checked && !flags_alone ? e.flags & ir::under_error : e.flags;
  e.where.clear();
  f.unreported = none_set(f.reports);
  if (f.unreported && !e.raised) return false;
  for (size_t i = 0; i < raising.size(); ++i) {
    uint32_t bytes = 0;
    static_assert(sizeof bytes == codegen::report_bytes);
    std::memcpy(&bytes, f.reports.data() + i * sizeof bytes, sizeof bytes);
    if (!bytes || !raising[i].valid()) continue;
    uint8_t kinds = 0;
    for (int k = 0; k < ir::error_kinds; ++k)
      if (f.reports[i * codegen::report_bytes + size_t(k)]) kinds |= uint8_t(1 << k);
    kinds &= told((*graph)[raising[i]].loc, e.reported);
    if (!kinds) continue;
    e.raised |= kinds;
    if (e.checked) e.where.push_back({raising[i], kinds});
  }
  if (!e.raised) return false;
  e.accepted = e.accepted || (e.checked && e.accept && e.accept(e));
  return !e.accepted;
}

}  // namespace runtime
