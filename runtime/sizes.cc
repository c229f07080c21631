#include "runtime/sizes.h"

#include <algorithm>

namespace runtime {

using ir::DimId;
using Atom = ir::Dims::Atom;

SizeProgram::SizeProgram(const ir::Graph& graph, std::span<const ir::Type* const> arguments)
    : graph_(&graph) {
  std::vector<Axis> open;
  int arrays = 0;
  for (const ir::Type* t : arguments) {
    if (!t->is_array()) continue;
    for (int k = 0; k < t->rank(); ++k) open.push_back({arrays, k, graph.dims.resolve(t->dims[k])});
    ++arrays;
  }
  // Bare symbols first, then what has one unknown; what then remains says nothing new and is
  // verified.
  while (bind_one(open, true) || bind_one(open, false)) {}
  for (const Axis& x : open) {
    if (!bound(x.dim))
      ir::fail<ir::Unsupported>() << "size " << graph.dims.str(x.dim) << " is not determined";
    Step s{Step::verify};
    s.a = compile(x.dim);
    s.argument = x.argument;
    s.axis = x.axis;
    steps_.push_back(s);
  }
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    if (!ir::gives_size(graph.op({i}))) continue;
    for (uint32_t symbol : graph.dims.symbols(graph.attrs({i}).dim("size")))
      if (!atoms_.contains(symbol)) later_.insert(symbol);
  }
  walk(ir::Graph::main);
  check_all();
  std::map<uint32_t, int> homes;
  for (auto [id, reg] : dims_) homes[id] = home_of({id});
  homes_ = std::move(homes);
  graph_ = nullptr;
}

void SizeProgram::check_all() {
  for (const ir::Check& c : graph_->dims.checks()) {
    if (!bound(c.dim))
      ir::fail<ir::Unsupported>() << "check " << graph_->dims.str(c) << " has unknown sizes";
    Step s{Step::check};
    s.a = compile(c.dim);
    s.relation = c.relation;
    push(home_of(c.dim), s);
  }
}

// The last of the spans that d depends on; -1 if there is none.
int SizeProgram::home_of(DimId d) const {
  int last = -1;
  if (given_.empty()) return last;
  for (uint32_t symbol : graph_->dims.symbols(d)) {
    const auto at = homes_.find(symbol);
    if (at != homes_.end()) last = std::max(last, at->second);
  }
  return last;
}

// True if every symbol in d has a register.
bool SizeProgram::bound(DimId d) const {
  const auto& l = graph_->dims.linear(graph_->dims.resolve(d));
  return std::ranges::all_of(l.terms, [&](const ir::Dims::Term& t) {
    const auto& atom = graph_->dims.atom(t.atom);
    if (atom.kind == Atom::symbol) return atoms_.contains(t.atom);
    return bound(atom.a) && bound(atom.b);
  });
}

// Solves one axis for its only unknown symbol.
bool SizeProgram::bind_one(std::vector<Axis>& open, bool bare) {
  for (auto x = open.begin(); x != open.end(); ++x) {
    ir::Dims::Linear rest = graph_->dims.linear(x->dim);
    auto unknown = std::ranges::find_if(rest.terms, [&](const ir::Dims::Term& t) {
      return graph_->dims.atom(t.atom).kind == Atom::symbol && !atoms_.contains(t.atom);
    });
    if (unknown == rest.terms.end()) continue;
    ir::Dims::Term solved = *unknown;
    rest.terms.erase(unknown);
    bool alone = rest.terms.empty() && rest.constant == 0;
    if (bare ? !alone || solved.coefficient != 1
             : !std::ranges::all_of(rest.terms, [&](const ir::Dims::Term& t) {
                 const auto& atom = graph_->dims.atom(t.atom);
                 return atom.kind == Atom::symbol ? atoms_.contains(t.atom)
                                                  : bound(atom.a) && bound(atom.b);
               })) {
      continue;
    }
    Step s{Step::bind};
    s.a = alone ? -1 : compile_linear(rest);
    s.constant = solved.coefficient;
    s.argument = x->argument;
    s.axis = x->axis;
    s.into = int(count_++);
    atoms_[solved.atom] = s.into;
    steps_.push_back(s);
    open.erase(x);
    return true;
  }
  return false;
}

