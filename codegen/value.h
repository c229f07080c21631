// An LLVM value as an operand of the lane algebra (ir/lane.h): a scalar (lanes == 1) or a vector of
// `lanes` elements of one dtype. Applying a formula to Vals emits its instructions at the builder's
// place. There are no fast-math flags: the instructions give the bits that ir::Lane gives.
//
// Representation: integers of either sign are iN; bool, the dtype of masks, is i1; f32 and f64 are
// themselves; f16 and bf16 are storage, held as i16, and must be widened before arithmetic. Complex
// numbers are one vector, the real parts before the imaginary parts: they add, subtract and choose
// as they are, and everything else takes them as ir::Complex.
#pragma once
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "ir/complex.h"
#include "ir/dtype.h"

namespace llvm {
class Module;
class Type;
class Value;
}  // namespace llvm

namespace codegen {

struct Builder;  // codegen/builder.h

struct Val {
  Builder* b = nullptr;
  llvm::Value* v = nullptr;
  ir::DType dtype = ir::DType::b1;
  int lanes = 1;

  bool is_mask() const { return dtype == ir::DType::b1; }
  bool is_float() const { return ir::is_float(dtype); }
  bool is_complex() const { return ir::is_complex(dtype); }
  int width() const { return ir::info(dtype).bytes * 8; }  // of a number, in bits
};

// Constants of any dtype but the 16-bit floats; a mask is true if nonzero.
Val constant(Builder& b, ir::DType dtype, int lanes, double value);
Val constant(Builder& b, ir::DType dtype, int lanes, float value);
Val constant(Builder& b, ir::DType dtype, int lanes, int64_t value);
template <class C>
Val num(Val x, C c) {
  if constexpr (std::is_integral_v<C>) {
    return constant(*x.b, x.dtype, x.lanes, int64_t(c));
  } else {
    return constant(*x.b, x.dtype, x.lanes, c);
  }
}

Val operator+(Val x, Val y);
Val operator-(Val x, Val y);
Val operator*(Val x, Val y);
Val operator/(Val x, Val y);
Val operator-(Val x);
Val quotient(Val x, Val y);
Val modulus(Val x, Val y);

Val operator<(Val x, Val y);
Val operator<=(Val x, Val y);
Val operator>(Val x, Val y);
Val operator>=(Val x, Val y);
Val operator==(Val x, Val y);
Val operator!=(Val x, Val y);

Val operator&(Val x, Val y);
Val operator|(Val x, Val y);
Val operator^(Val x, Val y);
Val operator!(Val mask);
Val operator~(Val x);
Val operator<<(Val x, Val n);
Val operator>>(Val x, Val n);
Val shl(Val x, int n);
Val sar(Val x, int n);
Val shr(Val x, int n);

Val select(Val mask, Val x, Val y);
// Whether the mask is constant and everywhere on, or everywhere off.
bool always(Val mask);
bool never(Val mask);
template <class F, class G>
auto choose(Val mask, F&& f, G&& g) {
  if (always(mask)) return f();
  if (never(mask)) return g();
  return select(mask, f(), g());
}
Val fma(Val x, Val y, Val z);
Val sqrt(Val x);
Val abs(Val x);
Val floor(Val x);
Val ceil(Val x);
Val trunc(Val x);
Val rint(Val x);
Val copysign(Val x, Val y);

Val bits(Val x);
Val from_bits(Val x);
Val to_int(Val x);
Val to_float(Val x);
Val widen(Val x);   // f32 to f64; f16 and bf16 to f32
Val narrow(Val x);  // f64 to f32

// table[index]; index is i32 or i64. The table becomes a private constant of the module.
Val gather(Val index, ir::DType dtype, const char* name, const void* data, int size);
template <class T>
Val lookup(const ir::Table<T>& table, Val index) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  constexpr bool real = std::is_floating_point_v<T>;
  constexpr auto dtype = sizeof(T) == 4 ? (real ? ir::DType::f32 : ir::DType::i32)
                                        : (real ? ir::DType::f64 : ir::DType::i64);
  return gather(index, dtype, table.name, table.data, table.size);
}

// The branch of `rare`: code emitted between its construction and join() runs only if some lane of
// the mask holds.
class Detour {
 public:
  explicit Detour(Val mask);
  Val join(Val fast, Val slow);  // slow where the mask holds, else fast

 private:
  Val mask_;
  void* origin_;
  void* after_;
};
template <std::invocable F>
Val rare(Val mask, Val fast, F&& slow) {
  if (never(mask)) return fast;
  Detour detour(mask);
  return detour.join(fast, slow());
}

template <class I, class F>
auto by_kind(Val x, I&& on_integer, F&& on_float) {
  return x.is_float() ? on_float(x) : on_integer(x);
}
template <class F, class G>
auto by_width(Val x, F&& on_32, G&& on_64) {
  return x.width() == 32 ? on_32() : on_64();
}
template <class F, class G>
Val by_sign(Val x, F&& on_signed, G&& otherwise) {
  return x.is_float() || !ir::is_signed(x.dtype) ? otherwise(x) : on_signed(x);
}
inline bool is_signed(Val x) { return ir::is_signed(x.dtype); }
inline int width(Val x) { return x.width(); }
// Lane by lane, in functions of the process.
Val exact_fmod(Val x, Val y);
Val exact_hypot(Val x, Val y);
Val exact_gcd(Val x, Val y);
Val exact_lcm(Val x, Val y);

// Not part of the algebra: complex numbers as their parts, and back.
ir::Complex<Val> parts(Val x);
Val joined(ir::Complex<Val> x);

// By a call of ir::c_function.
ir::Complex<Val> c_function(ir::CFunction f, ir::Complex<Val> x);

// Between scalars and vectors.
Val splat(Val scalar, int lanes);  // the value itself if it has that many lanes
Val extract(Val x, int lane);
Val any(Val mask);  // a scalar mask: true if some lane holds
llvm::Type* type_of(Builder& b, ir::DType dtype, int lanes);

// The value in another dtype as NumPy's astype gives it on this target (codegen/convert.cc); to
// bool it is x != 0.
Val convert(Val x, ir::DType to);

}  // namespace codegen
