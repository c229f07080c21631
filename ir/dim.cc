#include "ir/dim.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "ir/error.h"

namespace ir {

namespace {

int64_t floor_quotient(int64_t a, int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}

// Python's ints have no bounds: what 64 bits do not hold is not a size here.
int64_t sum(int64_t a, int64_t b) {
  int64_t out;
  if (__builtin_add_overflow(a, b, &out)) fail<Unsupported>() << "sizes beyond 64 bits";
  return out;
}

int64_t product(int64_t a, int64_t b) {
  int64_t out;
  if (__builtin_mul_overflow(a, b, &out)) fail<Unsupported>() << "sizes beyond 64 bits";
  return out;
}

Dims::Linear times(Dims::Linear l, int64_t factor) {
  l.constant = product(l.constant, factor);
  for (Dims::Term& t : l.terms) t.coefficient = product(t.coefficient, factor);
  return l;
}

// What an operation gives on constants; nothing where it is undefined.
std::optional<int64_t> compute(Dims::Atom kind, int64_t a, int64_t b) {
  const bool undefined = b == 0 || (b == -1 && a == INT64_MIN);
  switch (kind) {
    case Dims::Atom::multiply: return product(a, b);
    case Dims::Atom::floor_divide:
      return undefined ? std::nullopt : std::optional(floor_quotient(a, b));
    case Dims::Atom::modulo:
      return undefined ? std::nullopt : std::optional(a - b * floor_quotient(a, b));
    case Dims::Atom::maximum: return std::max(a, b);
    case Dims::Atom::minimum: return std::min(a, b);
    case Dims::Atom::symbol: break;
  }
  return std::nullopt;
}

}  // namespace

DimId Dims::intern(Linear l) const {
  const auto [it, fresh] = linear_ids_.try_emplace(l, DimId{uint32_t(linears_.size())});
  if (fresh) linears_.push_back(std::move(l));
  return it->second;
}

uint32_t Dims::intern_atom(AtomInfo a) const {
  const auto [it, fresh] = atom_ids_.try_emplace(a, uint32_t(atoms_.size()));
  if (fresh) atoms_.push_back(std::move(a));
  return it->second;
}

DimId Dims::of_atom(uint32_t atom) const { return intern({0, {{atom, 1}}}); }

DimId Dims::constant(int64_t value) const { return intern({value, {}}); }

DimId Dims::symbol(std::string_view name) {
  return of_atom(intern_atom({Atom::symbol, std::string(name), {}, {}}));
}

DimId Dims::fresh(std::string_view prefix) {
  std::string name(prefix);
  for (int i = 1; atom_ids_.contains({Atom::symbol, name, {}, {}}); ++i)
    name = std::string(prefix) + std::to_string(i);
  return symbol(name);
}

DimId Dims::combine(DimId a, DimId b, int64_t sign) const {
  std::map<uint32_t, int64_t> terms;
  const Linear &x = linears_[a.id], y = times(linears_[b.id], sign);
  for (const Term& t : x.terms) terms[t.atom] = t.coefficient;
  for (const Term& t : y.terms) terms[t.atom] = sum(terms[t.atom], t.coefficient);
  Linear both{sum(x.constant, y.constant), {}};
  for (const auto& [atom, coefficient] : terms)
    if (coefficient != 0) both.terms.push_back({atom, coefficient});
  return intern(std::move(both));
}

DimId Dims::add(DimId a, DimId b) { return combine(resolve(a), resolve(b), 1); }
DimId Dims::subtract(DimId a, DimId b) { return combine(resolve(a), resolve(b), -1); }

DimId Dims::operation(Atom kind, DimId a, DimId b) const {
  const Linear x = linears_[a.id], y = linears_[b.id];
  if (x.terms.empty() && y.terms.empty())
    if (auto v = compute(kind, x.constant, y.constant)) return intern({*v, {}});
  if (kind == Atom::multiply && (x.terms.empty() || y.terms.empty())) {
    const int64_t factor = x.terms.empty() ? x.constant : y.constant;
    if (factor == 0) return intern({});
    return intern(times(x.terms.empty() ? y : x, factor));
  }
  if (kind == Atom::floor_divide && y == Linear{1, {}}) return a;
  if (kind == Atom::floor_divide && y.terms.empty() && y.constant > 0) {
    Linear exact{0, {}};  // (4*n + 8) // 4 == n + 2
    bool divides = x.constant % y.constant == 0;
    exact.constant = x.constant / y.constant;
    for (const Term& t : x.terms) {
      divides = divides && t.coefficient % y.constant == 0;
      exact.terms.push_back({t.atom, t.coefficient / y.constant});
    }
    if (divides) return intern(std::move(exact));
  }
  if (kind == Atom::maximum || kind == Atom::minimum) {
    const Linear difference = linears_[combine(a, b, -1).id];
    if (difference.terms.empty())
      return (difference.constant >= 0) == (kind == Atom::maximum) ? a : b;
  }
  const bool symmetric = kind != Atom::floor_divide && kind != Atom::modulo;
  if (symmetric && b < a) std::swap(a, b);
  return of_atom(intern_atom({kind, "", a, b}));
}

DimId Dims::multiply(DimId a, DimId b) { return operation(Atom::multiply, resolve(a), resolve(b)); }
DimId Dims::floor_divide(DimId a, DimId b) {
  return operation(Atom::floor_divide, resolve(a), resolve(b));
}
DimId Dims::modulo(DimId a, DimId b) { return operation(Atom::modulo, resolve(a), resolve(b)); }
DimId Dims::maximum(DimId a, DimId b) { return operation(Atom::maximum, resolve(a), resolve(b)); }
DimId Dims::minimum(DimId a, DimId b) { return operation(Atom::minimum, resolve(a), resolve(b)); }

DimId Dims::resolve(DimId d) const {
  BRAZE_CHECK(d.id < linears_.size()) << "dims: a size of another graph";
  if (solved_.empty()) return d;
  if (d.id >= resolved_.size()) resolved_.resize(linears_.size());
  if (const auto known = resolved_[d.id]) return *known;
  const DimId found = substituted(d);
  resolved_[d.id] = found;  // still in range: ids only grow
  return found;
}

void Dims::settle() const {
  if (solved_.empty()) return;
  for (uint32_t id = 0; id < linears_.size(); ++id) resolve({id});
}

DimId Dims::substituted(DimId d) const {
  const Linear l = linears_[d.id];
  DimId found = intern({l.constant, {}});
  for (const Term& t : l.terms) {
    const AtomInfo atom = atoms_[t.atom];
    DimId value;
    if (atom.kind == Atom::symbol) {
      const auto it = solved_.find(t.atom);
      value = it == solved_.end() ? of_atom(t.atom) : resolve(it->second);
    } else {
      value = operation(atom.kind, resolve(atom.a), resolve(atom.b));
    }
    found = combine(found, intern(times(linears_[value.id], t.coefficient)), 1);
  }
  return found;
}

// A sum of symbols, which are sizes, with nothing taken away.
bool Dims::never_negative(DimId d) const {
  const Linear& l = linears_[resolve(d).id];
  return l.constant >= 0 && std::ranges::all_of(l.terms, [&](const Term& t) {
           return t.coefficient > 0 && atoms_[t.atom].kind == Atom::symbol;
         });
}

bool Dims::at_most(DimId a, DimId b) const {
  const DimId room = combine(resolve(b), resolve(a), -1);
  return never_negative(room) || std::ranges::any_of(checks_, [&](const Check& c) {
           return c.relation == Check::nonnegative &&
                  never_negative(combine(room, resolve(c.dim), -1));
         });
}

std::optional<int64_t> Dims::value(DimId d) const {
  const Linear& l = linears_[resolve(d).id];
  return l.terms.empty() ? std::optional(l.constant) : std::nullopt;
}

std::optional<std::string> Dims::symbol_name(DimId d) const {
  const Linear& l = linears_[resolve(d).id];
  if (l.constant != 0 || l.terms.size() != 1 || l.terms[0].coefficient != 1) return std::nullopt;
  const AtomInfo& a = atoms_[l.terms[0].atom];
  return a.kind == Atom::symbol ? std::optional(a.name) : std::nullopt;
}

std::set<uint32_t> Dims::symbols(DimId d) const {
  std::set<uint32_t> found;
  const Linear l = linears_[resolve(d).id];
  for (const Term& t : l.terms) {
    const AtomInfo a = atoms_[t.atom];
    if (a.kind == Atom::symbol) {
      found.insert(t.atom);
    } else {
      found.merge(symbols(a.a));
      found.merge(symbols(a.b));
    }
  }
  return found;
}

bool Dims::occurs(uint32_t atom, DimId d) const {
  const Linear l = linears_[d.id];
  return std::any_of(l.terms.begin(), l.terms.end(), [&](const Term& t) {
    const AtomInfo& a = atoms_[t.atom];
    return t.atom == atom || (a.kind != Atom::symbol && (occurs(atom, a.a) || occurs(atom, a.b)));
  });
}

bool Dims::unify(DimId a, DimId b) {
  const DimId difference = subtract(a, b);
  const Linear l = linears_[difference.id];
  if (l.terms.empty()) return l.constant == 0;
  // Solve for the youngest symbol with coefficient 1 or -1 that stands nowhere else.
  for (size_t i = l.terms.size(); i-- > 0;) {
    const Term t = l.terms[i];
    if (atoms_[t.atom].kind != Atom::symbol || (t.coefficient != 1 && t.coefficient != -1))
      continue;
    Linear rest = times(l, -t.coefficient);
    std::erase_if(rest.terms, [&](const Term& other) { return other.atom == t.atom; });
    const DimId solution = intern(std::move(rest));
    if (occurs(t.atom, solution)) continue;
    solved_[t.atom] = solution;
    resolved_.clear();
    return true;
  }
  return require({Check::zero, difference});
}

bool Dims::require(Check check) {
  check.dim = resolve(check.dim);
  // A size that is not 0 is at least 1; the two are written alike.
  if (check.relation == Check::nonzero && symbol_name(check.dim))
    check = {Check::nonnegative, subtract(check.dim, constant(1))};
  if (const auto v = value(check.dim)) {
    switch (check.relation) {
      case Check::zero: return *v == 0;
      case Check::nonzero: return *v != 0;
      case Check::nonnegative: return *v >= 0;
    }
  }
  if (check.relation == Check::nonnegative && never_negative(check.dim)) return true;
  if (std::find(checks_.begin(), checks_.end(), check) == checks_.end()) checks_.push_back(check);
  return true;
}

void Dims::forget(const std::set<uint32_t>& gone) {
  std::erase_if(checks_, [&](const Check& check) {
    return std::ranges::any_of(symbols(check.dim), [&](uint32_t s) { return gone.contains(s); });
  });
}

// In an order that does not depend on which size was met first, so that equal sizes have equal
// text: what is added before what is taken away, then by name.
std::string Dims::str(DimId d) const {
  const Linear l = linears_[resolve(d).id];
  const auto both = [&](const AtomInfo& a, const char* open, const char* sign, const char* close) {
    std::string x = str(a.a), y = str(a.b);
    if (a.kind != Atom::floor_divide && a.kind != Atom::modulo && y < x) std::swap(x, y);
    return open + x + sign + y + close;
  };
  std::vector<std::tuple<bool, std::string, int64_t>> terms;
  for (const Term& t : l.terms) {
    const AtomInfo a = atoms_[t.atom];
    std::string name = a.name;
    switch (a.kind) {
      case Atom::symbol: break;
      case Atom::multiply: name = both(a, "(", ")*(", ")"); break;
      case Atom::floor_divide: name = both(a, "((", ") // (", "))"); break;
      case Atom::modulo: name = both(a, "((", ") % (", "))"); break;
      case Atom::maximum: name = both(a, "max(", ", ", ")"); break;
      case Atom::minimum: name = both(a, "min(", ", ", ")"); break;
    }
    terms.emplace_back(t.coefficient < 0, std::move(name), std::abs(t.coefficient));
  }
  std::sort(terms.begin(), terms.end());
  std::string out;
  for (const auto& [negative, name, magnitude] : terms) {
    if (out.empty())
      out = negative ? "-" : "";
    else
      out += negative ? " - " : " + ";
    out += (magnitude == 1 ? "" : std::to_string(magnitude) + "*") + name;
  }
  if (out.empty()) return std::to_string(l.constant);
  if (l.constant != 0)
    out += (l.constant < 0 ? " - " : " + ") + std::to_string(std::abs(l.constant));
  return out;
}

std::string Dims::str(const Check& check) const {
  const char* relation = check.relation == Check::zero      ? " == 0"
                         : check.relation == Check::nonzero ? " != 0"
                                                            : " >= 0";
  return str(check.dim) + relation;
}

std::optional<int64_t> Dims::eval(
    DimId d, const std::function<std::optional<int64_t>(std::string_view)>& lookup) const {
  const Linear l = linears_[resolve(d).id];
  int64_t total = l.constant;
  for (const Term& t : l.terms) {
    const AtomInfo a = atoms_[t.atom];
    std::optional<int64_t> value;
    if (a.kind == Atom::symbol) {
      value = lookup(a.name);
    } else {
      const auto x = eval(a.a, lookup), y = eval(a.b, lookup);
      if (x && y) value = compute(a.kind, *x, *y);
    }
    if (!value) return std::nullopt;
    total = sum(total, product(t.coefficient, *value));
  }
  return total;
}

}  // namespace ir