int SizeProgram::compile(DimId d) {
  d = graph_->dims.resolve(d);
  if (auto it = dims_.find(d.id); it != dims_.end()) return it->second;
  return dims_[d.id] = compile_linear(graph_->dims.linear(d), home_of(d));
}

int SizeProgram::compile_linear(const ir::Dims::Linear& linear, int home) {
  // Copied: compiling an atom may intern sizes and move what the reference names.
  const ir::Dims::Linear l = linear;  // NOLINT(performance-unnecessary-copy-initialization)
  if (l.constant == 0 && l.terms.size() == 1 && l.terms[0].coefficient == 1) {
    return compile_atom(l.terms[0].atom);
  }
  std::vector<Term> terms;
  for (const auto& t : l.terms) terms.push_back({compile_atom(t.atom), t.coefficient});
  Step s{Step::linear};
  s.constant = l.constant;
  s.first_term = int(terms_.size());
  s.terms = int(terms.size());
  terms_.insert(terms_.end(), terms.begin(), terms.end());
  s.into = int(count_++);
  push(home, s);
  return s.into;
}

int SizeProgram::compile_atom(uint32_t number) {
  if (auto it = atoms_.find(number); it != atoms_.end()) return it->second;
  const ir::Dims::AtomInfo atom = graph_->dims.atom(number);
  Step s{Step::bind};
  switch (atom.kind) {
    case Atom::symbol: ir::fail<ir::Bug>() << "sizes: " << atom.name << " is not bound";
    case Atom::multiply: s.kind = Step::multiply; break;
    case Atom::floor_divide: s.kind = Step::floor_divide; break;
    case Atom::modulo: s.kind = Step::modulo; break;
    case Atom::maximum: s.kind = Step::maximum; break;
    case Atom::minimum: s.kind = Step::minimum; break;
  }
  s.a = compile(atom.a);
  s.b = compile(atom.b);
  s.into = int(count_++);
  push(std::max(home_of(atom.a), home_of(atom.b)), s);
  return atoms_[number] = s.into;
}

// Every size in a type or an attribute that the arguments and the spans before it determine.
void SizeProgram::want(DimId d) {
  if (!later_.empty()) {
    for (uint32_t symbol : graph_->dims.symbols(d))
      if (later_.contains(symbol))
        ir::fail<ir::Unsupported>() << "size " << graph_->dims.str(d) << " before it is known";
  }
  if (bound(d)) dims_[d.id] = compile(d);
}

void SizeProgram::walk(ir::BodyId body) {
  const ir::Body& b = graph_->body(body);
  const int outer = int(given_.size());
  for (ir::Ref p : b.params)
    for (DimId d : graph_->sizes(p)) want(d);
  for (ir::Ref r : b.nodes) {
    if (ir::gives_size(graph_->op(r))) add_span(r);
    for (DimId d : graph_->sizes(r)) want(d);
    for (ir::BodyId nested : graph_->bodies_of(r)) walk(nested);
  }
  if (body == ir::Graph::main) return;
  for (auto [symbol, home] : homes_)
    if (home >= outer) later_.insert(symbol);
}

void SizeProgram::add_span(ir::Ref r) {
  const DimId d = graph_->dims.resolve(graph_->attrs(r).dim("size"));
  std::vector<uint32_t> unknown;
  for (uint32_t symbol : graph_->dims.symbols(d))
    if (later_.contains(symbol)) unknown.push_back(symbol);
  Given given;
  given.binds = !unknown.empty();
  span_at_[r.id] = int(given_.size());
  if (!given.binds) {
    given.reg = compile(d);
    given_.push_back(std::move(given));
    return;
  }
  if (unknown.size() > 1 || !graph_->dims.symbol_name(d) || homes_.contains(unknown[0]))
    ir::fail<ir::Unsupported>() << "size " << graph_->dims.str(d) << " is given by a span alone";
  homes_[unknown[0]] = int(given_.size());
  later_.erase(unknown[0]);
  given.reg = atoms_[unknown[0]] = int(count_++);
  given_.push_back(std::move(given));
}

