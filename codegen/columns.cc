// The loop nest of a kernel of Form::columns:
//
//   uniform values                                          once
//   for each block of columns:                              running values in buffers that fit the
//   cache
//     partial values that no reduction feeds
//     for each phase:
//       for each few rows: for each vector of columns:      one step per row, in row order
//       for each vector of columns:                         results, and partial values that follow
//     for each row: for each vector of columns:             full outputs
//
// Each column is reduced from its first row on, as NumPy adds one row after the other to the
// result.
#include "codegen/columns.h"

#include <algorithm>
#include <functional>

#include "codegen/columns_plan.h"
#include "codegen/pairwise.h"
#include "codegen/reduce.h"
#include "ir/error.h"

namespace codegen {

namespace {

using llvm::Value;
using passes::Kernel;

constexpr int64_t cached_bytes = 524288;  // of a block's operands, to be read once per phase
constexpr int64_t narrowest = 256;  // columns; a narrower block would waste the row-wise prefetch

class Columns {
 public:
  explicit Columns(KernelBuilder& k);
  void emit();

 private:
  // A vector of columns: values per column, and the values of one row under each of them.
  struct Strip {
    Scope scope;
    Value* column;  // in the array
    Value* place;   // in the block
    Value* mask;
  };
  using Body = std::function<void(Strip&)>;
  using Starts = std::vector<Value*>;  // of the rows of arrays

  Value* i64(int64_t v) { return k_.index(v); }
  bool is_full(ir::Ref r) const { return plan_.is_full(r); }
  bool is_partial(ir::Ref r) const { return plan_.is_partial(r); }
  void emit_uniform();
  Value* block_width();
  void emit_block();
  void each_strip(int copies, const Body& body, Value* whole_limit = nullptr);
  Array buffer(ir::DType t) const;
  Val load(const Strip& s, int64_t offset, ir::DType t);
  void store(const Strip& s, int64_t offset, Val v);
  Running load(const Strip& s, const Reduction& r);
  void store(const Strip& s, const Reduction& r, Running a);

  Val partial(Strip& s, ir::Ref r);
  Val full(Strip& strip, Scope& row, const Starts& starts, ir::Ref r);
  Starts row_starts(Value* row, const std::vector<Array>& arrays);
  void start(size_t phase);
  void reduce_rows(size_t phase, Value* row, int rows);
  void reduce(size_t phase);
  void finish(int stage);
  void write_full();

  KernelBuilder& k_;
  Builder& b_;
  ColumnsPlan plan_;
  Shape shape_;
  int lanes_;
  bool masked_;

