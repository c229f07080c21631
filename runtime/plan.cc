#include "runtime/plan.h"

#include <algorithm>

#include "runtime/program.h"

namespace runtime {

Plan::Plan(std::shared_ptr<const ir::Graph> graph, std::shared_ptr<codegen::Jit> jit,
           PlanOptions options)
    : program_(std::make_unique<Program>(std::move(graph), std::move(jit), options)) {
  if (!options.kernels) return;
  program_->build();
  program_->find_direct();
}

Plan::~Plan() = default;

std::optional<std::vector<Value>> Plan::run(std::span<const Value> arguments, const Host& host,
                                            Errors* errors, Profile* profile) const {
  Call call(*this);
  const std::span<Value> to = call.arguments();
  if (arguments.size() != to.size()) return std::nullopt;
  std::ranges::copy(arguments, to.begin());
  if (!call.run(host, errors, profile)) return std::nullopt;
  return std::vector<Value>(call.results().begin(), call.results().end());
}

uint8_t Plan::watched(uint8_t reported) const {
  return uint8_t((reported & program_->open) | program_->forced);
}
bool Plan::underflow_shows() const { return program_->underflow_shows; }

const ir::Graph& Plan::graph() const { return *program_->graph; }

namespace {

// Calls f(site, form, entry) for every piece of code that the plan has.
template <class F>
void each_code(const Plan::Program& p, F&& f) {
  using Form = passes::Kernel::Form;
  for (const auto& site : p.sites) {
    if (!site->kernel) continue;
    for (Form form : {Form::map, Form::rows, Form::columns}) {
      for (const auto* entry : site->kernel->variants(form).all()) f(*site->kernel, form, *entry);
    }
  }
}

}  // namespace

PlanStats Plan::stats() const {
  PlanStats s;
  s.launches = program_->launches;
  for (const auto& b : program_->berths) s.launches += b.launches;
  auto count = [&](codegen::Origin origin, double ms) {
    ++(origin == codegen::Origin::compiled ? s.compiles : s.cache_hits);
    s.compile_ms += ms;
  };
  each_code(*program_,
            [&](const KernelSite&, auto, const Variants::Entry& e) { count(e.origin, e.ms); });
  for (const auto& loop : program_->loops) {
    if (loop->compiled.load(std::memory_order_acquire)) count(loop->origin, loop->ms);
  }
  return s;
}

std::vector<CompiledKernel> Plan::kernels() const {
  std::vector<CompiledKernel> out;
  each_code(*program_, [&](const KernelSite& k, auto form, const Variants::Entry& e) {
    out.push_back({k.kernel().body, e.variant, e.code, form});
  });
  return out;
}

std::vector<CompiledLoop> Plan::loops() const {
  std::vector<CompiledLoop> out;
  for (const auto& site : program_->loops) {
    if (!site->compiled.load(std::memory_order_acquire)) continue;
    const auto place = [sizes = program_->sizes.get()](ir::DimId d) { return sizes->at(d); };
    out.push_back({site->loop, place, {site->rows, false}, site->code});
  }
  return out;
}

}  // namespace runtime
