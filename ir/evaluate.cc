#include "ir/evaluate.h"

#include "ir/element.h"

namespace ir {

namespace {

template <class T>
T read(const Literal& l) {
  if constexpr (std::is_same_v<T, bool>)
    return l.bits[0] != 0;
  else if constexpr (std::is_integral_v<T>)
    return T(l.bits[0]);
  else if constexpr (detail::complex<T>)
    return convert<T>(l.as_complex());
  else
    return convert<T>(l.as_double());
}

template <class T>
Literal written(T v) {
  if constexpr (std::is_integral_v<T>)
    return Literal::of(int64_t(v));
  else if constexpr (detail::complex<T>)
    return Literal::of(convert<std::complex<double>>(v));
  else
    return Literal::of(convert<double>(v));
}

template <class T>
Operand<T> lane(const Literal& l) {
  return operand(read<T>(l));
}
template <class T, class R>
Literal result(R r) {
  return written(element<T>(r));
}

using Formula = Literal (*)(const Literal*);

template <class F, class T, int arity, bool choice>
Literal apply_formula(const Literal* in) {
  if constexpr (choice)
    return result<T>(F{}(lane<bool>(in[0]), lane<T>(in[1]), lane<T>(in[2])));
  else if constexpr (arity == 3)
    return result<T>(F{}(lane<T>(in[0]), lane<T>(in[1]), lane<T>(in[2])));
  else if constexpr (arity == 2)
    return result<T>(F{}(lane<T>(in[0]), lane<T>(in[1])));
  else
    return result<T>(F{}(lane<T>(in[0])));
}

Formula formula_of(Op op, DType t) {
  Formula found = nullptr;
  visit_elementwise(op, [&](auto row, auto arity, auto formula) {
    visit(t, [&](auto tag) {
      using T = decltype(tag);
      constexpr bool choice = row.value == Rule::pick;
      if constexpr (computes<T>(row))
        found = &apply_formula<decltype(formula), T, decltype(arity)::value, choice>;
    });
  });
  return found;
}

}  // namespace

std::optional<Literal> evaluate(Op op, DType t, std::span<const Literal> operands) {
  const Formula formula = formula_of(op, t);
  return formula ? std::optional(formula(operands.data())) : std::nullopt;
}

std::optional<Literal> evaluate_cast(Literal value, DType from, DType to) {
  std::optional<Literal> out;
  visit(from, [&](auto a) {
    visit(to, [&](auto b) {
      using From = decltype(a);
      using To = decltype(b);
      out = written(convert<To>(read<From>(value)));
    });
  });
  return out;
}

}  // namespace ir
