// The loop nest of a map kernel:
//
//   uniform values                        once
//   for each row:
//     values that do not vary along it    once a row, as scalars, then splat
//     for each block of columns:          whole vectors, several at once if the body is small
//     for each vector that is left:       masked; or element by element where masks are dear
//
// A large body stands once, in a loop that branches around it: whole vectors are read and written
// plainly, the last one masked. (Masked stores of whole vectors are three times slower than plain
// ones once the memory is not in a cache.)
#include "codegen/map.h"

#include <algorithm>
#include <optional>

#include "ir/error.h"

namespace codegen {

namespace {

// Where a value is computed.
enum class Level : uint8_t { kernel, row, column };

class Map {
 public:
  explicit Map(KernelBuilder& k) : k_(k), b_(k.b), lanes_(k.lanes(b_.vector_bytes)) {
    find_levels();
    plan();
  }
  void emit();

 private:
  struct Place {  // in the loop over columns
    llvm::Value* column;
    int lanes;
    bool part = false;             // some lanes may lie beyond the last column
    llvm::Value* whole = nullptr;  // if it holds, all are there after all, and may be streamed
  };

  // What the body of the column loops asks of the machine, in plain instructions.
  struct Work {
    int cost = 0;   // all of them
    int depth = 0;  // the longest chain in which each waits for the one before
    int live = 0;   // the most values in registers at once
  };

  void find_levels();
  void plan();
  Work work() const;
  int copies(const Work& w) const;
  int group(const Work& w) const;
  Level level(ir::Ref r) const { return levels_[r.id]; }
  void emit_level(Scope& scope, Level level);
  void spread(Scope& scope, Level level);
  void emit_row(Scope& outer, Scope& outer_vector, llvm::Value* row);
  void emit_columns(Scope& row, Scope& row_vector);
  void emit_block(Scope& around, std::span<const Place> places, bool stream);
  void emit_rest(Scope& around, llvm::Value* from, llvm::Value* aligned);
  void load(Scope& scope, const Place& place);
  void load_plain(Scope& scope, const Place& place, llvm::Value* mask);
  void store(Scope& scope, const Place& place, bool stream);
  void store_plain(Scope& scope, const Place& place, llvm::Value* mask, bool stream);
  llvm::Value* streamable();
  llvm::Value* mask(const Place& p) { return p.part ? k_.tail_mask(p.column, p.lanes) : nullptr; }

