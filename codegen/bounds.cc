#include "codegen/bounds.h"

#include <llvm/IR/Constants.h>

#include <algorithm>

namespace codegen {

namespace {

// Sums of bounds below this never overflow, nor do small multiples of sizes plus such a number.
constexpr int64_t far = int64_t(1) << 40, most_times = 1 << 10;
bool near(int64_t v) { return v < far && v > -far; }
bool near(const ir::Dims::Linear& l) {
  return near(l.constant) && std::ranges::all_of(l.terms, [](const ir::Dims::Term& t) {
           return t.coefficient <= most_times && t.coefficient >= -most_times;
         });
}

}  // namespace

void Bounds::equals(llvm::Value* v, ir::DimId size) {
  if (!near(dims_.linear(dims_.resolve(size)))) return;
  exact_[v] = {size, 0};
  if (dims_.at_most(dims_.constant(0), size)) least_[v] = 0;
}

std::optional<Bounds::Limit> Bounds::exact(llvm::Value* v) const {
  if (const auto* c = llvm::dyn_cast<llvm::ConstantInt>(v)) {
    if (!near(c->getSExtValue())) return std::nullopt;
    return Limit{dims_.constant(0), c->getSExtValue()};
  }
  const auto known = exact_.find(v);
  return known == exact_.end() ? std::nullopt : std::optional(known->second);
}

std::vector<Bounds::Limit> Bounds::limits(llvm::Value* v) const {
  std::vector<Limit> out;
  if (const auto e = exact(v)) out.push_back({e->size, e->plus + 1});
  if (const auto known = below_.find(v); known != below_.end())
    out.insert(out.end(), known->second.begin(), known->second.end());
  return out;
}

void Bounds::counts(llvm::Value* v, llvm::Value* start, llvm::Value* stop, llvm::Value* step) {
  const auto* pace = llvm::dyn_cast<llvm::ConstantInt>(step);
  if (!pace || pace->isZero()) return;
  const bool up = !pace->isNegative();
  if (const auto bound = least(up ? start : stop)) least_[v] = *bound + (up ? 0 : 1);
  // Upwards: less than stop. Downwards: not more than start.
  for (const Limit& l : limits(up ? stop : start)) below_[v].push_back({l.size, l.plus - up});
}

void Bounds::is_sum(llvm::Value* v, llvm::Value* x, int64_t c) {
  if (!near(c)) return;
  if (const auto bound = least(x)) least_[v] = *bound + c;
  if (const auto e = exact(x); e && near(e->plus + c)) exact_[v] = {e->size, e->plus + c};
  for (const Limit& l : limits(x))
    if (near(l.plus + c)) below_[v].push_back({l.size, l.plus + c});
}

std::optional<int64_t> Bounds::least(llvm::Value* v) const {
  std::optional<int64_t> bound;
  if (const auto* c = llvm::dyn_cast<llvm::ConstantInt>(v)) bound = c->getSExtValue();
  if (const auto known = least_.find(v); known != least_.end()) bound = known->second;
  return bound && near(*bound) ? bound : std::nullopt;
}

// size + plus - (limit.size + limit.plus), if it is the same whatever the sizes are, is not
// negative.
bool Bounds::is_below(llvm::Value* v, ir::DimId size, int64_t plus) const {
  const ir::Dims::Linear wanted = dims_.linear(dims_.resolve(size));
  return std::ranges::any_of(limits(v), [&](const Limit& l) {
    const ir::Dims::Linear& known = dims_.linear(dims_.resolve(l.size));
    return known.terms == wanted.terms && wanted.constant + plus - known.constant >= l.plus;
  });
}

bool Bounds::fits(llvm::Value* x, int64_t c) const {
  if (!near(c)) return false;
  return c < 0 ? least(x).has_value() : !limits(x).empty();
}

}  // namespace codegen