int SizeProgram::home(DimId d) const {
  const auto at = homes_.find(d.id);
  return at == homes_.end() ? -1 : at->second;
}

std::optional<int> SizeProgram::find(DimId d) const {
  auto it = dims_.find(d.id);
  return it == dims_.end() ? std::nullopt : std::optional(it->second);
}

int SizeProgram::at(DimId d) const {
  if (auto reg = find(d)) return *reg;
  ir::fail<ir::Unsupported>() << "a size that the arguments do not determine";
}

namespace {

// False where 64 bits do not hold the result, as Python's ints do.
bool sum(int64_t a, int64_t b, int64_t& out) { return !__builtin_add_overflow(a, b, &out); }
bool product(int64_t a, int64_t b, int64_t& out) { return !__builtin_mul_overflow(a, b, &out); }
bool quotient(int64_t a, int64_t b, int64_t& out) {
  if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
  out = a / b - (a % b != 0 && (a < 0) != (b < 0));
  return true;
}

bool holds(ir::Check::Relation relation, int64_t v) {
  switch (relation) {
    case ir::Check::zero: return v == 0;
    case ir::Check::nonzero: return v != 0;
    case ir::Check::nonnegative: return v >= 0;
  }
  return false;
}

}  // namespace

bool SizeProgram::execute(const Step& s, std::span<const int64_t* const> shapes,
                          int64_t* values) const {
  auto a = [&] { return values[s.a]; };
  auto b = [&] { return values[s.b]; };
  switch (s.kind) {
    case Step::bind: {
      int64_t rest = 0, back = 0;
      if (__builtin_sub_overflow(shapes[s.argument][s.axis], s.a < 0 ? 0 : a(), &rest))
        return false;
      return quotient(rest, s.constant, values[s.into]) &&
             product(values[s.into], s.constant, back) && back == rest && values[s.into] >= 0;
    }
    case Step::linear: {
      int64_t total = s.constant;
      bool holds = true;
      for (int k = s.first_term; k < s.first_term + s.terms; ++k) {
        int64_t term = 0;
        holds = holds && product(values[terms_[k].reg], terms_[k].coefficient, term) &&
                sum(total, term, total);
      }
      values[s.into] = total;
      return holds;
    }
    case Step::multiply: return product(a(), b(), values[s.into]);
    case Step::floor_divide: return quotient(a(), b(), values[s.into]);
    case Step::modulo: {
      int64_t whole = 0;
      if (!quotient(a(), b(), whole)) return false;
      values[s.into] = a() - b() * whole;
      return true;
    }
    case Step::maximum: values[s.into] = std::max(a(), b()); return true;
    case Step::minimum: values[s.into] = std::min(a(), b()); return true;
    case Step::verify: return shapes[s.argument][s.axis] == a();
    case Step::check: return holds(s.relation, a());
  }
  return false;
}

bool SizeProgram::give(int span, int64_t size, std::span<int64_t> values, int64_t& epoch) const {
  const Given& given = given_[size_t(span)];
  int64_t& known = values[size_t(given.reg)];
  if (given.binds && known != size) {
    known = size;
    ++epoch;
  }
  return known == size && std::ranges::all_of(given.steps, [&](const Step& s) {
           return execute(s, {}, values.data());
         });
}

Span span_of(int64_t start, int64_t stop, int64_t step, int64_t extent) {
  const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? extent - 1 : extent;
  const auto clamp = [&](int64_t bound) {
    if (bound < 0) return std::max(bound + extent, low);
    return std::min(bound, high);
  };
  start = clamp(start);
  stop = clamp(stop);
  const int64_t distance = step < 0 ? start - stop : stop - start;
  if (distance <= 0) return {0, 0};
  const uint64_t stride = step < 0 ? 0 - uint64_t(step) : uint64_t(step);
  return {start, int64_t((uint64_t(distance) - 1) / stride + 1)};
}

bool SizeProgram::run(std::span<const int64_t* const> shapes, std::span<int64_t> values) const {
  return std::ranges::all_of(steps_,
                             [&](const Step& s) { return execute(s, shapes, values.data()); });
}

}  // namespace runtime
