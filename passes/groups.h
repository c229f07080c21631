// A partition of a body's nodes into groups, each to become one kernel or to stay as it is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "passes/traffic.h"

namespace passes {

struct Group {
  std::vector<ir::Ref> nodes;  // in the order of the body
  bool kernel = false;         // becomes a kernel; else a single node that stays
  std::vector<ir::DimId> space;
  std::vector<bool> reduced;
  std::vector<ir::Ref> arrays,
      scalars;                   // what it reads, in order of first use; constants are its own
  std::vector<ir::Ref> tables;   // arrays of which its gathers take elements
  std::vector<ir::Ref> outputs;  // what others read, in order
  double bytes = 0;              // that it moves, for typical sizes
  std::vector<ir::Ref> copies;   // those of its nodes that belong to another group, or to none
  int again = 0;                 // cost of what is computed again for every element
  friend bool operator==(const Group&, const Group&) = default;
};

class Groups {
 public:
  // `live` and `result`: by node id, in all of the graph.
  Groups(const ir::Graph& graph, const ir::Body& body, const std::vector<bool>& live);

  size_t size() const { return groups_.size(); }
  const Group& operator[](int group) const { return groups_[size_t(group)]; }
  int of(ir::Ref r) const { return group_of_[r.id]; }  // -1: not of this body, or only copied
  bool is_kernel(ir::Ref r) const { return of(r) >= 0 && groups_[size_t(of(r))].kernel; }
  const std::vector<ir::Ref>& users(ir::Ref r) const { return users_[r.id]; }
  bool is_result(ir::Ref r) const { return result_[r.id]; }
  double bytes(ir::Ref r) const;  // of one value, for typical sizes

  // The merged group, or why it is none.
  struct Trial {
    Group group;
    std::string refusal;  // empty: may be merged
    double saved = 0;     // bytes for typical sizes
  };
  Trial merged(int a, int b);
  // Bytes that merging saves, as an expression.
  Bytes saved(int a, int b, const Group& group) const;
  void merge(int a, int b, Group group);
  // Lets the groups that read `r` compute it themselves, if that is cheap and moves fewer bytes.
  bool recompute(ir::Ref r);
  // Groups in an order in which each reads only what stands before it.
  std::vector<int> order() const;
  // Why the node can be in no kernel; empty if it can.
  std::string refusal(ir::Ref r) const;
  Bytes traffic(const Group& group) const;

 private:
  void find_users(const ir::Body& body, const std::vector<bool>& live);
  std::vector<ir::Ref> needs(ir::Ref r) const;
  int horizon(int b) const;
  bool path_around(int a, int b);
  Group collect(std::vector<ir::Ref> nodes, std::vector<ir::Ref> copies = {});
  std::optional<Group> appended(const Group& a, const Group& b) const;
  bool appends(const Group& a, const Group& b) const;
  Trial whole_merge(const Group& a, const Group& b);
  double read(const Group& group) const;
  bool read_outside(ir::Ref r, int group) const;
  std::vector<int> holders(ir::Ref r) const;
  std::vector<ir::Ref> cheap_cone(ir::Ref r) const;
  void drop_unread(int group);
  void settle_outputs(int group);
  bool before(ir::Ref a, ir::Ref b) const { return position_[a.id] < position_[b.id]; }
  std::string fit(Group& group) const;
  std::string fit_space(Group& group) const;
  std::string fit_axes(Group& group) const;
  std::string fit_nodes(Group& group) const;
  enum class Cover { full, partial, uniform, other };
  Cover cover(const Group& group, ir::Ref r) const;

  const ir::Graph& g_;
  std::vector<int> group_of_;
  std::vector<int> position_;
  std::vector<std::vector<ir::Ref>> users_;
  std::vector<std::vector<ir::DimId>> dims_;  // resolved
  std::vector<bool> result_;
  std::vector<ir::Ref> spans_;  // of the body
  std::vector<Group> groups_;
  mutable std::vector<double> bytes_;  // by node; negative: not asked for yet
  std::vector<int> wide_;              // groups of several nodes
  std::vector<int> copying_;           // groups that may have copies, in order
  std::vector<uint32_t> mark_;         // by node or group: equals stamp_ if seen
  uint32_t stamp_ = 0;
};

}  // namespace passes
