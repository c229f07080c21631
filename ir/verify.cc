#include "ir/verify.h"

#include <set>
#include <unordered_set>
#include <utility>

#include "ir/text.h"

namespace ir {

namespace {

class Verifier {
 public:
  Verifier(const Graph& g, const char* after) : g_(g), scratch_(g), after_(after) {}

  // The symbols that only spans give.
  void find_spans() {
    for (uint32_t i = 0; i < g_.node_count(); ++i)
      if (gives_size(g_.op({i}))) given_.merge(g_.dims.symbols(g_.attrs({i}).dim("size")));
    for (Ref p : g_.body(Graph::main).params)
      for (DimId d : g_.sizes(p))
        for (uint32_t symbol : g_.dims.symbols(d)) given_.erase(symbol);
  }

  void body(BodyId b, bool sealed) {
    const size_t outer = trail_.size();
    const std::set<uint32_t> known = known_;
    // The body of a kernel sees nothing from around it.
    const std::unordered_set<uint32_t> saved =
        sealed ? std::exchange(visible_, {}) : decltype(visible_){};
    for (size_t i = 0; i < g_.body(b).params.size(); ++i) {
      const Ref p = g_.body(b).params[i];
      require(g_.op(p) == Op::param && g_[p].body == b, p, "is not a parameter of its body");
      require(g_.attrs(p).integer("number") == int64_t(i), p, "is numbered out of order");
      define(p);
    }
    for (Ref r : g_.body(b).nodes) {
      node(b, r);
      order(b, r);
      sizes(r);
    }
    for (Ref r : g_.body(b).results)
      require(visible_.contains(r.id), r, "is a result but not defined there");
    while (trail_.size() > outer) {
      visible_.erase(trail_.back());
      trail_.pop_back();
    }
    if (sealed) visible_ = saved;
    known_ = known;
  }

 private:
  void define(Ref r) {
    require(visible_.insert(r.id).second, r, "is listed twice");
    trail_.push_back(r.id);
  }

  void node(BodyId b, Ref r) {
    require(g_[r].body == b, r, "stands in another body");
    require(g_.op(r) != Op::param, r, "is a parameter among nodes");
    for (Ref in : g_.inputs(r))
      require(visible_.contains(in.id), r, "uses a value not defined before it");
    for (BodyId nested : g_.bodies_of(r)) {
      require(g_.body(nested).parent == b, r, "has a body that lies elsewhere");
      body(nested, g_.op(r) == Op::kernel);
    }
    try {
      const Type inferred = infer(scratch_, g_.op(r), g_.inputs(r), g_.raw_attrs(r));
      require(g_.same_type(inferred, g_.type(r)), r, "has not the type that its operands give");
    } catch (const Unsupported& e) { require(false, r, e.what()); }
    define(r);
  }

  // Whatever reads an argument has done so before its elements change.
  void order(BodyId b, Ref r) {
    const auto inputs = g_.inputs(r);
    if (g_.op(r) == Op::store) {
      require(b == Graph::main && g_.op(inputs[0]) == Op::param, r,
              "does not store to a parameter");
      require(stored_.insert(inputs[0].id).second, r, "stores to a parameter a second time");
      stores_.insert(r.id);
    } else if (b == Graph::main && !stored_.empty()) {
      const bool shows = is_view(g_.op(r)) && stores_.contains(inputs[0].id);
      require(shows, r, "stands behind a store");
      stores_.insert(r.id);
    }
  }

  void sizes(Ref r) {
    if (given_.empty()) return;
    if (gives_size(g_.op(r))) {
      for (uint32_t symbol : g_.dims.symbols(g_.attrs(r).dim("size"))) {
        if (!given_.contains(symbol) || known_.contains(symbol)) continue;
        require(met_.insert(symbol).second, r, "gives a size that another span gives");
        known_.insert(symbol);
      }
    }
    for (DimId d : g_.sizes(r))
      for (uint32_t symbol : g_.dims.symbols(d))
        require(known_.contains(symbol) || !given_.contains(symbol), r,
                "names a size that no span before it gives");
  }

  void require(bool condition, Ref r, const char* what) const {
    if (condition) return;
    fail<Bug>() << "verify" << (*after_ ? " after " : "") << after_ << ": " << r << " " << what
                << "\n  " << print_node(g_, r) << "\n"
                << print(g_);
  }

  const Graph& g_;
  Graph scratch_;  // inference may unify sizes; the graph under test stays as it is
  const char* after_;
  std::unordered_set<uint32_t> visible_;
  std::vector<uint32_t> trail_;
  std::unordered_set<uint32_t> stored_, stores_;  // parameters; stores and views of them
  std::set<uint32_t> given_, known_, met_;  // symbols that spans give; that are in scope; seen
};

}  // namespace

void verify(const Graph& graph, const char* after) {
  Verifier verifier(graph, after);
  verifier.find_spans();
  verifier.body(Graph::main, false);
}

}  // namespace ir
