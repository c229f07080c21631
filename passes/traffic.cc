#include "passes/traffic.h"

#include <algorithm>
#include <map>

#include "passes/rewrite.h"

namespace passes {

void Bytes::add(Term term, int64_t sign) {
  const auto at = std::ranges::find_if(terms, [&](const Term& t) { return t.dims == term.dims; });
  if (at == terms.end()) {
    term.bytes *= sign;
    terms.push_back(std::move(term));
  } else if ((at->bytes += sign * term.bytes) == 0) {
    terms.erase(at);
  }
}

Bytes& Bytes::add(const ir::Graph& graph, const ir::Type& type, int64_t times) {
  if (!type.is_array()) return *this;
  Term term{{}, times * ir::info(type.dtype).bytes};
  for (ir::DimId d : type.dims) {
    if (const auto v = graph.dims.value(d)) {
      term.bytes *= *v;
    } else {
      term.dims.push_back(graph.dims.resolve(d));
    }
  }
  std::ranges::sort(term.dims);
  if (term.bytes != 0) add(std::move(term), 1);
  return *this;
}

Bytes& Bytes::operator+=(const Bytes& other) {
  for (const Term& t : other.terms) add(t, 1);
  return *this;
}

Bytes& Bytes::operator-=(const Bytes& other) {
  for (const Term& t : other.terms) add(t, -1);
  return *this;
}

std::string Bytes::str(const ir::Dims& dims) const {
  std::string out;
  for (const Term& t : terms) {
    if (!out.empty()) out += t.bytes < 0 ? " - " : " + ";
    out += std::to_string(out.empty() ? t.bytes : std::abs(t.bytes));
    for (ir::DimId d : t.dims) {
      const std::string size = dims.str(d);
      const bool bare = dims.symbol_name(d).has_value();
      out += bare ? "*" + size : "*(" + size + ")";
    }
  }
  return out.empty() ? "0" : out;
}

double Bytes::eval(const ir::Dims& dims,
                   const std::function<std::optional<int64_t>(std::string_view)>& lookup) const {
  constexpr int64_t typical = 1024;
  const auto value = [&](std::string_view name) -> std::optional<int64_t> {
    return lookup ? lookup(name).value_or(typical) : typical;
  };
  double sum = 0;
  for (const Term& t : terms) {
    double product = double(t.bytes);
    for (ir::DimId d : t.dims) product *= double(dims.eval(d, value).value_or(typical));
    sum += product;
  }
  return sum;
}

Bytes bytes_of(const ir::Graph& graph, ir::Ref r) { return Bytes().add(graph, graph.type(r)); }

Bytes bytes_read(const ir::Graph& graph, const std::vector<ir::Ref>& arrays) {
  std::map<ir::Ref, Bytes> shown;  // by the array whose elements they are
  for (ir::Ref r : arrays) shown[base(graph, r)] += bytes_of(graph, r);
  Bytes sum;
  for (const auto& [whole, parts] : shown) {
    const Bytes all = bytes_of(graph, whole);
    const bool overlap = !all.terms.empty() && all.eval(graph.dims) < parts.eval(graph.dims);
    sum += overlap ? all : parts;
  }
  return sum;
}

}  // namespace passes
