// A graph's symbolic sizes as a small program: from the shapes of a call's arguments to the value
// of every size that the plan needs, verifying on the way that the arguments are what the graph
// assumes. Sizes that follow from what a span gives have a program for each span, which runs when
// the span does.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace runtime {

// A slice of an axis as Python clamps its bounds.
struct Span {
  int64_t first, count;
};
Span span_of(int64_t start, int64_t stop, int64_t step, int64_t extent);

class SizeProgram {
 public:
  // `arguments` are the types of the call's arguments, tuples flattened; what is no array has no
  // sizes.
  SizeProgram(const ir::Graph& graph, std::span<const ir::Type* const> arguments);

  // shapes[i] is the shape of the i-th argument that is an array, of the rank of its type. False if
  // a size is not what the type says, or a check of the graph does not hold. values has
  // `registers()`.
  bool run(std::span<const int64_t* const> shapes, std::span<int64_t> values) const;

  // What a span has found, and all that follows from it: false if that is another size than the
  // graph says, or a check does not hold.
  bool give(int span, int64_t size, std::span<int64_t> values, int64_t& epoch) const;
  // The number of the program of a span node, and of the span that a size is known behind; -1: the
  // arguments alone determine it.
  int span(ir::Ref node) const { return span_at_.at(node.id); }
  int home(ir::DimId d) const;

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

  // What runs behind a span. Spans are numbered in the order of the graph, so that of those that a
  // size depends on the last is known last.
  struct Given {
    int reg = -1;
    bool binds = false;  // else the size is known already, and compared
    std::vector<Step> steps;
  };

  bool bound(ir::DimId d) const;
  bool bind_one(std::vector<Axis>& open, bool bare);
  void check_all();
  void push(int home, const Step& s) {
    (home < 0 ? steps_ : given_[size_t(home)].steps).push_back(s);
  }
  int home_of(ir::DimId d) const;
  void walk(ir::BodyId body);
  void want(ir::DimId d);
  void add_span(ir::Ref r);
  int compile(ir::DimId d);
  int compile_linear(const ir::Dims::Linear& l, int home = -1);
  int compile_atom(uint32_t atom);
  bool execute(const Step& s, std::span<const int64_t* const> shapes, int64_t* values) const;

  const ir::Graph* graph_;  // only while the program is made
  std::vector<Step> steps_;
  std::vector<Term> terms_;
  std::map<uint32_t, int> dims_;   // DimId to register
  std::map<uint32_t, int> atoms_;  // atom to register
  std::vector<Given> given_;
  std::map<uint32_t, int> span_at_;  // span node to its place there
  std::map<uint32_t, int> homes_;    // symbol that a span gives, later every size behind it
  std::set<uint32_t> later_;         // symbols that are not known where the walk is
  size_t count_ = 0;
};

}  // namespace runtime
