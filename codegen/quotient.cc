// Division of integers.
#include <llvm/IR/DerivedTypes.h>

#include "codegen/builder.h"
#include "codegen/value.h"
#include "ir/error.h"

namespace codegen {

using ir::DType;

namespace {
llvm::IRBuilder<>& ir_of(Val x) { return x.b->ir; }
Val like(Val x, llvm::Value* v) { return {x.b, v, x.dtype, x.lanes}; }
Val as(Val x, llvm::Value* v, DType dtype) { return {x.b, v, dtype, x.lanes}; }
void agree(Val x, Val y) {
  BRAZE_CHECK(x.dtype == y.dtype && x.lanes == y.lanes && !x.is_float())
      << "codegen: integer division of " << ir::info(x.dtype).name << " x " << x.lanes << " by "
      << ir::info(y.dtype).name << " x " << y.lanes;
}
}  // namespace

namespace {

// x / y towards zero, for y that is neither 0 nor, with x the minimum, -1. Vectors have no integer
// division, but division of floats. The inverse is by itself, so that it leaves the loop where y is
// the same for all elements.
//
// Up to 32 bits a float has more than twice the digits: (|x| + 1/2) / |y| is no nearer than 1/2|y|
// to an integer, which is more than two roundings can do.
Val narrow_quotient(Val x, Val y) {
  auto& ir = ir_of(x);
  const DType float_type = x.width() == 32 ? DType::f64 : DType::f32;
  llvm::Type* real = type_of(*x.b, float_type, x.lanes);
  const auto to_real = [&](Val i) {
    return as(i, is_signed(i) ? ir.CreateSIToFP(i.v, real) : ir.CreateUIToFP(i.v, real),
              float_type);
  };
  const Val dividend = to_real(x), inverse = num(dividend, 1) / to_real(y);
  const Val q = (dividend + copysign(num(dividend, 0.5), dividend)) * inverse;
  if (x.width() == 32) {
    llvm::Type* t = x.v->getType();
    return like(x, is_signed(x) ? ir.CreateFPToSI(q.v, t) : ir.CreateFPToUI(q.v, t));
  }
  llvm::Value* wide = ir.CreateFPToSI(q.v, type_of(*x.b, DType::i32, x.lanes));
  return like(x, ir.CreateTrunc(wide, x.v->getType()));
}

// The same for 64 bits, in two steps. The inverse is too small by 2^-50 of itself at least and
// 2^-49 at most, so no step exceeds the quotient: the first leaves at most 2^15 of it, the second
// 1.
Val wide_quotient(Val x, Val y) {
  auto& ir = ir_of(x);
  const Val zero = num(x, 0);
  const auto size = [&](Val v) { return is_signed(v) ? select(v < zero, -v, v) : v; };
  const auto to_real = [&](Val v) {
    return as(v, ir.CreateUIToFP(v.v, type_of(*v.b, DType::f64, v.lanes)), DType::f64);
  };
  const auto to_whole = [&](Val v) { return like(x, ir.CreateFPToUI(v.v, x.v->getType())); };
  const Val divisor = size(y), real = to_real(divisor);
  const Val inverse = num(real, 1 - 0x1p-50) / real;
  const Val first = to_whole(to_real(size(x)) * inverse), rest = size(x) - first * divisor;
  const Val second = to_whole(to_real(rest) * inverse), last = rest - second * divisor;
  const Val one_more = as(x, ir.CreateICmpUGE(last.v, divisor.v), DType::b1);
  const Val q = first + second, whole = select(one_more, q + num(x, 1), q);
  return is_signed(x) ? select((x ^ y) < zero, -whole, whole) : whole;
}

Val plain_quotient(Val x, Val y) {
  auto& ir = ir_of(x);
  if (x.lanes > 1 && x.width() < 64) return narrow_quotient(x, y);
  if (x.lanes > 1 && x.b->big_masks) return wide_quotient(x, y);
  return like(x, is_signed(x) ? ir.CreateSDiv(x.v, y.v) : ir.CreateUDiv(x.v, y.v));
}

}  // namespace

Val quotient(Val x, Val y) {
  agree(x, y);
  const Val zero = num(x, 0), one = num(x, 1), by_zero = y == zero;
  if (!is_signed(x)) return select(by_zero, zero, plain_quotient(x, select(by_zero, one, y)));
  const Val by_minus_one = y == num(x, -1);
  const Val q = plain_quotient(x, select(by_zero | by_minus_one, one, y));
  return select(by_zero, zero, select(by_minus_one, -x, q));
}

Val modulus(Val x, Val y) {
  agree(x, y);
  const Val by_zero = y == num(x, 0);
  const Val trivial = is_signed(x) ? by_zero | (y == num(x, -1)) : by_zero;
  const Val divisor = select(trivial, num(x, 1), y);
  if (x.lanes > 1 && (x.width() < 64 || x.b->big_masks))
    return x - plain_quotient(x, divisor) * divisor;
  auto& ir = ir_of(x);  // x mod 1 is 0, which is what the trivial divisors want
  return like(x, is_signed(x) ? ir.CreateSRem(x.v, divisor.v) : ir.CreateURem(x.v, divisor.v));
}

}  // namespace codegen
