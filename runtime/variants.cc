#include "runtime/variants.h"

#include <utility>

#include "runtime/stopwatch.h"

namespace runtime {

Variants::~Variants() {
  for (Entry* e = newest_.load(); e;) delete std::exchange(e, e->next);
}

const codegen::Code* Variants::find(const codegen::Variant& variant) const {
  for (const Entry* e = newest_.load(std::memory_order_acquire); e; e = e->next) {
    if (e->variant == variant) return e->code.get();
  }
  return nullptr;
}

const codegen::Code* Variants::get(const codegen::Variant& variant, const ir::Graph& graph,
                                   const passes::Kernel& kernel, codegen::Jit& jit) {
  if (const codegen::Code* code = find(variant)) return code;
  std::lock_guard lock(mutex_);
  if (const codegen::Code* code = find(variant)) return code;
  const Stopwatch watch;
  auto entry = std::make_unique<Entry>();
  entry->variant = variant;
  entry->code = jit.compile(graph, kernel, variant, &entry->origin);
  entry->ms = watch.ms();
  entry->next = newest_.load(std::memory_order_relaxed);
  newest_.store(entry.get(), std::memory_order_release);
  return entry.release()->code.get();
}

std::vector<const Variants::Entry*> Variants::all() const {
  std::vector<const Entry*> out;
  for (const Entry* e = newest_.load(std::memory_order_acquire); e; e = e->next) out.push_back(e);
  return out;
}

}  // namespace runtime
