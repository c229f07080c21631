// Symbolic sizes: linear expressions with integer coefficients over atoms, where an atom is a
// symbol (the run-time size of an argument's axis) or a non-linear operation on sizes. Canonical,
// so two expressions are equal exactly if their ids are, once known equalities are substituted.
// What 64 bits do not hold is refused: sizes are Python ints, which have no bounds.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace ir {

struct DimId {
  uint32_t id = 0;
  friend bool operator==(DimId, DimId) = default;
  friend auto operator<=>(DimId, DimId) = default;
};

// What must hold of a call's sizes for the graph to be the function: checked at dispatch.
struct Check {
  enum Relation : uint8_t { zero, nonzero, nonnegative } relation;
  DimId dim;
  friend bool operator==(const Check&, const Check&) = default;
};

class Dims {
 public:
  enum class Atom : uint8_t { symbol, multiply, floor_divide, modulo, maximum, minimum };

  DimId constant(int64_t value) const;
  DimId symbol(std::string_view name);   // the same name gives the same symbol
  DimId fresh(std::string_view prefix);  // a symbol with an unused name
  DimId add(DimId a, DimId b);
  DimId subtract(DimId a, DimId b);
  DimId multiply(DimId a, DimId b);
  DimId floor_divide(DimId a, DimId b);
  DimId modulo(DimId a, DimId b);
  DimId maximum(DimId a, DimId b);
  DimId minimum(DimId a, DimId b);

  // Substitutes all equalities found so far.
  DimId resolve(DimId d) const;
  // Resolves every size there is: then a copy has the same ids for all that is resolved later.
  void settle() const;
  bool equal(DimId a, DimId b) const { return resolve(a) == resolve(b); }
  // True where it is so whatever the sizes are that pass the checks, as far as that is seen.
  bool never_negative(DimId d) const;
  bool at_most(DimId a, DimId b) const;
  std::optional<int64_t> value(DimId d) const;  // if constant
  bool is(DimId d, int64_t v) const { return value(d) == v; }
  std::optional<std::string> symbol_name(DimId d) const;  // if a bare symbol
  std::set<uint32_t> symbols(DimId d) const;              // the atoms that d depends on

  // Makes a and b equal from now on: solves for a symbol, or records a check. False if they never
  // are.
  bool unify(DimId a, DimId b);
  // Records what the compiled code relies on. False if it can never hold.
  bool require(Check check);
  const std::vector<Check>& checks() const { return checks_; }
  // Drops the checks on symbols that nothing gives any more.
  void forget(const std::set<uint32_t>& symbols);

  std::string str(DimId d) const;             // "n", "2*n + 1", "(n // 2)"
  std::string str(const Check& check) const;  // "n - 2 >= 0"
  // Value of d where symbols have the values that `lookup` gives; nothing on division by zero.
  std::optional<int64_t> eval(
      DimId d, const std::function<std::optional<int64_t>(std::string_view)>& lookup) const;

  // Structure, for compiling sizes into a plan: constant + sum of coefficient * atom.
  struct Term {
    uint32_t atom;
    int64_t coefficient;
    friend bool operator==(const Term&, const Term&) = default;
    friend auto operator<=>(const Term&, const Term&) = default;
  };
  struct Linear {
    int64_t constant = 0;
    std::vector<Term> terms;  // sorted by atom, no zero coefficients
    friend auto operator<=>(const Linear&, const Linear&) = default;
    friend bool operator==(const Linear&, const Linear&) = default;
  };
  struct AtomInfo {
    Atom kind;
    std::string name;  // of a symbol
    DimId a, b;        // of an operation
    friend auto operator<=>(const AtomInfo&, const AtomInfo&) = default;
  };
  const Linear& linear(DimId d) const { return linears_[d.id]; }
  const AtomInfo& atom(uint32_t a) const { return atoms_[a]; }
  DimId of_atom(uint32_t atom) const;

 private:
  friend class Packing;  // ir/pack.cc

  DimId intern(Linear l) const;
  uint32_t intern_atom(AtomInfo a) const;
  DimId substituted(DimId d) const;
  DimId combine(DimId a, DimId b, int64_t sign) const;
  DimId operation(Atom kind, DimId a, DimId b) const;
  bool occurs(uint32_t atom, DimId d) const;

  // Interning is invisible from outside, so resolve() may do it on a const object.
  mutable std::vector<Linear> linears_;
  mutable std::map<Linear, DimId> linear_ids_;
  mutable std::vector<AtomInfo> atoms_;
  mutable std::map<AtomInfo, uint32_t> atom_ids_;
  std::map<uint32_t, DimId> solved_;  // symbol -> what it equals
  // What resolve() found since the last equality, by id; empty where it has not been asked.
  mutable std::vector<std::optional<DimId>> resolved_;
  std::vector<Check> checks_;
};

}  // namespace ir
