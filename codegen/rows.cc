// The loop nest of a kernel of Form::rows (codegen/rows_plan.h says which loop does what):
//
//   uniform values                          once
//   for each row:
//     partial operands
//     for each phase:                       its loops over the columns, then what follows per row
//     the sweep that writes full outputs
//     partial outputs
#include "codegen/rows.h"

#include <algorithm>

#include "codegen/pairwise.h"
#include "codegen/rows_plan.h"
#include "ir/error.h"

namespace codegen {

namespace {

using llvm::Value;
using passes::Kernel;

constexpr int64_t piece = 520;  // columns of an ordered loop's buffers: four leaves and the rest

class Rows {
 public:
  explicit Rows(KernelBuilder& k);
  void emit();

 private:
  // Columns whose values are being computed, and in which loop.
  struct Site {
    Scope scope;
    Value* column;
    Value* mask;
    int fresh;  // values kept by this phase or a later one are computed, not read
  };
  // A buffer of a kept value: element 0 belongs to column `origin`.
  struct Buffer {
    Array array;
    Value* start = nullptr;
    Value* origin = nullptr;
  };
  // The running values of a sweep: in vectors, and of single columns where masks are dear.
  struct Accumulators {
    std::vector<Running> vector, single;
  };
  // One sweep: what it reduces, keeps and writes.
  struct Sweep {
    int phase;
    const std::vector<Reduction>* reductions;
    const std::vector<ir::Ref>* keep;
    int cost;
    bool writes;
  };

  bool is_partial(size_t i) const { return k_.kernel.values[i].extent == Kernel::Extent::partial; }
  Value* i64(int64_t v) { return k_.index(v); }
  void emit_row(Value* row);
  void emit_scalars(Scope& scope, Kernel::Extent extent);
  Scope spread(int lanes, Scope& uniform);
  void make_buffers();

  Val value(Site& site, ir::Ref r);
  Accumulators start(size_t phase);
  void sweep(const Sweep& s, Value* begin, Value* count, Accumulators& acc);
  std::vector<Running> block(const Sweep& s, std::vector<Site>& sites, std::vector<Running> acc,
                             bool stream);
  std::vector<Running> results(const std::vector<Reduction>& reductions, Accumulators& acc);
  void reduce_freely(size_t phase);
  void reduce_in_order(size_t phase);
  void run_sequences(size_t phase, const std::vector<Value*>& slots, Value* begin, Value* count);
  void finish(const std::vector<Reduction>& reductions, const std::vector<Running>& results);
  Value* streaming_columns(Value* whole);

  KernelBuilder& k_;
  Builder& b_;
  RowsPlan plan_;
  int lanes_;
  bool masked_;
  Scope uniform_, uniform_vector_, uniform_eight_;
  Scope* row_ = nullptr;  // values of this row, scalars
  std::vector<Value*> operand_starts_, output_starts_;
  std::unordered_map<uint32_t, Buffer> buffers_;
};

Rows::Rows(KernelBuilder& k)
    : k_(k),
      b_(k.b),
      plan_(k),
      lanes_(k.lanes(b_.vector_bytes)),
      uniform_(k, 1),
      uniform_vector_(k, lanes_, &uniform_),
      uniform_eight_(k, 8, &uniform_) {
  bool small_strided = false;
  for (const auto* arrays : {&k_.operands, &k_.outputs})
    for (const Array& a : *arrays) small_strided |= a.access == Access::strided && a.bytes() < 4;
  masked_ = b_.big_masks && !small_strided && lanes_ > 1;
  k_.scratch_per_column = plan_.scratch_per_column;
}

// Values outside the loops over columns that can be computed now and have not been.
void Rows::emit_scalars(Scope& scope, Kernel::Extent extent) {
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    const ir::Op op = k_.graph.op(r);
    if (k_.kernel.values[i].extent != extent || op == ir::Op::param || ir::is_reduce(op)) continue;
    const auto known = [&](ir::Ref in) { return scope.has(in); };
    if (!scope.has(r) && std::ranges::all_of(k_.graph.inputs(r), known)) scope.emit(r);
  }
}

// A scope of vectors for a loop over columns, with the scalars that its nodes may use in it.
Scope Rows::spread(int lanes, Scope& uniform) {
  Scope vectors(k_, lanes, &uniform);
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    if (is_partial(i) && row_->has(r)) vectors.set(r, row_->at(r));
  }
  for (size_t i = 0; i < k_.kernel.order.size(); ++i)
    if (k_.kernel.values[i].extent == Kernel::Extent::full)
      for (ir::Ref in : k_.graph.inputs(k_.kernel.order[i]))
        if (vectors.has(in)) vectors.at(in);
  return vectors;
}

