#include <charconv>
#include <unordered_map>
#include <utility>

#include "ir/lex.h"
#include "ir/text.h"

namespace ir {

namespace {

class Parser {
 public:
  Parser(Graph& g, std::string_view text) : g_(g), lex_(text) {}

  void graph() {
    expect("graph");
    if (at().kind == Token::word) g_.name = std::string(lex_.next().text);
    params(Graph::main);
    if (accept("where")) {
      do check();
      while (accept(","));
    }
    statements(Graph::main, "return");
    finish();
  }

  Type only_type() {
    const Type t = type();
    finish();
    return t;
  }

 private:
  const Token& at() const { return lex_.peek(); }
  bool accept(std::string_view mark) {
    if (!at().is(mark)) return false;
    lex_.next();
    return true;
  }
  void expect(std::string_view mark) {
    if (!accept(mark)) Lexer::refuse(at(), "expected " + std::string(mark) + found());
  }
  std::string found() const {
    if (at().kind == Token::end) return ", found the end of the text";
    return ", found " + std::string(at().kind == Token::value ? "%" : "") + std::string(at().text);
  }
  void finish() {
    if (at().kind != Token::end) Lexer::refuse(at(), "expected the end" + found());
  }
  Token word(const char* what, Token::Kind kind = Token::word) {
    if (at().kind != kind) Lexer::refuse(at(), std::string("expected ") + what + found());
    return lex_.next();
  }

  template <class F>
  void list(std::string_view open, std::string_view close, F&& item) {
    expect(open);
    if (accept(close)) return;
    do item();
    while (accept(","));
    expect(close);
  }

  int64_t integer() {
    const Token start = at();
    const bool negative = accept("-");
    if (at().kind != Token::number) Lexer::refuse(at(), "expected an integer" + found());
    const std::string text = (negative ? "-" : "") + std::string(lex_.next().text);
    int64_t v = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (error == std::errc::result_out_of_range) {  // a u64 beyond i64 keeps its bits
      uint64_t u = 0;
      const auto [uend, uerror] = std::from_chars(text.data(), text.data() + text.size(), u);
      if (uerror != std::errc() || uend != text.data() + text.size())
        Lexer::refuse(start, "the integer " + text + " is too large");
      return int64_t(u);
    }
    if (error != std::errc() || end != text.data() + text.size())
      Lexer::refuse(start, "expected an integer, found " + text);
    return v;
  }

  // Sizes: sum of products of symbols, integers, max(), min() and parentheses.
  DimId dim() {
    Nesting guard(*this);
    const Token first = at();
    try {
      DimId left = g_.dims.constant(0);
      for (bool plus = !accept("-");;) {
        const DimId term = product();
        left = plus ? g_.dims.add(left, term) : g_.dims.subtract(left, term);
        plus = accept("+");
        if (!plus && !accept("-")) return left;
      }
    } catch (const Unsupported& e) { Lexer::refuse(first, e.what()); }
  }
  DimId product() {
    DimId left = factor();
    while (true) {
      if (accept("*"))
        left = g_.dims.multiply(left, factor());
      else if (accept("//"))
        left = g_.dims.floor_divide(left, factor());
      else if (accept("%"))
        left = g_.dims.modulo(left, factor());
      else
        return left;
    }
  }
  DimId factor() {
    if (at().kind == Token::number) return g_.dims.constant(integer());
    if (accept("(")) {
      const DimId d = dim();
      expect(")");
      return d;
    }
    const Token name = word("a size");
    if (!at().is("(")) return g_.dims.symbol(name.text);
    if (name.text != "max" && name.text != "min") Lexer::refuse(name, "expected max or min");
    expect("(");
    const DimId a = dim();
    expect(",");
    const DimId b = dim();
    expect(")");
    return name.text == "max" ? g_.dims.maximum(a, b) : g_.dims.minimum(a, b);
  }

  void check() {
    const Token start = at();
    const DimId d = dim();
    const auto relation = accept(">=")   ? Check::nonnegative
                          : accept("==") ? Check::zero
                          : accept("!=") ? Check::nonzero
                                         : Check::Relation(255);
    if (relation == Check::Relation(255)) Lexer::refuse(at(), "expected >=, == or !=" + found());
    if (integer() != 0) Lexer::refuse(start, "a size is compared with 0 only");
    if (!g_.dims.require({relation, d})) Lexer::refuse(start, "this never holds");
  }

