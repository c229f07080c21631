// A graph's symbolic sizes as a small program: from the shapes of a call's arguments to the value
// of every size that the plan needs, verifying on the way that the arguments are what the graph
// assumes.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace runtime {

class SizeProgram {
 public:
  // `arguments` are the types of the call's arguments, tuples flattened; what is no array has no
  // sizes.
  SizeProgram(const ir::Graph& graph, std::span<const ir::Type* const> arguments);

  // shapes[i] is the shape of the i-th argument that is an array, of the rank of its type. False if
  // a size is not what the type says, or a check of the graph does not hold. values has
  // `registers()`.
  bool run(std::span<const int64_t* const> shapes, std::span<int64_t> values) const;

  size_t registers() const { return count_; }
  // The register that holds a size of the graph; nothing if the arguments do not determine it.
  std::optional<int> find(ir::DimId d) const;
  // The same; Unsupported if there is none.
  int at(ir::DimId d) const;

 private:
  struct Axis {
    int argument, axis;  // counted among the arrays
    ir::DimId dim;
  };
  struct Step {
    // bind: into = (shape - a) / constant, exactly; linear: constant + sum of terms; then the
    // operations of ir::Dims; verify: shape == a; check: a fulfils the relation.
    enum Kind : uint8_t {
      bind,
      linear,
      multiply,
      floor_divide,
      modulo,
      maximum,
      minimum,
      verify,
      check
    };
    Kind kind;
    ir::Check::Relation relation = ir::Check::zero;
    int into = -1, a = -1, b = -1;
    int argument = -1, axis = -1;
    int64_t constant = 0;
    int first_term = 0, terms = 0;
  };
  struct Term {
    int reg;
    int64_t coefficient;
  };

  bool bound(ir::DimId d) const;
  bool bind_one(std::vector<Axis>& open, bool bare);
  int compile(ir::DimId d);
  int compile_linear(const ir::Dims::Linear& l);
  int compile_atom(uint32_t atom);
  void compile_all();
  bool execute(const Step& s, std::span<const int64_t* const> shapes, int64_t* values) const;

  const ir::Graph* graph_;  // only while the program is made
  std::vector<Step> steps_;
  std::vector<Term> terms_;
  std::map<uint32_t, int> dims_;   // DimId to register
  std::map<uint32_t, int> atoms_;  // atom to register
  size_t count_ = 0;
};

}  // namespace runtime
