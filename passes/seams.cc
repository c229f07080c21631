// Kernels are cut at the seams of what they read. An array that is put together of parts (np.roll,
// np.pad, np.concatenate: an array filled with a number, whose parts are replaced one after the
// other) and read by one kernel of elementwise ops is never made: the kernel becomes one for each
// piece of the space in which no operand has a seam, and the pieces of its results are put
// together instead. So the parts are read where they come from.
#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "passes/parts.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

using ir::Attrs;
using ir::DimId;

constexpr size_t most_pieces = 27;   // three along each of three axes
constexpr size_t most_nodes = 4000;  // of all pieces' bodies
// Pieces of one element along an axis are other kernels than long ones. A function of very many
// kernels is not compiled, which cutting must not bring about.
constexpr size_t forms = 4, most_kernels = 48;

// An array put together of parts, the first under the others; `fill` is everywhere else.
struct Assembled {
  Ref fill;
  std::vector<Ref> like;  // decide its order in memory; none: C order
  std::vector<Part> parts;
};

// A kernel that is cut: where, and what its operands are put together of.
struct Plan {
  Grid grid;
  std::vector<std::optional<Assembled>> operands;  // nothing: the operand itself
  std::vector<Ref> like;                           // decide the order of its results in memory
};

class Seams {
 public:
  explicit Seams(Rewrite& rewrite) : rw_(rewrite), from_(rewrite.from), g_(rewrite.to) {}

  std::optional<Plan> plan(Ref kernel) const;
  std::vector<Ref> build(Ref kernel, const Plan& plan, BodyId where);

 private:
  using Piece = Grid::Piece;

  std::optional<Assembled> assembled(Ref r) const;
  const Sizes* space_of(Ref kernel) const;
  bool may_be_cut(BodyId body) const;
  bool is_row(Ref r) const;
  bool same_order(Plan& plan, Ref kernel) const;
  Ref slice(Ref array, const Sizes& start, const Sizes& size, BodyId where, ir::Loc loc);
  Sizes size_of(const Piece& piece) const;
  Ref operand(const Assembled& a, const Plan& plan, const Piece& piece, BodyId where, ir::Loc loc);
  Ref piece_of(Ref kernel, const Plan& plan, const Piece& piece, BodyId where);

  Rewrite& rw_;
  const Graph& from_;
  Graph& g_;
};

// Sizes mean the same in both graphs; what the new one has found out since is no matter.
std::optional<Assembled> Seams::assembled(Ref r) const {
  Assembled out;
  for (; from_.op(r) == Op::update; r = from_.inputs(r)[0]) {
    Part part;
    if (rw_.uses(r) != 1 || rw_.escapes(r) || !part_of(from_, g_.dims, r, part))
      return std::nullopt;
    out.parts.insert(out.parts.begin(), std::move(part));
  }
  if (from_.op(r) != Op::full || out.parts.empty()) return std::nullopt;
  out.fill = from_.inputs(r)[0];
  out.like.assign(from_.inputs(r).begin() + 1, from_.inputs(r).end());
  return out;
}

// Elementwise ops whose results lie as their operands do.
bool Seams::may_be_cut(BodyId body) const {
  return std::ranges::all_of(from_.body(body).nodes, [&](Ref r) {
    return from_.op(r) == Op::constant || ir::keeps_order(from_.op(r));
  });
}

// Whether an array of two axes has one element along one of them: it says nothing of their order.
bool Seams::is_row(Ref r) const {
  const auto one = [&](DimId d) { return from_.dims.equal(d, from_.dims.constant(1)); };
  return from_.type(r).rank() <= 2 && std::ranges::any_of(from_.type(r).dims, one);
}

// True if all operands together lie as the results do: of one or two axes, one operand in C order
// decides, wherever it comes in; of more, the order of evaluation has a say.
bool Seams::same_order(Plan& plan, Ref kernel) const {
  bool c_order = false;
  const auto note = [&](Ref r) {
    if (std::ranges::find(plan.like, r) == plan.like.end()) plan.like.push_back(r);
  };
  const auto inputs = from_.inputs(kernel);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (plan.operands[i]) {
      c_order |= std::ranges::all_of(plan.operands[i]->like, [&](Ref r) { return is_row(r); });
      for (Ref r : plan.operands[i]->like) note(r);
    } else if (from_.type(inputs[i]).is_array()) {
      note(inputs[i]);
    }
  }
  const size_t rank = plan.grid.cuts.size();
  if (c_order && rank > 2 && !plan.like.empty()) return false;
  if (c_order) plan.like.clear();
  return rank <= 2 || plan.like.size() <= 1;
}

// The space of a kernel all of whose arrays vary along all of it: one that repeats would have a say
// in the order of memory that depends on where it comes in.
const Sizes* Seams::space_of(Ref kernel) const {
  const Sizes* space = nullptr;
  for (Ref r : from_.inputs(kernel)) {
    const Type& type = from_.type(r);
    if (!type.is_array()) continue;
    if (!space) space = &type.dims;
    if (type.dims.size() != space->size()) return nullptr;
    for (size_t k = 0; k < space->size(); ++k)
      if (!from_.dims.equal(type.dims[k], (*space)[k])) return nullptr;
  }
  return space;
}

