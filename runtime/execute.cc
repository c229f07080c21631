// Runs the steps of a program on the slots of a frame.
#include <algorithm>
#include <cstring>

#include "runtime/copy.h"
#include "runtime/layout.h"
#include "runtime/memory.h"
#include "runtime/program.h"

namespace runtime {
namespace {

// A short list on the stack, a long one on the heap.
template <class T, size_t near>
class List {
 public:
  explicit List(size_t n) : size_(n), data_(n <= near ? near_ : new T[n]) {}
  ~List() {
    if (data_ != near_) delete[] data_;
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  T& operator[](size_t i) { return data_[i]; }
  std::span<T> all() { return {data_, size_}; }

 private:
  size_t size_;
  T near_[near];
  T* data_;
};

// As kernels read them.
struct alignas(16) Scalar {
  std::array<char, 16> bytes;
};

// The host's lock, given up while this lives.
class Unlocked {
 public:
  Unlocked(const Host& host, bool wanted) : host_(host), held_(wanted && host.unlock) {
    if (held_) token_ = host_.unlock();
  }
  ~Unlocked() {
    if (held_) host_.lock(token_);
  }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  const Host& host_;
  const bool held_;
  void* token_ = nullptr;
};

class Executor {
 public:
  Executor(const Plan::Program& p, Frame& f) : p_(p), g_(*p.graph), f_(f) {}

  bool run(const Block& b) {
    for (const Step& s : b.steps) {
      if (!run(b, s)) return false;
      for (int r : s.release) {
        slot(r).own.owner.reset();
        slot(r).tensor = nullptr;
      }
    }
    return true;
  }

 private:
  Slot& slot(int i) { return f_.slots[size_t(i)]; }

  bool run(const Block& b, const Step& s) {
    switch (s.kind) {
      case Step::Kind::view: return view(s);
      case Step::Kind::launch: return launch(b, s);
      case Step::Kind::number: return arithmetic(s);
      case Step::Kind::fill: return fill(s);
      case Step::Kind::evaluate: return reference(s);
      case Step::Kind::call: return call(s);
      case Step::Kind::branch: return branch(s);
      case Step::Kind::for_loop: return for_loop(s);
      case Step::Kind::while_loop: return while_loop(s);
    }
    return false;
  }

  bool view(const Step& s) {
    const Slot& in = slot(s.inputs[0]);
    Slot& out = slot(s.outputs[0]);
    ViewOperands operands{in.tensor, s.inputs.size() > 1 ? &slot(s.inputs[1]).number : &in.number,
                          f_.sizes};
    ViewResult made;
    if (!s.view.make(s.view, operands, made)) return false;
    out.argument = made.copied || s.view.number ? -1 : in.argument;
    out.hosted = in.hosted && !made.copied;
    out.same_object = false;
    if (s.view.number) {
      out.number = made.number;
    } else {
      out.hold(std::move(made.tensor));
    }
    return true;
  }

  // Memory for a tensor whose shape and strides are set. `like` makes the shape that the host sees.
  void provide(Slot& s, bool host, const Step* like) {
    s.argument = -1;
    s.same_object = false;
    s.hosted = host && f_.host->allocate_result;
    s.tensor = &s.own;
    if (!s.hosted) return allocate(s.own);
    if (!like) return f_.host->allocate_result(s.own);
    ViewResult shaped;
    like->view.make(like->view, {&s.own, nullptr, f_.sizes}, shaped);
    f_.host->allocate_result(shaped.tensor);
    s.own.data = shaped.tensor.data;
    s.own.owner = std::move(shaped.tensor.owner);
  }

