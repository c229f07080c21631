// Runs a whole graph in the reference engine: the oracle for plans, passes and kernels.
#include <map>
#include <set>
#include <string>

#include "ir/error.h"
#include "runtime/eager.h"
#include "runtime/sizes.h"

namespace runtime {

namespace {

class Interpreter {
 public:
  Interpreter(const ir::Graph& g, std::span<const Value> arguments)
      : g_(g), values_(g.node_count()) {
    const auto& params = g.body(ir::Graph::main).params;
    if (params.size() != arguments.size()) throw ir::Unsupported("another number of arguments");
    for (size_t i = 0; i < params.size(); ++i) {
      at(params[i]) = arguments[i];
      bind(g.type(params[i]), arguments[i]);
    }
    for (size_t i = 0; i < params.size(); ++i) confirm(g.type(params[i]), arguments[i]);
    find_given();
    check();
  }

  std::vector<Value> body(ir::BodyId b) {
    forget(b);
    for (ir::Ref r : g_.body(b).nodes) at(r) = node(r);
    std::vector<Value> results;
    for (ir::Ref r : g_.body(b).results) results.push_back(at(r));
    return results;
  }

 private:
  Value& at(ir::Ref r) { return values_[r.id]; }

  // Sizes that are bare symbols take their value from the argument.
  void bind(const ir::Type& t, const Value& v) {
    const auto* tensor = std::get_if<Tensor>(&v.is);
    if (!t.is_array()) return;
    if (!tensor || tensor->rank != t.rank()) throw ir::Unsupported("an argument of another rank");
    for (int a = 0; a < t.rank(); ++a)
      if (const auto name = g_.dims.symbol_name(t.dims[size_t(a)]))
        sizes_.try_emplace(*name, tensor->shape[size_t(a)]);
  }
  void confirm(const ir::Type& t, const Value& v) {
    if (!t.is_array()) return;
    const auto& tensor = std::get<Tensor>(v.is);
    for (int a = 0; a < t.rank(); ++a)
      if (size(t.dims[size_t(a)]) != tensor.shape[size_t(a)])
        throw ir::Unsupported("an argument of another shape");
  }

  std::optional<int64_t> known(ir::DimId d) const {
    return g_.dims.eval(d, [&](std::string_view name) -> std::optional<int64_t> {
      const auto it = sizes_.find(std::string(name));
      return it == sizes_.end() ? std::nullopt : std::optional(it->second);
    });
  }
  int64_t size(ir::DimId d) const {
    const auto v = known(d);
    if (!v) throw ir::Unsupported("the size " + g_.dims.str(d) + " is not known");
    return *v;
  }

  // The checks of which all sizes are known by now.
  void check() const {
    for (const ir::Check& c : g_.dims.checks()) {
      const auto v = known(c.dim);
      if (!v && given_.empty()) (void)size(c.dim);
      if (!v) continue;
      const bool holds = c.relation == ir::Check::zero      ? *v == 0
                         : c.relation == ir::Check::nonzero ? *v != 0
                                                            : *v >= 0;
      if (!holds) throw ir::Unsupported("the check " + g_.dims.str(c) + " does not hold");
    }
  }

  void find_given() {
    for (uint32_t i = 0; i < g_.node_count(); ++i) {
      if (!ir::gives_size(g_.op({i}))) continue;
      const auto name = g_.dims.symbol_name(g_.attrs({i}).dim("size"));
      if (name && !sizes_.contains(*name)) given_.insert(*name);
    }
  }

  // What the spans of a body gave in an earlier round.
  void forget(ir::BodyId b) {
    for (ir::Ref r : g_.body(b).nodes) {
      for (ir::BodyId nested : g_.bodies_of(r)) forget(nested);
      if (!ir::gives_size(g_.op(r))) continue;
      const auto name = g_.dims.symbol_name(g_.attrs(r).dim("size"));
      if (name && given_.contains(*name)) sizes_.erase(*name);
    }
  }

