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
#include <functional>

#include "codegen/pairwise.h"
#include "codegen/row_loops.h"
#include "codegen/row_search.h"
#include "codegen/rows_plan.h"
#include "ir/error.h"
#include "ir/pairwise.h"

namespace codegen {

namespace {

using llvm::Value;
using passes::Kernel;

// Values that stand in memory from one piece of a row to the next.
class Homes {
 public:
  Homes(Builder& b, const std::vector<Val>& first) : b_(b), like_(first) {
    for (const Val& v : first) slots_.push_back(stack_slot(b, v.v->getType()));
    store(first);
  }
  std::vector<Val> load() {
    std::vector<Val> values = like_;
    for (size_t i = 0; i < values.size(); ++i)
      values[i].v = b_.ir.CreateLoad(like_[i].v->getType(), slots_[i]);
    return values;
  }
  void store(const std::vector<Val>& values) {
    for (size_t i = 0; i < values.size(); ++i) b_.ir.CreateStore(values[i].v, slots_[i]);
  }

 private:
  Builder& b_;
  std::vector<Val> like_;
  std::vector<Value*> slots_;
};

class Rows {
 public:
  explicit Rows(KernelBuilder& k) : k_(k), b_(k.b), plan_(k), loops_(k, plan_) {
    k_.scratch_per_column = plan_.scratch_per_column;
  }
  void emit();

 private:
  Kernel::Extent extent(size_t i) const { return k_.kernel.values[i].extent; }
  void emit_row(Value* row);
  void emit_scalars(Scope& scope, Kernel::Extent extent);
  void load_scalars(Scope& scope, Kernel::Extent extent);
  void reduce_freely(size_t phase);
  void reduce_in_order(size_t phase);
  using Before = std::function<void(Value* begin, Value* count)>;
  Summands summands(size_t phase, const std::vector<Reduction>& sums, Scope& wide);
  void add_pairwise(size_t phase, Before before);
  void add_buffered(size_t phase, Before before);
  std::vector<Val> run_sequences(size_t phase, std::vector<Val> values, Value* begin, Value* count);
  void finish(const std::vector<Reduction>& reductions, const std::vector<Running>& results);

