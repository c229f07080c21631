// Loops band by band: all rounds on some rows of every array, then all rounds on the next ones. A
// band runs in a frame of its own, which shows arrays of so many rows and sizes that agree with
// them; so bands may run on several threads.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "runtime/copy.h"
#include "runtime/executor.h"
#include "runtime/layout.h"
#include "runtime/memory.h"
#include "runtime/threads.h"

namespace runtime {

class Executor::Banded {
 public:
  Banded(Executor& e, const Step& s)
      : e_(e),
        f_(e.f_),
        s_(s),
        loop_(e.p_.banded[size_t(s.bands)]),
        body_(s.bodies[0]),
        params_(std::span(body_.params).subspan(1)),
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
    const auto bands = [&](int64_t from, int64_t to) {
      for (int64_t b = from; b < to && !failed_; ++b)
        if (!band(b, start, stop, step)) failed_ = true;
    };
    // Notes of what arguments held, and profiles, are for one thread.
    const bool alone = !f_.lent.empty() || f_.profile;
    const int64_t all = (rows_ + count_ - 1) / count_, some = 4 * thread_count();
    for (int64_t done = 0; done < all && !failed_; done += some) {
      auto next = [&](int64_t from, int64_t to) { bands(done + from, done + to); };
      {
        const Unlocked unlocked(*f_.host, true);
        parallel_for(std::min(some, all - done), 1, alone ? 1 : e_.p_.options.threads, next);
      }
      f_.lasted = true;
      e_.poll();
    }
    if (failed_) return false;
    for (size_t i = 0; i < whole_.size(); ++i) {
      Slot& carried = e_.slot(params_[loop_.carried[i].index]);
      carried.hold(std::move(whole_[i].array));
      carried.hosted = whole_[i].hosted;
      carried.argument = -1;
      carried.same_object = false;
    }
    for (size_t k = 0; k < params_.size(); ++k) {
      if (!array(k)) e_.slot(params_[k]).number = numbers_[k];
    }
    return true;
  }

 private:
  struct Whole {
    Tensor array;
    bool hosted;
  };

  // What is noted of arguments passes to the frame of a band, and back.
  class Notes {
   public:
    Notes(Frame& of, Frame& band) : of_(of), band_(band), any_(!of.lent.empty()) { exchange(); }
    ~Notes() { exchange(); }
    Notes(const Notes&) = delete;
    Notes& operator=(const Notes&) = delete;

   private:
    void exchange() {
      if (!any_) return;
      band_.lent.swap(of_.lent);
      band_.changed.swap(of_.changed);
      band_.notes.swap(of_.notes);
      band_.held.swap(of_.held);
    }
    Frame &of_, &band_;
    const bool any_;
  };

  bool array(size_t param) const { return e_.p_.slots[size_t(params_[param])].rank >= 0; }

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

  // A frame of the plan that nobody uses.
  std::unique_ptr<Frame> take_frame() {
    {
      const std::lock_guard lock(mutex_);
      if (!f_.band_frames.empty()) {
        auto frame = std::move(f_.band_frames.back());
        f_.band_frames.pop_back();
        return frame;
      }
    }
    auto frame = make_frame(e_.p_);
    frame->of_band = true;
    static const Host nobody;
    frame->host = &nobody;
    return frame;
  }

  bool band(int64_t number, int64_t start, int64_t stop, int64_t step) {
    auto frame = take_frame();
    const int64_t first = number * count_;
    const BandSizes& now = rows_ - first <= count_ ? *last_ : *sizes_;
    begin(*frame, now);
    std::vector<Tensor> read(loop_.read.size());
    for (size_t i = 0; i < read.size(); ++i) {
      const auto& [slot, along] = loop_.read[i];
      read[i] = band_of(*f_.slots[size_t(slot)].tensor, along, first, now.rows);
      frame->slots[size_t(slot)].tensor = &read[i];
    }
    enter(*frame, first, now.rows);
    const bool done = [&] {
      const Notes notes(f_, *frame);
      return Executor(e_.p_, *frame).rounds(body_, start, stop, step);
    }();
    if (done) leave(*frame, first, now.rows);
    for (int i : e_.p_.owners) frame->slots[size_t(i)].own.owner.reset();
    end(std::move(frame), number == 0);
    return done;
  }

  // What the body sees from around the loop.
  void begin(Frame& frame, const BandSizes& now) const {
    for (size_t i = 0; i < frame.slots.size(); ++i) {
      frame.slots[i].number = f_.slots[i].number;
      frame.slots[i].tensor = f_.slots[i].tensor;
    }
    frame.sizes = now.sizes;
    frame.epoch = now.epoch;
    frame.layout_epoch = f_.layout_epoch;
    frame.errors = f_.errors;
    frame.profile = f_.profile;
    frame.reports.assign(f_.reports.size(), char(0));
  }

  void enter(Frame& frame, int64_t first, int64_t count) {
    for (size_t i = 0; i < whole_.size(); ++i) {
      const auto& c = loop_.carried[i];
      Slot& carried = frame.slots[size_t(params_[c.index])];
      const Tensor& from = c.made ? *f_.slots[size_t(params_[c.index])].tensor : whole_[i].array;
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
  void leave(Frame& frame, int64_t first, int64_t count) const {
    for (size_t i = 0; i < whole_.size(); ++i) {
      const auto& c = loop_.carried[i];
      const Tensor& now = *frame.slots[size_t(params_[c.index])].tensor;
      const Tensor there = band_of(whole_[i].array, {c.axis, 0}, first, count);
      if (!same_elements(there, now)) copy(there, now);
    }
  }

  void end(std::unique_ptr<Frame> frame, bool gives_numbers) {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < f_.reports.size(); ++i) f_.reports[i] |= frame->reports[i];
    f_.launches += std::exchange(frame->launches, 0);
    if (gives_numbers)
      for (int slot : params_) numbers_.push_back(frame->slots[size_t(slot)].number);
    f_.band_frames.push_back(std::move(frame));
  }

  Executor& e_;
  Frame& f_;
  const Step& s_;
  const BandedLoop& loop_;
  const Block& body_;
  const std::span<const int> params_;
  const int64_t rows_;
  int64_t count_ = 0;
  const BandSizes *sizes_ = nullptr, *last_ = nullptr;
  std::vector<Whole> whole_;
  std::vector<Number> numbers_;  // what the rounds leave, the same in each band
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
};

std::optional<bool> Executor::banded_loop(const Step& s, int64_t start, int64_t stop,
                                          int64_t step) {
  // As many rounds as planes share a line, or their lines come from memory once as it is.
  constexpr double fewest_rounds = 8;
  if (f_.of_band || (double(stop) - double(start)) / double(step) < fewest_rounds)
    return std::nullopt;
  Banded bands(*this, s);
  if (!bands.worthwhile()) return std::nullopt;
  return bands.run(start, stop, step);
}

}  // namespace runtime
