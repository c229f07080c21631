// All passes, and the pipeline that runs them. A pass is a free function over a graph.
#pragma once
#include <string>
#include <vector>

#include "ir/graph.h"

namespace passes {

using ir::Graph;

void masks(Graph& graph);  // computes under masks where elements lie
void decompose(
    Graph& graph);            // macros (mean, var, std) into ops; reductions get keepdims + squeeze
void fold(Graph& graph);      // evaluates nodes whose operands are constants
void simplify(Graph& graph);  // applies the rules of rules.def to a fixed point
void scalarise(Graph& graph);  // makes loops over small arrays loops over numbers
void views(Graph& graph);      // moves views towards the operands, merges and drops them
void dead(Graph& graph);       // drops what no result uses
void align(Graph& graph);  // gives operands of elementwise ops equal rank by explicit expand_dims
void fuse(Graph& graph);   // groups nodes into kernels (fuse.h has the cost rule and its verdicts)
void seams(Graph& graph);  // cuts kernels where an operand is put together of parts
void invariants(Graph& graph);  // takes numbers that do not change out of loops
void lift(Graph& graph);        // makes constants that equal kernels differ in parameters

struct Pass {
  const char* name;
  void (*run)(Graph&);
  const char* sentence;
};
// The passes in pipeline order (passes.def).
const std::vector<Pass>& pipeline();

struct Stage {
  std::string pass;
  std::string text;  // after the pass, if dumped
  bool changed;
  double ms;
};

struct RunOptions {
  bool verify = false;
  std::vector<std::string> dump;  // names of passes, or "all"
  std::vector<std::string> only;  // names of passes to run, in this order; empty: the pipeline
};
// Runs passes; a Bug names the pass that broke an invariant.
std::vector<Stage> run(Graph& graph, const RunOptions& options = {});

}  // namespace passes
