// Changes of dtype, as NumPy's astype does them on x86.
//
// A float out of an integer's range converts as the C compiler's instructions do it: through
// cvttss2si to 32 bits (i8, i16, i32, u8, u16) or 64 bits (u32, i64), which give the minimum where
// the value does not fit, and then by dropping high bits. Casts are inserted unfolded: LLVM's
// folder makes poison of such constants.
#include <llvm/IR/InstrTypes.h>

#include "codegen/builder.h"
#include "codegen/value.h"
#include "ir/error.h"

namespace codegen {

using ir::DType;

namespace {

Val cast(Val x, llvm::Instruction::CastOps op, DType to) {
  Builder& b = *x.b;
  llvm::Type* t = type_of(b, to, x.lanes);
  if (x.v->getType() == t) return b.val(x.v, to, x.lanes);
  return b.val(b.ir.Insert(llvm::CastInst::Create(op, x.v, t)), to, x.lanes);
}

// Truncates or extends by the sign of the source.
Val integer_to_integer(Val x, DType to) {
  using llvm::Instruction;
  if (ir::info(to).bytes * 8 < x.width()) return cast(x, Instruction::Trunc, to);
  return cast(x, ir::is_signed(x.dtype) ? Instruction::SExt : Instruction::ZExt, to);
}

// LLVM takes an integer that becomes a float and then a smaller integer for what it was, truncated,
// which is right only for what fits: the float is hidden from it.
Val hidden(Val x) {
  return x.b->val(x.b->ir.CreateArithmeticFence(x.v, x.v->getType()), x.dtype, x.lanes);
}

Val float_to_integer(Val given, DType to) {
  using llvm::Instruction;
  const Val x = hidden(given);
  if (to ==
      DType::u64) {  // above 2^63 shifted down by it, as compilers do without a wider conversion
    const Val limit = num(x, 0x1p63);
    const Val low = cast(x, Instruction::FPToSI, DType::i64);
    const Val high = cast(x - limit, Instruction::FPToSI, DType::i64) ^ num(low, INT64_MIN);
    const Val r = select(x >= limit, high, low);
    return {x.b, r.v, to, x.lanes};
  }
  const DType through = to == DType::i64 || to == DType::u32 ? DType::i64 : DType::i32;
  return integer_to_integer(cast(x, Instruction::FPToSI, through), to);
}

Val half_bits(Val x, DType storage) { return {x.b, x.v, storage, x.lanes}; }

// As ir::widen.
Val widen_half(Val x) {
  Builder& b = *x.b;
  if (x.dtype == DType::bf16)
    return from_bits(shl(convert(half_bits(x, DType::u16), DType::i32), 16));
  if (b.native_half) {
    llvm::Type* half = b.ir.getHalfTy();
    if (x.lanes > 1) half = llvm::FixedVectorType::get(half, unsigned(x.lanes));
    llvm::Value* v = b.ir.CreateBitCast(x.v, half);
    return b.val(b.ir.CreateFPExt(v, type_of(b, DType::f32, x.lanes)), DType::f32, x.lanes);
  }
  const Val all = convert(half_bits(x, DType::u16), DType::i32);
  const Val sign = shl(all & num(all, 0x8000), 16), magnitude = all & num(all, 0x7fff);
  const Val wide = shl(magnitude, 13);
  const Val subnormal = bits(to_float(magnitude) * num(from_bits(all), 0x1p-24));
  const Val number = select(magnitude >= num(all, 0x400), wide + num(all, 0x38000000), subnormal);
  return from_bits(sign |
                   select(magnitude >= num(all, 0x7c00), wide | num(all, 0x7f800000), number));
}

// As ir::round_to_half, in integer arithmetic.
Val round_to_half(Val x) {
  const Val all = bits(x);
  const Val magnitude = all & num(all, 0x7fffffff), sign = shr(all, 16) & num(all, 0x8000);
  const Val nan = num(all, 0x7e00) | (shr(magnitude, 13) & num(all, 0x3ff));
  const Val aligned = bits(from_bits(magnitude) + num(x, 0.5)) - num(all, 0x3f000000);
  const Val odd = shr(magnitude, 13) & num(all, 1);
  const Val normal = shr(magnitude - num(all, 0x38000000) + num(all, 0xfff) + odd, 13);
  const Val finite = select(magnitude < num(all, 0x38800000), aligned, normal);
  const Val number = select(magnitude >= num(all, 0x477ff000), num(all, 0x7c00), finite);
  return sign | select(magnitude > num(all, 0x7f800000), nan, number);
}

// As ir::round_to_bfloat. (The instruction for it flushes subnormal numbers.)
Val round_to_bfloat(Val x) {
  const Val all = bits(x);
  const Val high = shr(all, 16), odd = high & num(all, 1);
  const Val number = shr(all + num(all, 0x7fff) + odd, 16);
  return select(x != x, high | num(all, 0x40), number);
}

// f64 as the f32 with one more digit: rounded towards zero, the last bit set if anything was lost.
// A second rounding to fewer digits then gives what one rounding would.
Val round_to_odd(Val x) {
  const Val all = bits(x), lost = num(all, 0x1fffffff), sticky = num(all, 0x20000000);
  const Val kept = all & ~lost;
  return narrow(from_bits(select((all & lost) == num(all, 0), kept, kept | sticky)));
}

Val narrow_to_half(Val x, DType to) {
  Builder& b = *x.b;
  if (to == DType::f16 && b.native_half) {
    llvm::Type* half = b.ir.getHalfTy();
    if (x.lanes > 1) half = llvm::FixedVectorType::get(half, unsigned(x.lanes));
    llvm::Value* v = b.ir.CreateFPTrunc(x.v, half);
    return b.val(b.ir.CreateBitCast(v, type_of(b, to, x.lanes)), to, x.lanes);
  }
  const Val r = to == DType::f16 ? round_to_half(x) : round_to_bfloat(x);
  return half_bits(cast(r, llvm::Instruction::Trunc, DType::u16), to);
}

Val float_to_float(Val x, DType to) {
  if (ir::is_half(x.dtype)) return convert(widen_half(x), to);
  if (to == DType::f64) return widen(x);
  if (to == DType::f32) return narrow(x);
  if (x.dtype == DType::f32) return narrow_to_half(x, to);
  return narrow_to_half(to == DType::f16 ? round_to_odd(x) : narrow(x), to);
}

// Of the parts; a real number has the imaginary part 0.
Val convert_complex(Val x, DType to) {
  const DType part = ir::part_of(to);
  if (!x.is_complex()) {
    const Val re = convert(x, part);
    return joined({re, num(re, 0)});
  }
  const auto [re, im] = parts(x);
  if (to == DType::b1) return (re != num(re, 0)) | (im != num(im, 0));
  BRAZE_CHECK(ir::is_complex(to)) << "codegen: a cast that drops imaginary parts";
  return joined({convert(re, part), convert(im, part)});
}

}  // namespace

Val convert(Val x, DType to) {
  using llvm::Instruction;
  if (x.dtype == to) return x;
  if (x.is_complex() || ir::is_complex(to)) return convert_complex(x, to);
  if (x.is_float() && ir::is_float(to)) return float_to_float(x, to);
  if (ir::is_half(x.dtype)) return convert(widen_half(x), to);
  if (ir::is_half(to)) return convert(convert(x, DType::f32), to);
  if (to == DType::b1) return x != num(x, 0);
  if (x.is_float()) return float_to_integer(x, to);
  if (ir::is_float(to))
    return cast(x, is_signed(x) ? Instruction::SIToFP : Instruction::UIToFP, to);
  return x.is_mask() ? cast(x, Instruction::ZExt, to) : integer_to_integer(x, to);
}

}  // namespace codegen