  // A span gives the size that nothing before it gave; one that is known has to be that.
  Value span(ir::Ref r, std::span<const Value> operands) {
    const ir::AttrView a = g_.attrs(r);
    const ir::DimId d = a.dim("size");
    const Span found = span_of(integer(operands[0]), integer(operands[1]), size(a.dim("step")),
                               size(a.dim("extent")));
    if (const auto name = g_.dims.symbol_name(d)) sizes_.try_emplace(*name, found.count);
    if (size(d) != found.count) throw ir::Unsupported("a slice of another size");
    check();
    return evaluate(g_, r, operands, [&](ir::DimId x) { return size(x); });
  }

  // The same for a count.
  Value bind(ir::Ref r, const Value& given) {
    const ir::DimId d = g_.attrs(r).dim("size");
    const int64_t count = integer(given);
    if (const auto name = g_.dims.symbol_name(d)) sizes_.try_emplace(*name, count);
    if (count < 0 || size(d) != count) throw ir::Unsupported("another size");
    check();
    Number n{ir::DType::i64, true, {}};
    std::copy_n(reinterpret_cast<const char*>(&count), sizeof count, n.bytes.begin());
    return {n};
  }

  Value node(ir::Ref r) {
    std::vector<Value> operands;
    for (ir::Ref in : g_.inputs(r)) operands.push_back(at(in));
    const ir::AttrView a = g_.attrs(r);
    switch (g_.op(r)) {
      case ir::Op::kernel: return run(a.body("body"), operands);
      case ir::Op::if_: return run(a.body(truth(operands[0]) ? "then" : "otherwise"), {});
      case ir::Op::while_: {
        while (truth(run(a.body("test"), operands))) operands = run_all(a.body("body"), operands);
        return join(std::move(operands));
      }
      case ir::Op::for_: return loop(a.body("body"), operands);
      case ir::Op::span: return span(r, operands);
      case ir::Op::bind: return bind(r, operands[0]);
      default: return evaluate(g_, r, operands, [&](ir::DimId d) { return size(d); });
    }
  }

  Value loop(ir::BodyId b, std::span<const Value> operands) {
    const int64_t start = integer(operands[0]), stop = integer(operands[1]),
                  step = integer(operands[2]);
    if (step == 0) throw ir::Unsupported("a range with step 0");
    std::vector<Value> carried(operands.begin() + 3, operands.end());
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
      Number counter{ir::DType::i64, true, {}};
      std::copy_n(reinterpret_cast<const char*>(&i), sizeof i, counter.bytes.begin());
      carried.insert(carried.begin(), Value{counter});
      carried = run_all(b, carried);
    }
    return join(std::move(carried));
  }

  std::vector<Value> run_all(ir::BodyId b, std::span<const Value> operands) {
    const std::vector<Value> copies(operands.begin(), operands.end());
    for (size_t i = 0; i < copies.size(); ++i) at(g_.body(b).params[i]) = copies[i];
    return body(b);
  }
  Value run(ir::BodyId b, std::span<const Value> operands) { return join(run_all(b, operands)); }

  static Value join(std::vector<Value> values) {
    if (values.size() == 1) return std::move(values[0]);
    return {std::move(values)};
  }

  static int64_t integer(const Value& v) {
    const auto& n = std::get<Number>(v.is);
    return ir::visit(n.dtype, [&](auto tag) -> int64_t {
      using T = decltype(tag);
      if constexpr (std::is_integral_v<T>)
        return int64_t(*reinterpret_cast<const T*>(n.bytes.data()));
      else
        return 0;
    });
  }
  static bool truth(const Value& v) { return integer(v) != 0; }

  const ir::Graph& g_;
  std::vector<Value> values_;
  std::map<std::string, int64_t> sizes_;
  std::set<std::string> given_;  // by spans
};

}  // namespace

std::vector<Value> interpret(const ir::Graph& graph, std::span<const Value> arguments) {
  return Interpreter(graph, arguments).body(ir::Graph::main);
}

}  // namespace runtime