std::optional<Plan> Seams::plan(Ref kernel) const {
  const BodyId body = from_.attrs(kernel).body("body");
  const Sizes* space = space_of(kernel);
  if (!space || !may_be_cut(body)) return std::nullopt;
  Plan plan{Grid(g_.dims, *space), {}, {}};
  bool any = false;
  for (Ref r : from_.inputs(kernel)) {
    plan.operands.emplace_back(from_.type(r).is_array() ? assembled(r) : std::nullopt);
    if (!plan.operands.back()) continue;
    any = true;
    for (const Part& p : plan.operands.back()->parts)
      if (!plan.grid.cut(g_.dims, p)) return std::nullopt;
  }
  const size_t count = plan.grid.count();
  const bool small = count <= most_pieces && count * from_.body(body).nodes.size() <= most_nodes;
  if (!any || !small || !same_order(plan, kernel)) return std::nullopt;
  return plan;
}

Sizes Seams::size_of(const Piece& piece) const {
  Sizes out;
  for (size_t k = 0; k < piece.start.size(); ++k)
    out.push_back(g_.dims.subtract(piece.end[k], piece.start[k]));
  return out;
}

Ref Seams::slice(Ref array, const Sizes& start, const Sizes& size, BodyId where, ir::Loc loc) {
  const std::vector<int64_t> steps(start.size(), 1);
  return g_.add(where, Op::slice, {array}, Attrs().dims(start).integers(steps).dims(size), loc);
}

// What an assembled array has under a piece: of the last part that holds it.
Ref Seams::operand(const Assembled& a, const Plan& plan, const Piece& piece, BodyId where,
                   ir::Loc loc) {
  for (size_t i = a.parts.size(); i-- > 0;) {
    const Part& p = a.parts[i];
    if (!plan.grid.holds(g_.dims, p, piece)) continue;
    Sizes start;
    for (size_t k = 0; k < piece.start.size(); ++k)
      start.push_back(g_.dims.subtract(piece.start[k], p.start[k]));
    return slice(rw_(p.value), start, size_of(piece), where, loc);
  }
  return g_.add(where, Op::full, {rw_(a.fill)}, Attrs().dims(size_of(piece)), loc);
}

Ref Seams::piece_of(Ref kernel, const Plan& plan, const Piece& piece, BodyId where) {
  const ir::Loc loc = from_[kernel].loc;
  const ir::Body& old = from_.body(from_.attrs(kernel).body("body"));
  const auto inputs = from_.inputs(kernel);
  std::vector<Ref> operands;
  const BodyId body = g_.nest(where, true);
  for (size_t i = 0; i < inputs.size(); ++i) {
    Ref now = rw_(inputs[i]);
    if (plan.operands[i])
      now = operand(*plan.operands[i], plan, piece, where, loc);
    else if (from_.type(inputs[i]).is_array())
      now = slice(now, piece.start, size_of(piece), where, loc);
    operands.push_back(now);
    rw_.set(old.params[i], g_.param(body, g_.type(now), from_[old.params[i]].loc));
  }
  for (Ref r : old.nodes) rw_.set(r, rw_.copy(r, body));
  g_.results(body, rw_(old.results));
  return g_.add(where, Op::kernel, operands, Attrs().body(body), loc);
}

// The results of the kernel, put together.
std::vector<Ref> Seams::build(Ref kernel, const Plan& plan, BodyId where) {
  const ir::Loc loc = from_[kernel].loc;
  const ir::Body& old = from_.body(from_.attrs(kernel).body("body"));
  Sizes space;
  for (const Sizes& cuts : plan.grid.cuts) space.push_back(cuts.back());
  const Sizes ones(space.size(), g_.dims.constant(1));
  std::vector<Ref> made;
  for (Ref r : old.results) {
    const Type number = Type::scalar(from_.type(r).dtype);
    std::vector<Ref> in{g_.constant(where, number, ir::Literal{}, loc)};
    for (Ref like : plan.like) in.push_back(rw_(like));
    made.push_back(g_.add(where, Op::full, in, Attrs().dims(space), loc));
  }
  for (const Piece& piece : plan.grid.pieces()) {
    const Ref part = piece_of(kernel, plan, piece, where);
    const bool single = made.size() == 1;
    for (size_t i = 0; i < made.size(); ++i) {
      const Ref value =
          single ? part : g_.add(where, Op::item, {part}, Attrs().integer(int64_t(i)), loc);
      const Attrs place = Attrs()
                              .dims(piece.start)
                              .dims(ones)
                              .dims(size_of(piece))
                              .integers(std::vector<int64_t>{});
      made[i] = g_.add(where, Op::update, {made[i], value}, place, loc);
    }
  }
  return made;
}

}  // namespace

void seams(Graph& graph) {
  size_t updates = 0, kernels = 0;
  for (uint32_t id = 0; id < graph.node_count(); ++id) {
    updates += graph.op({id}) == Op::update;
    kernels += graph.op({id}) == Op::kernel;
  }
  if (updates == 0) return;
  std::map<Ref, std::vector<Ref>> made;
  rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) -> Ref {
    if (rewrite.from.op(node) == Op::item) {
      const auto at = made.find(rewrite.from.inputs(node)[0]);
      if (at == made.end()) return {};
      return at->second[size_t(rewrite.from.attrs(node).integer("index"))];
    }
    if (rewrite.from.op(node) != Op::kernel) return {};
    Seams seams(rewrite);
    const std::optional<Plan> plan = seams.plan(node);
    if (!plan || kernels + forms * made.size() > most_kernels) return {};
    const auto& results = made[node] = seams.build(node, *plan, where);
    return results.size() == 1 ? results[0] : rewrite.to.add(where, Op::tuple, results);
  });
  if (!made.empty()) rewrite(graph, {});  // what was put together before
}

}  // namespace passes
