#include "ir/graph.h"

#include <algorithm>

namespace ir {

Graph::Graph() {
  bodies_.push_back({main, {}, {}, {}, true});
  intern_attrs({});
}

BodyId Graph::nest(BodyId parent, bool sealed) {
  bodies_.push_back({parent, {}, {}, {}, sealed});
  return {uint32_t(bodies_.size() - 1)};
}

TypeId Graph::intern(const Type& type) {
  const auto [it, fresh] = type_ids_.try_emplace(type, TypeId{uint32_t(types_.size())});
  if (fresh) types_.push_back(type);
  return it->second;
}

uint32_t Graph::intern_attrs(const Attrs& attrs) {
  const auto [it, fresh] = attr_ids_.try_emplace(attrs, uint32_t(attrs_.size()));
  if (fresh) attrs_.push_back(attrs);
  return it->second;
}

namespace {

size_t mix(size_t hash, size_t value) {
  return (hash ^ (value + 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu ^ (hash >> 29);
}

size_t hash_of(Op op, std::span<const Ref> inputs, uint32_t attrs) {
  size_t hash = mix(size_t(op), attrs);
  for (Ref r : inputs) hash = mix(hash, r.id);
  return hash;
}

// Parameters stand for themselves, and a node with bodies is equal to no other.
bool interns(Op op) {
  if (op == Op::param) return false;
  return std::ranges::none_of(schema(op), [](AttrField f) { return f.kind == AttrKind::body; });
}

}  // namespace

Ref Graph::find(BodyId where, size_t hash, Op op, std::span<const Ref> inputs,
                uint32_t attrs) const {
  const auto [first, last] = interned_.equal_range(hash);
  for (BodyId b = where;; b = bodies_[b.id].parent) {
    for (auto it = first; it != last; ++it) {
      const Ref r = it->second;
      const Node& n = nodes_[r.id];
      if (n.op == op && n.attrs == attrs && n.body == b &&
          std::ranges::equal(this->inputs(r), inputs))
        return r;
    }
    if (bodies_[b.id].sealed) return {};
  }
}

void Graph::note(Ref r) {
  const Node& n = nodes_[r.id];
  if (interns(n.op)) interned_.emplace(hash_of(n.op, inputs(r), n.attrs), r);
}

Ref Graph::append(BodyId where, Op op, std::span<const Ref> inputs, const Attrs& attrs, TypeId type,
                  Loc loc) {
  const Ref r{uint32_t(nodes_.size())};
  const uint32_t first = uint32_t(operands_.size());
  operands_.insert(operands_.end(), inputs.begin(), inputs.end());
  nodes_.push_back({op, uint16_t(inputs.size()), first, intern_attrs(attrs), type, where, loc});
  return r;
}

Ref Graph::param(BodyId where, const Type& type, Loc loc) {
  const TypeId t = intern(type);
  Attrs attrs;
  attrs.integer(int64_t(bodies_[where.id].params.size())).type(t);
  const Ref r = append(where, Op::param, {}, attrs, t, loc);
  bodies_[where.id].params.push_back(r);
  return r;
}

namespace {

// A node that stands for two: errors are ignored where both places ignore them.
void heed(Loc& of, const Loc& other) {
  of.silenced &= other.silenced;
  of.reported |= other.reported;
  of.scalar = of.scalar || other.scalar;
  of.element = of.element && other.element;
}

bool on_scalars(const Loc& loc, const Type& result) {
  return !loc.element && (loc.scalar || result.kind == Type::Kind::scalar);
}

}  // namespace

Ref Graph::add(BodyId where, Op op, std::span<const Ref> given, const Attrs& attrs, Loc loc) {
  const std::vector<Ref> inputs(given.begin(), given.end());  // `given` may lie in operands_
  const uint32_t attr_id = intern_attrs(attrs);
  const size_t hash = hash_of(op, inputs, attr_id);
  if (interns(op))
    if (const Ref found = find(where, hash, op, inputs, attr_id); found.valid()) {
      loc.scalar = on_scalars(loc, types_[nodes_[found.id].type.id]);
      heed(nodes_[found.id].loc, loc);
      return found;
    }
  const TypeId type = intern(infer(*this, op, inputs, attrs));
  loc.scalar = on_scalars(loc, types_[type.id]);
  const Ref r = append(where, op, inputs, attrs, type, loc);
  note(r);
  bodies_[where.id].nodes.push_back(r);
  return r;
}

Ref Graph::constant(BodyId where, const Type& scalar, Literal value, Loc loc) {
  return add(where, Op::constant, {}, Attrs().scalar(value).type(intern(scalar)), loc);
}

void Graph::results(BodyId body, std::vector<Ref> refs) {
  bodies_[body.id].results = std::move(refs);
}

std::vector<BodyId> Graph::bodies_of(Ref r) const {
  std::vector<BodyId> bodies;
  for (const AttrField& f : schema(op(r)))
    if (f.kind == AttrKind::body) bodies.push_back(attrs(r).body(f.name));
  return bodies;
}

std::vector<DimId> Graph::sizes(Ref r) const {
  std::vector<DimId> out;
  const auto name = [&](const Type& t, const auto& self) -> void {
    out.insert(out.end(), t.dims.begin(), t.dims.end());
    for (TypeId e : t.elements) self(type(e), self);
  };
  name(type(r), name);
  for (const AttrField& f : schema(op(r))) {
    if (f.kind == AttrKind::dim) out.push_back(attrs(r).dim(f.name));
    if (f.kind != AttrKind::dims) continue;
    for (DimId d : attrs(r).dims(f.name)) out.push_back(d);
  }
  return out;
}

bool Graph::same_type(const Type& a, const Type& b) const {
  if (a.kind != b.kind || a.dtype != b.dtype || a.elements.size() != b.elements.size())
    return false;
  for (size_t i = 0; i < a.elements.size(); ++i)
    if (!same_type(type(a.elements[i]), type(b.elements[i]))) return false;
  return same_shape(a, b);
}

bool Graph::same_shape(const Type& a, const Type& b) const {
  return std::ranges::equal(a.dims, b.dims, [&](DimId x, DimId y) { return dims.equal(x, y); });
}

}  // namespace ir