void Rows::make_buffers() {
  for (const auto& [id, kept] : plan_.kept) {
    Buffer buffer;
    buffer.array.ref = {id};
    buffer.array.dtype = k_.graph.type(ir::Ref{id}).dtype;
    buffer.origin = i64(0);
    if (kept.row) {
      Value* offset = b_.ir.CreateMul(k_.columns, i64(int64_t(kept.offset)));
      buffer.start = b_.ir.CreateGEP(b_.ir.getInt8Ty(), k_.scratch, offset);
    } else {
      buffer.start = stack_slot(b_, b_.ir.getInt8Ty(), piece * buffer.array.bytes());
    }
    buffers_.emplace(id, buffer);
  }
}

void Rows::emit() {
  for (size_t i = 0; i < k_.kernel.scalars.size(); ++i)
    uniform_.set(k_.kernel.scalars[i], k_.scalar(i));
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    const bool array = k_.graph.op(r) == ir::Op::param && k_.graph.type(r).is_array();
    if (array && k_.kernel.values[i].extent == Kernel::Extent::uniform)
      uniform_.set(r, k_.load(k_.operand(r), k_.operand(r).base, i64(0), 1));
  }
  emit_scalars(uniform_, Kernel::Extent::uniform);
  make_buffers();
  Loop rows(b_, i64(0), k_.rows, 1, "row");
  emit_row(rows.counter);
  rows.end();
  k_.finish();
}

void Rows::emit_row(Value* row) {
  Scope scalars(k_, 1, &uniform_);
  row_ = &scalars;
  operand_starts_.clear();
  output_starts_.clear();
  for (const Array& a : k_.operands) operand_starts_.push_back(k_.row_pointer(a, row));
  for (const Array& a : k_.outputs) output_starts_.push_back(k_.row_pointer(a, row));
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    if (!is_partial(i) || k_.graph.op(r) != ir::Op::param) continue;
    const Array& a = k_.operand(r);
    scalars.set(r, k_.load(a, operand_starts_[size_t(&a - k_.operands.data())], i64(0), 1));
  }
  emit_scalars(scalars, Kernel::Extent::partial);
  for (size_t p = 0; p < plan_.phases.size(); ++p) {
    if (plan_.phases[p].ordered()) {
      reduce_in_order(p);
    } else {
      reduce_freely(p);
    }
    emit_scalars(scalars, Kernel::Extent::partial);
  }
  if (!plan_.wide.empty()) {
    Accumulators none;
    static const std::vector<Reduction> nothing;
    static const std::vector<ir::Ref> no_values;
    sweep({int(plan_.phases.size()), &nothing, &no_values, plan_.wide_cost, true}, i64(0),
          k_.columns, none);
  }
  for (size_t i = 0; i < k_.kernel.outputs.size(); ++i)
    if (std::ranges::find(plan_.wide, i) == plan_.wide.end())
      k_.store(k_.outputs[i], output_starts_[i], i64(0), scalars.at(k_.kernel.outputs[i]));
}

