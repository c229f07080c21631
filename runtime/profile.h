// What the steps of a call cost: filled by the executor where a call is given one.
#pragma once
#include <map>

#include "ir/graph.h"

namespace runtime {

struct Profile {
  struct Row {
    int64_t runs = 0;
    double ms = 0;     // without what its bodies took
    double bytes = 0;  // of the arrays that it reads and writes, each once a run
    double work = 0;   // plain instructions on elements, by the column `cost` of the op table
  };
  std::map<uint32_t, Row> rows;  // by id of the node
  double inner_ms = 0;           // of steps in the one that runs now
};

}  // namespace runtime
