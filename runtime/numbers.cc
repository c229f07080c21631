#include "runtime/numbers.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "ir/convert.h"

namespace runtime {

namespace {

double in_double(const Number& n) {
  if (n.dtype == ir::DType::f64) {
    double v;
    std::memcpy(&v, n.bytes.data(), sizeof v);
    return v;
  }
  if (n.dtype == ir::DType::i64) {
    int64_t v;
    std::memcpy(&v, n.bytes.data(), sizeof v);
    return double(v);
  }
  return double(n.bytes[0]);  // a bool
}

constexpr int64_t one_element[max_operands] = {};

}  // namespace

// Rounding cannot take a result from 2^62 to 2^63, so doubles tell.
bool Arithmetic::within_bounds(std::span<const Number* const> operands) const {
  if (!in_doubles) return false;
  std::array<double, max_operands> numbers{};
  char* pointers[max_operands];
  for (size_t i = 0; i < operands.size(); ++i) {
    numbers[i] = in_double(*operands[i]);
    pointers[i] = reinterpret_cast<char*>(&numbers[i]);
  }
  double& result = numbers[operands.size()];
  pointers[operands.size()] = reinterpret_cast<char*>(&result);
  in_doubles(pointers, one_element, 1);
  return std::abs(result) < (whole ? 0x1p62 : std::numeric_limits<double>::infinity());
}

bool Arithmetic::run(std::span<const Number* const> operands, Number& out) const {
  if (checked && !within_bounds(operands)) return false;
  char* pointers[max_operands];
  for (size_t i = 0; i < operands.size(); ++i)
    pointers[i] = const_cast<char*>(operands[i]->bytes.data());
  pointers[operands.size()] = out.bytes.data();
  loop(pointers, one_element, 1);
  return true;
}

Arithmetic compile_arithmetic(const ir::Graph& graph, ir::Ref node, ir::DType from) {
  const ir::Op op = graph.op(node);
  const ir::Type& type = graph.type(node);
  Arithmetic a;
  if (op == ir::Op::cast) {
    a.loop = cast_loop(from, type.dtype);
    return a;
  }
  a.loop = elementwise_loop(op, from);
  a.whole = ir::is_integer(type.dtype);
  a.checked =
      type.kind == ir::Type::Kind::python && (a.whole || ir::info(op).rule == ir::Rule::divide);
  if (a.checked) a.in_doubles = elementwise_loop(op, ir::DType::f64);
  return a;
}

bool Conversion::run(ir::DType dtype, const char* bytes, Number& out) const {
  bool fits = true;
  ir::visit(dtype, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (std::is_arithmetic_v<T> || ir::detail::half<T>) {
      T given;
      std::memcpy(&given, bytes, sizeof given);
      const double x = ir::convert<double>(given);
      const double limit = whole                   ? 0x1p62
                           : std::is_integral_v<T> ? 0x1p53
                                                   : std::numeric_limits<double>::infinity();
      const bool bounded = whole || std::is_integral_v<T> || finite;
      fits = !bounded || std::abs(x) < limit;
      if (!fits) return;
      const int64_t i = whole ? int64_t(ir::convert<int64_t>(given)) : 0;
      fits = !whole || (i >= low && i <= high);
      std::memcpy(out.bytes.data(), whole ? static_cast<const void*>(&i) : &x, 8);
    }
  });
  return fits;
}

Conversion compile_conversion(const ir::Graph& graph, ir::Ref node) {
  Conversion c;
  c.whole = graph.type(node).dtype == ir::DType::i64;
  c.finite = graph.attrs(node).boolean("finite");
  const auto [low, high] = ir::limits(graph.attrs(node).dtype("fits"));
  c.low = low;
  c.high = high;
  return c;
}

}  // namespace runtime