// A value of the site's columns: computed there, or read where it has been kept.
Val Rows::value(Site& site, ir::Ref r) {
  if (site.scope.has(r)) return site.scope.at(r);
  const int lanes = site.scope.lanes();
  if (k_.graph.op(r) == ir::Op::param) {
    const Array& a = k_.operand(r);
    Value* row = operand_starts_[size_t(&a - k_.operands.data())];
    site.scope.set(r, k_.load(a, row, site.column, lanes, site.mask));
    return site.scope.at(r);
  }
  const auto kept = plan_.kept.find(r.id);
  if (kept != plan_.kept.end() && kept->second.phase < site.fresh) {
    const Buffer& buffer = buffers_.at(r.id);
    Value* column = b_.ir.CreateSub(site.column, buffer.origin);
    site.scope.set(r, k_.load(buffer.array, buffer.start, column, lanes, site.mask));
    return site.scope.at(r);
  }
  for (ir::Ref in : k_.graph.inputs(r)) value(site, in);
  return site.scope.emit(r);
}

Rows::Accumulators Rows::start(size_t phase) {
  Accumulators acc;
  for (const Reduction& r : plan_.phases[phase].any) {
    Running first;
    if (r.from_element) {
      Site site{Scope(k_, 1, row_), i64(0), nullptr, int(phase)};
      first = r.first(r.widened(value(site, r.operand)));
    } else {
      first = r.first(b_, 1);
    }
    acc.single.push_back(first);
    Running wide{splat(first.value, lanes_), {}};
    if (r.placed) wide.place = splat(first.place, lanes_);
    acc.vector.push_back(wide);
  }
  return acc;
}

// Emits one round of a sweep. All loads stand before the stores of outputs: an output may be the
// very memory of an operand.
std::vector<Running> Rows::block(const Sweep& s, std::vector<Site>& sites, std::vector<Running> acc,
                                 bool stream) {
  const auto& reductions = *s.reductions;
  for (size_t j = 0; j < sites.size(); ++j) {
    Site& site = sites[j];
    for (ir::Ref r : *s.keep) value(site, r);
    for (size_t i = 0; i < reductions.size(); ++i) {
      const Reduction& r = reductions[i];
      Running& a = acc[j * reductions.size() + i];
      const Val x = r.widened(value(site, r.operand));
      const Val place = r.placed ? positions(b_, site.column, site.scope.lanes()) : Val{};
      a = r.step(a, x, place, site.mask, false);
    }
    if (s.writes)
      for (size_t i : plan_.wide) value(site, k_.kernel.outputs[i]);
  }
  for (Site& site : sites) {
    for (ir::Ref r : *s.keep) {
      const Buffer& buffer = buffers_.at(r.id);
      Value* column = b_.ir.CreateSub(site.column, buffer.origin);
      k_.store(buffer.array, buffer.start, column, site.scope.at(r), site.mask);
    }
    if (!s.writes) continue;
    for (size_t i : plan_.wide) {
      const Array& a = k_.outputs[i];
      k_.store(a, output_starts_[i], site.column, site.scope.at(a.ref), site.mask,
               stream && a.access == Access::unit);
    }
  }
  return acc;
}

// Streaming stores need whole aligned vectors; a row that starts elsewhere takes the plain loop.
Value* Rows::streaming_columns(Value* whole) {
  Value* low = i64(0);
  for (size_t i : plan_.wide)
    low = b_.ir.CreateOr(low, b_.ir.CreatePtrToInt(output_starts_[i], b_.ir.getInt64Ty()));
  Value* aligned = b_.ir.CreateIsNull(b_.ir.CreateAnd(low, i64(63)));
  return b_.ir.CreateSelect(aligned, whole, i64(0));
}

