#include "ir/evaluate.h"

#include "ir/convert.h"
#include "ir/formula.h"

namespace ir {

namespace {

// 16-bit floats widen to float and round once per op.
template <class T>
using Computed = std::conditional_t<detail::half<T>, float, T>;
template <class T>
inline constexpr bool compiled = std::is_arithmetic_v<T> || detail::half<T>;

template <class T>
T read(const Literal& l) {
  if constexpr (std::is_same_v<T, bool>)
    return l.bits[0] != 0;
  else if constexpr (std::is_integral_v<T>)
    return T(l.bits[0]);
  else
    return convert<T>(l.as_double());
}

template <class T>
Literal written(T v) {
  if constexpr (std::is_integral_v<T>)
    return Literal::of(int64_t(v));
  else
    return Literal::of(convert<double>(v));
}

template <class T>
Lane<Computed<T>> lane(const Literal& l) {
  return {convert<Computed<T>>(read<T>(l))};
}

// A mask stays a bool, anything else is rounded to T.
template <class T, class R>
Literal result(Lane<R> r) {
  if constexpr (std::is_same_v<R, bool>)
    return written(r.v);
  else
    return written(convert<T>(r.v));
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
  visit_elementwise(op, [&](auto rule, auto arity, auto formula) {
    visit(t, [&](auto tag) {
      using T = decltype(tag);
      constexpr Rule r = decltype(rule)::value;
      if constexpr (compiled<T>)
        if constexpr (admits<Computed<T>>(r))
          found = &apply_formula<decltype(formula), T, decltype(arity)::value, r == Rule::pick>;
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
      if constexpr (compiled<From> && compiled<To>) out = written(convert<To>(read<From>(value)));
    });
  });
  return out;
}

}  // namespace ir
