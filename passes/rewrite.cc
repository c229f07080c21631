#include "passes/rewrite.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "ir/layout.h"

namespace passes {

namespace {

// A computed value has memory of its own; parameters and views do not.
bool computed(const Graph& g, Ref r) { return g.op(r) != Op::param && !ir::is_view(g.op(r)); }

// A branch or loop may give an array that was there before.
bool perhaps_other(const Graph& g, Ref r) {
  if (g.op(r) == Op::item) r = g.inputs(r)[0];
  return g.op(r) != Op::kernel && !g.bodies_of(r).empty();
}

// Its result is the first operand with other elements, in the same memory if nothing else shows it.
bool built_on_first(Op op) {
#define AT(name, of, doc) \
  if (op == Op::name) return true;
#include "ir/ops.def"
  return op == Op::update || op == Op::place;
}

// The first operand that a loop carries, which is its result if it runs no round.
size_t first_carried(Op op) {
  if (op == Op::for_) return 3;  // behind start, stop and step
  return op == Op::while_ ? 0 : SIZE_MAX;
}

void gather_reads(const Graph& g, BodyId body, std::vector<bool>& inside, std::vector<Ref>& out) {
  const ir::Body& b = g.body(body);
  const auto note = [&](Ref r) {
    if (!inside[r.id]) out.push_back(r);
  };
  for (Ref p : b.params) inside[p.id] = true;
  for (Ref n : b.nodes) {
    inside[n.id] = true;
    for (Ref i : g.inputs(n)) note(i);
    for (BodyId nested : g.bodies_of(n)) gather_reads(g, nested, inside, out);
  }
  for (Ref r : b.results) note(r);
}

// Symbols that spans of the graph give, and no parameter.
std::set<uint32_t> given_by_spans(const Graph& g) {
  std::set<uint32_t> given;
  for (uint32_t i = 0; i < g.node_count(); ++i)
    if (ir::gives_size(g.op({i}))) given.merge(g.dims.symbols(g.attrs({i}).dim("size")));
  if (given.empty()) return given;
  for (Ref p : g.body(Graph::main).params)
    for (ir::DimId d : g.sizes(p))
      for (uint32_t symbol : g.dims.symbols(d)) given.erase(symbol);
  return given;
}

// The binds whose sizes stand in checks or in attributes of nodes that do not read them, or are
// known otherwise: then they have more to do than to count.
std::set<Ref> asked_binds(const Graph& g) {
  std::map<uint32_t, Ref> binds;
  std::set<Ref> asked;
  for (uint32_t i = 0; i < g.node_count(); ++i) {
    if (g.op({i}) != Op::bind) continue;
    const auto symbols = g.dims.symbols(g.attrs({i}).dim("size"));
    const auto fresh =
        symbols.size() == 1 ? binds.try_emplace(*symbols.begin(), Ref{i}).second : false;
    if (!fresh || !g.dims.symbol_name(g.attrs({i}).dim("size"))) asked.insert({i});
  }
  if (binds.empty() && asked.empty()) return asked;
  const auto ask = [&](ir::DimId d, Ref reader) {
    for (uint32_t symbol : g.dims.symbols(d)) {
      const auto at = binds.find(symbol);
      if (at == binds.end() || at->second == reader) continue;
      const auto inputs = reader.valid() ? g.inputs(reader) : std::span<const Ref>{};
      if (std::ranges::find(inputs, at->second) == inputs.end()) asked.insert(at->second);
    }
  };
  for (const ir::Check& c : g.dims.checks()) ask(c.dim, {});
  for (Ref p : g.body(Graph::main).params)
    for (ir::DimId d : g.type(p).dims) ask(d, {});
  for (uint32_t i = 0; i < g.node_count(); ++i) {
    for (const ir::AttrField& f : ir::schema(g.op({i}))) {
      if (f.kind == ir::AttrKind::dim) ask(g.attrs({i}).dim(f.name), {i});
      if (f.kind == ir::AttrKind::type)
        for (ir::DimId d : g.sizes({i})) ask(d, {i});
      if (f.kind != ir::AttrKind::dims) continue;
      for (ir::DimId d : g.attrs({i}).dims(f.name)) ask(d, {i});
    }
  }
  return asked;
}

}  // namespace

std::vector<Ref> reads(const Graph& graph, Ref node) {
  const auto inputs = graph.inputs(node);
  std::vector<Ref> out(inputs.begin(), inputs.end());
  const auto bodies = graph.bodies_of(node);
  if (bodies.empty()) return out;
  std::vector<bool> inside(graph.node_count(), false);
  for (BodyId b : bodies) gather_reads(graph, b, inside, out);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Ref base(const Graph& graph, Ref r) {
  while (ir::is_view(graph.op(r))) r = graph.inputs(r)[0];
  return r;
}

bool stored(const Graph& graph, Ref r) { return graph.op(base(graph, r)) == Op::store; }

Rewrite::Rewrite(const Graph& from, Replace replace, Walk walk)
    : from(from),
      replace_(std::move(replace)),
      walk_(std::move(walk)),
      asked_(asked_binds(from)),
      map_(from.node_count()),
      live_(from.node_count(), false),
      escapes_(from.node_count(), false),
      shown_(from.node_count(), false),
      lent_(from.node_count(), false),
      built_on_(from.node_count(), false),
      uses_(from.node_count(), 0) {
  to.name = from.name;
  to.files = from.files;
  from.dims.settle();
  to.dims = from.dims;
  for (Ref r : from.body(Graph::main).results) mark(r);
  for (Ref r : spans(Graph::main)) mark(r);
  for (Ref r : from.body(Graph::main).results) mark_views(r);
}

void Rewrite::mark(Ref node) {
  std::vector<Ref> pending{node};
  while (!pending.empty()) {
    const Ref r = pending.back();
    pending.pop_back();
    ++uses_[r.id];
    if (live_[r.id]) continue;
    live_[r.id] = true;
    const auto inputs = from.inputs(r);
    for (Ref i : inputs) pending.push_back(i);
    if (from.op(r) == Op::eager || ir::is_product(from.op(r))) {
      for (Ref i : inputs) {
        mark_views(i);
        lent_[base(from, i).id] = true;
      }
    }
    if (built_on_first(from.op(r))) built_on_[base(from, inputs[0]).id] = true;
    for (size_t i = first_carried(from.op(r)); i < inputs.size(); ++i) {
      shown_[base(from, inputs[i]).id] = true;
      if (ir::is_view(from.op(inputs[i]))) mark_views(inputs[i]);  // what no round gives it is
    }
    for (BodyId b : from.bodies_of(r)) {
      for (Ref result : from.body(b).results) {
        pending.push_back(result);
        mark_views(result);
        shown_[base(from, result).id] = true;
      }
      for (Ref span : spans(b)) pending.push_back(span);
    }
  }
}

// A call that draws random numbers gives the number of calls so far to the next one, up to the
// last, which a condition asks for: one that nothing needs is of an attempt that was given up.
bool draws(const Graph& g, Ref r) {
  if (g.op(r) != Op::eager) return false;
  const std::string call = g.attrs(r).text("call");
  return call.starts_with("numpy.random.Generator.") ||
         call.starts_with("numpy.random.RandomState.");
}

// What names a size need not read the span that gives it: spans live as long as their body, as
// conditions do; binds if anything but their own users depends on the size.
std::vector<Ref> Rewrite::spans(BodyId body) const {
  std::vector<Ref> out;
  for (Ref r : from.body(body).nodes) {
    const Op op = from.op(r);
    const bool counts = op == Op::bind && !asked_.contains(r);
    if ((ir::gives_size(op) && !counts && !draws(from, r)) || op == Op::require) out.push_back(r);
  }
  return out;
}

void Rewrite::mark_views(Ref node) {
  escapes_[node.id] = true;
  while (ir::is_view(from.op(node))) {
    node = from.inputs(node)[0];
    escapes_[node.id] = true;
  }
}

std::vector<Ref> Rewrite::operator()(std::span<const Ref> nodes) const {
  std::vector<Ref> out;
  for (Ref r : nodes) out.push_back(map_[r.id]);
  return out;
}

Type Rewrite::type(const Type& old) {
  Type now = old;
  for (ir::TypeId& e : now.elements) e = to.intern(type(from.type(e)));
  return now;
}

ir::Attrs Rewrite::attributes(Ref node, BodyId where) {
  const auto fields = ir::schema(from.op(node));
  const bool plain = std::ranges::none_of(fields, [](const ir::AttrField& f) {
    return f.kind == ir::AttrKind::type || f.kind == ir::AttrKind::body;
  });
  if (plain) return from.raw_attrs(node);
  const ir::AttrView old = from.attrs(node);
  ir::Attrs now;
  for (const ir::AttrField& f : fields) {
    switch (f.kind) {
      case ir::AttrKind::integer: now.integer(old.integer(f.name)); break;
      case ir::AttrKind::boolean: now.boolean(old.boolean(f.name)); break;
      case ir::AttrKind::integers: now.integers(old.integers(f.name)); break;
      case ir::AttrKind::dtype: now.dtype(old.dtype(f.name)); break;
      case ir::AttrKind::dim: now.dim(old.dim(f.name)); break;
      case ir::AttrKind::dims: now.dims(old.dims(f.name)); break;
      case ir::AttrKind::scalar: now.scalar(old.scalar(f.name)); break;
      case ir::AttrKind::text: now.text(old.text(f.name)); break;
      case ir::AttrKind::type: now.type(to.intern(type(from.type(old.type(f.name))))); break;
      case ir::AttrKind::body: now.body(nested(old.body(f.name), where)); break;
    }
  }
  return now;
}

Ref Rewrite::copy(Ref node, BodyId where) { return copy(node, where, (*this)(from.inputs(node))); }

Ref Rewrite::copy(Ref node, BodyId where, std::span<const Ref> inputs) {
  for (Ref i : inputs)
    BRAZE_CHECK(i.valid()) << "rewrite: %" << node.id << " reads a value of another body";
  const ir::Attrs attrs = attributes(node, where);
  return to.add(where, from.op(node), inputs, attrs, from[node].loc);
}

// True if `now`, which stands for the fresh array `before`, is memory that cannot be its own: an
// argument's, or what shows as another array already.
bool Rewrite::taken(Ref before, Ref now) const {
  if (computed(from, before) && !computed(to, now)) return true;
  if (perhaps_other(to, now) && !perhaps_other(from, before)) return true;
  return std::ranges::any_of(bases_, [&](auto& b) { return b.second == now && b.first != before; });
}

// True if a view stands for the fresh array `before`, which would lie in memory in another order
// and not own it.
bool Rewrite::merely_shown(Ref before, Ref now) const {
  if (!computed(from, before)) return false;
  for (; ir::is_view(to.op(now)); now = to.inputs(now)[0])
    if (!ir::keeps_memory(to.op(now))) return true;
  return false;
}

// True if `now` is the memory of an earlier array that is needed besides.
bool Rewrite::borrowed(Ref before, Ref now) const {
  for (Ref r{0}; r.id < before.id; ++r.id)
    if (live_[r.id] && map_[r.id] == now && uses_[r.id] > 1 && computed(from, r)) return true;
  return false;
}

// What stands for a fresh array that a product or a call of NumPy reads, or that a nested body
// gives or a loop carries: one array for all.
Ref Rewrite::own(Ref node, Ref now, BodyId where) {
  if (built_on_[node.id])
    while (merely_shown(node, now)) now = to.add(where, Op::copy, {now}, {}, from[node].loc);
  if (lent_[node.id] && computed(from, node) && to.type(now).is_array()) {
    while (merely_shown(node, now) || taken(node, base(to, now)))
      now = to.add(where, Op::copy, {now}, {}, from[node].loc);
    bases_.emplace_back(node, base(to, now));
  }
  if (!shown_[node.id] || !to.type(now).is_array() || !computed(from, node)) return now;
  while (merely_shown(node, now) || taken(node, base(to, now)) || borrowed(node, base(to, now)))
    now = to.add(where, Op::copy, {now}, {}, from[node].loc);
  bases_.emplace_back(node, base(to, now));
  return now;
}

Ref Rewrite::visit(Ref node, BodyId where) {
  // Copies of arguments are made before these change.
  if (from.op(node) == Op::store) settle(from.body(from[node].body), where, false);
  Ref now = replace_ ? replace_(*this, node, where) : Ref{};
  if (!now.valid()) now = copy(node, where);
  now = own(node, now, where);
  set(node, now);
  return now;
}

// A copy of what stands for the base of `node`, in a copy made before if there is one, under the
// views by which `node` shows it. Views that only came to stand for the base lie under the copy, so
// that it has the memory that the base had.
Ref Rewrite::on_copy(Ref node, Ref& copied, BodyId where) {
  if (!ir::is_view(from.op(node))) {
    if (!copied.valid()) copied = map_[node.id];
    return copied = to.add(where, Op::copy, {copied}, {}, from[node].loc);
  }
  std::vector<Ref> inputs = (*this)(from.inputs(node));
  inputs[0] = on_copy(from.inputs(node)[0], copied, where);
  return copy(node, where, inputs);
}

// What stands for the results, those that show stored arguments or all others.
void Rewrite::settle(const ir::Body& old, BodyId where, bool stores) {
  settled_.resize(old.results.size());
  for (size_t i = 0; i < old.results.size(); ++i) {
    const Ref r = old.results[i];
    if (settled_[i].valid() || stored(from, r) != stores) continue;
    Ref now = map_[r.id];
    BRAZE_CHECK(now.valid()) << "rewrite: the result " << r << " was not made";
    if (to.type(now).is_array()) {
      const Ref before = base(from, r);
      Ref copied;
      if (merely_shown(before, map_[before.id])) now = on_copy(r, copied, where);
      while (taken(before, base(to, now))) now = on_copy(r, copied, where);
      bases_.emplace_back(before, base(to, now));
    }
    settled_[i] = now;
  }
}

std::vector<Ref> Rewrite::results(const ir::Body& old, BodyId where) {
  settle(old, where, false);
  settle(old, where, true);
  return std::exchange(settled_, {});
}

void Rewrite::walk(BodyId old, BodyId where) {
  const ir::Body& body = from.body(old);
  for (Ref p : body.params) set(p, to.param(where, type(from.type(p)), from[p].loc));
  if (walk_) {
    walk_(*this, body, where);
  } else {
    for (Ref n : body.nodes)
      if (live(n)) visit(n, where);
  }
  to.results(where, results(body, where));
}

BodyId Rewrite::nested(BodyId old, BodyId where) {
  const BodyId now = to.nest(where, from.body(old).sealed);
  walk(old, now);
  return now;
}

Graph Rewrite::run() {
  walk(Graph::main, Graph::main);
  // What was asked of a size goes with the span that gave it.
  std::set<uint32_t> gone = given_by_spans(from);
  if (!gone.empty())
    for (uint32_t symbol : given_by_spans(to)) gone.erase(symbol);
  if (!gone.empty()) to.dims.forget(gone);
  return std::move(to);
}

void rewrite(Graph& graph, Rewrite::Replace replace, Rewrite::Walk walk) {
  graph = Rewrite(graph, std::move(replace), std::move(walk)).run();
}

namespace {

void mix(size_t& hash, size_t value) { hash = (hash ^ value) * 0x9e3779b97f4a7c15u + (hash >> 31); }

void print_body(const Graph& g, BodyId body, size_t& hash, std::vector<size_t>& number) {
  const ir::Body& b = g.body(body);
  size_t next = 0;
  for (Ref p : b.params) number[p.id] = ++next;
  for (Ref n : b.nodes) {
    number[n.id] = ++next;
    mix(hash, size_t(g.op(n)));
    for (Ref i : g.inputs(n)) mix(hash, number[i.id]);
    if (g.bodies_of(n).empty())
      for (int64_t w : g.raw_attrs(n).words) mix(hash, size_t(w));
    for (BodyId nested : g.bodies_of(n)) print_body(g, nested, hash, number);
  }
  for (Ref r : b.results) mix(hash, number[r.id]);
}

}  // namespace

size_t fingerprint(const Graph& graph) {
  size_t hash = graph.dims.checks().size();
  std::vector<size_t> number(graph.node_count(), 0);
  print_body(graph, Graph::main, hash, number);
  return hash;
}

}  // namespace passes