void Rows::sweep(const Sweep& s, Value* begin, Value* count, Accumulators& acc) {
  const auto& reductions = *s.reductions;
  const size_t n = reductions.size();
  Scope vectors = spread(lanes_, uniform_vector_);
  const bool stream = s.writes && k_.variant.stream;
  int copies = s.cost <= 12 ? 4 : s.cost <= 24 ? 2 : masked_ && !stream ? 0 : 1;
  if (lanes_ == 1) copies = 0;
  const auto loop_values = [&](const std::vector<Running>& from) {
    std::vector<Val> to;
    for (size_t i = 0; i < from.size(); ++i) reductions[i % n].push(to, from[i]);
    return to;
  };
  const auto running = [&](const std::vector<Val>& from, size_t number) {
    std::vector<Running> to;
    size_t next = 0;
    for (size_t i = 0; i < number; ++i) to.push_back(reductions[i % n].pop(from, next));
    return to;
  };

  Value* done = begin;
  if (copies > 0) {
    const int64_t step = int64_t(copies) * lanes_;
    Value* whole = b_.ir.CreateAnd(count, i64(-step));
    if (stream) whole = streaming_columns(whole);
    std::vector<Running> first = acc.vector;
    for (int j = 1; j < copies; ++j)
      first.insert(first.end(), acc.vector.begin(), acc.vector.end());
    done = b_.ir.CreateAdd(begin, whole);
    Loop main(b_, begin, done, step, "sweep", loop_values(first));
    std::vector<Site> sites;
    for (int j = 0; j < copies; ++j)
      sites.push_back({Scope(k_, lanes_, &vectors),
                       b_.ir.CreateNSWAdd(main.counter, i64(j * lanes_)), nullptr, s.phase});
    main.end(loop_values(block(s, sites, running(main.carried, n * size_t(copies)), stream)));
    const auto last = running(main.carried, n * size_t(copies));
    for (size_t i = 0; i < n; ++i) {
      acc.vector[i] = last[i];
      for (size_t j = 1; j < size_t(copies); ++j)
        acc.vector[i] = reductions[i].join(acc.vector[i], last[j * n + i]);
    }
  }
  Value* end = b_.ir.CreateAdd(begin, count);
  auto& rest_acc = masked_ ? acc.vector : acc.single;
  Loop rest(b_, done, end, masked_ ? lanes_ : 1, "rest", loop_values(rest_acc));
  std::vector<Site> sites;
  Value* mask = masked_ ? first_lanes(b_, b_.ir.CreateSub(end, rest.counter), lanes_) : nullptr;
  sites.push_back(
      {masked_ ? Scope(k_, lanes_, &vectors) : Scope(k_, 1, row_), rest.counter, mask, s.phase});
  rest.end(loop_values(block(s, sites, running(rest.carried, n), false)));
  rest_acc = running(rest.carried, n);
}

// The first element stands in every accumulator of max and argmax, which changes nothing; the
// constants that others start from are neutral.
std::vector<Running> Rows::results(const std::vector<Reduction>& reductions, Accumulators& acc) {
  std::vector<Running> r;
  for (size_t i = 0; i < reductions.size(); ++i) {
    const Running folded = reductions[i].fold(acc.vector[i]);
    r.push_back(masked_ ? folded : reductions[i].join(folded, acc.single[i]));
  }
  return r;
}

void Rows::finish(const std::vector<Reduction>& reductions, const std::vector<Running>& values) {
  for (size_t i = 0; i < reductions.size(); ++i)
    row_->set(reductions[i].node, reductions[i].finish(values[i]));
}

void Rows::reduce_freely(size_t phase) {
  const RowsPlan::Phase& p = plan_.phases[phase];
  Accumulators acc = start(phase);
  sweep({int(phase), &p.any, &p.keep, p.cost, false}, i64(0), k_.columns, acc);
  finish(p.any, results(p.any, acc));
}

// Multiplies (or adds) the piece's elements one by one; the running value stands in memory in
// between.
void Rows::run_sequences(size_t phase, const std::vector<Value*>& slots, Value* begin,
                         Value* count) {
  const RowsPlan::Phase& p = plan_.phases[phase];
  if (p.sequence.empty()) return;
  std::vector<Val> values;
  for (size_t i = 0; i < slots.size(); ++i) {
    llvm::Type* t = type_of(b_, p.sequence[i].compute, 1);
    values.push_back(b_.val(b_.ir.CreateLoad(t, slots[i]), p.sequence[i].compute));
  }
  Loop loop(b_, begin, b_.ir.CreateAdd(begin, count), 1, "sequence", values);
  Site site{Scope(k_, 1, row_), loop.counter, nullptr, int(phase) + 1};
  std::vector<Val> next;
  for (size_t i = 0; i < slots.size(); ++i) {
    const Reduction& r = p.sequence[i];
    const Val x = r.widened(value(site, r.operand));
    next.push_back(r.step({loop.carried[i], {}}, x, {}, nullptr, r.rounds_along_rows()).value);
  }
  loop.end(next);
  for (size_t i = 0; i < slots.size(); ++i) b_.ir.CreateStore(loop.carried[i].v, slots[i]);
}

