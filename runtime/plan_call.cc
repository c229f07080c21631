// One call of a plan: its frame, what goes into that before the steps run, and what comes out.
#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/program.h"

namespace runtime {

std::unique_ptr<Frame> make_frame(const Plan::Program& p) {
  auto frame = std::make_unique<Frame>();
  Frame& f = *frame;
  f.arguments.resize(p.graph->body(ir::Graph::main).params.size());
  f.results.resize(p.results.size());
  if (!p.sizes) return frame;  // the reference engine takes it from here
  f.slots = std::vector<Slot>(p.slots.size());
  for (size_t i = 0; i < p.slots.size(); ++i) {
    f.slots[i].number.dtype = p.slots[i].dtype;
    f.slots[i].number.python = p.slots[i].python;
  }
  for (const auto& preset : p.presets) f.slots[size_t(preset.slot)].number = preset.number;
  f.records.resize(p.sites.size());
  f.kept.resize(size_t(p.eager_calls));
  f.sizes.resize(p.sizes->registers());
  f.size_of = [&f, &p](ir::DimId d) { return f.sizes[size_t(p.sizes->at(d))]; };
  return frame;
}

namespace {

// Fills the slot of an array or a number; false if the argument is not of its type.
bool place_leaf(const Plan::Program& p, Frame& f, int slot, const Value& v, int number) {
  const auto& type = p.slots[size_t(slot)];
  Slot& s = f.slots[size_t(slot)];
  s.argument = number;
  s.same_object = true;
  s.hosted = false;
  if (type.rank < 0) {
    const auto* n = std::get_if<Number>(&v.is);
    if (n) s.number = *n;
    return n && n->dtype == type.dtype;
  }
  s.tensor = std::get_if<Tensor>(&v.is);
  f.arrays.push_back(s.tensor);
  return s.tensor && s.tensor->dtype == type.dtype && s.tensor->rank == type.rank;
}

// Fills the slots of one argument. `number` counts the leaves.
bool place_argument(const Plan::Program& p, Frame& f, const Place& place, const Value& v,
                    int& number) {
  if (place.slot >= 0) return place_leaf(p, f, place.slot, v, number++);
  if (place.none) return ++number, std::holds_alternative<None>(v.is);
  const auto* tuple = std::get_if<Tuple>(&v.is);
  if (!tuple || tuple->size() != place.elements.size()) return false;
  for (size_t i = 0; i < tuple->size(); ++i) {
    if (!place_argument(p, f, place.elements[i], (*tuple)[i], number)) return false;
  }
  return true;
}

// What has changed since the layouts of the arguments were noted, which they then are.
enum class Changed : uint8_t { nothing, strides, shapes };
Changed note_layouts(std::span<const Tensor* const> arrays, std::vector<int64_t>& layouts) {
  Changed changed = Changed::nothing;
  const int64_t* at = layouts.data();
  const int64_t* const end = at + layouts.size();
  for (const Tensor* t : arrays) {
    if (end - at < 2 * t->rank) {
      changed = Changed::shapes;
      break;
    }
    for (int k = 0; k < t->rank; ++k, at += 2) {
      if (at[0] != t->shape[k]) {
        changed = Changed::shapes;
      } else if (at[1] != t->strides[k] && changed == Changed::nothing) {
        changed = Changed::strides;
      }
    }
  }
  if (changed == Changed::nothing) return changed;
  layouts.clear();
  for (const Tensor* t : arrays) {
    for (int k = 0; k < t->rank; ++k) {
      layouts.push_back(t->shape[k]);
      layouts.push_back(t->strides[k]);
    }
  }
  return changed;
}

}  // namespace

bool Plan::Program::bind(Frame& f) const {
  int number = 0;
  f.arrays.clear();
  for (size_t i = 0; i < params.size(); ++i) {
    if (!place_argument(*this, f, params[i], f.arguments[i], number)) return false;
  }
  if (!changed.empty() && !lend(f)) return false;
  const Changed changed_layouts = note_layouts(f.arrays, f.layouts);
  f.layout_epoch += changed_layouts != Changed::nothing;
  if (f.sized && changed_layouts != Changed::shapes) return true;
  f.sized = false;
  std::vector<const int64_t*> shapes;
  for (const Tensor* t : f.arrays) shapes.push_back(t->shape.data());
  if (!sizes->run(shapes, f.sizes)) return false;
  for (const Preset& p : presets) {
    if (p.reg >= 0 && p.span < 0) {
      std::memcpy(f.slots[size_t(p.slot)].number.bytes.data(), &f.sizes[size_t(p.reg)],
                  sizeof(int64_t));
    }
  }
  f.sized = true;
  ++f.epoch;
  return true;
}

// Arrays that stores change: nobody else may show their memory, each element has a place of its
// own. With an owner that counts, updates can tell when nothing else needs what an argument held.
bool Plan::Program::lend(Frame& f) const {
  constexpr int64_t large = 1 << 18;  // bytes: what copies fast
  f.changed.clear();
  f.lent.clear();
  f.unsaved = f.errors && one_kernel && !journal;
  for (int c : changed) {
    Slot& s = f.slots[size_t(c)];
    const Tensor* t = s.tensor;
    if (t->read_only || !separate_elements(*t)) return false;
    for (const Tensor* other : f.arrays) {
      if (other != t && may_overlap(*t, *other)) return false;
    }
    Tensor lent = *t;
    lent.owner = std::make_shared<char>();
    f.changed.push_back(t);
    f.unsaved = f.unsaved && t->size() * t->itemsize() >= large;
    f.lent.push_back({lent.owner.get()});
    s.hold(std::move(lent));
  }
  return true;
}

Tensor held(Frame& f, const Note& note) {
  if (note.whole.owner) return note.whole;
  Tensor t = note.there;
  t.data = f.held.data() + note.at;
  set_c_strides(t);
  return t;
}

void Plan::Program::undo(Frame& f) const {
  while (!f.notes.empty()) {
    copy(f.notes.back().there, held(f, f.notes.back()));
    f.notes.pop_back();
  }
}

namespace {

// The reference engine does not say what its results view: arrays of arguments have no owner.
void trace_back(Value& v, std::span<const Value> arguments, const Host& host) {
  auto* t = std::get_if<Tensor>(&v.is);
  if (!t) return;
  for (size_t i = 0; i < arguments.size() && !t->owner; ++i) {
    const auto* a = std::get_if<Tensor>(&arguments[i].is);
    if (!a || (a->data != t->data && !may_overlap(*a, *t))) continue;
    v.argument = int(i);
    v.same_object = a->data == t->data && a->dtype == t->dtype && a->shape == t->shape &&
                    a->strides == t->strides;
    return;
  }
  Slot s;
  s.hold(*t);
  move_to_host(s, host);
  *t = s.own;
}

void take_result(const Plan::Program& p, Frame& f, const Place& place, Value& to) {
  if (place.slot < 0) {
    to = {};
    if (place.none) return;
    Tuple elements(place.elements.size());
    for (size_t i = 0; i < elements.size(); ++i) take_result(p, f, place.elements[i], elements[i]);
    to.is = std::move(elements);
    return;
  }
  Slot& s = f.slots[size_t(place.slot)];
  const auto& type = p.slots[size_t(place.slot)];
  if (type.rank < 0) {
    to.is = s.number;
  } else {
    move_to_host(s, *f.host);
    if (type.last && s.tensor == &s.own) {
      to.is = std::move(s.own);
    } else {
      to.is = *s.tensor;
    }
  }
  to.argument = s.argument;
  to.same_object = s.same_object;
}

}  // namespace

void Plan::Program::collect(Frame& f) const {
  for (size_t i = 0; i < results.size(); ++i) take_result(*this, f, results[i], f.results[i]);
}

namespace {

// Drops what a call leaves; keeps the memory for the next one's unless it is much.
void forget(Frame& f) {
  constexpr size_t much = 1 << 20;
  f.notes.clear();
  f.done.reset();
  f.held.clear();
  if (f.held.capacity() > much) f.held.shrink_to_fit();
  for (Value& v : f.results) {
    if (auto* t = std::get_if<Tensor>(&v.is)) {
      t->owner.reset();
    } else if (std::holds_alternative<Tuple>(v.is)) {
      v = {};
    }
  }
}

}  // namespace

Plan::Call::Call(const Plan& plan) : plan_(plan) {
  Program& p = *plan.program_;
  for (size_t i = 0; i < p.berths.size(); ++i) {
    auto& b = p.berths[i];
    if (b.taken.load(std::memory_order_relaxed) ||
        b.taken.exchange(true, std::memory_order_acquire)) {
      continue;
    }
    berth_ = int(i);
    if (!b.frame) b.frame = make_frame(p);
    frame_ = b.frame.get();
    return;
  }
  own_ = make_frame(p);
  frame_ = own_.get();
}

Plan::Call::~Call() {
  Program& p = *plan_.program_;
  forget(*frame_);
  for (int i : p.owners) frame_->slots[size_t(i)].own.owner.reset();
  const int64_t launches = std::exchange(frame_->launches, 0);
  if (berth_ < 0) {
    p.launches += launches;
    return;
  }
  auto& b = p.berths[size_t(berth_)];
  b.launches.store(b.launches.load(std::memory_order_relaxed) + launches,
                   std::memory_order_relaxed);
  b.taken.store(false, std::memory_order_release);
}

std::span<Value> Plan::Call::arguments() const { return frame_->arguments; }

std::span<const Value> Plan::Call::results() const { return frame_->results; }

bool Plan::Call::fits() const {
  const Program& p = *plan_.program_;
  Frame& f = *frame_;
  if (!p.options.kernels) return true;
  int number = 0;
  f.arrays.clear();
  for (size_t i = 0; i < p.params.size(); ++i) {
    if (!place_argument(p, f, p.params[i], f.arguments[i], number)) return true;
  }
  std::vector<const int64_t*> shapes;
  for (const Tensor* t : f.arrays) shapes.push_back(t->shape.data());
  f.sized = false;
  return p.sizes->run(shapes, f.sizes);
}

bool Plan::Call::execute(const Host& host, Errors* errors) {
  const Program& p = *plan_.program_;
  Frame& f = *frame_;
  if (!p.options.kernels) {
    f.results = interpret(*p.graph, f.arguments);
    for (Value& v : f.results) trace_back(v, f.arguments, host);
    return true;
  }
  f.host = &host;
  p.begin_errors(f, errors);
  try {
    if (p.direct && p.run_direct(f)) return !(errors && p.raised(f));
    if (!p.bind(f)) return false;
    if (p.execute(p.main, f) && !(errors && p.raised(f))) {
      p.collect(f);
      return true;
    }
  } catch (const ir::Unsupported&) {}
  p.undo(f);
  if (f.done && host.take_back) host.take_back(f.done.get());
  f.done.reset();
  return false;
}

bool Plan::Call::run(const Host& host, Errors* errors, Profile* profile) {
  frame_->profile = profile;
  try {
    return execute(host, errors);
  } catch (const ir::Unsupported&) { return false; }
}

}  // namespace runtime
