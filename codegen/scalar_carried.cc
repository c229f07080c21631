// Elements that a loop keeps in registers (passes/carried.h). They are stored all the same; only
// the loads are saved, which would wait for the stores.
#include <llvm/IR/Constants.h>

#include "codegen/scalar_emitter.h"

namespace codegen {

using ir::Op;
using ir::Ref;
using passes::CarriedElement;
using passes::Position;

// What the loop would load in its first rounds, stored before it began. The elements of two rounds
// have to be two: that is so if the array has rows and no index wraps around.
void ScalarEmitter::load_ahead(Ref loop, const Range& range) {
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(range.step);
  if (!pace) return;
  const int64_t by = pace->getSExtValue();
  const Ref counter = g_.body(g_.attrs(loop).body("body")).params[0];
  const auto end = bounds_.least(by > 0 ? range.start : range.stop);
  for (CarriedElement& e : passes::carried_elements(g_, loop_, loop)) {
    const int64_t behind = by > 0 ? e.distance * by : -1;
    const auto never_wraps = [&](const Position& p) {
      return p.base == counter && end && *end + p.plus - behind >= 0;
    };
    const bool apart = variant_.dense(size_t(e.array)) && std::ranges::any_of(e.at, never_wraps);
    if (e.moves && !apart) continue;
    Carry c{std::move(e), {}, {}};
    for (int ago = 1; ago <= c.element.distance; ++ago)
      c.past.push_back(
          load_if_there(c.element, counter, b_.ir.CreateSub(range.start, constant(ago * by))));
    for (const auto& [id, ago] : c.element.loads) held_[id] = carries_.size();
    for (Ref r : c.element.stores) held_[r.id] = carries_.size();
    carries_.push_back(std::move(c));
  }
}

// The element of the round with this counter, if there is such an element: only then is it ever
// asked for, as the loop itself checks its indices.
Val ScalarEmitter::load_if_there(const CarriedElement& e, Ref counter, llvm::Value* count) {
  auto& ir = b_.ir;
  View v = roots_[size_t(e.array)];
  llvm::Value* there = ir.getTrue();
  for (size_t k = 0; k < e.at.size(); ++k) {
    const Position& p = e.at[k];
    llvm::Value* at = constant(p.plus);
    if (p.base.valid()) at = ir.CreateAdd(p.base == counter ? count : numbers_.at(p.base.id).v, at);
    at = ir.CreateSelect(ir.CreateICmpSLT(at, constant(0)), ir.CreateAdd(at, v.sizes[k]), at);
    there = ir.CreateAnd(there, ir.CreateICmpULT(at, v.sizes[k]));
    v.data = ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(at, v.strides[k]));
  }
  llvm::BasicBlock *from = here(), *found = b_.block("found"), *next = b_.block("next");
  ir.CreateCondBr(there, found, next);
  ir.SetInsertPoint(found);
  const Val loaded = load_element(v, g_.type(loop_.arrays[size_t(e.array)]).dtype);
  found = here();
  ir.CreateBr(next);
  ir.SetInsertPoint(next);
  auto* phi = ir.CreatePHI(loaded.v->getType(), 2);
  phi->addIncoming(loaded.v, found);
  phi->addIncoming(llvm::Constant::getNullValue(loaded.v->getType()), from);
  return b_.val(phi, loaded.dtype);
}

// The value of a load, or of the element that an update stores, if it is in a register.
std::optional<Val> ScalarEmitter::held(Ref load) const {
  const auto at = held_.find(load.id);
  if (at == held_.end()) return std::nullopt;
  const Carry& c = carries_[at->second];
  const int ago = c.element.loads.at(load.id);
  const Val& v = ago == 0 ? c.now : c.past[size_t(ago) - 1];
  return v.v ? std::optional(v) : std::nullopt;
}

void ScalarEmitter::drop_carries(size_t count) {
  for (; carries_.size() > count; carries_.pop_back()) {
    for (const auto& [id, ago] : carries_.back().element.loads) held_.erase(id);
    for (Ref r : carries_.back().element.stores) held_.erase(r.id);
  }
}

std::vector<Val> ScalarEmitter::held_elements() const {
  std::vector<Val> out;
  for (const Carry& c : carries_) out.push_back(c.now);
  return out;
}

void ScalarEmitter::hold(const std::vector<Val>& values) {
  for (size_t k = 0; k < carries_.size(); ++k) carries_[k].now = values[k];
}

}  // namespace codegen
