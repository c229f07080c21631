// Elements under a mask are computed where they lie, instead of one after the other:
//  - what is put back under the mask that it was taken from is `where` of the whole arrays;
//  - a reduction that does not depend on order or number reads the whole arrays, with what changes
//    nothing where the mask does not hold.
// Sums of floats stay: NumPy's tree is that of the packed elements. Operands are harmless numbers
// where the mask does not hold, so that no error is reported for elements that nobody asked for.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

#include "ir/convert.h"
#include "ir/formula.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

using ir::Attrs;
using ir::DType;
using ir::Literal;

constexpr int cheap_again = 4;  // cost that may be spent for all elements beside the packed ones

template <class T>
Literal literal(T v) {
  if constexpr (std::is_integral_v<T>) return Literal::of(int64_t(v));
  return Literal::of(ir::convert<double>(v));
}

// What a reduction may meet any number of times; nothing where the order of elements matters.
template <class T>
std::optional<Literal> neutral_of(Op op) {
  using Limits = std::numeric_limits<T>;
  std::optional<Literal> found;
  ir::visit_reduce(op, [&](auto rule, auto first, auto step) {
    constexpr ir::Rule r = decltype(rule)::value;
    const ir::Lane<T> zero{T(0)};
    if constexpr (r == ir::Rule::same) {
      const T worst[] = {Limits::has_infinity ? -Limits::infinity() : Limits::lowest(),
                         Limits::has_infinity ? Limits::infinity() : Limits::max()};
      for (T n : worst)
        if (step(ir::Lane<T>{n}, zero).v == T(0)) found = literal(n);
    } else if constexpr (r == ir::Rule::accumulate && std::is_integral_v<T>) {
      found = literal(T(first(zero).v));
    }
  });
  return found;
}

// A number at which few operations have a pole or end, nor differences or quotients of two of them;
// all dtypes hold it.
Literal harmless(DType t, size_t number) {
  const int k = int(std::min<size_t>(number, 6));
  if (!ir::is_float(t) && !ir::is_complex(t)) return Literal::of(int64_t(k + 1));
  return Literal::of(1 - std::ldexp(0.25, -k));
}

class Masks {
 public:
  explicit Masks(Rewrite& rewrite) : rw_(rewrite), from_(rewrite.from), g_(rewrite.to) {}

  Ref place(Ref node, BodyId where) {
    const auto in = from_.inputs(node);
    const std::optional<Ref> now = whole(in[2], in[1], where);
    if (!now) return {};
    // The array that changes lies as it did, whatever the mask's order.
    const Ref all = g_.add(where, Op::where, {rw_(in[1]), *now, rw_(in[0])}, {}, from_[node].loc);
    return g_.add(where, Op::laid_as, {all, rw_(in[0])}, {}, from_[node].loc);
  }

  Ref reduce(Ref node, BodyId where) {
    const Ref packed = from_.inputs(node)[0];
    if (!from_.type(node).is_scalar() || from_.type(packed).rank() != 1) return {};
    const Ref mask = mask_of(packed);
    if (!mask.valid()) return {};
    const auto neutral = neutral_for(from_.op(node), from_.type(packed).dtype);
    if (!neutral) return {};
    const std::optional<Ref> now = whole(packed, mask, where);
    if (!now) return {};
    const ir::Loc loc = from_[node].loc;
    const Type scalar = Type::scalar(g_.type(*now).dtype);
    const Ref rest = g_.constant(where, scalar, *neutral, loc);
    const Ref masked = g_.add(where, Op::where, {rw_(mask), *now, rest}, {}, loc);
    std::vector<int64_t> axes;
    for (int k = 0; k < g_.type(masked).rank(); ++k) axes.push_back(k);
    return g_.add(where, from_.op(node), {masked}, Attrs().integers(axes).boolean(false), loc);
  }

 private:
  static std::optional<Literal> neutral_for(Op op, DType t) {
    if (ir::info(op).rule == ir::Rule::truth) {
      std::optional<Literal> found;
      ir::visit_reduce(op, [&](auto rule, auto first, auto) {
        if constexpr (decltype(rule)::value == ir::Rule::truth)
          found = Literal::of(int64_t(first(ir::Lane<bool>{false}).v));
      });
      return ir::is_bool(t) ? found : std::nullopt;
    }
    std::optional<Literal> found;
    ir::visit(t, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) found = neutral_of<T>(op);
    });
    return found;
  }

  // The mask under which the elements of a packed array were taken.
  Ref mask_of(Ref r) const {
    while (ir::is_elementwise(from_.op(r))) {
      Ref next;
      for (Ref i : from_.inputs(r))
        if (from_.type(i).is_array()) next = i;
      if (!next.valid()) return {};
      r = next;
    }
    return from_.op(r) == Op::compress ? from_.inputs(r)[1] : Ref{};
  }

  // The elementwise values above `r`, computed of whole arrays.
  std::optional<Ref> whole(Ref r, Ref mask, BodyId where) {
    int again = 0;
    if (!computable(r, mask, again) || again > cheap_again) return std::nullopt;
    std::unordered_map<uint32_t, Ref> done;
    return make(r, where, done, ir::is_elementwise(from_.op(r)));
  }

  bool computable(Ref r, Ref mask, int& again) const {
    if (from_.op(r) == Op::compress) {
      const auto in = from_.inputs(r);
      return in[1] == mask && from_.type(in[0]).rank() == from_.type(mask).rank();
    }
    if (!ir::keeps_order(from_.op(r)) || from_.type(r).rank() != 1) return false;
    if (rw_.uses(r) > 1) again += ir::info(from_.op(r)).cost;
    bool any = false;
    for (Ref i : from_.inputs(r)) {
      if (!from_.type(i).is_array()) continue;
      if (!computable(i, mask, again)) return false;
      any = true;
    }
    return any;
  }

  Ref make(Ref r, BodyId where, std::unordered_map<uint32_t, Ref>& done, bool computed) {
    if (const auto at = done.find(r.id); at != done.end()) return at->second;
    Ref now;
    const auto in = from_.inputs(r);
    if (from_.op(r) == Op::compress) {
      now = rw_(in[0]);
      const Type type = Type::scalar(g_.type(now).dtype);
      if (computed && !ir::is_bool(type.dtype)) {
        const Ref other = g_.constant(where, type, harmless(type.dtype, done.size()), from_[r].loc);
        now = g_.add(where, Op::where, {rw_(in[1]), now, other}, {}, from_[r].loc);
      }
    } else {
      std::vector<Ref> inputs;
      for (Ref i : in)
        inputs.push_back(from_.type(i).is_array() ? make(i, where, done, true) : rw_(i));
      now = rw_.copy(r, where, inputs);
    }
    return done[r.id] = now;
  }

  Rewrite& rw_;
  const Graph& from_;
  Graph& g_;
};

}  // namespace

void masks(Graph& graph) {
  bool any = false;
  for (uint32_t id = 0; id < graph.node_count(); ++id) any |= graph.op({id}) == Op::compress;
  if (!any) return;
  rewrite(graph, [](Rewrite& rewrite, Ref node, BodyId where) -> Ref {
    Masks masks(rewrite);
    if (rewrite.from.op(node) == Op::place) return masks.place(node, where);
    return ir::is_reduce(rewrite.from.op(node)) ? masks.reduce(node, where) : Ref{};
  });
}

}  // namespace passes
