#include "codegen/row_loops.h"

#include <algorithm>

#include "codegen/pairwise.h"
#include "ir/error.h"

namespace codegen {

using llvm::Value;
using passes::Kernel;

namespace {
// Columns of an ordered loop's buffers: four leaves and the rest.
constexpr int64_t piece = 520 + scratch_slack;
}  // namespace

RowLoops::RowLoops(KernelBuilder& builder, const RowsPlan& rows_plan)
    : k(builder),
      b(builder.b),
      plan(rows_plan),
      shape(shape_of(k)),
      lanes(shape.lanes),
      masked(shape.masked),
      block(plan.pairwise_block()),
      uniform(k, 1),
      uniform_vector(k, lanes, &uniform),
      uniform_block(k, block, &uniform) {
  make_buffers();
}

// A scope of vectors for a loop over columns, with the scalars that its nodes may use in it.
Scope RowLoops::spread(int lanes, Scope& uniform) {
  Scope vectors(k, lanes, &uniform);
  for (size_t i = 0; i < k.kernel.order.size(); ++i) {
    const ir::Ref r = k.kernel.order[i];
    if (k.kernel.values[i].extent == Kernel::Extent::partial && row->has(r))
      vectors.set(r, row->at(r));
  }
  for (size_t i = 0; i < k.kernel.order.size(); ++i)
    if (k.kernel.values[i].extent == Kernel::Extent::full)
      for (ir::Ref in : k.graph.inputs(k.kernel.order[i]))
        if (vectors.has(in)) vectors.at(in);
  return vectors;
}

void RowLoops::make_buffers() {
  for (const auto& [id, kept] : plan.kept) {
    Buffer buffer;
    buffer.array.ref = {id};
    buffer.array.dtype = k.graph.type(ir::Ref{id}).dtype;
    buffer.origin = i64(0);
    if (kept.row) {
      Value* length = b.ir.CreateAdd(k.columns, i64(scratch_slack));
      Value* offset = b.ir.CreateMul(length, i64(int64_t(kept.offset)));
      buffer.start = b.ir.CreateGEP(b.ir.getInt8Ty(), k.scratch, offset);
    } else {
      buffer.start = stack_slot(b, b.ir.getInt8Ty(), piece * buffer.array.bytes());
    }
    buffers_.emplace(id, buffer);
  }
}

// A value of the site's columns: computed there, or read where it has been kept.
Val RowLoops::value(Site& site, ir::Ref r) {
  if (site.scope.has(r)) return site.scope.at(r);
  const int lanes = site.scope.lanes();
  if (k.graph.op(r) == ir::Op::param) {
    const Array& a = k.operand(r);
    Value* row = operand_starts[size_t(&a - k.operands.data())];
    site.scope.set(r, k.load(a, row, site.column, lanes, site.mask));
    return site.scope.at(r);
  }
  const auto kept = plan.kept.find(r.id);
  if (kept != plan.kept.end() && kept->second.phase < site.fresh) {
    const Buffer& buffer = buffers_.at(r.id);
    Value* column = b.ir.CreateSub(site.column, buffer.origin);
    site.scope.set(r, k.load(buffer.array, buffer.start, column, lanes));
    return site.scope.at(r);
  }
  for (ir::Ref in : k.graph.inputs(r)) value(site, in);
  return site.scope.emit(r);
}

Accumulators RowLoops::start(const std::vector<Reduction>& reductions, int phase) {
  Accumulators acc;
  for (const Reduction& r : reductions) {
    Running first;
    if (r.from_element) {
      Site site{Scope(k, 1, row), i64(0), nullptr, phase};
      first = r.first(r.widened(value(site, r.operand)));
    } else {
      first = r.first(b, 1);
    }
    acc.single.push_back(first);
    Running wide{splat(first.value, lanes), {}};
    if (r.placed) wide.place = splat(first.place, lanes);
    acc.vector.push_back(wide);
  }
  return acc;
}

// Emits one round of a sweep. All loads stand before the stores of outputs: an output may be the
// very memory of an operand.
std::vector<Running> RowLoops::round(const Sweep& s, std::vector<Site>& sites,
                                     std::vector<Running> acc, bool stream) {
  const auto& reductions = s.reductions;
  for (size_t j = 0; j < sites.size(); ++j) {
    Site& site = sites[j];
    for (ir::Ref r : s.keep) value(site, r);
    for (size_t i = 0; i < reductions.size(); ++i) {
      const Reduction& r = reductions[i];
      Running& a = acc[j * reductions.size() + i];
      const Val x = r.widened(value(site, r.operand));
      const Val place = r.placed ? positions(b, site.column, site.scope.lanes()) : Val{};
      a = r.step(a, x, place, site.mask, false);
    }
    if (s.writes)
      for (size_t i : plan.wide) value(site, k.kernel.outputs[i]);
  }
  for (Site& site : sites) {
    for (ir::Ref r : s.keep) {
      const Buffer& buffer = buffers_.at(r.id);
      Value* column = b.ir.CreateSub(site.column, buffer.origin);
      k.store(buffer.array, buffer.start, column, site.scope.at(r));
    }
    if (!s.writes) continue;
    for (size_t i : plan.wide) {
      const Array& a = k.outputs[i];
      k.store(a, output_starts[i], site.column, site.scope.at(a.ref), site.mask,
              stream && a.access == Access::unit);
    }
  }
  return acc;
}

// Streaming stores need whole aligned vectors; a row that starts elsewhere takes the plain loop.
Value* RowLoops::streaming_columns(Value* whole) {
  Value* low = i64(0);
  for (size_t i : plan.wide)
    if (k.outputs[i].access == Access::unit)
      low = b.ir.CreateOr(low, b.ir.CreatePtrToInt(output_starts[i], b.ir.getInt64Ty()));
  Value* aligned = b.ir.CreateIsNull(b.ir.CreateAnd(low, i64(63)));
  return b.ir.CreateSelect(aligned, whole, i64(0));
}

namespace {

// Running values of `copies` accumulators per reduction, as the carried values of a loop and back.
std::vector<Val> flat(const std::vector<Reduction>& reductions, const std::vector<Running>& from) {
  std::vector<Val> to;
  for (size_t i = 0; i < from.size(); ++i) reductions[i % reductions.size()].push(to, from[i]);
  return to;
}
std::vector<Running> running(const std::vector<Reduction>& reductions, const std::vector<Val>& from,
                             int copies) {
  std::vector<Running> to;
  size_t next = 0;
  for (size_t i = 0; i < reductions.size() * size_t(copies); ++i)
    to.push_back(reductions[i % reductions.size()].pop(from, next));
  return to;
}

}  // namespace

// Whole vectors, `copies` in a round with accumulators of their own. Returns the column after them.
Value* RowLoops::sweep_vectors(const Sweep& s, int copies, Value* begin, Value* count,
                               Scope& vectors, std::vector<Running>& acc) {
  const bool stream = s.writes && k.variant.stream;
  const int64_t step = int64_t(copies) * lanes;
  Value* whole = b.ir.CreateAnd(count, i64(-step));
  if (stream) whole = streaming_columns(whole);
  Value* done = b.ir.CreateAdd(begin, whole);
  llvm::BasicBlock* before = b.ir.GetInsertBlock();
  llvm::BasicBlock *some = b.block("some"), *after = b.block("after");
  b.ir.CreateCondBr(b.ir.CreateICmpSGT(whole, i64(0)), some, after);
  b.ir.SetInsertPoint(some);
  std::vector<Running> first;
  // What earlier pieces of the row gave counts once: the other copies start afresh.
  for (int j = 0; j < copies; ++j)
    for (size_t i = 0; i < acc.size(); ++i) {
      const Reduction& r = s.reductions[i];
      const bool same = j == 0 || r.from_element;  // twice the same extreme changes nothing
      first.push_back(same ? acc[i] : Running{splat(r.first(b, 1).value, lanes), acc[i].place});
    }
  Loop main(b, begin, done, step, "sweep", flat(s.reductions, first));
  std::vector<Site> sites;
  for (int j = 0; j < copies; ++j)
    sites.push_back({Scope(k, lanes, &vectors), b.ir.CreateNSWAdd(main.counter, i64(j * lanes)),
                     nullptr, s.phase});
  const auto next = round(s, sites, running(s.reductions, main.carried, copies), stream);
  main.end(flat(s.reductions, next));
  const auto last = running(s.reductions, main.carried, copies);
  const size_t n = s.reductions.size();
  std::vector<Running> joined(last.begin(), last.begin() + ptrdiff_t(n));
  for (size_t i = n; i < last.size(); ++i)
    joined[i % n] = s.reductions[i % n].join(joined[i % n], last[i]);

  llvm::BasicBlock* from = b.ir.GetInsertBlock();
  b.ir.CreateBr(after);
  after->moveAfter(from);
  b.ir.SetInsertPoint(after);
  const auto merge = [&](Val& old, Val fresh) {
    auto* phi = b.ir.CreatePHI(old.v->getType(), 2);
    phi->addIncoming(old.v, before);
    phi->addIncoming(fresh.v, from);
    old.v = phi;
  };
  for (size_t i = 0; i < n; ++i) {
    merge(acc[i].value, joined[i].value);
    if (s.reductions[i].placed) merge(acc[i].place, joined[i].place);
  }
  return done;
}

void RowLoops::sweep(const Sweep& s, Value* begin, Value* count, Accumulators& acc) {
  Scope vectors = spread(lanes, uniform_vector);
  const bool stream = s.writes && k.variant.stream;
  // Running values are chains, so several of them; and the smaller the body, the more of it in a
  // round.
  int copies = s.cost > 12 ? (masked && !stream ? 0 : 1) : s.cost > 4 ? 1 : 2;
  if (copies > 0 && !s.reductions.empty()) copies *= 2;
  if (lanes == 1) copies = 0;
  Value* done = copies ? sweep_vectors(s, copies, begin, count, vectors, acc.vector) : begin;
  Value* end = b.ir.CreateAdd(begin, count);
  auto& rest_acc = masked ? acc.vector : acc.single;
  Loop rest(b, done, end, masked ? lanes : 1, "rest", flat(s.reductions, rest_acc));
  Value* mask = masked ? first_lanes(b, b.ir.CreateSub(end, rest.counter), lanes) : nullptr;
  std::vector<Site> sites;
  sites.push_back(
      {masked ? Scope(k, lanes, &vectors) : Scope(k, 1, row), rest.counter, mask, s.phase});
  rest.end(flat(s.reductions, round(s, sites, running(s.reductions, rest.carried, 1), false)));
  rest_acc = running(s.reductions, rest.carried, 1);
}

// The first element stands in every accumulator of max and argmax, which changes nothing; the
// constants that others start from are neutral.
std::vector<Running> RowLoops::results(const std::vector<Reduction>& reductions,
                                       const Accumulators& acc) {
  std::vector<Running> r;
  for (size_t i = 0; i < reductions.size(); ++i) {
    const Running folded = reductions[i].fold(acc.vector[i]);
    r.push_back(masked ? folded : reductions[i].join(folded, acc.single[i]));
  }
  return r;
}

void RowLoops::move_buffers(int phase, Value* begin) {
  for (ir::Ref r : plan.phases[size_t(phase)].keep)
    if (!plan.kept.at(r.id).row) buffers_.at(r.id).origin = begin;
}

void RowLoops::enter_row(Scope& scalars, Value* number) {
  row = &scalars;
  operand_starts.clear();
  output_starts.clear();
  for (const Array& a : k.operands) operand_starts.push_back(k.row_pointer(a, number));
  for (const Array& a : k.outputs) output_starts.push_back(k.row_pointer(a, number));
}

}  // namespace codegen
