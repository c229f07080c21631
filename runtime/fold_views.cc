// Views that only launches read: no step of their own, the launch follows them itself.
#include <algorithm>
#include <map>

#include "runtime/program.h"

namespace runtime {
namespace {

class Folding {
 public:
  explicit Folding(Block& b) : b_(b), folded_(b.steps.size(), false) {}

  void run() {
    for (int r : b_.results) other_readers_.insert(r);
    for (size_t i = b_.steps.size(); i-- > 0;) note(i);
    for (Step& s : b_.steps) {
      for (size_t k = 0; k < s.paths.size(); ++k) follow(s.inputs[k], s.paths[k]);
    }
    size_t at = 0;
    std::erase_if(b_.steps, [&](const Step&) { return bool(folded_[at++]); });
  }

 private:
  // From the last step to the first, so that all readers of a view are known when it comes.
  void note(size_t i) {
    const Step& s = b_.steps[i];
    const bool view = s.kind == Step::Kind::view && s.view.moves_on;
    if (view && !other_readers_.contains(s.outputs[0])) {
      folded_[i] = true;
      views_[s.outputs[0]] = i;
      other_readers_.insert(s.inputs.begin() + 1, s.inputs.end());
      return;
    }
    std::set<int> used;
    uses(s, used);
    const bool launches = s.kind == Step::Kind::launch;
    for (int slot : used) {
      const auto arrays = std::span(s.inputs).first(launches ? size_t(s.arrays) : 0);
      if (std::ranges::count(arrays, slot) == 0) other_readers_.insert(slot);
    }
    if (launches) {
      const auto tables = std::span(s.inputs).subspan(size_t(s.arrays), size_t(s.tables));
      other_readers_.insert(tables.begin(), tables.end());
    }
    // An array may be read by a launch that also puts a part into it.
    for (const Placement& p : s.placements) other_readers_.insert(p.base);
  }

  void follow(int& slot, Path& path) const {
    for (auto at = views_.find(slot); at != views_.end(); at = views_.find(slot)) {
      const Step& v = b_.steps[at->second];
      path.views.insert(path.views.begin(), v.view);
      path.indices.insert(path.indices.begin(), v.inputs.begin() + 1, v.inputs.end());
      slot = v.inputs[0];
    }
  }

  Block& b_;
  std::vector<char> folded_;
  std::map<int, size_t> views_;  // by slot: the step of a view that is folded
  std::set<int> other_readers_;  // slots that more than launches read
};

}  // namespace

void fold_views(Block& b) { Folding(b).run(); }

}  // namespace runtime
