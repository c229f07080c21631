#include "codegen/value.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

#include <optional>

#include "codegen/builder.h"
#include "codegen/pairwise.h"
#include "ir/error.h"

namespace codegen {

using ir::DType;
using llvm::CmpInst;
using llvm::Intrinsic::ID;

namespace {

Val like(Val x, llvm::Value* v) { return {x.b, v, x.dtype, x.lanes}; }
Val as(Val x, llvm::Value* v, DType dtype) { return {x.b, v, dtype, x.lanes}; }
llvm::IRBuilder<>& ir_of(Val x) { return x.b->ir; }
bool is_number(Val x) { return x.width() >= 32 || !x.is_float(); }

// Operands of one operation agree in dtype and lanes, and hold arithmetic, not storage.
void agree(Val x, Val y) {
  BRAZE_CHECK(x.dtype == y.dtype && x.lanes == y.lanes && is_number(x))
      << "codegen: operands " << ir::info(x.dtype).name << " x " << x.lanes << " and "
      << ir::info(y.dtype).name << " x " << y.lanes;
}

Val unary(ID id, Val x) { return like(x, ir_of(x).CreateUnaryIntrinsic(id, x.v)); }

Val compare(Val x, Val y, CmpInst::Predicate on_float, CmpInst::Predicate on_signed,
            CmpInst::Predicate on_unsigned) {
  agree(x, y);
  llvm::Value* m = x.is_float()
                       ? ir_of(x).CreateFCmp(on_float, x.v, y.v)
                       : ir_of(x).CreateICmp(is_signed(x) ? on_signed : on_unsigned, x.v, y.v);
  return as(x, m, DType::b1);
}

DType integer_of(int width) { return width == 32 ? DType::i32 : DType::i64; }
DType float_of(int width) { return width == 32 ? DType::f32 : DType::f64; }

}  // namespace

llvm::Type* type_of(Builder& b, DType dtype, int lanes) {
  if (ir::is_complex(dtype)) return type_of(b, ir::part_of(dtype), 2 * lanes);
  llvm::Type* t = dtype == DType::f32   ? b.ir.getFloatTy()
                  : dtype == DType::f64 ? b.ir.getDoubleTy()
                  : dtype == DType::b1  ? b.ir.getInt1Ty()
                                        : b.ir.getIntNTy(unsigned(ir::info(dtype).bytes) * 8);
  return lanes == 1 ? t : llvm::FixedVectorType::get(t, unsigned(lanes));
}

namespace {
// A real number as a complex one.
template <class C>
Val complex_constant(Builder& b, DType dtype, int lanes, C value) {
  const Val re = constant(b, ir::part_of(dtype), lanes, value);
  return joined({re, num(re, 0)});
}
}  // namespace

Val constant(Builder& b, DType dtype, int lanes, double value) {
  if (ir::is_complex(dtype)) return complex_constant(b, dtype, lanes, value);
  llvm::Type* t = type_of(b, dtype, lanes);
  if (dtype == DType::f32) return constant(b, dtype, lanes, float(value));
  if (dtype == DType::f64)
    return b.val(llvm::ConstantFP::get(t, llvm::APFloat(value)), dtype, lanes);
  if (dtype == DType::b1) return constant(b, dtype, lanes, int64_t(value != 0));
  return constant(b, dtype, lanes, int64_t(value));
}

Val constant(Builder& b, DType dtype, int lanes, float value) {
  if (dtype != DType::f32) return constant(b, dtype, lanes, double(value));
  return b.val(llvm::ConstantFP::get(type_of(b, dtype, lanes), llvm::APFloat(value)), dtype, lanes);
}

Val constant(Builder& b, DType dtype, int lanes, int64_t value) {
  if (dtype == DType::f32) return constant(b, dtype, lanes, float(value));
  if (dtype == DType::f64) return constant(b, dtype, lanes, double(value));
  if (ir::is_complex(dtype)) return complex_constant(b, dtype, lanes, value);
  BRAZE_CHECK(!ir::is_float(dtype)) << "codegen: a constant of " << ir::info(dtype).name;
  if (dtype == DType::b1) value = value != 0;
  llvm::Type* t = type_of(b, dtype, lanes);
  const llvm::APInt bits(t->getScalarSizeInBits(), uint64_t(value), true, true);
  return b.val(llvm::ConstantInt::get(t, bits), dtype, lanes);
}

Val operator+(Val x, Val y) {
  agree(x, y);
  if (x.is_mask()) return x | y;
  auto& ir = ir_of(x);
  return like(x, x.is_float() || x.is_complex() ? ir.CreateFAdd(x.v, y.v) : ir.CreateAdd(x.v, y.v));
}
Val operator-(Val x, Val y) {
  agree(x, y);
  auto& ir = ir_of(x);
  return like(x, x.is_float() || x.is_complex() ? ir.CreateFSub(x.v, y.v) : ir.CreateSub(x.v, y.v));
}
Val operator*(Val x, Val y) {
  agree(x, y);
  if (x.is_mask()) return x & y;
  auto& ir = ir_of(x);
  return like(x, x.is_float() ? ir.CreateFMul(x.v, y.v) : ir.CreateMul(x.v, y.v));
}
Val operator/(Val x, Val y) {
  agree(x, y);
  return x.is_float() ? like(x, ir_of(x).CreateFDiv(x.v, y.v)) : quotient(x, y);
}
Val operator-(Val x) {
  return like(x, x.is_float() ? ir_of(x).CreateFNeg(x.v) : ir_of(x).CreateNeg(x.v));
}

Val exact_fmod(Val x, Val y) { return like(x, ir_of(x).CreateFRem(x.v, y.v)); }

namespace {
// A function of two floats, called for each lane.
Val call_each(const char* function, Val x, Val y) {
  auto& ir = ir_of(x);
  llvm::Type* t = type_of(*x.b, x.dtype, 1);
  auto callee = x.b->module.getOrInsertFunction(function, t, t, t);
  Val out = x;
  for (int lane = 0; lane < x.lanes; ++lane) {
    llvm::Value* r = ir.CreateCall(callee, {extract(x, lane).v, extract(y, lane).v});
    out.v = x.lanes == 1 ? r : ir.CreateInsertElement(out.v, r, uint64_t(lane));
  }
  return out;
}

// A function of two unsigned 64-bit integers, called for each lane.
Val call_lanes(const char* function, Val x, Val y) {
  auto& ir = ir_of(x);
  llvm::Type* wide = ir.getInt64Ty();
  auto callee = x.b->module.getOrInsertFunction(function, wide, wide, wide);
  Val out = x;
  for (int lane = 0; lane < x.lanes; ++lane) {
    llvm::Value* a = ir.CreateZExt(extract(x, lane).v, wide);
    llvm::Value* b = ir.CreateZExt(extract(y, lane).v, wide);
    llvm::Value* r = ir.CreateTrunc(ir.CreateCall(callee, {a, b}), type_of(*x.b, x.dtype, 1));
    out.v = x.lanes == 1 ? r : ir.CreateInsertElement(out.v, r, uint64_t(lane));
  }
  return out;
}
}  // namespace

Val exact_hypot(Val x, Val y) {
  return call_each(x.dtype == DType::f32 ? "hypotf" : "hypot", x, y);
}
Val exact_gcd(Val x, Val y) { return call_lanes("braze_gcd", x, y); }
Val exact_lcm(Val x, Val y) { return call_lanes("braze_lcm", x, y); }
#define COMPARE(op, name)                                                                      \
  Val operator op(Val x, Val y) {                                                              \
    return compare(x, y, CmpInst::FCMP_O##name, CmpInst::ICMP_S##name, CmpInst::ICMP_U##name); \
  }
COMPARE(<, LT)
COMPARE(<=, LE)
COMPARE(>, GT)
COMPARE(>=, GE)
#undef COMPARE
Val operator==(Val x, Val y) {
  return compare(x, y, CmpInst::FCMP_OEQ, CmpInst::ICMP_EQ, CmpInst::ICMP_EQ);
}
Val operator!=(Val x, Val y) {
  return compare(x, y, CmpInst::FCMP_UNE, CmpInst::ICMP_NE, CmpInst::ICMP_NE);
}

Val operator&(Val x, Val y) { return agree(x, y), like(x, ir_of(x).CreateAnd(x.v, y.v)); }
Val operator|(Val x, Val y) { return agree(x, y), like(x, ir_of(x).CreateOr(x.v, y.v)); }
Val operator^(Val x, Val y) { return agree(x, y), like(x, ir_of(x).CreateXor(x.v, y.v)); }
Val operator!(Val mask) { return like(mask, ir_of(mask).CreateNot(mask.v)); }
Val operator~(Val x) { return like(x, ir_of(x).CreateNot(x.v)); }
Val operator<<(Val x, Val n) { return agree(x, n), like(x, ir_of(x).CreateShl(x.v, n.v)); }
Val operator>>(Val x, Val n) {
  agree(x, n);
  return like(x, is_signed(x) ? ir_of(x).CreateAShr(x.v, n.v) : ir_of(x).CreateLShr(x.v, n.v));
}
Val shl(Val x, int n) { return x << num(x, n); }
Val sar(Val x, int n) { return like(x, ir_of(x).CreateAShr(x.v, num(x, n).v)); }
Val shr(Val x, int n) { return like(x, ir_of(x).CreateLShr(x.v, num(x, n).v)); }

Val select(Val mask, Val x, Val y) {
  BRAZE_CHECK(mask.is_mask() && mask.lanes == x.lanes && x.dtype == y.dtype && x.lanes == y.lanes)
      << "codegen: select of " << ir::info(x.dtype).name << " x " << x.lanes << " and "
      << ir::info(y.dtype).name << " x " << y.lanes << " by " << ir::info(mask.dtype).name;
  if (always(mask)) return x;
  if (never(mask)) return y;
  if (x.is_complex()) return joined(ir::select(mask, parts(x), parts(y)));
  return like(x, ir_of(x).CreateSelect(mask.v, x.v, y.v));
}
bool always(Val mask) {
  const auto* c = llvm::dyn_cast<llvm::Constant>(mask.v);
  return c && c->isAllOnesValue();
}
bool never(Val mask) {
  const auto* c = llvm::dyn_cast<llvm::Constant>(mask.v);
  return c && c->isNullValue();
}

Val fma(Val x, Val y, Val z) {
  agree(x, y), agree(y, z);
  return like(x, ir_of(x).CreateIntrinsic(x.v->getType(), llvm::Intrinsic::fma, {x.v, y.v, z.v}));
}
Val sqrt(Val x) { return unary(llvm::Intrinsic::sqrt, x); }
Val abs(Val x) { return unary(llvm::Intrinsic::fabs, x); }
Val floor(Val x) { return unary(llvm::Intrinsic::floor, x); }
Val ceil(Val x) { return unary(llvm::Intrinsic::ceil, x); }
Val trunc(Val x) { return unary(llvm::Intrinsic::trunc, x); }
Val rint(Val x) { return unary(llvm::Intrinsic::nearbyint, x); }
Val copysign(Val x, Val y) {
  agree(x, y);
  return like(x, ir_of(x).CreateBinaryIntrinsic(llvm::Intrinsic::copysign, x.v, y.v));
}

namespace {
Val reinterpret(Val x, DType to) {
  return as(x, ir_of(x).CreateBitCast(x.v, type_of(*x.b, to, x.lanes)), to);
}
}  // namespace

Val bits(Val x) { return reinterpret(x, integer_of(x.width())); }
Val from_bits(Val x) { return reinterpret(x, float_of(x.width())); }
Val to_int(Val x) {
  const DType to = integer_of(x.width());
  return as(x, ir_of(x).CreateFPToSI(x.v, type_of(*x.b, to, x.lanes)), to);
}
Val to_float(Val x) {
  const DType to = float_of(x.width());
  llvm::Type* t = type_of(*x.b, to, x.lanes);
  return as(x, is_signed(x) ? ir_of(x).CreateSIToFP(x.v, t) : ir_of(x).CreateUIToFP(x.v, t), to);
}
Val widen(Val x) {
  if (ir::is_half(x.dtype)) return convert(x, DType::f32);
  return as(x, ir_of(x).CreateFPExt(x.v, type_of(*x.b, DType::f64, x.lanes)), DType::f64);
}
Val narrow(Val x) {
  return as(x, ir_of(x).CreateFPTrunc(x.v, type_of(*x.b, DType::f32, x.lanes)), DType::f32);
}

Val any(Val mask) {
  if (mask.lanes == 1) return mask;
  auto& ir = ir_of(mask);
  llvm::Value* word = ir.CreateBitCast(mask.v, ir.getIntNTy(unsigned(mask.lanes)));
  return {mask.b, ir.CreateIsNotNull(word), DType::b1, 1};
}

Detour::Detour(Val mask) : mask_(mask), origin_(nullptr), after_(nullptr) {
  Builder& b = *mask.b;
  llvm::Value* taken = any(mask).v;
  llvm::BasicBlock* slow = b.block("rare");
  llvm::BasicBlock* after = b.block("common");
  origin_ = b.ir.GetInsertBlock();
  after_ = after;
  llvm::MDBuilder weights(b.context());
  b.ir.CreateCondBr(taken, slow, after, weights.createUnlikelyBranchWeights());
  b.ir.SetInsertPoint(slow);
}

Val Detour::join(Val fast, Val slow) {
  Builder& b = *mask_.b;
  const Val mixed = select(mask_, slow, fast);
  llvm::BasicBlock* from = b.ir.GetInsertBlock();
  auto* after = static_cast<llvm::BasicBlock*>(after_);
  b.ir.CreateBr(after);
  after->moveAfter(from);
  b.ir.SetInsertPoint(after);
  llvm::PHINode* phi = b.ir.CreatePHI(fast.v->getType(), 2);
  phi->addIncoming(fast.v, static_cast<llvm::BasicBlock*>(origin_));
  phi->addIncoming(mixed.v, from);
  return like(fast, phi);
}

namespace {

// Elements of x, and y behind it, in this order.
llvm::Value* shuffled(Val x, Val y, llvm::ArrayRef<int> order) {
  return y.v ? ir_of(x).CreateShuffleVector(x.v, y.v, order)
             : ir_of(x).CreateShuffleVector(x.v, order);
}
llvm::SmallVector<int, 64> from(int first, int count) {
  llvm::SmallVector<int, 64> order;
  for (int i = 0; i < count; ++i) order.push_back(first + i);
  return order;
}

// What was joined just before needs no instructions to be taken apart.
std::optional<ir::Complex<Val>> known_parts(Val x, DType part) {
  if (x.lanes == 1) {
    auto* second = llvm::dyn_cast<llvm::InsertElementInst>(x.v);
    auto* first = second ? llvm::dyn_cast<llvm::InsertElementInst>(second->getOperand(0)) : nullptr;
    if (!first || !llvm::isa<llvm::PoisonValue>(first->getOperand(0))) return std::nullopt;
    return ir::Complex<Val>{x.b->val(first->getOperand(1), part),
                            x.b->val(second->getOperand(1), part)};
  }
  auto* both = llvm::dyn_cast<llvm::ShuffleVectorInst>(x.v);
  if (!both || !both->isConcat()) return std::nullopt;
  return ir::Complex<Val>{x.b->val(both->getOperand(0), part, x.lanes),
                          x.b->val(both->getOperand(1), part, x.lanes)};
}

}  // namespace

ir::Complex<Val> parts(Val x) {
  const DType part = ir::part_of(x.dtype);
  if (const auto known = known_parts(x, part)) return *known;
  const auto take = [&](int first) {
    llvm::Value* v = x.lanes == 1 ? ir_of(x).CreateExtractElement(x.v, uint64_t(first))
                                  : shuffled(x, {}, from(first, x.lanes));
    return x.b->val(v, part, x.lanes);
  };
  return {take(0), take(x.lanes)};
}

Val joined(ir::Complex<Val> x) {
  agree(x.re, x.im);
  Builder& b = *x.re.b;
  const int lanes = x.re.lanes;
  const DType dtype = x.re.dtype == DType::f32 ? DType::c64 : DType::c128;
  if (lanes > 1) return b.val(shuffled(x.re, x.im, from(0, 2 * lanes)), dtype, lanes);
  llvm::Value* first = llvm::PoisonValue::get(type_of(b, dtype, 1));
  first = b.ir.CreateInsertElement(first, x.re.v, uint64_t(0));
  return b.val(b.ir.CreateInsertElement(first, x.im.v, uint64_t(1)), dtype);
}

ir::Complex<Val> c_function(ir::CFunction f, ir::Complex<Val> x) {
  auto& ir = ir_of(x.re);
  const Val both = joined(x);
  auto* word = ir.getInt32Ty();
  auto* type = llvm::FunctionType::get(ir.getVoidTy(), {word, ir.getPtrTy(), word}, false);
  const char* name = x.re.dtype == DType::f32 ? "braze_complex_f32" : "braze_complex_f64";
  llvm::Value* place = stack_slot(*x.re.b, both.v->getType());
  ir.CreateStore(both.v, place);
  ir.CreateCall(both.b->module.getOrInsertFunction(name, type),
                {ir.getInt32(uint32_t(f)), place, ir.getInt32(uint32_t(x.re.lanes))});
  return parts(as(both, ir.CreateLoad(both.v->getType(), place), both.dtype));
}

Val splat(Val scalar, int lanes) {
  if (scalar.lanes == lanes) return scalar;
  BRAZE_CHECK(scalar.lanes == 1) << "codegen: splat of a vector";
  if (scalar.is_complex()) {
    const auto [re, im] = parts(scalar);
    return joined({splat(re, lanes), splat(im, lanes)});
  }
  return {scalar.b, ir_of(scalar).CreateVectorSplat(unsigned(lanes), scalar.v), scalar.dtype,
          lanes};
}

Val extract(Val x, int lane) {
  if (x.lanes == 1) return x;
  if (x.is_complex()) return {x.b, shuffled(x, {}, {lane, x.lanes + lane}), x.dtype, 1};
  return {x.b, ir_of(x).CreateExtractElement(x.v, uint64_t(lane)), x.dtype, 1};
}

}  // namespace codegen
