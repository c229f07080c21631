// Steps of a call that is profiled.
#include <utility>

#include "runtime/executor.h"
#include "runtime/profile.h"
#include "runtime/stopwatch.h"

namespace runtime {

namespace {

// The bytes that elements of the tensor lie in, those that are repeated once.
double bytes_of(const Tensor& t) {
  double bytes = double(t.itemsize());
  for (int k = 0; k < t.rank; ++k)
    bytes *=
        t.strides[size_t(k)] == 0 ? double(t.shape[size_t(k)] > 0) : double(t.shape[size_t(k)]);
  return bytes;
}

}  // namespace

// What the elements of a kernel's nodes cost. A step of a reduction counts as one operation.
double Executor::work_of(const passes::Kernel& kernel) const {
  const auto elements = [&](ir::Ref r) {
    double n = 1;
    for (ir::DimId d : g_.type(r).dims) {
      const auto known = g_.dims.value(d);
      const auto reg = p_.sizes->find(d);
      n *= known ? double(*known) : reg ? double(f_.sizes[size_t(*reg)]) : 0;
    }
    return n;
  };
  double work = 0;
  for (ir::Ref r : g_.body(kernel.body).nodes) {
    const ir::Op op = g_.op(r);
    if (ir::is_reduce(op)) work += elements(g_.inputs(r)[0]);
    if (ir::is_elementwise(op)) work += ir::info(op).cost * elements(r);
  }
  return work;
}

void Executor::count(const Step& s, double& bytes, double& work) const {
  if (s.kind == Step::Kind::launch && !p_.sites[size_t(s.site)]->refused) {
    const Record& record = f_.records[size_t(s.site)];
    for (const Seen& seen : record.operands) bytes += bytes_of(seen.layout);
    for (const Tensor& out : record.resolved.outputs) bytes += bytes_of(out);
    work += work_of(p_.sites[size_t(s.site)]->kernel->kernel());
    return;
  }
  const bool moves = s.kind == Step::Kind::call || s.kind == Step::Kind::update ||
                     s.kind == Step::Kind::select || s.kind == Step::Kind::change ||
                     s.kind == Step::Kind::store || s.kind == Step::Kind::fill;
  if (!moves) return;
  const auto add = [&](const std::vector<int>& slots) {
    for (int i : slots)
      if (p_.slots[size_t(i)].rank >= 0 && f_.slots[size_t(i)].tensor)
        bytes += bytes_of(*f_.slots[size_t(i)].tensor);
  };
  add(s.inputs);
  add(s.outputs);
}

bool Executor::profiled(const Block& b, const Step& s) {
  Profile& profile = *f_.profile;
  const double outer = std::exchange(profile.inner_ms, 0);
  const Stopwatch watch;
  const bool done = run(b, s);
  const double ms = watch.ms();
  Profile::Row& row = profile.rows[s.node.id];
  ++row.runs;
  row.ms += ms - profile.inner_ms;
  profile.inner_ms = outer + ms;
  if (done) count(s, row.bytes, row.work);
  return done;
}

}  // namespace runtime
