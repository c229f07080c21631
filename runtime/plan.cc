#include "runtime/plan.h"

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
  f.slots = std::vector<Slot>(p.slots.size());
  for (size_t i = 0; i < p.slots.size(); ++i) {
    f.slots[i].number.dtype = p.slots[i].dtype;
    f.slots[i].number.python = p.slots[i].python;
  }
  for (const auto& preset : p.presets) f.slots[size_t(preset.slot)].number = preset.number;
  f.records.resize(p.sites.size());
  f.sizes.resize(p.sizes->registers());
  f.size_of = [&f, &p](ir::DimId d) { return f.sizes[size_t(p.sizes->at(d))]; };
  return frame;
}

namespace {

// Drops the notes of a call; keeps the memory for the next one's unless it is much.
void forget(Frame& f) {
  constexpr size_t much = 1 << 20;
  f.notes.clear();
  f.held.clear();
  if (f.held.capacity() > much) f.held.shrink_to_fit();
}

// The frame of one call. Ends what the call left in it, whichever way it ended.
class Lease {
 public:
  explicit Lease(Plan::Program& p) : program_(p) {
    for (auto& b : p.berths) {
      if (b.taken.load(std::memory_order_relaxed) ||
          b.taken.exchange(true, std::memory_order_acquire)) {
        continue;
      }
      berth_ = &b;
      if (!b.frame) b.frame = make_frame(p);
      frame = b.frame.get();
      return;
    }
    own_ = make_frame(p);
    frame = own_.get();
  }
  ~Lease() {
    forget(*frame);
    for (int i : program_.owners) frame->slots[size_t(i)].own.owner.reset();
    const int64_t launches = std::exchange(frame->launches, 0);
    if (berth_) {
      berth_->launches.store(berth_->launches.load(std::memory_order_relaxed) + launches,
                             std::memory_order_relaxed);
      berth_->taken.store(false, std::memory_order_release);
    } else {
      program_.launches += launches;
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Frame* frame;

 private:
  Plan::Program& program_;
  Plan::Program::Berth* berth_ = nullptr;
  std::unique_ptr<Frame> own_;
};

// Fills the slots of one argument; false if it is not of its type. `number` counts the leaves.
bool place_argument(const Plan::Program& p, Frame& f, const Place& place, const Value& v,
                    int& number) {
  if (place.slot < 0) {
    if (place.none) return ++number, std::holds_alternative<None>(v.is);
    const auto* tuple = std::get_if<Tuple>(&v.is);
    if (!tuple || tuple->size() != place.elements.size()) return false;
    for (size_t i = 0; i < tuple->size(); ++i) {
      if (!place_argument(p, f, place.elements[i], (*tuple)[i], number)) return false;
    }
    return true;
  }
  const auto& type = p.slots[size_t(place.slot)];
  Slot& s = f.slots[size_t(place.slot)];
  s.argument = number++;
  s.same_object = true;
  s.hosted = false;
  if (type.rank < 0) {
    const auto* n = std::get_if<Number>(&v.is);
    if (n) s.number = *n;
    return n && n->dtype == type.dtype;
  }
  s.tensor = std::get_if<Tensor>(&v.is);
  return s.tensor && s.tensor->dtype == type.dtype && s.tensor->rank == type.rank;
}

// True if the sizes are already those of the arguments' shapes; else notes the shapes.
bool same_shapes(std::span<const Tensor* const> arrays, Frame& f) {
  size_t at = 0;
  bool same = f.sized;
  for (const Tensor* t : arrays) {
    if (!same) break;
    for (int k = 0; k < t->rank; ++k) same = same && f.shapes[at + size_t(k)] == t->shape[k];
    at += size_t(t->rank);
  }
  if (same) return true;
  f.sized = false;
  f.shapes.clear();
  for (const Tensor* t : arrays)
    f.shapes.insert(f.shapes.end(), t->shape.begin(), t->shape.begin() + t->rank);
  return false;
}

}  // namespace

bool Plan::Program::bind(std::span<const Value> arguments, Frame& f) const {
  if (arguments.size() != params.size()) return false;
  int number = 0;
  for (size_t i = 0; i < params.size(); ++i) {
    if (!place_argument(*this, f, params[i], arguments[i], number)) return false;
  }
  f.arrays.clear();
  for (int i : main.params) {
    if (slots[size_t(i)].rank >= 0) f.arrays.push_back(f.slots[size_t(i)].tensor);
  }
  if (!changed.empty() && !lend(f)) return false;
  if (same_shapes(f.arrays, f)) return true;
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

void move_to_host(Slot& s, const Host& host) {
  if (s.argument >= 0 || s.hosted || !host.allocate_result) return;
  Tensor fresh = *s.tensor;
  fresh.data = nullptr;
  fresh.owner.reset();
  const Tensor* like = s.tensor;
  set_elementwise_strides(fresh, {&like, 1});
  host.allocate_result(fresh);
  copy(fresh, *s.tensor);
  s.hosted = true;
  s.hold(std::move(fresh));
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

Value result(const Plan::Program& p, Frame& f, const Place& place) {
  if (place.none) return {};
  if (place.slot < 0) {
    Tuple elements;
    for (const Place& e : place.elements) elements.push_back(result(p, f, e));
    return {std::move(elements)};
  }
  Slot& s = f.slots[size_t(place.slot)];
  if (p.slots[size_t(place.slot)].rank < 0) return {s.number, s.argument, s.same_object};
  move_to_host(s, *f.host);
  if (p.slots[size_t(place.slot)].last && s.tensor == &s.own) {
    return {std::move(s.own), s.argument, s.same_object};
  }
  return {*s.tensor, s.argument, s.same_object};
}

}  // namespace

std::vector<Value> Plan::Program::collect(Frame& frame) const {
  std::vector<Value> out;
  out.reserve(results.size());
  for (const Place& r : results) out.push_back(result(*this, frame, r));
  return out;
}

Plan::Plan(std::shared_ptr<const ir::Graph> graph, std::shared_ptr<codegen::Jit> jit,
           PlanOptions options)
    : program_(std::make_unique<Program>(std::move(graph), std::move(jit), options)) {
  if (options.kernels) program_->build();
}

Plan::~Plan() = default;

std::optional<std::vector<Value>> Plan::run(std::span<const Value> arguments, const Host& host,
                                            Errors* errors) const {
  try {
    if (!program_->options.kernels) {
      std::vector<Value> results = interpret(*program_->graph, arguments);
      for (Value& v : results) trace_back(v, arguments, host);
      return results;
    }
    Lease lease(*program_);
    Frame& frame = *lease.frame;
    frame.host = &host;
    program_->begin_errors(frame, errors);
    if (!program_->bind(arguments, frame)) return std::nullopt;
    try {
      const bool done = program_->execute(program_->main, frame);
      if (done && !(errors && program_->raised(frame))) return program_->collect(frame);
    } catch (const ir::Unsupported&) {}
    program_->undo(frame);
    return std::nullopt;
  } catch (const ir::Unsupported&) { return std::nullopt; }
}

uint8_t Plan::watched(uint8_t reported) const {
  return uint8_t((reported & program_->open) | program_->forced);
}
bool Plan::underflow_shows() const { return program_->underflow_shows; }

const ir::Graph& Plan::graph() const { return *program_->graph; }

namespace {

// Calls f(site, form, entry) for every piece of code that the plan has.
template <class F>
void each_code(const Plan::Program& p, F&& f) {
  using Form = passes::Kernel::Form;
  for (const auto& site : p.sites) {
    if (!site->kernel) continue;
    for (Form form : {Form::map, Form::rows, Form::columns}) {
      for (const auto* entry : site->kernel->variants(form).all()) f(*site->kernel, form, *entry);
    }
  }
}

}  // namespace

PlanStats Plan::stats() const {
  PlanStats s;
  s.launches = program_->launches;
  for (const auto& b : program_->berths) s.launches += b.launches;
  auto count = [&](codegen::Origin origin, double ms) {
    ++(origin == codegen::Origin::compiled ? s.compiles : s.cache_hits);
    s.compile_ms += ms;
  };
  each_code(*program_,
            [&](const KernelSite&, auto, const Variants::Entry& e) { count(e.origin, e.ms); });
  for (const auto& loop : program_->loops) {
    if (loop->compiled.load(std::memory_order_acquire)) count(loop->origin, loop->ms);
  }
  return s;
}

std::vector<CompiledKernel> Plan::kernels() const {
  std::vector<CompiledKernel> out;
  each_code(*program_, [&](const KernelSite& k, auto form, const Variants::Entry& e) {
    out.push_back({k.kernel().body, e.variant, e.code, form});
  });
  return out;
}

}  // namespace runtime
