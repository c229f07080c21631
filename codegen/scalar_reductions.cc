// Numbers that a scalar loop makes of rows: loops over the elements of arrays as they lie, in
// NumPy's order of summation.
#include <algorithm>

#include "codegen/emit.h"
#include "codegen/kernel_builder.h"
#include "codegen/pairwise.h"
#include "codegen/reduce.h"
#include "codegen/rounds.h"
#include "codegen/scalar_emitter.h"
#include "passes/row_kernels.h"

namespace codegen {

using ir::Ref;

namespace {

constexpr int widths_of_any[] = {32, 8};  // lanes of reductions in any order

}  // namespace

// Updates have the elements of rows computed where they put them, if these are not kept.
void ScalarEmitter::kernel(Ref r) {
  const auto kept = loop_.kept_rows.find(r.id);
  const bool keeps = kept != loop_.kept_rows.end();
  const auto made = passes::row_kernel(g_, r)->rows;
  if (std::ranges::count(made, true) > 0 && !keeps) return;
  const RowOperands rows = row_numbers(r);
  std::vector<Val> found;
  std::vector<View>& views = kept_[r.id];
  views.clear();  // those of another copy of the loop
  int place = keeps ? 1 + kept->second : 0;
  const auto& given = g_.body(g_.bodies_of(r)[0]).results;
  for (size_t k = 0; k < given.size(); ++k) {
    found.push_back(made[k] ? Val{} : numbers_.at(given[k].id));
    views.push_back(made[k] ? kept_row(rows, given[k], place++) : View{});
  }
  if (made[0] && made.size() == 1) views_[r.id] = views[0];
  results(r, std::move(found));
}

// Computes a kernel's numbers; of its rows it computes elements where they are reduced, as often as
// they are.
ScalarEmitter::RowOperands ScalarEmitter::row_numbers(Ref kernel) {
  const ir::Body& body = g_.body(g_.bodies_of(kernel)[0]);
  RowOperands rows{{}, {}, {}, {}, constant(1)};
  const auto walked = passes::row_kernel(g_, kernel);
  for (const auto& [axis, extent] : walked->axes) {
    rows.axes.push_back(axis);
    rows.sizes.push_back(size(extent));
    rows.count = b_.ir.CreateMul(rows.count, rows.sizes.back());
  }
  for (Ref r : body.nodes)
    if (g_.op(r) == ir::Op::gather) rows.tables[g_.inputs(r)[0].id] = {};
  for (size_t i = 0; i < body.params.size(); ++i) {
    const Ref from = g_.inputs(kernel)[i], param = body.params[i];
    if (const auto table = rows.tables.find(param.id); table != rows.tables.end()) {
      table->second = seen(from);
      for (llvm::Value* extent : table->second.sizes) need(b_.ir.CreateICmpNE(extent, constant(0)));
    } else if (const auto number = numbers_.find(from.id); number != numbers_.end()) {
      numbers_[param.id] = Val(number->second);
    } else if (passes::is_number(g_, param)) {
      numbers_[param.id] = load_element(seen(from), g_.type(from).dtype);
    } else {
      View v = seen(from);
      for (size_t axis : rows.axes)
        if (g_.dims.is(g_.type(param).dims[axis], 1)) v.strides[axis] = constant(0);
      rows.arrays[param.id] = {v, rows.axes.back()};
    }
  }
  for (Ref r : body.nodes) {
    if (ir::is_reduce(g_.op(r))) {
      numbers_[r.id] = reduction(rows, r);
    } else if (passes::is_number(g_, r)) {
      number(r);
    }
  }
  return rows;
}

// Elements column .. column + lanes - 1 of a row.
Val ScalarEmitter::row_value(const RowOperands& rows, Ref r, llvm::Value* column, int lanes,
                             std::unordered_map<uint32_t, Val>& known) {
  if (const auto at = known.find(r.id); at != known.end()) return at->second;
  Val v;
  if (const auto array = rows.arrays.find(r.id); array != rows.arrays.end()) {
    v = load_run(array->second, column, g_.type(r).dtype, lanes);
  } else if (passes::is_number(g_, r)) {
    v = splat(numbers_.at(r.id), lanes);
  } else {
    const bool gathers = g_.op(r) == ir::Op::gather;
    std::vector<Val> in;
    for (Ref i : g_.inputs(r).subspan(gathers ? 1 : 0))
      in.push_back(row_value(rows, i, column, lanes, known));
    const Ref first = g_.inputs(r)[0];
    v = gathers ? gathered(rows.tables.at(first.id), g_.type(first).dtype, in) : emit(g_, r, in);
    if (watches(watch_, g_, r)) watch(b_, watch_, report_of(r), g_, r, in, v);
  }
  return known[r.id] = v;
}

int ScalarEmitter::report_of(Ref r) const {
  return int(std::ranges::find(loop_.raising, r) - loop_.raising.begin());
}

Val ScalarEmitter::reduction(const RowOperands& rows, Ref r) {
  const Reduction reduction(g_, r, report_of(r), watch_);
  llvm::Value* flat = rows.planes() ? laid_out(rows, reduction.operand, 0) : nullptr;
  const auto at = [&](llvm::Value* column, int lanes) {
    if (flat) return load_flat(flat, column, g_.type(reduction.operand).dtype, lanes);
    std::unordered_map<uint32_t, Val> known;
    return row_value(rows, reduction.operand, column, lanes, known);
  };
  if (reduction.order != Order::pairwise) return reduce_singly(rows, reduction, at);
  if (rows.planes()) check_trees(rows, reduction.operand);
  Summands summands;
  summands.dtypes = {reduction.compute};
  summands.at = [&](llvm::Value* column, int lanes) { return std::vector{at(column, lanes)}; };
  if (watch_.all) summands.added = [&](size_t, Val x, Val y, Val s) { reduction.note(x, y, s); };
  const Val tree = emit_pairwise(b_, constant(0), rows.count, summands)[0];
  return reduction.finish(reduction.step(reduction.first(b_, 1), tree, {}, nullptr, false));
}

// One element after the other; where they may be taken in any order, vectors of them first.
template <class F>
Val ScalarEmitter::reduce_singly(const RowOperands& rows, const Reduction& reduction, F&& at) {
  auto& ir = b_.ir;
  const auto steps = [&](Running first, llvm::Value* from, llvm::Value* to, int lanes) {
    std::vector<Val> carried;
    reduction.push(carried, first);
    Loop loop(b_, from, to, lanes, "row", carried);
    size_t next = 0;
    const Running before = reduction.pop(loop.carried, next);
    const Val place = reduction.placed ? positions(b_, loop.counter, lanes) : Val{};
    const Val x = at(loop.counter, lanes);
    std::vector<Val> after;
    reduction.push(after, reduction.step(before, x, place, nullptr, false));
    loop.end(after);
    next = 0;
    return reduction.pop(loop.carried, next);
  };
  if (reduction.from_element) need(ir.CreateICmpNE(rows.count, constant(0)));
  const Running first =
      reduction.from_element ? reduction.first(at(constant(0), 1)) : reduction.first(b_, 1);
  if (reduction.order == Order::sequence)
    return reduction.finish(steps(first, constant(0), rows.count, 1));
  Running all = first;
  llvm::Value* from = constant(0);
  for (int lanes : widths_of_any) {
    llvm::Value* to = ir.CreateAnd(rows.count, constant(-lanes));
    std::vector<Val> none, some;
    reduction.push(none, all);
    Ways ways(b_, ir.CreateICmpNE(from, to));
    ways.first();
    Running wide{splat(first.value, lanes), {}};
    if (reduction.placed) wide.place = splat(first.place, lanes);
    reduction.push(some, reduction.join(all, reduction.fold(steps(wide, from, to, lanes))));
    ways.second();
    size_t next = 0;
    all = reduction.pop(ways.join(some, none), next);
    from = to;
  }
  return reduction.finish(steps(all, from, rows.count, 1));
}

}  // namespace codegen