  Type type() {
    Nesting guard(*this);
    if (at().is("(")) {
      std::vector<TypeId> elements;
      list("(", ")", [&] { elements.push_back(g_.intern(type())); });
      return Type::tuple(std::move(elements));
    }
    const Token name = word("a type");
    if (name.text == "float") return Type::python(DType::f64);
    if (name.text == "int") return Type::python(DType::i64);
    if (name.text == "complex") return Type::python(DType::c128);
    if (name.text == "None") return {};
    if (name.text == "object") return {Type::Kind::object, DType::b1, {}, {}};
    const auto dtype = dtype_named(name.text);
    if (!dtype) Lexer::refuse(name, "unknown type " + std::string(name.text));
    if (!at().is("[")) return name.text == "bool" ? Type::python(DType::b1) : Type::scalar(*dtype);
    std::vector<DimId> dims;
    list("[", "]", [&] { dims.push_back(size()); });
    return Type::array(*dtype, std::move(dims));
  }
  DimId size() {
    const Token start = at();
    const DimId d = dim();
    if (const auto v = g_.dims.value(d); v && *v < 0) Lexer::refuse(start, "a size is negative");
    return d;
  }

  void params(BodyId body) {
    list("(", ")", [&] {
      const Token name = at();
      if (name.kind != Token::value) Lexer::refuse(name, "expected a value such as %0" + found());
      lex_.next();
      expect(":");
      define(name, g_.param(body, type()));
    });
  }

  void define(const Token& name, Ref r) {
    if (!values_.emplace(name.text, r).second)
      Lexer::refuse(name, "%" + std::string(name.text) + " is defined twice");
    order_.emplace_back(name.text);
  }
  Ref use() {
    const Token name = at();
    if (name.kind != Token::value) Lexer::refuse(name, "expected a value such as %0" + found());
    lex_.next();
    const auto it = values_.find(std::string(name.text));
    if (it == values_.end())
      Lexer::refuse(name, "%" + std::string(name.text) + " is not defined here");
    return it->second;
  }

  void statements(BodyId body, std::string_view end) {
    Nesting guard(*this);
    const size_t outer = order_.size();
    expect("{");
    while (at().kind == Token::value) statement(body);
    expect(end);
    std::vector<Ref> results;
    if (!at().is("}")) do
        results.push_back(use());
      while (accept(","));
    expect("}");
    g_.results(body, std::move(results));
    // Values of a body are not visible behind it. Its parameters go with it, see nested().
    while (order_.size() > outer) forget();
  }
  void forget() {
    values_.erase(order_.back());
    order_.pop_back();
  }

  void statement(BodyId body) {
    const Token name = lex_.next();
    expect("=");
    const Token op_name = word("an op");
    const auto op = op_named(op_name.text);
    if (!op || *op == Op::param) Lexer::refuse(op_name, "unknown op " + std::string(op_name.text));
    std::vector<Ref> inputs;
    if (at().kind == Token::value) do
        inputs.push_back(use());
      while (accept(","));
    Attrs attrs;
    attributes(*op, attrs);
    std::optional<Type> annotated;
    const Token annotation = at();
    if (accept(":")) annotated = type();
    const Loc loc = location();
    for (const AttrField& f : schema(*op))
      if (f.kind == AttrKind::body) attrs.body(nested(body, f.name, op == Op::kernel));
    define(name, add(body, *op, inputs, attrs, loc, op_name));
    const Type& actual = g_.type(values_.at(std::string(name.text)));
    if (annotated && !g_.same_type(*annotated, actual))
      Lexer::refuse(annotation, "%" + std::string(name.text) + " has the type " +
                                    print(g_, actual) + ", not " + print(g_, *annotated));
  }

  Ref add(BodyId body, Op op, std::span<const Ref> inputs, const Attrs& attrs, Loc loc,
          const Token& at) {
    try {
      return g_.add(body, op, inputs, attrs, loc);
    } catch (const Unsupported& e) { Lexer::refuse(at, e.what()); } catch (const Bug& e) {
      Lexer::refuse(at, e.what());
    }
  }

  BodyId nested(BodyId parent, std::string_view label, bool sealed) {
    expect(label);
    const BodyId body = g_.nest(parent, sealed);
    const size_t outer = order_.size();
    // The body of a kernel sees nothing of what stands around it.
    auto around = sealed ? std::exchange(values_, {}) : decltype(values_){};
    params(body);
    statements(body, "yield");
    while (order_.size() > outer) forget();
    if (sealed) values_ = std::move(around);
    return body;
  }

