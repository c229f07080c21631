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
  for (const ir::Check& c : graph.dims.checks()) {
    if (!bound(c.dim))
      ir::fail<ir::Unsupported>() << "check " << graph.dims.str(c) << " has unknown sizes";
    Step s{Step::check};
    s.a = compile(c.dim);
    s.relation = c.relation;
    steps_.push_back(s);
  }
  compile_all();
  graph_ = nullptr;
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
  return dims_[d.id] = compile_linear(graph_->dims.linear(d));
}

int SizeProgram::compile_linear(const ir::Dims::Linear& linear) {
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
  steps_.push_back(s);
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
  steps_.push_back(s);
  return atoms_[number] = s.into;
}

// Every size in a type or an attribute that the arguments determine.
void SizeProgram::compile_all() {
  auto want = [&](DimId d) {
    if (bound(d)) dims_[d.id] = compile(d);
  };
  for (uint32_t id = 0; id < graph_->node_count(); ++id) {
    ir::Ref r{id};
    for (DimId d : graph_->type(r).dims) want(d);
    for (const ir::AttrField& f : ir::schema(graph_->op(r))) {
      if (f.kind == ir::AttrKind::dim) want(graph_->attrs(r).dim(f.name));
      if (f.kind != ir::AttrKind::dims) continue;
      for (DimId d : graph_->attrs(r).dims(f.name)) want(d);
    }
  }
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

// Wrapping arithmetic: absurd sizes must not be undefined behaviour before a check refuses them.
int64_t wrap_add(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
int64_t wrap_multiply(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }

int64_t floor_quotient(int64_t a, int64_t b) {
  if (b == -1) return int64_t(0 - uint64_t(a));
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
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
      int64_t rest = shapes[s.argument][s.axis] - (s.a < 0 ? 0 : a());
      values[s.into] = s.constant == 1 ? rest : floor_quotient(rest, s.constant);
      return wrap_multiply(values[s.into], s.constant) == rest && values[s.into] >= 0;
    }
    case Step::linear: {
      int64_t sum = s.constant;
      for (int k = s.first_term; k < s.first_term + s.terms; ++k) {
        sum = wrap_add(sum, wrap_multiply(values[terms_[k].reg], terms_[k].coefficient));
      }
      values[s.into] = sum;
      return true;
    }
    case Step::multiply: values[s.into] = wrap_multiply(a(), b()); return true;
    case Step::floor_divide:
      if (b() == 0) return false;
      values[s.into] = floor_quotient(a(), b());
      return true;
    case Step::modulo:
      if (b() == 0) return false;
      values[s.into] = wrap_add(a(), -wrap_multiply(b(), floor_quotient(a(), b())));
      return true;
    case Step::maximum: values[s.into] = std::max(a(), b()); return true;
    case Step::minimum: values[s.into] = std::min(a(), b()); return true;
    case Step::verify: return shapes[s.argument][s.axis] == a();
    case Step::check: return holds(s.relation, a());
  }
  return false;
}

bool SizeProgram::run(std::span<const int64_t* const> shapes, std::span<int64_t> values) const {
  return std::ranges::all_of(steps_,
                             [&](const Step& s) { return execute(s, shapes, values.data()); });
}

}  // namespace runtime
