#include "ir/op.h"

namespace ir {

std::optional<Op> op_named(std::string_view name) {
  for (int i = 0; i < op_count; ++i)
    if (spelling(Op(i)) == name) return Op(i);
  return std::nullopt;
}

}  // namespace ir
