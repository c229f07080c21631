#include "passes/carried.h"
#include "passes/row_updates.h"

#include <algorithm>

namespace passes {

using ir::BodyId;
using ir::Graph;
using ir::Op;
using ir::Ref;

LoopPositions::LoopPositions(const Graph& graph, Ref loop) : g_(graph) {
  const BodyId body = g_.attrs(loop).body("body");
  counter_ = g_.body(body).params[0];
  inside(body);
}

void LoopPositions::inside(BodyId b) {
  for (Ref r : g_.body(b).params) inside_.insert(r.id);
  for (Ref r : g_.body(b).nodes) {
    inside_.insert(r.id);
    for (BodyId nested : g_.bodies_of(r)) inside(nested);
  }
}

std::optional<int64_t> LoopPositions::number(Ref r) const {
  constexpr int64_t far = int64_t(1) << 40;
  if (g_.op(r) != Op::constant || g_.type(r).dtype != ir::DType::i64) return std::nullopt;
  const int64_t v = g_.attrs(r).scalar("value").bits[0];
  return v < far && v > -far ? std::optional(v) : std::nullopt;
}

std::optional<Position> LoopPositions::of(Ref r) const {
  int64_t plus = 0;
  for (int depth = 0; depth < 8; ++depth) {
    if (g_.type(r).dtype != ir::DType::i64) return std::nullopt;
    if (const auto c = number(r)) return Position{{}, plus + *c};
    if (r == counter_ || !inside_.contains(r.id)) return Position{r, plus};
    const Op op = g_.op(r);
    if (op != Op::add && op != Op::subtract) return std::nullopt;
    const auto inputs = g_.inputs(r);
    const auto by = number(inputs[1]), first = number(inputs[0]);
    if (by) {
      plus += op == Op::add ? *by : -*by;
      r = inputs[0];
    } else if (first && op == Op::add) {
      plus += *first;
      r = inputs[1];
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

namespace {

constexpr int most_rounds = 4;

using At = std::vector<Position>;

class Search {
 public:
  Search(const Graph& g, const ScalarLoop& loop, Ref node)
      : g_(g), loop_(loop), positions_(g, node), counter_(positions_.counter()) {
    body_ = g.attrs(node).body("body");
    const auto step = positions_.number(g.inputs(node)[2]);
    if (!step) return;
    step_ = *step;
    gather(body_, true);
  }

  std::vector<CarriedElement> run() {
    std::vector<CarriedElement> out;
    for (auto& [array, stores] : stores_) {
      auto made = element(array, stores);
      if (made) out.push_back(std::move(*made));
    }
    std::ranges::sort(out, {}, &CarriedElement::array);
    return out;
  }

 private:
  struct Stores {
    std::vector<Ref> nodes;
    At at;
    bool same = true;  // all at this place, which is known
  };

  // `direct`: once a round at most.
  void gather(BodyId b, bool direct) {
    for (Ref r : g_.body(b).nodes) {
      const Op op = g_.op(r);
      for (BodyId nested : g_.bodies_of(r)) gather(nested, direct && op == Op::if_);
      if (op == Op::update && !keeps_itself(g_, r)) store(r, direct);
      const bool loads = ir::is_view(op) && g_.type(r).is_scalar();
      if (loads && direct && loop_.array_of.contains(g_.inputs(r)[0].id)) loads_.push_back(r);
    }
  }

  void store(Ref r, bool direct) {
    Stores& s = stores_[loop_.array_of.at(r.id)];
    const auto row = row_of(g_, r);
    const auto at = direct && row && row->single ? stored_at(r) : std::nullopt;
    if (s.nodes.empty() && at) s.at = *at;
    s.same = s.same && at && s.at == *at;
    s.nodes.push_back(r);
  }

  std::optional<CarriedElement> element(int array, const Stores& s) const {
    const ir::Type& type = g_.type(s.nodes[0]);
    const bool kept = std::ranges::all_of(
        s.nodes, [&](Ref r) { return g_.type(g_.inputs(r)[1]).dtype == type.dtype; });
    if (!s.same || !kept) return std::nullopt;
    CarriedElement e{array,
                     s.at,
                     std::ranges::any_of(s.at, [&](const Position& p) {
                       return p.base == counter_; }),
                     1,
                     {},
                     s.nodes};
    if (e.moves && !stores_always(body_, array)) return std::nullopt;
    bool earlier = !e.moves;
    for (Ref r : loads_) {
      if (loop_.array_of.at(g_.inputs(r)[0].id) != array) continue;
      const auto at = loaded_at(r);
      const auto ago = at ? rounds_ago(s.at, *at) : std::nullopt;
      if (!ago) continue;
      e.loads[r.id] = *ago;
      e.distance = std::max(e.distance, *ago);
      earlier = earlier || *ago > 0;
    }
    return earlier && !e.loads.empty() ? std::optional(std::move(e)) : std::nullopt;
  }

  bool stores_always(BodyId b, int array) const {
    return std::ranges::any_of(g_.body(b).nodes, [&](Ref r) {
      if (g_.op(r) == Op::update) return loop_.array_of.at(r.id) == array && !keeps_itself(g_, r);
      if (g_.op(r) != Op::if_) return false;
      const auto ways = g_.bodies_of(r);
      return std::ranges::all_of(ways, [&](BodyId way) { return stores_always(way, array); });
    });
  }

  // How many rounds before this one the stored element was the one that is loaded now.
  std::optional<int> rounds_ago(const At& stored, const At& loaded) const {
    std::optional<int64_t> ago;
    for (size_t k = 0; k < stored.size(); ++k) {
      const Position &s = stored[k], &l = loaded[k];
      if (s.base != l.base) return std::nullopt;
      if (s.base != counter_) {
        if (s.plus != l.plus) return std::nullopt;
        continue;
      }
      const int64_t way = s.plus - l.plus;
      if (step_ == 0 || way % step_ != 0 || (ago && *ago != way / step_)) return std::nullopt;
      ago = way / step_;
    }
    if (ago.value_or(0) < 0 || ago.value_or(0) > most_rounds) return std::nullopt;
    return int(ago.value_or(0));
  }

  // Indices one axis after the other, of the array itself.
  std::optional<At> loaded_at(Ref r) const {
    std::vector<std::pair<int64_t, Ref>> picked;  // the last first
    for (;; r = g_.inputs(r)[0]) {
      const Op op = g_.op(r);
      if (!ir::is_view(op)) break;
      if (op == Op::scalar) continue;
      if (op != Op::index) return std::nullopt;
      picked.emplace_back(g_.attrs(r).integer("axis"), g_.inputs(r)[1]);
    }
    At at(size_t(g_.type(r).rank()));
    std::vector<size_t> axes;
    for (size_t k = 0; k < at.size(); ++k) axes.push_back(k);
    if (picked.size() != at.size()) return std::nullopt;
    for (auto p = picked.rbegin(); p != picked.rend(); ++p) {
      const auto where = positions_.of(p->second);
      if (!where) return std::nullopt;
      at[axes[size_t(p->first)]] = *where;
      axes.erase(axes.begin() + p->first);
    }
    return at;
  }

  std::optional<At> stored_at(Ref r) const {
    const ir::AttrView attrs = g_.attrs(r);
    const auto axes = attrs.integers("axes");
    At at;
    for (ir::DimId start : attrs.dims("start")) {
      const auto constant = g_.dims.value(start);
      at.push_back({{}, constant.value_or(0)});
      const auto place = std::ranges::find(axes, int64_t(at.size()) - 1) - axes.begin();
      if (size_t(place) < axes.size()) {
        const auto where = positions_.of(g_.inputs(r)[size_t(place) + 2]);
        if (!where) return std::nullopt;
        at.back() = *where;
      } else if (!constant) {
        return std::nullopt;
      }
    }
    return at;
  }

  const Graph& g_;
  const ScalarLoop& loop_;
  LoopPositions positions_;
  Ref counter_;
  BodyId body_;
  int64_t step_ = 0;
  std::unordered_map<int, Stores> stores_;
  std::vector<Ref> loads_;
};

}  // namespace

std::vector<CarriedElement> carried_elements(const Graph& graph, const ScalarLoop& loop, Ref node) {
  return Search(graph, loop, node).run();
}

}  // namespace passes
