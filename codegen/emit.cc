#include "codegen/emit.h"

#include <array>

#include "codegen/builder.h"
#include "ir/formula.h"

namespace codegen {

using ir::DType;

namespace {

Val whole(Val x) { return x; }
Val whole(ir::Complex<Val> x) { return joined(x); }

// Whether a float is one of two constants, or a bool as a float.
bool is_choice(llvm::Value* v) {
  using llvm::isa;
  if (auto* s = llvm::dyn_cast<llvm::SelectInst>(v))
    return isa<llvm::Constant>(s->getTrueValue()) && isa<llvm::Constant>(s->getFalseValue());
  if (!isa<llvm::UIToFPInst, llvm::SIToFPInst>(v)) return false;
  llvm::Value* from = llvm::cast<llvm::CastInst>(v)->getOperand(0);
  if (auto* wider = llvm::dyn_cast<llvm::ZExtInst>(from)) from = wider->getOperand(0);
  return from->getType()->isIntOrIntVectorTy(1);
}

// LLVM would apply what follows to both constants while compiling, and no flag would tell of
// 1.0 / 0.0.
Val computed(Val x) {
  const bool real = x.dtype == DType::f32 || x.dtype == DType::f64;
  if (!real || !is_choice(x.v)) return x;
  return x.b->val(x.b->ir.CreateIntrinsic(x.v->getType(), llvm::Intrinsic::arithmetic_fence, {x.v}),
                  x.dtype, x.lanes);
}

}  // namespace

Val formula(ir::Op op, std::span<const Val> in) {
  Val result;
  ir::visit_elementwise(op, [&](auto row, auto arity, auto value) {
    BRAZE_CHECK(in.size() == size_t(arity))
        << "codegen: " << ir::spelling(op) << " of " << in.size();
    if constexpr (row.complex) {
      if (in.back().is_complex()) {
        if constexpr (arity == 1)
          result = whole(value(parts(in[0])));
        else if constexpr (arity == 2)
          result = whole(value(parts(in[0]), parts(in[1])));
        else
          result = whole(value(in[0], parts(in[1]), parts(in[2])));
        return;
      }
    }
    if constexpr (arity == 1)
      result = whole(value(in[0]));
    else if constexpr (arity == 2)
      result = whole(value(in[0], in[1]));
    else
      result = whole(value(in[0], in[1], in[2]));
  });
  return result;
}

Val emit(const ir::Graph& graph, ir::Ref node, std::span<const Val> operands) {
  const ir::Op op = graph.op(node);
  const DType to = graph.type(node).dtype;
  if (op == ir::Op::cast) return computed(convert(operands[0], to));
  BRAZE_CHECK(ir::is_elementwise(op)) << "codegen: " << ir::spelling(op) << " is not elementwise";
  // Ops that only choose or copy keep the bits of 16-bit floats.
  const ir::Rule rule = ir::info(op).rule;
  const bool moves = rule == ir::Rule::pick || rule == ir::Rule::same || rule == ir::Rule::dense ||
                     rule == ir::Rule::laid;
  if (rule == ir::Rule::round && !ir::is_float(to)) return operands[0];
  std::array<Val, 3> wide;
  for (size_t i = 0; i < operands.size(); ++i)
    wide[i] = ir::is_half(operands[i].dtype) && !moves ? widen(operands[i]) : operands[i];
  Val result = formula(op, {wide.data(), operands.size()});
  if (ir::is_half(to) && !moves) result = convert(result, to);
  BRAZE_CHECK(result.dtype == to) << "codegen: " << ir::spelling(op) << " gives "
                                  << ir::info(result.dtype).name << ", not " << ir::info(to).name;
  return computed(result);
}

Val literal(Builder& b, DType t, const ir::Literal& value) {
  if (ir::is_complex(t)) {
    const std::complex<double> z = value.as_complex();
    const DType part = ir::part_of(t);
    return joined({constant(b, part, 1, z.real()), constant(b, part, 1, z.imag())});
  }
  if (!ir::is_float(t)) return constant(b, t, 1, value.bits[0]);
  if (!ir::is_half(t)) return constant(b, t, 1, value.as_double());
  return convert(constant(b, DType::f64, 1, value.as_double()), t);
}

}  // namespace codegen