  KernelBuilder& k_;
  Builder& b_;
  int lanes_;
  int copies_ = 1;             // vectors in a round of the main loop; 0: no main loop
  bool masked_ = true;         // the rest is done by masked vectors
  bool joint_ = false;         // whole vectors and the rest share one loop
  std::vector<Level> levels_;  // by id of the value
  std::vector<llvm::Value*> operand_starts_, output_starts_;  // of the current row
};

void Map::find_levels() {
  levels_.resize(k_.graph.node_count(), Level::kernel);
  for (ir::Ref r : k_.kernel.order) {
    Level l = Level::kernel;
    for (ir::Ref in : k_.graph.inputs(r)) l = std::max(l, level(in));
    if (r.id >= levels_.size()) levels_.resize(r.id + 1, Level::kernel);
    levels_[r.id] = l;
    for (const Array& a : k_.operands)
      if (a.ref == r) levels_[r.id] = a.access == Access::broadcast ? Level::row : Level::column;
  }
}

Map::Work Map::work() const {
  Work w;
  std::vector<int> depth(levels_.size(), 0), last_use(levels_.size(), 0);
  const auto& order = k_.kernel.order;
  for (size_t i = 0; i < order.size(); ++i)
    for (ir::Ref in : k_.graph.inputs(order[i])) last_use[in.id] = int(i);
  for (ir::Ref r : k_.kernel.outputs) last_use[r.id] = int(order.size());
  std::vector<int> ends(order.size() + 1, 0);  // values whose last use is here
  int live = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const ir::Ref r = order[i];
    if (level(r) == Level::column) {
      const bool operand = k_.graph.op(r) == ir::Op::param;
      const int own = operand ? 0 : std::max<int>(1, ir::info(k_.graph.op(r)).cost);
      for (ir::Ref in : k_.graph.inputs(r)) depth[r.id] = std::max(depth[r.id], depth[in.id]);
      depth[r.id] += own;
      w.cost += own;
      w.depth = std::max(w.depth, depth[r.id]);
      // A function of many instructions needs registers of its own.
      w.live = std::max(w.live, ++live + (own >= 10 ? 6 : 0));
      if (last_use[r.id] > int(i))
        ++ends[size_t(last_use[r.id])];
      else
        --live;
    }
    live -= ends[i];
  }
  return w;
}

// How many vectors go through the body together. A small body repeats to spread the loop's own
// cost. A deep one is bound by latency: while one vector waits for its chain (4 cycles a step), the
// processor looks only some 450 instructions ahead, so chains of more than about 50 steps want
// company, as far as the 32 registers go.
int Map::copies(const Work& w) const {
  if (w.cost <= 4) return 4;
  if (w.cost <= 10) return 2;
  constexpr int deep = 50, registers = 24, most_code = 1200;
  const auto fits = [&](int n) { return n * w.live <= registers && n * w.cost <= most_code; };
  if (w.depth > 2 * deep && fits(4)) return 4;
  return w.depth > deep && fits(2) ? 2 : 1;
}

// How many vectors every instruction takes in large variants: side by side, so that few of those
// that the processor looks ahead at wait for others. A lane of the masks is a bit of a word.
int Map::group(const Work& w) const {
  constexpr int most_lanes = 64, most_code = 2400;
  int n = w.cost > 10 ? 4 : 1;
  while (n > 1 && (n * lanes_ > most_lanes || n * w.cost > most_code)) n /= 2;
  return n;
}

// Chooses the shape of the column loops.
void Map::plan() {
  bool strided = false, small_strided = false;
  for (const auto* arrays : {&k_.operands, &k_.outputs})
    for (const Array& a : *arrays)
      if (a.access == Access::strided) strided = true, small_strided |= a.bytes() < 4;
  // Strided elements cost an instruction each, so more of them at once gain nothing.
  if (strided) lanes_ = std::min(lanes_, 16);
  masked_ = b_.big_masks && !small_strided && lanes_ > 1;
  const Work w = work();
  const int many = k_.variant.large && masked_ ? group(w) : 1;
  lanes_ *= many;
  copies_ = strided || many > 1 ? 1 : copies(w);
  joint_ = masked_ && copies_ == 1;
  if (lanes_ == 1) copies_ = 0, joint_ = false;
}

void Map::emit_level(Scope& scope, Level at) {
  for (ir::Ref r : k_.kernel.order)
    if (level(r) == at && k_.graph.op(r) != ir::Op::param) scope.emit(r);
}

// Makes vectors of the scalars of `from` that the column loops use.
void Map::spread(Scope& scope, Level from) {
  for (ir::Ref r : k_.kernel.order)
    if (level(r) == Level::column)
      for (ir::Ref in : k_.graph.inputs(r))
        if (level(in) == from) scope.at(in);
  for (ir::Ref r : k_.kernel.outputs)
    if (level(r) == from) scope.at(r);
}

void Map::emit() {
  Scope scalars(k_, 1), vectors(k_, lanes_, &scalars);
  for (size_t i = 0; i < k_.kernel.scalars.size(); ++i)
    scalars.set(k_.kernel.scalars[i], k_.scalar(i));
  emit_level(scalars, Level::kernel);
  spread(vectors, Level::kernel);
  // No row is entered if there are no columns: reading a broadcast operand could be out of bounds.
  llvm::Value* empty = b_.ir.CreateICmpSLE(k_.columns, k_.index(0));
  Loop rows(b_, k_.index(0), b_.ir.CreateSelect(empty, k_.index(0), k_.rows), 1, "row");
  emit_row(scalars, vectors, rows.counter);
  rows.end();
  k_.finish();
}

void Map::emit_row(Scope& outer, Scope& outer_vector, llvm::Value* row) {
  operand_starts_.clear();
  output_starts_.clear();
  for (const Array& a : k_.operands) operand_starts_.push_back(k_.row_pointer(a, row));
  for (const Array& a : k_.outputs) output_starts_.push_back(k_.row_pointer(a, row));
  Scope scalars(k_, 1, &outer), vectors(k_, lanes_, &outer_vector);
  for (size_t i = 0; i < k_.operands.size(); ++i) {
    const Array& a = k_.operands[i];
    if (a.access == Access::broadcast)
      scalars.set(a.ref, k_.load(a, operand_starts_[i], k_.index(0), 1));
  }
  emit_level(scalars, Level::row);
  for (ir::Ref r : k_.kernel.order)
    if (level(r) == Level::row) vectors.set(r, scalars.at(r));
  spread(vectors, Level::row);
  emit_columns(scalars, vectors);
}

// Streaming stores need whole aligned vectors.
llvm::Value* Map::streamable() {
  llvm::Value* low = k_.index(0);
  for (size_t i = 0; i < k_.outputs.size(); ++i)
    if (k_.outputs[i].access == Access::unit)
      low = b_.ir.CreateOr(low, b_.ir.CreatePtrToInt(output_starts_[i], b_.ir.getInt64Ty()));
  return b_.ir.CreateIsNull(b_.ir.CreateAnd(low, k_.index(63)));
}

// A row that cannot be streamed is all rest.
void Map::emit_columns(Scope& row, Scope& row_vector) {
  llvm::Value* aligned = k_.variant.stream ? streamable() : nullptr;
  Scope& rest = masked_ ? row_vector : row;
  if (joint_ || copies_ == 0) return emit_rest(rest, k_.index(0), aligned);
  const int block = copies_ * lanes_;
  llvm::Value* whole = b_.ir.CreateAnd(k_.columns, k_.index(-int64_t(block)));
  if (aligned) whole = b_.ir.CreateSelect(aligned, whole, k_.index(0));
  Loop main(b_, k_.index(0), whole, block, "block");
  std::vector<Place> places;
  for (int i = 0; i < copies_; ++i)
    places.push_back({b_.ir.CreateNSWAdd(main.counter, k_.index(i * lanes_)), lanes_});
  emit_block(row_vector, places, aligned);
  main.end();
  emit_rest(rest, whole, nullptr);
}

void Map::emit_rest(Scope& around, llvm::Value* from, llvm::Value* aligned) {
  const int step = masked_ ? lanes_ : 1;
  Loop loop(b_, from, k_.columns, step, "rest");
  Place place{loop.counter, step};
  place.part = masked_;
  if (joint_) {
    llvm::Value* last = b_.ir.CreateNSWAdd(loop.counter, k_.index(lanes_));
    place.whole = b_.ir.CreateICmpSLE(last, k_.columns);
    if (aligned) place.whole = b_.ir.CreateAnd(place.whole, aligned);
  }
  emit_block(around, {&place, 1}, aligned);
  loop.end();
}

// All loads of a block stand before its stores: an output may be the very memory of an operand.
void Map::emit_block(Scope& around, std::span<const Place> places, bool stream) {
  std::vector<Scope> scopes;
  for (const Place& p : places) load(scopes.emplace_back(k_, p.lanes, &around), p);
  // Node by node, so that the copies' chains run side by side.
  for (ir::Ref r : k_.kernel.order)
    if (level(r) == Level::column && k_.graph.op(r) != ir::Op::param)
      for (Scope& scope : scopes) scope.emit(r);
  for (size_t j = 0; j < places.size(); ++j) store(scopes[j], places[j], stream);
}

void Map::load_plain(Scope& scope, const Place& p, llvm::Value* mask) {
  for (size_t i = 0; i < k_.operands.size(); ++i) {
    const Array& a = k_.operands[i];
    if (level(a.ref) == Level::column)
      scope.set(a.ref, k_.load(a, operand_starts_[i], p.column, p.lanes, mask));
  }
}

void Map::load(Scope& scope, const Place& p) {
  if (!p.whole) return load_plain(scope, p, mask(p));
  Scope masked = scope;
  Fork fork(b_, p.whole);
  load_plain(scope, p, nullptr);
  fork.otherwise();
  load_plain(masked, p, mask(p));
  fork.end();
  for (const Array& a : k_.operands)
    if (level(a.ref) == Level::column)
      scope.set(a.ref, fork.join(scope.at(a.ref), masked.at(a.ref)));
}

void Map::store_plain(Scope& scope, const Place& p, llvm::Value* mask, bool stream) {
  for (size_t i = 0; i < k_.outputs.size(); ++i) {
    const Array& a = k_.outputs[i];
    const bool streamed = stream && a.access == Access::unit;
    k_.store(a, output_starts_[i], p.column, scope.at(a.ref), mask, streamed);
  }
}

void Map::store(Scope& scope, const Place& p, bool stream) {
  for (ir::Ref r : k_.kernel.outputs) scope.at(r);  // splat before the branch
  if (!p.whole) return store_plain(scope, p, mask(p), stream && !p.part);
  Fork fork(b_, p.whole);
  store_plain(scope, p, nullptr, stream);
  fork.otherwise();
  store_plain(scope, p, mask(p), false);
  fork.end();
}

}  // namespace

void emit_map(KernelBuilder& k) { Map(k).emit(); }

}  // namespace codegen
