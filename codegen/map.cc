// The loop nest of a map kernel:
//
//   uniform values                        once
//   for each row:
//     values that do not vary along it    once a row, as scalars, then splat
//     for each block of columns:          whole vectors, several at once if the body is small
//     for each vector that is left:       masked; or element by element where masks are dear
//
// A large body stands in the masked loop alone, so that its code is made once.
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
    llvm::Value* mask = nullptr;
  };

  void find_levels();
  void plan();
  Level level(ir::Ref r) const { return levels_[r.id]; }
  void emit_level(Scope& scope, Level level);
  void spread(Scope& scope, Level level);
  void emit_row(Scope& outer, Scope& outer_vector, llvm::Value* row);
  void emit_columns(Scope& row, Scope& row_vector);
  void emit_block(Scope& around, std::span<const Place> places, bool stream);
  llvm::Value* start(const Array& a) const;

  KernelBuilder& k_;
  Builder& b_;
  int lanes_;
  int copies_ = 1;             // vectors in a round of the main loop; 0: no main loop
  bool masked_ = true;         // the rest is done by masked vectors
  std::vector<Level> levels_;  // by id of the value
  std::vector<llvm::Value*> operand_starts_, output_starts_;  // of the current row
};

void Map::find_levels() {
  for (ir::Ref r : k_.kernel.order) {
    Level l = Level::kernel;
    for (ir::Ref in : k_.graph.inputs(r)) l = std::max(l, level(in));
    if (r.id >= levels_.size()) levels_.resize(r.id + 1, Level::kernel);
    levels_[r.id] = l;
    for (const Array& a : k_.operands)
      if (a.ref == r) levels_[r.id] = a.access == Access::broadcast ? Level::row : Level::column;
  }
}

// Chooses the shape of the column loops.
void Map::plan() {
  int cost = 0;
  bool small_strided = false;
  for (ir::Ref r : k_.kernel.order)
    if (level(r) == Level::column) cost += std::max<int>(1, ir::info(k_.graph.op(r)).cost);
  for (const auto* arrays : {&k_.operands, &k_.outputs})
    for (const Array& a : *arrays) small_strided |= a.access == Access::strided && a.bytes() < 4;
  masked_ = b_.big_masks && !small_strided && lanes_ > 1;
  copies_ = cost <= 12 ? 4 : cost <= 24 ? 2 : masked_ && !k_.variant.stream ? 0 : 1;
  if (lanes_ == 1) copies_ = 0;
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

// Streaming stores need whole aligned vectors; a row that starts elsewhere takes the plain loop.
void Map::emit_columns(Scope& row, Scope& row_vector) {
  llvm::Value* done = k_.index(0);
  if (copies_ > 0) {
    const int block = copies_ * lanes_;
    llvm::Value* whole = b_.ir.CreateAnd(k_.columns, k_.index(-int64_t(block)));
    if (k_.variant.stream) {
      llvm::Value* low = k_.index(0);
      for (llvm::Value* p : output_starts_)
        low = b_.ir.CreateOr(low, b_.ir.CreatePtrToInt(p, b_.ir.getInt64Ty()));
      llvm::Value* aligned = b_.ir.CreateIsNull(b_.ir.CreateAnd(low, k_.index(63)));
      whole = b_.ir.CreateSelect(aligned, whole, done);
    }
    Loop main(b_, done, whole, block, "block");
    std::vector<Place> places;
    for (int i = 0; i < copies_; ++i)
      places.push_back({b_.ir.CreateNSWAdd(main.counter, k_.index(i * lanes_)), lanes_});
    emit_block(row_vector, places, k_.variant.stream);
    main.end();
    done = whole;
  }
  const int step = masked_ ? lanes_ : 1;
  Loop rest(b_, done, k_.columns, step, "rest");
  Place place{rest.counter, step};
  if (masked_) place.mask = k_.tail_mask(rest.counter, lanes_);
  emit_block(masked_ ? row_vector : row, {&place, 1}, false);
  rest.end();
}

// All loads of a block stand before its stores: an output may be the very memory of an operand.
void Map::emit_block(Scope& around, std::span<const Place> places, bool stream) {
  std::vector<Scope> scopes;
  for (const Place& p : places) {
    Scope& scope = scopes.emplace_back(k_, p.lanes, &around);
    for (size_t i = 0; i < k_.operands.size(); ++i) {
      const Array& a = k_.operands[i];
      if (level(a.ref) == Level::column)
        scope.set(a.ref, k_.load(a, operand_starts_[i], p.column, p.lanes, p.mask));
    }
  }
  for (Scope& scope : scopes) emit_level(scope, Level::column);
  for (size_t j = 0; j < places.size(); ++j)
    for (size_t i = 0; i < k_.outputs.size(); ++i) {
      const Array& a = k_.outputs[i];
      const bool unit = a.access == Access::unit;
      k_.store(a, output_starts_[i], places[j].column, scopes[j].at(a.ref), places[j].mask,
               stream && unit);
    }
}

}  // namespace

void emit_map(KernelBuilder& k) { Map(k).emit(); }

}  // namespace codegen
