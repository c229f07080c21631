// Loops over numbers and elements as one function of machine code.
#include <algorithm>
#include <cstring>
#include <exception>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/stopwatch.h"

namespace runtime {

namespace {

// What the code calls now and then. The host's lock is given up from the first time on, so that
// short loops do not pay for it; an exception waits until the code has returned.
struct Breath {
  const Host& host;
  void* token = nullptr;
  bool unlocked = false;
  std::exception_ptr error = nullptr;

  void resume() {
    if (unlocked) host.lock(token);
    unlocked = false;
  }
  static int take(void* self) {
    auto& b = *static_cast<Breath*>(self);
    b.resume();
    const uint8_t before = error_flags();  // which Python code may clear
    try {
      if (b.host.poll) b.host.poll();
    } catch (...) { b.error = std::current_exception(); }
    if (!b.error && b.host.unlock) {
      b.token = b.host.unlock();
      b.unlocked = true;
    }
    raise_error_flags(before);
    return b.error != nullptr;
  }
};

}  // namespace

void make_code(const Plan::Program& p, Plan::Program::LoopSite& site, const ir::Graph& graph,
               std::mutex* sizes) {
  std::call_once(site.once, [&] {
    const Stopwatch watch;
    const auto place = [&](ir::DimId d) {
      const auto lock = sizes ? std::unique_lock(*sizes) : std::unique_lock<std::mutex>();
      return p.sizes->at(d);
    };
    try {
      site.code = p.jit->compile(graph, site.loop, place, false, &site.origin);
    } catch (const ir::Unsupported&) {}
    site.ms = watch.ms();
    site.compiled.store(site.code != nullptr, std::memory_order_release);
  });
}

// Gives an array that the loop changes to the output: the very memory if nothing else needs it.
void Executor::hand_over(const Step& s, size_t array, int output) {
  const auto& arrays = p_.loops[size_t(s.site)]->arrays;
  const int from = arrays[array];
  Slot& in = slot(from);
  Slot& out = slot(s.outputs[size_t(output)]);
  const bool once = std::ranges::count(arrays, from) == 1;
  const bool ends = once && std::ranges::find(s.enters, from) != s.enters.end();
  if (ends && in.tensor == &in.own && in.own.owner.use_count() == 1) {
    return change_in_place(out, in, in.tensor, false);
  }
  change_copy(out, in, *in.tensor, s.host[size_t(output)]);
  copy(out.own, *in.tensor);
}

std::optional<bool> Executor::scalar_loop(const Step& s) {
  auto& site = *p_.loops[size_t(s.site)];
  make_code(p_, site, g_);
  if (!site.code) return std::nullopt;
  const bool checked = f_.errors && f_.errors->checked;
  if (checked) {
    std::call_once(site.once_checked, [&] {
      const auto place = [&](ir::DimId d) { return p_.sizes->at(d); };
      site.checked = p_.jit->compile(g_, site.loop, place, true);
    });
  }
  const auto& loop = site.loop;
  List<char*, 8> data(loop.arrays.size());
  List<const int64_t*, 8> shapes(loop.arrays.size()), strides(loop.arrays.size());
  for (size_t k = 0; k < loop.arrays.size(); ++k) {
    const size_t result = size_t(std::ranges::find(loop.results, int(k)) - loop.results.begin());
    const Slot* seen = &slot(site.arrays[k]);
    if (loop.written[k]) {
      hand_over(s, k, int(result));
      seen = &slot(s.outputs[result]);
    } else if (result < loop.results.size()) {
      take(slot(s.outputs[result]), slot(site.arrays[k]), false);
    }
    data[k] = seen->tensor->data;
    shapes[k] = seen->tensor->shape.data();
    strides[k] = seen->tensor->strides.data();
  }
  struct alignas(16) Scalar {
    std::array<char, 16> bytes;
  };
  List<Scalar, 8> scalars(loop.scalars.size()), results(loop.results.size());
  for (size_t k = 0; k < loop.scalars.size(); ++k)
    scalars[k].bytes = slot(site.scalars[k]).number.bytes;
  Breath breath{*f_.host};
  codegen::LoopArgs args{
      data.all().data(),       shapes.all().data(),
      strides.all().data(),    f_.sizes.data(),
      scalars[0].bytes.data(), results[0].bytes.data(),
      &Breath::take,           &breath,
      codegen::loop_done,      f_.reports.data() + codegen::report_bytes * (site.report - 1)};
  (checked ? site.checked : site.code)->loop(&args);
  breath.resume();
  if (breath.error) std::rethrow_exception(breath.error);
  if (args.status != codegen::loop_done) return false;
  ++f_.launches;
  for (size_t k = 0; k < loop.results.size(); ++k) {
    if (loop.results[k] == passes::ScalarLoop::number)
      slot(s.outputs[k]).number.bytes = results[k].bytes;
  }
  return true;
}

}  // namespace runtime
