#include <unordered_map>

#include "ir/text.h"

namespace ir {

namespace {

const char* python_name(DType t) {
  switch (info(t).kind) {
    case 'b': return "bool";
    case 'f': return "float";
    case 'c': return "complex";
    default: return "int";
  }
}

template <class T, class F>
std::string join(const T& items, F&& text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + text(item);
  return out;
}

class Printer {
 public:
  Printer(const Graph& g, PrintOptions options, bool renumber)
      : g_(g), options_(options), renumber_(renumber) {}

  std::string graph() {
    const std::string name = g_.name.empty() ? "" : " " + g_.name;
    out_ = "graph" + name + params(Graph::main);
    if (!g_.dims.checks().empty())
      out_ += " where " + join(g_.dims.checks(), [&](const Check& c) { return g_.dims.str(c); });
    out_ += " {\n";
    statements(Graph::main, 1, "return");
    return out_ + "}\n";
  }

  std::string node(Ref r, int depth) {
    const std::string head = name(r) + " = " + std::string(spelling(g_.op(r)));
    std::string line = head;
    if (!g_.inputs(r).empty()) line += " " + join(g_.inputs(r), [&](Ref in) { return name(in); });
    const std::string attrs = attributes(r);
    if (!attrs.empty()) line += " {" + attrs + "}";
    line += " : " + print(g_, g_.type(r));
    const Loc loc = g_[r].loc;
    if (options_.locations && loc.known())
      line += " @ \"" + g_.files.at(loc.file) + "\":" + std::to_string(loc.line) + ":" +
              std::to_string(loc.column);
    if (options_.locations && loc.known() && (loc.silenced | loc.reported))
      line += " errors " + std::to_string(loc.silenced) + ":" + std::to_string(loc.reported);
    for (const AttrField& f : schema(g_.op(r)))
      if (f.kind == AttrKind::body && depth > 0) line += nested(r, f.name, depth);
    return line;
  }

 private:
  std::string name(Ref r) {
    if (!renumber_) return "%" + std::to_string(r.id);
    const auto [it, fresh] = names_.try_emplace(r.id, names_.size());
    return "%" + std::to_string(it->second);
  }

  std::string params(BodyId b) {
    return "(" +
           join(g_.body(b).params, [&](Ref p) { return name(p) + ": " + print(g_, g_.type(p)); }) +
           ")";
  }

  std::string nested(Ref r, std::string_view field, int depth) {
    const BodyId b = g_.attrs(r).body(field);
    const std::string head = " " + std::string(field) + params(b) + " {\n";
    std::string saved = std::move(out_);
    out_.clear();
    statements(b, depth + 1, "yield");
    saved.swap(out_);
    return head + saved + std::string(size_t(2 * depth), ' ') + "}";
  }

  void statements(BodyId b, int depth, const char* end) {
    const std::string indent(size_t(2 * depth), ' ');
    for (Ref r : g_.body(b).nodes) {
      const std::string text = node(r, depth);
      out_ += indent + text + "\n";
    }
    const std::string values = join(g_.body(b).results, [&](Ref r) { return name(r); });
    out_ += indent + end + (values.empty() ? "" : " " + values) + "\n";
  }

  std::string attributes(Ref r) {
    std::string out;
    for (const AttrField& f : schema(g_.op(r))) {
      if (f.kind == AttrKind::body) continue;
      out += (out.empty() ? "" : ", ") + std::string(f.name) + "=" + print_attribute(g_, r, f);
    }
    return out;
  }

  const Graph& g_;
  PrintOptions options_;
  bool renumber_;
  std::string out_;
  std::unordered_map<uint32_t, size_t> names_;
};

}  // namespace

std::string print_attribute(const Graph& g, Ref r, const AttrField& f) {
  const AttrView a = g.attrs(r);
  switch (f.kind) {
    case AttrKind::integer: return std::to_string(a.integer(f.name));
    case AttrKind::boolean: return a.boolean(f.name) ? "true" : "false";
    case AttrKind::integers:
      return "[" + join(a.integers(f.name), [](int64_t v) { return std::to_string(v); }) + "]";
    case AttrKind::dtype: return info(a.dtype(f.name)).name;
    case AttrKind::dim: return g.dims.str(a.dim(f.name));
    case AttrKind::dims:
      return "[" + join(a.dims(f.name), [&](DimId d) { return g.dims.str(d); }) + "]";
    case AttrKind::scalar: return print_literal(a.scalar(f.name), g.type(r).dtype);
    case AttrKind::text: return '"' + a.text(f.name) + '"';
    case AttrKind::type: return print(g, g.type(a.type(f.name)));
    case AttrKind::body: break;
  }
  return "";
}

std::string print(const Graph& g, const Type& t) {
  switch (t.kind) {
    case Type::Kind::array:
      return std::string(info(t.dtype).name) + "[" +
             join(t.dims, [&](DimId d) { return g.dims.str(d); }) + "]";
    case Type::Kind::scalar: return info(t.dtype).name;
    case Type::Kind::python: return python_name(t.dtype);
    case Type::Kind::tuple:
      return "(" + join(t.elements, [&](TypeId e) { return print(g, g.type(e)); }) + ")";
    case Type::Kind::none: return "None";
    case Type::Kind::object: return "object";
  }
  return "";
}

std::string print(const Graph& graph, const PrintOptions& options) {
  return Printer(graph, options, true).graph();
}

std::string print_node(const Graph& graph, Ref node) {
  return Printer(graph, {true}, false).node(node, 0);
}

}  // namespace ir