  Loc location() {
    if (!accept("@")) return {};
    const std::string file(word("a file name", Token::string).text);
    expect(":");
    const int64_t line = integer();
    expect(":");
    const int64_t column = integer();
    size_t i = 0;
    while (i < g_.files.size() && g_.files[i] != file) ++i;
    if (i == g_.files.size()) g_.files.push_back(file);
    Loc loc;
    loc.line = uint32_t(line);
    loc.column = uint16_t(column);
    loc.file = uint16_t(i);
    if (accept("errors")) {
      loc.silenced = uint8_t(integer());
      expect(":");
      loc.reported = uint8_t(integer());
    }
    return loc;
  }

  void attributes(Op op, Attrs& attrs) {
    bool braces = false;
    literal_words_.clear();
    for (const AttrField& f : schema(op)) {
      if (f.kind == AttrKind::body) continue;
      expect(braces ? "," : "{");
      braces = true;
      expect(f.name);
      expect("=");
      attribute(f, attrs);
    }
    if (braces) expect("}");
  }

  void attribute(const AttrField& f, Attrs& attrs) {
    std::vector<int64_t> ints;
    std::vector<DimId> dims;
    const Token start = at();
    switch (f.kind) {
      case AttrKind::integer: attrs.integer(integer()); break;
      case AttrKind::boolean: attrs.boolean(boolean()); break;
      case AttrKind::integers:
        list("[", "]", [&] { ints.push_back(integer()); });
        attrs.integers(ints);
        break;
      case AttrKind::dtype: {
        const auto dtype = dtype_named(word("a dtype").text);
        if (!dtype) Lexer::refuse(start, "unknown dtype " + std::string(start.text));
        attrs.dtype(*dtype);
        break;
      }
      case AttrKind::dim: attrs.dim(f.name == "step" ? dim() : size()); break;
      case AttrKind::dims:
        list("[", "]", [&] { dims.push_back(dim()); });
        attrs.dims(dims);
        break;
      case AttrKind::scalar: attrs.scalar(literal()); break;
      case AttrKind::text: attrs.text(word("a text", Token::string).text); break;
      case AttrKind::type: {
        const Type t = type();
        if (f.name == "type" && !literal_words_.empty()) literal_fits(start, t, attrs);
        attrs.type(g_.intern(t));
        break;
      }
      case AttrKind::body: break;
    }
  }

  bool boolean() {
    if (accept("true")) return true;
    if (accept("false")) return false;
    Lexer::refuse(at(), "expected true or false" + found());
  }

  // A number is read before its type is known; it is kept as written until the type says how to
  // read it.
  Literal literal() {
    literal_words_.clear();
    do literal_words_.push_back(number_text());
    while (at().kind == Token::number || at().is("-") || at().is("nan") || at().is("inf"));
    return {};
  }
  std::string number_text() {
    std::string out = accept("-") ? "-" : "";
    if (at().kind != Token::number && at().kind != Token::word)
      Lexer::refuse(at(), "expected a number" + found());
    const Token t = lex_.next();
    out += t.text;
    if (t.is("nan") && accept(":")) {
      out += ':';
      while (at().kind == Token::number || (at().kind == Token::word && !at().is("type")))
        out += lex_.next().text;
    }
    return out;
  }

  void literal_fits(const Token& start, const Type& t, Attrs& attrs) {
    Literal v;
    bool good = t.is_scalar() && literal_words_.size() == (is_complex(t.dtype) ? 2u : 1u);
    for (size_t i = 0; good && i < literal_words_.size(); ++i)
      good = read_literal(literal_words_[i], t.dtype, v.bits[i]);
    if (!good) Lexer::refuse(start, "the value is not of type " + print(g_, t));
    attrs.words.resize(attrs.words.size() - 2);
    attrs.scalar(v);
  }

  // Text is not trusted: nesting is bounded so that it cannot exhaust the stack.
  struct Nesting {
    explicit Nesting(Parser& p) : p(p) {
      if (++p.depth_ > 200) Lexer::refuse(p.at(), "nested too deeply");
    }
    ~Nesting() { --p.depth_; }
    Parser& p;
  };

  Graph& g_;
  Lexer lex_;
  std::unordered_map<std::string, Ref> values_;
  std::vector<std::string> order_;
  std::vector<std::string> literal_words_;
  int depth_ = 0;
};

}  // namespace

Graph parse(std::string_view text) {
  Graph g;
  Parser(g, text).graph();
  return g;
}

Type parse_type(Graph& graph, std::string_view text) { return Parser(graph, text).only_type(); }

}  // namespace ir
