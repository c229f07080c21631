// Loops and branches: what they carry and give, taken apart.
#include "passes/loop_apart.h"

namespace passes {

namespace {
// What one loop may become: so many nodes, or plain instructions, which take some 0.1 ms each.
constexpr size_t most_nodes = 4000;
constexpr int most_cost = 2000;
}  // namespace

Ref LoopApart::make(Ref loop, BodyId where) {
  budget_ = to_.node_count() + most_nodes;
  return control(loop, where);
}

Shown LoopApart::shown(Ref r) const {
  const auto at = known_.find(r.id);
  if (at != known_.end()) return at->second;
  const Ref now = rw_(r);
  if (!now.valid()) throw ir::Unsupported("a value that is not made yet");
  return {now, {}};
}

Ref LoopApart::whole(Ref r) const {
  const Shown s = shown(r);
  if (s.apart() && s.elements.root.valid()) throw StaysWhole{s.elements.root};
  if (s.apart()) throw ir::Unsupported("a small array that is made in the loop, as a whole");
  return s.ref;
}

void LoopApart::body(BodyId old, BodyId where) {
  for (Ref r : from_.body(old).nodes) {
    if (!rw_.live(r)) continue;
    if (to_.node_count() > budget_ || cost_ > most_cost)
      throw ir::Unsupported("a loop that would grow too much");
    known_[r.id] = node(r, where);
  }
}

Shown LoopApart::node(Ref r, BodyId where) {
  const Op op = from_.op(r);
  if (op == Op::item) return item(r);
  if (!from_.bodies_of(r).empty()) {
    const Ref made = control(r, where);
    return from_.type(r).kind == Type::Kind::tuple ? Shown{made, {}} : tuples_.at(r.id)[0];
  }
  if (op == Op::update) return update(r, where);
  if (ir::is_view(op)) return seen(r, where);
  if (op == Op::constant || op == Op::extent) return {rw_.copy(r, where), {}};
  if (op == Op::full) return full(r, where);
  if (ir::is_reduce(op)) return reduced(r, where);
  if (ir::is_elementwise(op) || op == Op::number) return computed(r, where);
  throw ir::Unsupported("an operation that loops over numbers do not have");
}

Shown LoopApart::item(Ref r) const {
  const auto tuple = tuples_.find(from_.inputs(r)[0].id);
  if (tuple == tuples_.end()) throw ir::Unsupported("a tuple from outside of the loop");
  return tuple->second[size_t(from_.attrs(r).integer("index"))];
}

Ref LoopApart::control(Ref r, BodyId where) {
  if (from_.op(r) == Op::kernel) throw ir::Unsupported("a kernel");
  return from_.op(r) == Op::if_ ? branch(r, where) : loop(r, where);
}

void LoopApart::flatten(const Shown& s, std::vector<Ref>& out) {
  if (!s.apart()) return out.push_back(s.ref);
  out.insert(out.end(), s.elements.at.begin(), s.elements.at.end());
}

void LoopApart::take_apart(Ref old, Ref now, const std::vector<Shown>& like) {
  const BodyId where = to_[now].body;
  const bool tuple = to_.type(now).kind == Type::Kind::tuple;
  int64_t next = 0;
  const auto item = [&] {
    if (!tuple) return now;
    return to_.add(where, Op::item, {now}, Attrs().integer(next++), from_[old].loc);
  };
  std::vector<Shown> parts;
  for (const Shown& s : like) {
    if (!s.apart()) {
      parts.push_back({item(), {}});
      continue;
    }
    Elements e{s.elements.shape, {}, {}};
    for (size_t k = 0; k < s.elements.at.size(); ++k) e.at.push_back(item());
    parts.push_back({{}, std::move(e)});
  }
  tuples_[old.id] = std::move(parts);
}

Ref LoopApart::branch(Ref r, BodyId where) {
  const ir::AttrView attrs = from_.attrs(r);
  const BodyId old[2] = {attrs.body("then"), attrs.body("otherwise")};
  const Ref condition = whole(from_.inputs(r)[0]);
  BodyId now[2];
  std::vector<Shown> ways[2];
  for (int i = 0; i < 2; ++i) {
    now[i] = to_.nest(where);
    body(old[i], now[i]);
    for (Ref result : from_.body(old[i]).results) ways[i].push_back(shown(result));
  }
  for (size_t k = 0; k < ways[0].size(); ++k) {
    if (!ways[0][k].apart() && !ways[1][k].apart()) continue;
    for (int i = 0; i < 2; ++i) ways[i][k] = {{}, elements(from_.body(old[i]).results[k], now[i])};
    if (ways[0][k].elements.shape != ways[1][k].elements.shape)
      throw ir::Unsupported("ways of different shapes");
  }
  for (int i = 0; i < 2; ++i) {
    std::vector<Ref> results;
    for (const Shown& s : ways[i]) flatten(s, results);
    to_.results(now[i], std::move(results));
  }
  const Ref made =
      to_.add(where, Op::if_, {condition}, Attrs().body(now[0]).body(now[1]), from_[r].loc);
  take_apart(r, made, ways[0]);
  return made;
}

std::vector<Shown> LoopApart::parameters(BodyId old, BodyId now, const std::vector<Shown>& start,
                                         bool counted) {
  const auto& params = from_.body(old).params;
  std::vector<Shown> out;
  if (counted) {
    const Ref p = params[0];
    known_[p.id] = {to_.param(now, rw_.type(from_.type(p)), from_[p].loc), {}};
  }
  for (size_t k = 0; k < start.size(); ++k) {
    const Ref p = params[k + counted];
    Shown s;
    if (start[k].apart()) {
      s.elements = {start[k].elements.shape, {}, p};
      for (size_t i = 0; i < start[k].elements.at.size(); ++i)
        s.elements.at.push_back(to_.param(now, Type::scalar(from_.type(p).dtype), from_[p].loc));
    } else {
      s.ref = to_.param(now, rw_.type(from_.type(p)), from_[p].loc);
    }
    known_[p.id] = s;
    out.push_back(s);
  }
  return out;
}

void LoopApart::finish(BodyId old, BodyId now, const std::vector<Shown>& like) {
  std::vector<Ref> results;
  const auto& made = from_.body(old).results;
  for (size_t k = 0; k < like.size(); ++k) {
    if (!like[k].apart()) {
      results.push_back(whole(made[k]));
      continue;
    }
    const Elements e = elements(made[k], now);
    if (e.shape != like[k].elements.shape) throw ir::Unsupported("a carried array of new shape");
    results.insert(results.end(), e.at.begin(), e.at.end());
  }
  to_.results(now, std::move(results));
}

Ref LoopApart::loop(Ref r, BodyId where) {
  const bool counted = from_.op(r) == Op::for_;
  const ir::AttrView attrs = from_.attrs(r);
  const auto inputs = from_.inputs(r);
  const BodyId old = attrs.body("body");
  std::vector<Ref> operands;
  for (Ref in : inputs.first(counted ? 3 : 0)) operands.push_back(whole(in));
  std::vector<Shown> start;
  for (size_t k = operands.size(); k < inputs.size(); ++k) {
    const Ref param = from_.body(old).params[start.size() + counted];
    const bool apart = small_shape(from_, from_.type(param)) && !whole_.contains(param);
    start.push_back(apart ? Shown{{}, elements(inputs[k], where)} : Shown{whole(inputs[k]), {}});
  }
  for (const Shown& s : start) flatten(s, operands);
  Attrs bodies;
  if (!counted) {
    const BodyId test = to_.nest(where);
    parameters(attrs.body("test"), test, start, false);
    body(attrs.body("test"), test);
    to_.results(test, {whole(from_.body(attrs.body("test")).results[0])});
    bodies.body(test);
  }
  const BodyId now = to_.nest(where);
  const auto params = parameters(old, now, start, counted);
  body(old, now);
  finish(old, now, params);
  const Ref made = to_.add(where, from_.op(r), operands, bodies.body(now), from_[r].loc);
  take_apart(r, made, start);
  return made;
}

}  // namespace passes
