#include "codegen/watch.h"

#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "codegen/abi.h"
#include "codegen/emit.h"
#include "ir/raises.h"

namespace codegen {

using ir::DType;
using ir::Raises;

namespace {

// Code that runs only if some lane of the mask holds, or always where notes are held; what it
// computes stays in it.
class Aside {
 public:
  Aside(const Watch& w, Val mask) : b_(*mask.b) {
    if (w.held) return;
    after_ = b_.block("quiet");
    llvm::BasicBlock* aside = b_.block("raised");
    auto* rarely = llvm::MDBuilder(b_.context()).createUnlikelyBranchWeights();
    b_.ir.CreateCondBr(any(mask).v, aside, after_, rarely);
    b_.ir.SetInsertPoint(aside);
  }
  ~Aside() {
    if (!after_) return;
    b_.ir.CreateBr(after_);
    after_->moveAfter(b_.ir.GetInsertBlock());
    b_.ir.SetInsertPoint(after_);
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

 private:
  Builder& b_;
  llvm::BasicBlock* after_ = nullptr;
};

// Sets the byte of a kind where the mask holds, else the first byte, which nobody reads: threads
// share the reports, so a byte is only ever set.
void note(Builder& b, const Watch& w, int number, uint8_t kind, Val mask) {
  auto& ir = b.ir;
  const int place = report_bytes * (number + 1) + std::countr_zero(kind);
  if (w.held) return w.held->add(place, any(mask).v);
  llvm::Value* byte = ir.CreateConstGEP1_64(ir.getInt8Ty(), w.reports, uint64_t(place));
  llvm::Value* to = ir.CreateSelect(any(mask).v, byte, w.reports);
  ir.CreateAlignedStore(ir.getInt8(1), to, llvm::Align(1));
}

Val wide(Val x) { return ir::is_half(x.dtype) ? widen(x) : x; }

void watch_integers(Builder& b, const Watch& w, int number, ir::Op op, bool scalar,
                    std::span<const Val> in, Val r) {
  const Val x = in.front(), y = in.back();
  if (ir::info(op).raises == Raises::ratio) {
    const Val zero = y == num(y, 0);
    const auto least = [&](Val s) {
      return (s == num(s, int64_t(-1) << (s.width() - 1))) & (y == num(y, -1));
    };
    const Val over = by_sign(x, least, [&](Val u) { return u != u; });
    const Aside aside(w, zero | over);
    note(b, w, number, ir::divide_error, zero);
    if (in.size() == 1) note(b, w, number, ir::invalid_error, zero);  // 1 / 0.0 does not convert
    return note(b, w, number, ir::over_error, over);
  }
  if (!scalar) return;
  // What has wrapped around is off by a power of two that float64 shows, whatever it rounds.
  std::array<Val, 3> exact;
  for (size_t i = 0; i < in.size(); ++i) exact[i] = convert(in[i], DType::f64);
  const Val off = convert(r, DType::f64) - formula(op, {exact.data(), in.size()});
  const Val over = !(abs(off) < num(off, std::ldexp(1.0, r.width() - 1)));
  const Aside aside(w, over);
  note(b, w, number, ir::over_error, over);
}

void watch_cast(Builder& b, const Watch& w, int number, Val from, Val r) {
  if (r.is_float() || ir::is_half(r.dtype)) {
    const Val x = ir::is_float(from.dtype) ? wide(from) : convert(from, DType::f32);
    // An infinity must be seen in the wider of the two dtypes.
    const Val to = wide(r), both = x.dtype == to.dtype ? to : convert(to, x.dtype);
    return watch_step(b, w, number, Raises::over, x, x, both);
  }
  const Val x = convert(wide(from), DType::f64);
  const ir::CastRange range = ir::cast_range(r.dtype);
  const Val outside = !((x > num(x, range.low)) & (x < num(x, range.high)));
  const Aside aside(w, outside);
  note(b, w, number, ir::invalid_error, outside);
}

}  // namespace

void HeldNotes::add(int place, llvm::Value* raised) {
  auto& ir = b_.ir;
  const size_t bit = places_.size() % 64;
  if (bit == 0) {
    const llvm::IRBuilderBase::InsertPointGuard guard(ir);
    ir.SetInsertPoint(entry_);
    words_.push_back(ir.CreateAlloca(ir.getInt64Ty()));
    ir.CreateStore(ir.getInt64(0), words_.back());
  }
  places_.push_back(place);
  llvm::Value* noted = ir.CreateSelect(raised, ir.getInt64(uint64_t(1) << bit), ir.getInt64(0));
  ir.CreateStore(ir.CreateOr(ir.CreateLoad(ir.getInt64Ty(), words_.back()), noted), words_.back());
}

void HeldNotes::store(llvm::Value* reports) {
  auto& ir = b_.ir;
  for (size_t k = 0; k < places_.size(); ++k) {
    llvm::Value* bits = ir.CreateLoad(ir.getInt64Ty(), words_[k / 64]);
    llvm::Value* raised = ir.CreateAnd(ir.CreateLShr(bits, k % 64), 1);
    llvm::Value* byte = ir.CreateConstGEP1_64(ir.getInt8Ty(), reports, uint64_t(places_[k]));
    llvm::Value* noted =
        ir.CreateOr(ir.CreateLoad(ir.getInt8Ty(), byte), ir.CreateTrunc(raised, ir.getInt8Ty()));
    ir.CreateStore(noted, byte);
  }
}

bool fences(const Watch& w, const ir::Graph& graph, ir::Ref node) {
  const DType t = graph.type(node).dtype;
  return watches(w, graph, node) && !w.all && ir::raised_by_processor(graph, node) &&
         (t == DType::f32 || t == DType::f64);
}

bool watches(const Watch& w, const ir::Graph& graph, ir::Ref node) {
  if (!w.reports || !(ir::may_raise(graph, node) & ~ir::under_error)) return false;
  if (ir::told_by_flags_alone(graph, node)) return false;
  return w.all || !ir::raised_by_processor(graph, node) || w.chosen.contains(node.id);
}

void Watch::find_chosen(const ir::Graph& graph, std::span<const ir::Ref> nodes) {
  for (ir::Ref r : nodes)
    if (ir::info(graph.op(r)).rule == ir::Rule::pick)
      for (ir::Ref in : graph.inputs(r)) chosen.insert(in.id);
}

void watch_step(Builder& b, const Watch& w, int number, Raises raises, Val x, Val y, Val r) {
  const Aside aside(w, ir::raised_coarse(raises, x, y, r));
  ir::raised(raises, x, y, r, [&](uint8_t kind, Val mask) { note(b, w, number, kind, mask); });
}

llvm::Intrinsic::ID with_overflow(ir::Op op, bool is_signed) {
  using namespace llvm::Intrinsic;
  if (op == ir::Op::add) return is_signed ? sadd_with_overflow : uadd_with_overflow;
  if (op == ir::Op::subtract) return is_signed ? ssub_with_overflow : usub_with_overflow;
  if (op == ir::Op::multiply) return is_signed ? smul_with_overflow : umul_with_overflow;
  return not_intrinsic;
}

namespace {

// r, a sum or difference of x and y, has wrapped around.
llvm::Value* wrapped(Builder& b, ir::Op op, bool is_signed, Val x, Val y, llvm::Value* r) {
  auto& ir = b.ir;
  const bool sum = op == ir::Op::add;
  if (!is_signed) return sum ? ir.CreateICmpULT(r, x.v) : ir.CreateICmpULT(x.v, y.v);
  llvm::Value* turned = ir.CreateXor(x.v, r);
  llvm::Value* could = sum ? ir.CreateXor(y.v, r) : ir.CreateXor(x.v, y.v);
  return ir.CreateICmpSLT(ir.CreateAnd(turned, could), llvm::ConstantInt::get(r->getType(), 0));
}

}  // namespace

std::optional<Val> watched_integer(Builder& b, const Watch& w, int number, const ir::Graph& graph,
                                   ir::Ref node, std::span<const Val> in) {
  const DType t = graph.type(node).dtype;
  const ir::Op op = graph.op(node);
  const auto id = with_overflow(op, ir::is_signed(t));
  const bool same = std::ranges::all_of(in, [&](const Val& v) { return v.dtype == t; });
  if (!id || !ir::is_integer(t) || !same || in[0].lanes != 1 || !graph[node].loc.scalar)
    return std::nullopt;
  if (w.held && op != ir::Op::multiply) {
    llvm::Value* r =
        op == ir::Op::add ? b.ir.CreateAdd(in[0].v, in[1].v) : b.ir.CreateSub(in[0].v, in[1].v);
    note(b, w, number, ir::over_error,
         b.val(wrapped(b, op, ir::is_signed(t), in[0], in[1], r), DType::b1));
    return b.val(r, t);
  }
  llvm::Value* both = b.ir.CreateBinaryIntrinsic(id, in[0].v, in[1].v);
  const Val over = b.val(b.ir.CreateExtractValue(both, 1), DType::b1);
  const Val result = b.val(b.ir.CreateExtractValue(both, 0), t);
  const Aside aside(w, over);
  note(b, w, number, ir::over_error, over);
  return result;
}

void watch(Builder& b, const Watch& w, int number, const ir::Graph& graph, ir::Ref node,
           std::span<const Val> in, Val r) {
  const ir::Op op = graph.op(node);
  if (op == ir::Op::cast) return watch_cast(b, w, number, in[0], r);
  if (!ir::is_float(in.back().dtype))
    return watch_integers(b, w, number, op, graph[node].loc.scalar, in, r);
  watch_step(b, w, number, ir::info(op).raises, wide(in.front()), wide(in.back()), wide(r));
}

}  // namespace codegen