  KernelBuilder& k_;
  Builder& b_;
  RowsPlan plan_;
  RowLoops loops_;
};

// Values outside the loops over columns that can be computed now and have not been.
void Rows::emit_scalars(Scope& scope, Kernel::Extent at) {
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    const ir::Op op = k_.graph.op(r);
    if (extent(i) != at || op == ir::Op::param || ir::is_reduce(op)) continue;
    const auto known = [&](ir::Ref in) { return scope.has(in); };
    if (!scope.has(r) && std::ranges::all_of(k_.graph.inputs(r), known)) scope.emit(r);
  }
}

// Array operands that have one element for all columns.
void Rows::load_scalars(Scope& scope, Kernel::Extent at) {
  for (size_t i = 0; i < k_.kernel.order.size(); ++i) {
    const ir::Ref r = k_.kernel.order[i];
    if (extent(i) != at || k_.graph.op(r) != ir::Op::param || !k_.graph.type(r).is_array())
      continue;
    if (scope.has(r)) continue;  // a table
    const Array& a = k_.operand(r);
    Value* start = at == Kernel::Extent::uniform
                       ? a.base
                       : loops_.operand_starts[size_t(&a - k_.operands.data())];
    scope.set(r, k_.load(a, start, k_.index(0), 1));
  }
}

void Rows::emit() {
  for (size_t i = 0; i < k_.kernel.scalars.size(); ++i)
    loops_.uniform.set(k_.kernel.scalars[i], k_.scalar(i));
  load_scalars(loops_.uniform, Kernel::Extent::uniform);
  emit_scalars(loops_.uniform, Kernel::Extent::uniform);
  Loop rows(b_, k_.index(0), k_.rows, 1, "row");
  emit_row(rows.counter);
  rows.end();
  k_.finish();
}

void Rows::emit_row(Value* row) {
  Scope scalars(k_, 1, &loops_.uniform);
  loops_.enter_row(scalars, row);
  load_scalars(scalars, Kernel::Extent::partial);
  emit_scalars(scalars, Kernel::Extent::partial);
  for (size_t p = 0; p < plan_.phases.size(); ++p) {
    if (plan_.phases[p].ordered()) {
      reduce_in_order(p);
    } else if (!plan_.phases[p].any.empty() || !plan_.phases[p].keep.empty()) {
      reduce_freely(p);
    }
    for (const Reduction& r : plan_.phases[p].searched)
      scalars.set(r.node, find_place(loops_, r, int(p), plan_.phases[p].cost));
    emit_scalars(scalars, Kernel::Extent::partial);
  }
  if (!plan_.wide.empty()) {
    Accumulators none;
    loops_.sweep({int(plan_.phases.size()), {}, {}, plan_.wide_cost, true}, k_.index(0), k_.columns,
                 none);
  }
  for (size_t i = 0; i < k_.kernel.outputs.size(); ++i)
    if (std::ranges::find(plan_.wide, i) == plan_.wide.end())
      k_.store(k_.outputs[i], loops_.output_starts[i], k_.index(0),
               scalars.at(k_.kernel.outputs[i]));
}

void Rows::finish(const std::vector<Reduction>& reductions, const std::vector<Running>& values) {
  for (size_t i = 0; i < reductions.size(); ++i)
    loops_.row->set(reductions[i].node, reductions[i].finish(values[i]));
}

void Rows::reduce_freely(size_t phase) {
  const RowsPlan::Phase& p = plan_.phases[phase];
  Accumulators acc = loops_.start(p.any, int(phase));
  loops_.sweep({int(phase), p.any, p.keep, p.cost, false}, k_.index(0), k_.columns, acc);
  finish(p.any, loops_.results(p.any, acc));
}

// Multiplies (or adds) the piece's elements one by one.
std::vector<Val> Rows::run_sequences(size_t phase, std::vector<Val> values, Value* begin,
                                     Value* count) {
  const auto& reductions = plan_.phases[phase].sequence;
  Loop loop(b_, begin, b_.ir.CreateAdd(begin, count), 1, "sequence", std::move(values));
  Site site{Scope(k_, 1, loops_.row), loop.counter, nullptr, int(phase) + 1};
  std::vector<Val> next;
  for (size_t i = 0; i < reductions.size(); ++i) {
    const Reduction& r = reductions[i];
    const Val x = r.widened(loops_.value(site, r.operand));
    next.push_back(r.step({loop.carried[i], {}}, x, {}, nullptr, r.rounds_along_rows()).value);
  }
  loop.end(next);
  return loop.carried;
}

std::vector<Val> flat(const std::vector<Reduction>& reductions, const Accumulators& acc) {
  std::vector<Val> values;
  for (const auto* list : {&acc.vector, &acc.single})
    for (size_t i = 0; i < reductions.size(); ++i) reductions[i].push(values, (*list)[i]);
  return values;
}

Accumulators accumulators(const std::vector<Reduction>& reductions,
                          const std::vector<Val>& values) {
  Accumulators acc;
  size_t next = 0;
  for (auto* list : {&acc.vector, &acc.single})
    for (const Reduction& r : reductions) list->push_back(r.pop(values, next));
  return acc;
}

Summands Rows::summands(size_t phase, const std::vector<Reduction>& sums, Scope& wide) {
  Summands summands;
  for (const Reduction& r : sums) summands.dtypes.push_back(r.compute);
  if (k_.watch.all)
    summands.added = [&sums](size_t sum, Val x, Val y, Val r) { sums[sum].note(x, y, r); };
  summands.at = [this, phase, &sums, &wide](Value* column, int lanes) {
    Site site{Scope(k_, lanes, lanes == 1 ? loops_.row : &wide), column, nullptr, int(phase) + 1};
    std::vector<Val> values;
    for (const Reduction& r : sums)
      values.push_back(splat(r.widened(loops_.value(site, r.operand)), lanes));
    return values;
  };
  return summands;
}

void Rows::add_pairwise(size_t phase, Before before) {
  const auto& sums = plan_.phases[phase].pairwise;
  Scope wide = loops_.spread(loops_.block, loops_.uniform_block);
  Summands s = summands(phase, sums, wide);
  s.before = std::move(before);
  const std::vector<Val> trees = emit_pairwise(b_, k_.index(0), k_.columns, s);
  std::vector<Running> totals;
  for (size_t i = 0; i < sums.size(); ++i)
    totals.push_back(sums[i].step(sums[i].first(b_, 1), trees[i], {}, nullptr, false));
  finish(sums, totals);
}

// A tree per buffer, each added to those before.
void Rows::add_buffered(size_t phase, Before before) {
  const auto& sums = plan_.phases[phase].buffered;
  Scope wide = loops_.spread(loops_.block, loops_.uniform_block);
  Summands s = summands(phase, sums, wide);
  s.before = std::move(before);
  std::vector<Val> zeros;
  for (const Reduction& r : sums) zeros.push_back(r.first(b_, 1).value);
  Loop loop(b_, k_.index(0), k_.columns, ir::pairwise_buffer, "buffer", zeros);
  Value* left = b_.ir.CreateSub(k_.columns, loop.counter);
  Value* most = k_.index(ir::pairwise_buffer);
  Value* count = b_.ir.CreateSelect(b_.ir.CreateICmpSLT(left, most), left, most);
  const std::vector<Val> trees = emit_pairwise(b_, loop.counter, count, s);
  std::vector<Val> next;
  for (size_t i = 0; i < sums.size(); ++i) {
    const Running sum = sums[i].step({loop.carried[i], {}}, trees[i], {}, nullptr, true);
    next.push_back(sum.value);
  }
  loop.end(next);
  std::vector<Running> totals;
  for (const Val& v : loop.carried) totals.push_back({v, {}});
  finish(sums, totals);
}

// Walks the tree of the sums; each piece of the row is swept, and multiplied, before it is summed.
void Rows::reduce_in_order(size_t phase) {
  const RowsPlan::Phase& p = plan_.phases[phase];
  Homes any(b_, flat(p.any, loops_.start(p.any, int(phase))));
  std::vector<Val> ones;
  for (const Reduction& r : p.sequence) ones.push_back(r.first(b_, 1).value);
  Homes sequences(b_, ones);

  auto before = [&](Value* begin, Value* count) {
    loops_.move_buffers(int(phase), begin);
    if (!p.any.empty() || !p.keep.empty()) {
      Accumulators acc = accumulators(p.any, any.load());
      loops_.sweep({int(phase), p.any, p.keep, p.cost, false}, begin, count, acc);
      any.store(flat(p.any, acc));
    }
    if (!p.sequence.empty()) sequences.store(run_sequences(phase, sequences.load(), begin, count));
  };
  if (!p.pairwise.empty() || p.buffered.empty()) add_pairwise(phase, before);
  if (!p.buffered.empty()) add_buffered(phase, p.twice() ? nullptr : Before(before));

  finish(p.any, loops_.results(p.any, accumulators(p.any, any.load())));
  std::vector<Running> products;
  for (const Val& v : sequences.load()) products.push_back({v, {}});
  finish(p.sequence, products);
}

}  // namespace

void emit_rows(KernelBuilder& k) { Rows(k).emit(); }

}  // namespace codegen
