// Kernels that differ in constants alone become one: where rounds of a loop are written out, each
// differs from the next in an offset or a factor, and every kernel takes milliseconds to compile.
// The constants that differ become scalar parameters. In the code of a kernel a constant is faster
// than a parameter, or as fast, so what is equal in all of them stays.
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

namespace {

using Words = std::vector<int64_t>;

// More than these have to be alike if a constant decides how a dear operation is computed: a whole
// power is a few products if its exponent is known.
constexpr size_t alike_if_dear = 8;
constexpr int dear = 8;  // costs more than a division, which takes as long whatever the divisor
constexpr size_t max_lifted = 16;  // per kernel; each is loaded for every block of a launch

// A kernel's body as numbers: what decides its code but for the constants, and these.
struct Shape {
  Words skeleton;
  std::vector<Ref> constants;  // in the order of the body
  std::vector<ir::Literal> values;

  Words only(const std::vector<bool>& wanted) const {
    Words out;
    for (size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i]) out.insert(out.end(), values[i].bits, values[i].bits + 2);
    return out;
  }
};

bool is_nan(const Graph& g, Ref constant) {
  const ir::DType t = g.type(constant).dtype;
  const std::complex<double> v = g.attrs(constant).scalar("value").as_complex();
  if (ir::is_complex(t)) return std::isnan(v.real()) || std::isnan(v.imag());
  return ir::is_float(t) && std::isnan(v.real());
}

void add_type(const Graph& g, const Type& t, Words& out) {
  out.insert(out.end(), {int64_t(t.kind), int64_t(t.dtype), t.rank()});
  for (ir::DimId d : t.dims) out.push_back(g.dims.is(d, 1));
}

// Which bits a NaN leaves behind may depend on how an instruction is chosen: it stays a constant.
void add_constant(const Graph& g, Ref r, Shape& out) {
  const ir::Literal value = g.attrs(r).scalar("value");
  if (is_nan(g, r)) {
    out.skeleton.insert(out.skeleton.end(), value.bits, value.bits + 2);
    return;
  }
  out.constants.push_back(r);
  out.values.push_back(value);
}

Shape shape_of(const Graph& g, BodyId body) {
  const ir::Body& b = g.body(body);
  std::map<Ref, int64_t> number;
  Shape out;
  const auto define = [&](Ref r) {
    number.emplace(r, int64_t(number.size()));
    out.skeleton.push_back(int64_t(g.op(r)));
    out.skeleton.push_back(g[r].loc.scalar);
    add_type(g, g.type(r), out.skeleton);
  };
  for (Ref p : b.params) define(p);
  for (Ref r : b.nodes) {
    define(r);
    for (Ref i : g.inputs(r)) out.skeleton.push_back(number.at(i));
    const Words& attrs = g.raw_attrs(r).words;
    if (g.op(r) == Op::constant)
      add_constant(g, r, out);
    else
      out.skeleton.insert(out.skeleton.end(), attrs.begin(), attrs.end());
  }
  for (Ref r : b.results) out.skeleton.push_back(number.at(r));
  return out;
}

// True if an operation that a constant makes much cheaper may have it as an operand.
bool decides(const Graph& g, BodyId body, Ref constant) {
  return std::ranges::any_of(g.body(body).nodes, [&](Ref r) {
    const auto inputs = g.inputs(r);
    return std::ranges::find(inputs, constant) != inputs.end() &&
           (!ir::is_elementwise(g.op(r)) || ir::info(g.op(r)).cost > dear);
  });
}

// Finds, for every kernel, the constants of its body to lift.
class Lifting {
 public:
  explicit Lifting(const Graph& g) : g_(g) {
    collect(Graph::main);
    for (auto& [skeleton, members] : groups_) choose(members);
  }

  bool any() const { return !lifted_.empty(); }
  // In the order of the body; none if the kernel stays.
  std::vector<Ref> of(Ref kernel) const {
    const auto at = lifted_.find(kernel);
    return at == lifted_.end() ? std::vector<Ref>{} : at->second;
  }

 private:
  struct Member {
    Ref kernel;
    Shape shape;
  };

  void collect(BodyId body) {
    for (Ref r : g_.body(body).nodes) {
      if (g_.op(r) != Op::kernel) {
        for (BodyId inner : g_.bodies_of(r)) collect(inner);
        continue;
      }
      Shape shape = shape_of(g_, g_.attrs(r).body("body"));
      groups_[shape.skeleton].push_back({r, std::move(shape)});
    }
  }

  // Constants that decide how something is computed stay, unless very many kernels differ in them.
  void choose(const std::vector<Member>& members) {
    const Member& first = members.front();
    const BodyId body = g_.attrs(first.kernel).body("body");
    std::vector<bool> stays(first.shape.constants.size());
    for (size_t i = 0; i < stays.size(); ++i)
      stays[i] = decides(g_, body, first.shape.constants[i]);
    std::map<Words, std::vector<const Member*>> alike;
    std::vector<const Member*> all;
    for (const Member& m : members) {
      all.push_back(&m);
      alike[m.shape.only(stays)].push_back(&m);
    }
    if (alike.size() > alike_if_dear) return lift_in(all);
    for (const auto& [values, some] : alike) lift_in(some);
  }

  void lift_in(const std::vector<const Member*>& members) {
    const Shape& first = members.front()->shape;
    std::vector<size_t> places;  // of constants that are not the same in all
    for (size_t i = 0; i < first.constants.size(); ++i) {
      if (std::ranges::any_of(
              members, [&](const Member* m) { return m->shape.values[i] != first.values[i]; }))
        places.push_back(i);
    }
    if (places.size() > max_lifted) return;
    for (const Member* m : members)
      for (size_t i : places) lifted_[m->kernel].push_back(m->shape.constants[i]);
  }

  const Graph& g_;
  std::map<Words, std::vector<Member>> groups_;
  std::map<Ref, std::vector<Ref>> lifted_;
};

// The kernel with these constants of its body as further operands.
Ref with_operands(Rewrite& rewrite, Ref kernel, const std::vector<Ref>& constants, BodyId where) {
  const Graph& from = rewrite.from;
  Graph& to = rewrite.to;
  const ir::Body& old = from.body(from.attrs(kernel).body("body"));
  std::vector<Ref> operands = rewrite(from.inputs(kernel));
  const BodyId body = to.nest(where, true);
  for (Ref p : old.params) rewrite.set(p, to.param(body, rewrite.type(from.type(p)), from[p].loc));
  for (Ref c : constants) {
    operands.push_back(rewrite.copy(c, where, {}));
    rewrite.set(c, to.param(body, rewrite.type(from.type(c)), from[c].loc));
  }
  for (Ref r : old.nodes) {
    if (std::ranges::find(constants, r) == constants.end()) rewrite.set(r, rewrite.copy(r, body));
  }
  to.results(body, rewrite(old.results));
  return to.add(where, Op::kernel, operands, ir::Attrs().body(body), from[kernel].loc);
}

}  // namespace

void lift(Graph& graph) {
  const Lifting lifting(graph);
  if (!lifting.any()) return;
  rewrite(graph, [&](Rewrite& rewrite, Ref node, BodyId where) {
    const std::vector<Ref> constants = lifting.of(node);
    return constants.empty() ? Ref{} : with_operands(rewrite, node, constants, where);
  });
}

}  // namespace passes