  bool launch(const Block& b, const Step& s) {
    const auto& site = p_.sites[size_t(s.site)];
    if (site->refused.load(std::memory_order_relaxed)) return reference_kernel(s);
    const size_t arrays = size_t(s.arrays), numbers = s.inputs.size() - arrays;
    List<const Tensor*, 16> operands(arrays), outputs(s.outputs.size());
    for (size_t i = 0; i < arrays; ++i) operands[i] = slot(s.inputs[i]).tensor;
    Resolved& r = f_.resolved[size_t(s.site)];
    if (!site->kernel->matches(r, operands.all())) {
      try {
        if (!site->kernel->resolve(r, operands.all(), p_.options.threads)) return false;
      } catch (const ir::Unsupported&) {
        site->refused = true;
        return reference_kernel(s);
      }
    }
    for (size_t i = 0; i < s.outputs.size(); ++i) {
      Slot& out = slot(s.outputs[i]);
      out.own = r.outputs[i];
      provide(out, s.host[i], s.shaped[i] < 0 ? nullptr : &b.steps[size_t(s.shaped[i])]);
      outputs[i] = out.tensor;
    }
    List<Scalar, 16> scalars(numbers);
    for (size_t i = 0; i < numbers; ++i) scalars[i].bytes = slot(s.inputs[arrays + i]).number.bytes;
    Unlocked unlocked(*f_.host, r.lasts);
    f_.lasted = f_.lasted || r.lasts;
    site->kernel->run(r, operands.all(), outputs.all(), scalars[0].bytes.data(),
                      p_.options.threads);
    ++f_.launches;
    return true;
  }

  bool arithmetic(const Step& s) {
    Number& out = slot(s.outputs[0]).number;
    char* pointers[max_operands];
    const int64_t strides[max_operands] = {};
    const size_t n = s.inputs.size();
    for (size_t i = 0; i < n; ++i) pointers[i] = slot(s.inputs[i]).number.bytes.data();
    pointers[n] = out.bytes.data();
    s.loop(pointers, strides, 1);
    return true;
  }

  bool fill(const Step& s) {
    const Number& value = slot(s.inputs[0]).number;
    Slot& out = slot(s.outputs[0]);
    Tensor& t = out.own;
    t = Tensor();
    t.dtype = value.dtype;
    t.rank = int8_t(s.sizes.size());
    for (int k = 0; k < t.rank; ++k) {
      t.shape[k] = f_.sizes[size_t(s.sizes[size_t(k)])];
      if (t.shape[k] < 0) return false;
    }
    set_c_strides(t);
    provide(out, s.host[0], nullptr);
    Tensor repeated;
    repeated.dtype = value.dtype;
    repeated.data = const_cast<char*>(value.bytes.data());
    copy(t, broadcast_to(repeated, t.dims()));
    return true;
  }

  Value value(int i) {
    const Slot& s = slot(i);
    if (p_.slots[size_t(i)].rank >= 0) return {*s.tensor};
    return {s.number};
  }

  void store(int i, Value v) {
    Slot& s = slot(i);
    s.argument = -1;
    s.same_object = s.hosted = false;
    if (auto* t = std::get_if<Tensor>(&v.is)) {
      s.hold(std::move(*t));
    } else {
      s.number = std::get<Number>(v.is);
    }
  }

  bool reference(const Step& s) {
    std::vector<Value> operands;
    for (int in : s.inputs) operands.push_back(value(in));
    store(s.outputs[0], evaluate(g_, s.node, operands, f_.size_of));
    return true;
  }

  // A kernel whose code generation declined, node by node.
  bool reference_kernel(const Step& s) {
    const ir::Body& body = g_.body(g_.attrs(s.node).body("body"));
    std::map<uint32_t, Value> values;
    size_t array = 0, number = size_t(s.arrays);
    for (ir::Ref p : body.params) {
      values[p.id] = value(s.inputs[g_.type(p).is_array() ? array++ : number++]);
    }
    for (ir::Ref r : body.nodes) {
      std::vector<Value> operands;
      for (ir::Ref in : g_.inputs(r)) operands.push_back(values.at(in.id));
      values[r.id] = evaluate(g_, r, operands, f_.size_of);
    }
    for (size_t i = 0; i < s.outputs.size(); ++i)
      store(s.outputs[i], values.at(body.results[i].id));
    return true;
  }

