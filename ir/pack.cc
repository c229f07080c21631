#include "ir/pack.h"

#include <cstring>
#include <type_traits>

namespace ir {

// One function says for each type what is written and read, so that the two cannot differ.
class Packing {
 public:
  static void run(auto& io, auto& g) {
    io.text(g.name);
    io.list(g.files, [&](auto& f) { io.text(f); });
    dims(io, g.dims);
    io.list(g.types_, [&](auto& t) { type(io, t); });
    io.list(g.attrs_, [&](auto& a) { io.plain(a.words); });
    io.plain(g.nodes_);
    io.plain(g.operands_);
    io.list(g.bodies_, [&](auto& b) {
      io.word(b.parent);
      io.word(b.sealed);
      io.plain(b.params);
      io.plain(b.nodes);
      io.plain(b.results);
    });
  }

  // What finds the parts of a graph by their contents.
  static void index(Graph& g) {
    g.type_ids_.clear();
    g.attr_ids_.clear();
    for (size_t i = 0; i < g.types_.size(); ++i) g.type_ids_[g.types_[i]] = {uint32_t(i)};
    for (size_t i = 0; i < g.attrs_.size(); ++i) g.attr_ids_[g.attrs_[i]] = uint32_t(i);
    for (size_t i = 0; i < g.nodes_.size(); ++i) g.note(Ref{uint32_t(i)});
    Dims& d = g.dims;
    for (size_t i = 0; i < d.linears_.size(); ++i) d.linear_ids_[d.linears_[i]] = {uint32_t(i)};
    for (size_t i = 0; i < d.atoms_.size(); ++i) d.atom_ids_[d.atoms_[i]] = uint32_t(i);
  }

  static bool whole(const Graph& g) {
    for (const Node& n : g.nodes_) {
      const bool inside = size_t(n.inputs) + n.arity <= g.operands_.size() &&
                          n.attrs < g.attrs_.size() && n.type.id < g.types_.size() &&
                          n.body.id < g.bodies_.size();
      if (!inside) return false;
    }
    const auto there = [&](const std::vector<Ref>& refs) {
      for (Ref r : refs)
        if (r.id >= g.nodes_.size()) return false;
      return true;
    };
    for (const Body& b : g.bodies_)
      if (b.parent.id >= g.bodies_.size() || !there(b.params) || !there(b.nodes) ||
          !there(b.results))
        return false;
    return there(g.operands_) && !g.bodies_.empty();
  }

 private:
  static void type(auto& io, auto& t) {
    io.word(t.kind);
    io.word(t.dtype);
    io.plain(t.dims);
    io.plain(t.elements);
  }

  static void dims(auto& io, auto& d) {
    io.list(d.linears_, [&](auto& l) {
      io.word(l.constant);
      io.list(l.terms, [&](auto& t) {
        io.word(t.atom);
        io.word(t.coefficient);
      });
    });
    io.list(d.atoms_, [&](auto& a) {
      io.word(a.kind);
      io.text(a.name);
      io.word(a.a);
      io.word(a.b);
    });
    io.map(d.solved_);
    io.list(d.checks_, [&](auto& c) {
      io.word(c.relation);
      io.word(c.dim);
    });
  }
};

namespace {

class Writer {
 public:
  template <class T>
  void word(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class L>
  void plain(const L& list) {
    word(uint64_t(list.size()));
    static_assert(std::is_trivially_copyable_v<typename L::value_type>);
    out.append(reinterpret_cast<const char*>(list.data()),
               list.size() * sizeof(typename L::value_type));
  }
  void text(const std::string& s) { plain(s); }
  void list(const auto& items, auto&& each) {
    word(uint64_t(items.size()));
    for (const auto& item : items) each(item);
  }
  void map(const auto& items) {
    list(items, [&](const auto& item) {
      word(item.first);
      word(item.second);
    });
  }

  std::string out;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left(bytes) {}

  template <class T>
  void word(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!has(sizeof value)) return;
    std::memcpy(&value, left.data(), sizeof value);
    left.remove_prefix(sizeof value);
  }
  template <class L>
  void plain(L& list) {
    using T = typename L::value_type;
    const uint64_t n = count();
    if (n > left.size() / sizeof(T)) good = false;
    if (!good) return;
    list.resize(n);
    if (n > 0) std::memcpy(list.data(), left.data(), n * sizeof(T));
    left.remove_prefix(n * sizeof(T));
  }
  void text(std::string& s) { plain(s); }
  void list(auto& items, auto&& each) {
    const uint64_t n = count();
    items.clear();
    for (uint64_t i = 0; i < n && good; ++i) each(items.emplace_back());
  }
  template <class M>
  void map(M& items) {
    const uint64_t n = count();
    for (uint64_t i = 0; i < n && good; ++i) {
      typename M::key_type key{};
      word(key);
      word(items[key]);
    }
  }

  std::string_view left;
  bool good = true;

 private:
  bool has(size_t bytes) { return good = good && left.size() >= bytes; }
  uint64_t count() {
    uint64_t n = 0;
    word(n);
    return good ? n : 0;
  }
};

}  // namespace

std::string pack(const Graph& graph) {
  Writer writer;
  Packing::run(writer, graph);
  return std::move(writer.out);
}

std::optional<Graph> unpack(std::string_view bytes) {
  Reader reader(bytes);
  Graph graph;
  Packing::run(reader, graph);
  if (!reader.good || !reader.left.empty() || !Packing::whole(graph)) return std::nullopt;
  Packing::index(graph);
  return graph;
}

}  // namespace ir
