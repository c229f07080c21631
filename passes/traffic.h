// Bytes moved between memory and kernels, as expressions of the graph's sizes.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace passes {

// A sum of times * itemsize * (product of sizes).
struct Bytes {
  struct Term {
    std::vector<ir::DimId> dims;  // sorted
    int64_t bytes;                // times * itemsize
  };
  std::vector<Term> terms;

  Bytes& add(const ir::Graph& graph, const ir::Type& type, int64_t times = 1);
  Bytes& operator+=(const Bytes& other);
  Bytes& operator-=(const Bytes& other);

  std::string str(const ir::Dims& dims) const;  // "8*n*m + 4*n"
  // The value for given sizes; sizes it does not know count as 1024.
  double eval(const ir::Dims& dims,
              const std::function<std::optional<int64_t>(std::string_view)>& lookup = {}) const;

 private:
  void add(Term term, int64_t sign);
};

Bytes bytes_of(const ir::Graph& graph, ir::Ref r);
// What reading all of `arrays` moves. Views of one array count together, and no more than it has.
Bytes bytes_read(const ir::Graph& graph, const std::vector<ir::Ref>& arrays);

}  // namespace passes
