// Which variants of a kernel's code a launch uses.
#include <algorithm>

#include "runtime/launch.h"
#include "runtime/machine.h"

namespace runtime {

using codegen::Access;
using passes::Kernel;
using Form = Kernel::Form;
using Extent = Kernel::Extent;

void KernelSite::choose_code(Resolved& r) {
  const Kernel& kernel = r.space.form == kernel_.form ? kernel_ : turned_;
  Variants& variants = variants_[int(kernel.form)];
  const bool large = is_large(r);
  const auto get = [&](bool stream) {
    return variants.get({r.geometry.access, stream, false, large}, graph_, kernel, jit_);
  };
  r.code = get(false);
  r.streaming = may_stream(r) ? get(true) : nullptr;
  r.checked = nullptr;
}

void KernelSite::check(Resolved& r) {
  if (r.checked || r.geometry.nothing) return;
  const Kernel& kernel = r.space.form == kernel_.form ? kernel_ : turned_;
  r.checked =
      variants_[int(kernel.form)].get({r.geometry.access, false, true}, graph_, kernel, jit_);
}

// Code that takes several vectors at once runs up to 1.5 times as fast and takes up to three times
// as long to compile; for a body of one function that is a millisecond.
bool KernelSite::is_large(const Resolved& r) const {
  constexpr int cheap = 10, dear = 20, short_body = 100;  // in cost
  constexpr int64_t long_row = 1024, many = 32768;
  const bool strided = std::ranges::count(r.geometry.access, Access::strided) > 0;
  if (r.space.form != Form::map || cost_ <= (strided ? dear : cheap)) return false;
  if (r.geometry.column_block < long_row) return false;
  return cost_ <= short_body || r.space.product(false) >= many;
}

void KernelSite::wish(const Resolved& r, std::vector<Wish>& wishes) {
  if (r.geometry.nothing) return;
  const Kernel& kernel = r.space.form == kernel_.form ? kernel_ : turned_;
  Variants* variants = &variants_[int(kernel.form)];
  const bool large = is_large(r);
  wishes.push_back({variants, &kernel, {r.geometry.access, false, false, large}});
  if (may_stream(r)) wishes.push_back({variants, &kernel, {r.geometry.access, true, false, large}});
}

// Streaming pays if the outputs do not stay in the cache anyway: what the kernel touches exceeds
// it, and the outputs are a good part of that. Every piece of every row must start at a whole cache
// line.
bool KernelSite::may_stream(const Resolved& r) const {
  static const int64_t cache = last_level_cache();
  const Geometry& g = r.geometry;
  const int64_t elements = r.space.product(false) * r.space.product(true);
  int64_t touched = 0, written = 0;
  for (size_t i = 0; i < r.walks.size(); ++i) {
    const Walk& w = r.walks[i];
    if (w.extent == Extent::full) touched += elements * w.itemsize;
    if (i < size_t(r.space.first_output)) continue;
    if (w.extent != Extent::full || g.access[i] != Access::unit) return false;
    written += elements * w.itemsize;
    bool whole = g.row_strides[i] % 64 == 0 &&
                 (g.column_block * w.itemsize % 64 == 0 || g.column_blocks() == 1);
    for (int k = 0; k < g.outer_axes; ++k) {
      whole = whole && g.outer_strides[size_t(k) * r.walks.size() + i] % 64 == 0;
    }
    if (!whole) return false;
  }
  return touched > cache && written > cache / 4;
}

}  // namespace runtime
