// Loops band by band: all rounds on some rows of every array, then all rounds on the next ones. In
// a band the plan sees arrays of so many rows, and sizes that agree with them.
#include <algorithm>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/layout.h"
#include "runtime/memory.h"

namespace runtime {

class Executor::Banded {
 public:
  Banded(Executor& e, const Step& s)
      : e_(e),
        f_(e.f_),
        s_(s),
        loop_(e.p_.banded[size_t(s.bands)]),
        params_(std::span(s.bodies[0].params).subspan(1)),
        rows_(f_.sizes[size_t(loop_.rows)]) {}

  // False if the loop had better run as it is.
  bool worthwhile() {
    std::vector<BandPart> parts;
    for (const auto& a : loop_.read) parts.push_back({e_.slot(a.slot).tensor, a.along.axis});
    for (const auto& c : loop_.carried)
      parts.push_back({e_.slot(s_.inputs[c.index + 3]).tensor, c.axis});
    count_ = rows_of_band(parts, rows_);
    if (count_ == 0) return false;
    sizes_ = sizes(0, count_);
    last_ = sizes(1, (rows_ - 1) % count_ + 1);
    return sizes_ && last_;
  }

  bool run(int64_t start, int64_t stop, int64_t step) {
    e_.enter(s_, std::span(s_.inputs).subspan(3), params_);
    for (const auto& c : loop_.carried) whole_.push_back(whole_of(c));
    initial_ = std::vector<Slot>(params_.size());
    for (size_t k = 0; k < params_.size(); ++k) take(initial_[k], e_.slot(params_[k]), true);
    {
      const Outside outside(f_, loop_);
      for (int64_t first = 0; first < rows_; first += count_) {
        const BandSizes& now = rows_ - first <= count_ ? *last_ : *sizes_;
        f_.sizes = now.sizes;
        f_.epoch = now.epoch;
        enter(outside, first, now.rows);
        if (!e_.rounds(s_.bodies[0], start, stop, step)) return false;
        leave(first, now.rows);
      }
    }
    for (size_t i = 0; i < whole_.size(); ++i) {
      Slot& carried = e_.slot(params_[loop_.carried[i].index]);
      carried.hold(std::move(whole_[i].array));
      carried.hosted = whole_[i].hosted;
      carried.argument = -1;
      carried.same_object = false;
    }
    return true;
  }

 private:
  struct Whole {
    Tensor array;
    bool hosted;
  };

  // What the frame holds for whole arrays; put back however the bands end.
  class Outside {
   public:
    Outside(Frame& f, const BandedLoop& loop)
        : f_(f), loop_(loop), epoch_(f.epoch), sizes_(f.sizes), bands(loop.read.size()) {
      f_.in_band = true;
      for (const auto& a : loop.read) arrays.push_back(f.slots[size_t(a.slot)].tensor);
    }
    ~Outside() {
      for (size_t i = 0; i < arrays.size(); ++i)
        f_.slots[size_t(loop_.read[i].slot)].tensor = arrays[i];
      f_.sizes.swap(sizes_);
      f_.epoch = epoch_;
      f_.in_band = false;
    }
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;

   private:
    Frame& f_;
    const BandedLoop& loop_;
    const int64_t epoch_;
    std::vector<int64_t> sizes_;

   public:
    std::vector<const Tensor*> arrays;
    mutable std::vector<Tensor> bands;
  };

  // The sizes where arrays have so many rows, kept for all bands (0) and for the last one (1); null
  // if they do not pass the checks of the graph.
  const BandSizes* sizes(size_t which, int64_t rows) {
    if (f_.band_sizes.empty()) f_.band_sizes.resize(e_.p_.banded.size());
    BandSizes& b = f_.band_sizes[size_t(s_.bands)][which];
    if (b.of_epoch == f_.epoch && b.rows == rows) return b.valid ? &b : nullptr;
    std::vector<std::array<int64_t, max_rank>> shapes;
    for (const Tensor* t : f_.arrays) shapes.push_back(t->shape);
    for (const auto& a : loop_.arguments) shapes[size_t(a.array)][size_t(a.axis)] -= rows_ - rows;
    std::vector<const int64_t*> starts;
    for (const auto& shape : shapes) starts.push_back(shape.data());
    b.of_epoch = f_.epoch;
    b.rows = rows;
    b.epoch = --f_.band_epoch;
    b.sizes = f_.sizes;
    b.valid = e_.p_.sizes->run(starts, b.sizes);
    return b.valid ? &b : nullptr;
  }

  // What the loop carries: an array that changes in place is its own from here on; for one that
  // rounds make anew, memory for what the last rounds of all bands make.
  Whole whole_of(const passes::Bands::Carried& c) {
    const Slot& s = e_.slot(params_[c.index]);
    const Tensor& initial = *s.tensor;
    const bool own = s.tensor == &s.own && s.own.owner && s.own.owner.use_count() == 1;
    if (own && !c.made) return {s.own, s.hosted};
    Tensor made = layout_of_copy(initial);
    if (c.made) set_c_strides(made);
    allocate(made);
    if (!c.made && initial.data != nothing_yet) copy(made, initial);
    return {std::move(made), false};
  }

  void enter(const Outside& outside, int64_t first, int64_t count) {
    for (size_t i = 0; i < loop_.read.size(); ++i) {
      outside.bands[i] = band_of(*outside.arrays[i], loop_.read[i].along, first, count);
      e_.slot(loop_.read[i].slot).tensor = &outside.bands[i];
    }
    for (size_t k = 0; k < params_.size(); ++k) {
      if (!initial_[k].tensor) take(e_.slot(params_[k]), initial_[k], false);
    }
    for (size_t i = 0; i < whole_.size(); ++i) {
      const auto& c = loop_.carried[i];
      Slot& carried = e_.slot(params_[c.index]);
      const Tensor& from = c.made ? *initial_[c.index].tensor : whole_[i].array;
      Tensor band = band_of(from, {c.axis, 0}, first, count);
      band.owner.reset();
      // As far as updates can tell the band owns itself, by the owner whose changes they note.
      const auto& owner = whole_[i].array.owner;
      if (!c.made)
        band.owner =
            std::shared_ptr<void>(std::make_shared<std::shared_ptr<void>>(owner), owner.get());
      carried.hold(std::move(band));
      carried.hosted = false;
      carried.argument = -1;
      carried.same_object = false;
    }
  }

  // Arrays that are not where they were, since something else showed them, go there.
  void leave(int64_t first, int64_t count) {
    for (size_t i = 0; i < whole_.size(); ++i) {
      const auto& c = loop_.carried[i];
      Slot& carried = e_.slot(params_[c.index]);
      const Tensor there = band_of(whole_[i].array, {c.axis, 0}, first, count);
      if (!same_elements(there, *carried.tensor)) copy(there, *carried.tensor);
      carried.own.owner.reset();
    }
  }

  Executor& e_;
  Frame& f_;
  const Step& s_;
  const BandedLoop& loop_;
  const std::span<const int> params_;
  const int64_t rows_;
  int64_t count_ = 0;
  const BandSizes *sizes_ = nullptr, *last_ = nullptr;
  std::vector<Whole> whole_;
  std::vector<Slot> initial_;
};

std::optional<bool> Executor::banded_loop(const Step& s, int64_t start, int64_t stop,
                                          int64_t step) {
  if (f_.in_band || (step > 0 ? start >= stop : start <= stop)) return std::nullopt;
  Banded bands(*this, s);
  if (!bands.worthwhile()) return std::nullopt;
  return bands.run(start, stop, step);
}

}  // namespace runtime