  Value* buffers_ = nullptr;
  Value* begin_ = nullptr;  // of the block
  Value* width_ = nullptr;
  int fresh_ = 0;  // stored values of this stage or a later one are not there yet
  Scope uniform_, uniform_vector_;
};

Columns::Columns(KernelBuilder& k)
    : k_(k),
      b_(k.b),
      plan_(k),
      shape_(shape_of(k)),
      lanes_(shape_.lanes),
      masked_(shape_.masked),
      uniform_(k, 1),
      uniform_vector_(k, lanes_, &uniform_) {}

void Columns::emit_uniform() {
  for (size_t i = 0; i < k_.kernel.scalars.size(); ++i)
    uniform_.set(k_.kernel.scalars[i], k_.scalar(i));
  for (ir::Ref r : k_.kernel.order) {
    if (plan_.extent[r.id] != Kernel::Extent::uniform) continue;
    if (k_.graph.op(r) != ir::Op::param) {
      uniform_.emit(r);
    } else if (k_.graph.type(r).is_array() && !uniform_.has(r)) {
      uniform_.set(r, k_.load(k_.operand(r), k_.operand(r).base, i64(0), 1));
    }
  }
  for (ir::Ref r : k_.kernel.order)
    if (plan_.extent[r.id] != Kernel::Extent::uniform)
      for (ir::Ref in : k_.graph.inputs(r))
        if (plan_.extent[in.id] == Kernel::Extent::uniform) uniform_vector_.at(in);
}

// Columns of a block: as many as the buffers hold; but if the rows are read again, so few that a
// block of them stays in the cache, unless the rows are so many that this would take a narrow
// block.
Value* Columns::block_width() {
  if (plan_.phases.size() + plan_.writes < 2) return i64(plan_.widest);
  Value* bytes = b_.ir.CreateMul(k_.rows, i64(std::max<int64_t>(plan_.full_bytes, 1)));
  Value* one = b_.ir.CreateSelect(b_.ir.CreateICmpSGT(bytes, i64(1)), bytes, i64(1));
  Value* fit = b_.ir.CreateAnd(b_.ir.CreateUDiv(i64(cached_bytes), one), i64(-64));
  Value* good = b_.ir.CreateAnd(b_.ir.CreateICmpSGE(fit, i64(narrowest)),
                                b_.ir.CreateICmpSLT(fit, i64(plan_.widest)));
  return b_.ir.CreateSelect(good, fit, i64(plan_.widest));
}

void Columns::emit() {
  emit_uniform();
  buffers_ = stack_slot(b_, b_.ir.getInt8Ty(), plan_.bytes * plan_.widest);
  Value* step = block_width();
  // The number of blocks, so that a loop of constant step can count them.
  Value* more = b_.ir.CreateSub(b_.ir.CreateAdd(k_.columns, step), i64(1));
  Loop blocks(b_, i64(0), b_.ir.CreateSDiv(more, step), 1, "columns");
  begin_ = b_.ir.CreateMul(blocks.counter, step);
  Value* left = b_.ir.CreateSub(k_.columns, begin_);
  width_ = b_.ir.CreateSelect(b_.ir.CreateICmpSLT(left, step), left, step);
  emit_block();
  blocks.end();
  k_.finish();
}

void Columns::emit_block() {
  finish(0);
  for (size_t p = 0; p < plan_.phases.size(); ++p) {
    start(p);
    reduce(p);
    finish(int(p) + 1);
  }
  if (plan_.writes) write_full();
}

// The columns of the block by whole vectors, `copies` a round (none: all masked), then the rest.
void Columns::each_strip(int copies, const Body& body, Value* whole_limit) {
  const auto strip = [&](Value* place, int lanes, Value* mask) {
    Strip s{Scope(k_, lanes, lanes == 1 ? &uniform_ : &uniform_vector_),
            b_.ir.CreateAdd(begin_, place), place, mask};
    body(s);
  };
  Value* done = i64(0);
  if (lanes_ == 1) copies = 0;
  if (copies > 0) {
    done = b_.ir.CreateAnd(width_, i64(-int64_t(copies) * lanes_));
    if (whole_limit) done = b_.ir.CreateAnd(done, whole_limit);
    Loop main(b_, i64(0), done, int64_t(copies) * lanes_, "strip");
    for (int j = 0; j < copies; ++j)
      strip(b_.ir.CreateNSWAdd(main.counter, i64(j * lanes_)), lanes_, nullptr);
    main.end();
  }
  Loop rest(b_, done, width_, masked_ ? lanes_ : 1, "rest");
  if (masked_) {
    strip(rest.counter, lanes_, first_lanes(b_, b_.ir.CreateSub(width_, rest.counter), lanes_));
  } else {
    strip(rest.counter, 1, nullptr);
  }
  rest.end();
}

Array Columns::buffer(ir::DType t) const {
  Array a;
  a.dtype = t;
  return a;
}

Val Columns::load(const Strip& s, int64_t offset, ir::DType t) {
  Value* start =
      b_.ir.CreateConstGEP1_64(b_.ir.getInt8Ty(), buffers_, uint64_t(offset * plan_.widest));
  return k_.load(buffer(t), start, s.place, s.scope.lanes(), s.mask);
}

void Columns::store(const Strip& s, int64_t offset, Val v) {
  Value* start =
      b_.ir.CreateConstGEP1_64(b_.ir.getInt8Ty(), buffers_, uint64_t(offset * plan_.widest));
  k_.store(buffer(v.dtype), start, s.place, v, s.mask);
}

Running Columns::load(const Strip& s, const Reduction& r) {
  const int64_t offset = plan_.running[r.node.id];
  Running a{load(s, offset, r.compute), {}};
  if (r.placed) a.place = load(s, offset + ir::info(r.compute).bytes, ir::DType::i64);
  return a;
}

void Columns::store(const Strip& s, const Reduction& r, Running a) {
  const int64_t offset = plan_.running[r.node.id];
  store(s, offset, a.value);
  if (r.placed) store(s, offset + ir::info(r.compute).bytes, a.place);
}

Columns::Starts Columns::row_starts(Value* row, const std::vector<Array>& arrays) {
  Starts starts;
  for (const Array& a : arrays) starts.push_back(k_.row_pointer(a, row));
  return starts;
}

// A value per column.
Val Columns::partial(Strip& s, ir::Ref r) {
  if (s.scope.has(r)) return s.scope.at(r);
  const auto set = [&](Val v) {
    s.scope.set(r, v);
    return s.scope.at(r);
  };
  if (k_.graph.op(r) == ir::Op::param) {
    const Array& a = k_.operand(r);
    return set(k_.load(a, a.base, s.column, s.scope.lanes(), s.mask));
  }
  const auto stored = plan_.stored.find(r.id);
  if (stored != plan_.stored.end() && plan_.stage[r.id] < fresh_)
    return set(load(s, stored->second, k_.graph.type(r).dtype));
  for (const auto& phase : plan_.phases)
    for (const Reduction& reduction : phase)
      if (reduction.node == r) return set(reduction.finish(load(s, reduction)));
  for (ir::Ref in : k_.graph.inputs(r)) partial(s, in);
  return s.scope.emit(r);
}

// A value of one row under the strip's columns.
Val Columns::full(Strip& strip, Scope& row, const Starts& starts, ir::Ref r) {
  if (row.has(r)) return row.at(r);
  if (is_partial(r)) {
    partial(strip, r);
    return row.at(r);
  }
  if (k_.graph.op(r) == ir::Op::param) {
    const Array& a = k_.operand(r);
    Value* start = starts[size_t(&a - k_.operands.data())];
    row.set(r, k_.load(a, start, strip.column, row.lanes(), strip.mask));
    return row.at(r);
  }
  for (ir::Ref in : k_.graph.inputs(r)) full(strip, row, starts, in);
  return row.emit(r);
}

// Running values before the first row. A reduction that starts from an element takes it twice,
// which changes nothing.
void Columns::start(size_t phase) {
  const auto& reductions = plan_.phases[phase];
  const bool element = std::ranges::any_of(reductions, [](auto& r) { return r.from_element; });
  const Starts starts = element ? row_starts(i64(0), k_.operands) : Starts{};
  each_strip(0, [&](Strip& s) {
    Scope row(k_, s.scope.lanes(), &s.scope);
    for (const Reduction& r : reductions)
      store(s, r,
            r.from_element ? r.first(r.widened(full(s, row, starts, r.operand)))
                           : r.first(b_, s.scope.lanes()));
  });
}

// One step of all running values for each of `rows` rows.
void Columns::reduce_rows(size_t phase, Value* row, int rows) {
  const auto& reductions = plan_.phases[phase];
  std::vector<Value*> numbers;
  std::vector<Starts> starts;
  for (int i = 0; i < rows; ++i) {
    numbers.push_back(b_.ir.CreateNSWAdd(row, i64(i)));
    starts.push_back(row_starts(numbers.back(), k_.operands));
  }
  each_strip(plan_.cost[phase] <= 12 ? 1 : 0, [&](Strip& s) {
    const int lanes = s.scope.lanes();
    std::vector<Running> acc;
    for (const Reduction& r : reductions) acc.push_back(load(s, r));
    for (int i = 0; i < rows; ++i) {
      Scope values(k_, lanes, &s.scope);
      for (size_t j = 0; j < reductions.size(); ++j) {
        const Reduction& r = reductions[j];
        const Val x = r.widened(full(s, values, starts[size_t(i)], r.operand));
        const Val place = splat(b_.val(numbers[size_t(i)], ir::DType::i64), lanes);
        acc[j] = r.step(acc[j], x, place, nullptr, true);
      }
    }
    for (size_t j = 0; j < reductions.size(); ++j) store(s, reductions[j], acc[j]);
  });
}

// Several rows at once save most of the traffic of running values; dear operands hide it.
void Columns::reduce(size_t phase) {
  const int rows = plan_.cost[phase] <= 12 ? 4 : 1;
  Value* done = i64(0);
  if (rows > 1) {
    done = b_.ir.CreateAnd(k_.rows, i64(-rows));
    Loop several(b_, i64(0), done, rows, "rows");
    reduce_rows(phase, several.counter, rows);
    several.end();
  }
  Loop rest(b_, done, k_.rows, 1, "row");
  reduce_rows(phase, rest.counter, 1);
  rest.end();
}

// Computes what the reductions so far make possible: stores what is needed later, writes outputs.
void Columns::finish(int stage) {
  fresh_ = stage;
  std::vector<ir::Ref> keep;
  std::vector<size_t> write;
  for (ir::Ref r : k_.kernel.order)
    if (plan_.stored.contains(r.id) && plan_.stage[r.id] == stage) keep.push_back(r);
  for (size_t i = 0; i < k_.kernel.outputs.size(); ++i) {
    const ir::Ref r = k_.kernel.outputs[i];
    if (is_partial(r) && plan_.stage[r.id] == stage) write.push_back(i);
  }
  if (!keep.empty() || !write.empty())
    each_strip(1, [&](Strip& s) {
      for (ir::Ref r : keep) partial(s, r);
      for (size_t i : write) partial(s, k_.kernel.outputs[i]);
      for (ir::Ref r : keep) store(s, plan_.stored.at(r.id), s.scope.at(r));
      for (size_t i : write) {
        const Array& a = k_.outputs[i];
        k_.store(a, a.base, s.column, s.scope.at(a.ref), s.mask);
      }
    });
  fresh_ = stage + 1;
}

void Columns::write_full() {
  Loop rows(b_, i64(0), k_.rows, 1, "row");
  const Starts from = row_starts(rows.counter, k_.operands);
  const Starts to = row_starts(rows.counter, k_.outputs);
  // Streaming stores need whole aligned vectors; a row that starts elsewhere takes the plain loop.
  Value* whole = nullptr;
  if (k_.variant.stream) {
    Value* low = i64(0);
    for (size_t i = 0; i < to.size(); ++i)
      if (is_full(k_.outputs[i].ref) && k_.outputs[i].access == Access::unit)
        low = b_.ir.CreateOr(low, b_.ir.CreatePtrToInt(to[i], b_.ir.getInt64Ty()));
    Value* aligned = b_.ir.CreateIsNull(b_.ir.CreateAnd(low, i64(63)));
    whole = b_.ir.CreateSelect(aligned, i64(-1), i64(0));
  }
  each_strip(
      2,
      [&](Strip& s) {
        Scope row(k_, s.scope.lanes(), &s.scope);
        for (const Array& a : k_.outputs)
          if (is_full(a.ref)) full(s, row, from, a.ref);
        for (size_t i = 0; i < k_.outputs.size(); ++i) {
          const Array& a = k_.outputs[i];
          const bool stream = whole && !s.mask && s.scope.lanes() > 1;
          if (is_full(a.ref))
            k_.store(a, to[i], s.column, row.at(a.ref), s.mask, stream && a.access == Access::unit);
        }
      },
      whole);
  rows.end();
}

}  // namespace

void emit_columns(KernelBuilder& k) { Columns(k).emit(); }

}  // namespace codegen
