// Loops over numbers and elements as one function of machine code.
#include <algorithm>
#include <cstring>
#include <exception>

#include "ir/pairwise.h"
#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/loop_host.h"
#include "runtime/stopwatch.h"

namespace runtime {

namespace {

// codegen::LoopVariant::rows. Axes of one element have any stride.
bool has_rows(const Tensor& t) {
  int64_t within = ir::info(t.dtype).bytes;
  for (int k = t.rank - 1; k >= 0; --k) {
    if (t.shape[size_t(k)] <= 1) continue;
    const int64_t stride = t.strides[size_t(k)];
    if (k == t.rank - 1 ? stride != within : stride < within) return false;
    within = stride * t.shape[size_t(k)];
  }
  return true;
}

// Each axis steps over the next ones, forwards; those of one element have any stride.
bool in_axis_order(const Tensor& t) {
  int64_t inner = 0;
  for (int k = t.rank - 1; k >= 0; --k) {
    if (t.shape[size_t(k)] <= 1) continue;
    if (t.strides[size_t(k)] < inner) return false;
    inner = t.strides[size_t(k)];
  }
  return true;
}

std::shared_ptr<const codegen::Code> code_for(const Plan::Program& p,
                                              const Plan::Program::LoopSite& site,
                                              const ir::Graph& graph,
                                              const codegen::LoopVariant& variant,
                                              codegen::Origin* origin, std::mutex* sizes) {
  const auto place = [&](ir::DimId d) {
    const auto lock = sizes ? std::unique_lock(*sizes) : std::unique_lock<std::mutex>();
    return p.sizes->at(d);
  };
  try {
    return p.jit->compile(graph, site.loop, place, variant, origin);
  } catch (const ir::Unsupported&) { return nullptr; }
}

}  // namespace

void make_code(const Plan::Program& p, Plan::Program::LoopSite& site,
               std::span<const Tensor* const> layouts, const ir::Graph& graph, std::mutex* sizes) {
  std::call_once(site.once, [&] {
    const Stopwatch watch;
    for (const Tensor* t : layouts) site.rows.push_back(!t || has_rows(*t));
    site.code = code_for(p, site, graph, {site.rows, false}, &site.origin, sizes);
    site.ms = watch.ms();
    site.compiled.store(site.code != nullptr, std::memory_order_release);
  });
}

bool has_short_rows(const passes::ScalarLoop& loop, std::span<const Tensor* const> layouts) {
  constexpr int64_t most_bytes = 1 << 16, line = 64;  // that a row brings into the caches
  return std::ranges::all_of(loop.rows, [&](const auto& row) {
    const Tensor* t = layouts[size_t(row.array)];
    if (!t) return true;
    const int64_t pace = std::min(std::abs(t->strides[row.axis]), line);
    return t->shape[row.axis] * pace < most_bytes;
  });
}

void Plan::Program::LoopSite::set(passes::ScalarLoop of, const SizeProgram& program) {
  loop = std::move(of);
  for (const auto& plane : loop.planes) {
    auto& registers = planes.emplace_back();
    for (ir::DimId d : plane.sizes) registers.push_back(program.at(d));
  }
}

bool has_small_planes(const Plan::Program::LoopSite& site, std::span<const Tensor* const> layouts,
                      std::span<const int64_t> sizes) {
  for (size_t i = 0; i < site.planes.size(); ++i) {
    int64_t count = 1;
    for (int size : site.planes[i]) count *= std::clamp<int64_t>(sizes[size_t(size)], 1, INT32_MAX);
    const auto forwards = [&](int array) {
      const Tensor* t = layouts[size_t(array)];
      return !t || in_axis_order(*t);
    };
    if (count > ir::pairwise_buffer || !std::ranges::all_of(site.loop.planes[i].arrays, forwards))
      return false;
  }
  return true;
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

// The code for arrays that lie so.
const codegen::Code* Executor::fitting_code(Plan::Program::LoopSite& site,
                                            std::span<const Tensor* const> layouts) {
  const bool checked = f_.errors && f_.errors->checked;
  bool fits = !checked;
  for (size_t k = 0; k < layouts.size() && fits; ++k) fits = !site.rows[k] || has_rows(*layouts[k]);
  if (fits) return site.code.get();
  std::call_once(checked ? site.once_checked : site.once_general, [&] {
    (checked ? site.checked : site.general) =
        code_for(p_, site, g_, {{}, checked}, nullptr, nullptr);
  });
  return (checked ? site.checked : site.general).get();
}

std::optional<bool> Executor::scalar_loop(const Step& s) {
  auto& site = *p_.loops[size_t(s.site)];
  const auto& loop = site.loop;
  if (loop.multiplies && !f_.host->matmul) return std::nullopt;
  List<const Tensor*, 8> layouts(loop.arrays.size());
  for (size_t k = 0; k < loop.arrays.size(); ++k) layouts[k] = slot(site.arrays[k]).tensor;
  if (!has_short_rows(loop, layouts.all()) || !has_small_planes(site, layouts.all(), f_.sizes))
    return std::nullopt;
  make_code(p_, site, layouts.all(), g_);
  if (!site.code) return std::nullopt;
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
    layouts[k] = seen->tensor;
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
  LoopHost calls(*f_.host, f_.errors ? f_.errors->reported : uint8_t(0));
  codegen::LoopArgs args{
      data.all().data(),       shapes.all().data(),
      strides.all().data(),    f_.sizes.data(),
      scalars[0].bytes.data(), results[0].bytes.data(),
      &LoopHost::poll,         &LoopHost::multiply,
      &LoopHost::scratch,      &calls,
      codegen::loop_done,      f_.reports.data() + codegen::report_bytes * (site.report - 1)};
  fitting_code(site, layouts.all())->loop(&args);
  calls.end();
  if (args.status != codegen::loop_done) return false;
  ++f_.launches;
  for (size_t k = 0; k < loop.results.size(); ++k) {
    if (loop.results[k] == passes::ScalarLoop::number)
      slot(s.outputs[k]).number.bytes = results[k].bytes;
  }
  return true;
}

}  // namespace runtime