  bool call(const Step& s) {
    if (!f_.host->call) return reference(s);
    std::vector<Tensor> operands;
    for (int in : s.inputs) operands.push_back(*slot(in).tensor);
    Tensor made = f_.host->call(g_.op(s.node), operands);
    Slot& out = slot(s.outputs[0]);
    if (p_.slots[size_t(s.outputs[0])].rank < 0) {
      out.number = {made.dtype, false, {}};
      std::memcpy(out.number.bytes.data(), made.data, size_t(made.itemsize()));
      return true;
    }
    out.argument = -1;
    out.same_object = false;
    out.hosted = true;
    out.hold(std::move(made));
    return true;
  }

  // Moves or copies the results of a block to other slots, all at once: a result may be a parameter
  // that another result replaces.
  void pass(const Block& b, std::span<const int> to) {
    if (std::ranges::find(b.movable, char(false)) == b.movable.end()) {
      for (size_t i = 0; i < to.size(); ++i) take(slot(to[i]), slot(b.results[i]), true);
      return;
    }
    List<Slot, 4> values(to.size());
    for (size_t i = 0; i < to.size(); ++i) take(values[i], slot(b.results[i]), b.movable[i]);
    for (size_t i = 0; i < to.size(); ++i) take(slot(to[i]), values[i], true);
  }

  // An array stays where it is if the caller holds it; else `to` holds it.
  static void take(Slot& to, Slot& from, bool move) {
    const bool own = from.tensor == &from.own;
    if (own) {
      if (move) {
        to.own = std::move(from.own);
      } else {
        to.own = from.own;
      }
    }
    to.tensor = own ? &to.own : from.tensor;
    to.number = from.number;
    to.argument = from.argument;
    to.same_object = from.same_object;
    to.hosted = from.hosted;
  }

  bool branch(const Step& s) {
    const Block& b = s.bodies[integer(slot(s.inputs[0]).number) ? 0 : 1];
    if (!run(b)) return false;
    pass(b, s.outputs);
    return true;
  }

  // Puts the initial values where the loop carries them: slots of the body's parameters.
  void enter(std::span<const int> initial, std::span<const int> params) {
    for (size_t i = 0; i < initial.size(); ++i) take(slot(params[i]), slot(initial[i]), false);
  }

  // Lets the host end a loop (Ctrl-C): after long kernels, and every so many rounds of short ones.
  void poll() {
    if ((++f_.rounds % 64 != 0 && !f_.lasted) || !f_.host->poll) return;
    f_.lasted = false;
    f_.host->poll();
  }

  bool for_loop(const Step& s) {
    const Block& body = s.bodies[0];
    const int64_t start = integer(slot(s.inputs[0]).number),
                  stop = integer(slot(s.inputs[1]).number),
                  step = integer(slot(s.inputs[2]).number);
    if (step == 0) return false;
    const auto inputs = std::span(s.inputs), params = std::span(body.params);
    enter(inputs.subspan(3), params.subspan(1));
    Number& counter = slot(params[0]).number;
    counter = {p_.slots[size_t(params[0])].dtype, true, {}};
    for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
      std::memcpy(counter.bytes.data(), &i, sizeof i);
      if (!run(body)) return false;
      pass(body, params.subspan(1));
      poll();
      if (__builtin_add_overflow(i, step, &i)) break;
    }
    for (size_t k = 0; k < s.outputs.size(); ++k)
      take(slot(s.outputs[k]), slot(params[k + 1]), true);
    return true;
  }

  bool while_loop(const Step& s) {
    const Block &test = s.bodies[0], &body = s.bodies[1];
    enter(s.inputs, test.params);
    for (;;) {
      enter(test.params, body.params);
      if (!run(test)) return false;
      if (!integer(slot(test.results[0]).number)) break;
      if (!run(body)) return false;
      pass(body, test.params);
      poll();
    }
    for (size_t k = 0; k < s.outputs.size(); ++k)
      take(slot(s.outputs[k]), slot(body.params[k]), true);
    return true;
  }

  const Plan::Program& p_;
  const ir::Graph& g_;
  Frame& f_;
};

}  // namespace

bool Plan::Program::execute(const Block& block, Frame& frame) const {
  return Executor(*this, frame).run(block);
}

}  // namespace runtime