void Rows::reduce_in_order(size_t phase) {
  const RowsPlan::Phase& p = plan_.phases[phase];
  // What is carried from piece to piece stands in memory: vectors, then singles, then sequences.
  std::vector<Val> homes;
  std::vector<Value*> slots, sequences;
  const Accumulators first = start(phase);
  for (const auto* list : {&first.vector, &first.single})
    for (size_t i = 0; i < p.any.size(); ++i) p.any[i].push(homes, (*list)[i]);
  for (const Val& v : homes) {
    slots.push_back(stack_slot(b_, v.v->getType()));
    b_.ir.CreateStore(v.v, slots.back());
  }
  for (const Reduction& r : p.sequence) {
    sequences.push_back(stack_slot(b_, type_of(b_, r.compute, 1)));
    b_.ir.CreateStore(r.first(b_, 1).value.v, sequences.back());
  }
  const auto load = [&] {
    std::vector<Val> values;
    for (size_t i = 0; i < homes.size(); ++i) {
      Value* v = b_.ir.CreateLoad(homes[i].v->getType(), slots[i]);
      values.push_back(b_.val(v, homes[i].dtype, homes[i].lanes));
    }
    Accumulators acc;
    size_t next = 0;
    for (auto* list : {&acc.vector, &acc.single})
      for (const Reduction& r : p.any) list->push_back(r.pop(values, next));
    return acc;
  };

  Scope eight = spread(8, uniform_eight_);
  Summands summands;
  for (const Reduction& r : p.pairwise) summands.dtypes.push_back(r.compute);
  summands.at = [&](Value* column, int lanes) {
    Site site{Scope(k_, lanes, lanes == 1 ? row_ : &eight), column, nullptr, int(phase) + 1};
    std::vector<Val> values;
    for (const Reduction& r : p.pairwise) values.push_back(r.widened(value(site, r.operand)));
    return values;
  };
  summands.before = [&](Value* begin, Value* count) {
    for (ir::Ref r : p.keep)
      if (!plan_.kept.at(r.id).row) buffers_.at(r.id).origin = begin;
    if (!p.any.empty() || !p.keep.empty()) {
      Accumulators acc = load();
      sweep({int(phase), &p.any, &p.keep, p.cost, false}, begin, count, acc);
      std::vector<Val> values;
      for (const auto* list : {&acc.vector, &acc.single})
        for (size_t i = 0; i < p.any.size(); ++i) p.any[i].push(values, (*list)[i]);
      for (size_t i = 0; i < values.size(); ++i) b_.ir.CreateStore(values[i].v, slots[i]);
    }
    run_sequences(phase, sequences, begin, count);
  };
  const std::vector<Val> trees = emit_pairwise(b_, k_.columns, summands);
  Accumulators acc = load();
  finish(p.any, results(p.any, acc));
  for (size_t i = 0; i < p.pairwise.size(); ++i) {
    const Reduction& r = p.pairwise[i];
    row_->set(r.node, r.finish(r.step(r.first(b_, 1), trees[i], {}, nullptr, false)));
  }
  for (size_t i = 0; i < p.sequence.size(); ++i) {
    const Reduction& r = p.sequence[i];
    const Val last = b_.val(b_.ir.CreateLoad(type_of(b_, r.compute, 1), sequences[i]), r.compute);
    row_->set(r.node, r.finish({last, {}}));
  }
}

}  // namespace

void emit_rows(KernelBuilder& k) { Rows(k).emit(); }

}  // namespace codegen
