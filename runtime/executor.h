// Runs the steps of a program on the slots of a frame.
#pragma once
#include <optional>
#include <span>

#include "runtime/program.h"

namespace runtime {

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

// A number as kernels read it.
struct alignas(16) Scalar {
  std::array<char, 16> bytes;
};

class Executor {
 public:
  Executor(const Plan::Program& p, Frame& f) : p_(p), g_(*p.graph), f_(f) {}

  // False, or Unsupported, if NumPy raises here.
  bool run(const Block& b);

 private:
  Slot& slot(int i) { return f_.slots[size_t(i)]; }
  bool run(const Block& b, const Step& s);
  bool profiled(const Block& b, const Step& s);
  void count(const Step& s, double& bytes, double& work) const;
  double work_of(const passes::Kernel& kernel) const;

  void settle(const Step& s);

  bool view(const Step& s);
  bool span(const Step& s);
  bool give(const Step& s, int64_t size);
  bool arithmetic(const Step& s);
  bool convert(const Step& s);
  bool fill(const Step& s);
  bool call(const Step& s);
  bool call_host(const Step& s);
  bool call_eager(const Step& s);
  bool fits(const Step& s, std::span<const Value> made);
  bool equal_sizes(const Step& s, std::span<const Value> made);
  bool accumulate(const Step& s);
  bool product(const Step& s);
  bool product(const Step& s, const Tensor& a, const Tensor& b);
  void provide(Slot& s, bool host, const Step* like);
  void provide_blank(Slot& s);

  // Launches (execute_launch.cc).
  using Indices = std::array<int64_t, max_rank>;
  bool launch(const Block& b, const Step& s);
  bool indices(const Seen& seen, std::span<const int> slots, Indices& at);
  bool recorded(const Step& s, const Record& r);
  bool record(const Step& s, Record& r);
  bool may_change(const KernelSite& kernel, const Resolved& r, std::span<char* const> data,
                  KernelSite::Extras extras);
  bool resolve(const Step& s, Record& r);
  bool place(const Step& s, Record& r, std::span<char*> data);
  size_t scalar_words(const Step& s);
  void fill_scalars(const Step& s, char* to);
  bool reads_table(const Step& s, int base);
  bool disturbs(const Step& s, const Record& r, size_t input, char* reads, size_t placement,
                const Indices& part_at, char* writes);

  // What has no faster way: the reference engine (execute_reference.cc).
  bool reference(const Step& s);
  bool evaluate_step(const Step& s);
  bool reference_kernel(const Step& s);
  std::optional<Value> operand(const Step& s, size_t i);
  Value value(int i);

  // Notes what a single step has raised.
  template <class Run>
  bool noted(const Step& s, Run run);
  void note(int report, uint8_t kinds);
  uint8_t told_by_result(ir::Ref r, const Value& made, uint8_t flags);
  void store(int i, Value v);

  // Changes (execute_updates.cc).
  bool update(const Step& s);
  bool store(const Step& s);
  bool exclusive(int base, const Step& s);
  bool put(const Step& s, int base, const Window& window, std::span<const int> indices,
           const Tensor& value, int output);
  void change_copy(Slot& out, const Slot& base, const Tensor& part, bool host);
  void change_in_place(Slot& out, Slot& base, const Tensor* part, bool ends);
  void remember(const Tensor& part, const std::shared_ptr<void>& owner);
  void make_note(const Tensor& there, bool whole);
  static bool same_owner(const Tensor& a, const Tensor& b);
  static Tensor layout_of_copy(const Tensor& t);

  // Masks, index arrays and the sizes that they lead to (execute_selection.cc).
  bool bind(const Step& s);
  bool select(const Step& s);
  bool change(const Step& s);
  std::vector<Tensor> operands(const Step& s);

  // Branches and loops (execute_control.cc).
  bool branch(const Step& s);
  bool for_loop(const Step& s);
  bool while_loop(const Step& s);
  bool rounds(const Block& body, int64_t start, int64_t stop, int64_t step);
  void pass(const Block& b, std::span<const int> to);
  static void take(Slot& to, Slot& from, bool move);
  void enter(const Step& s, std::span<const int> initial, std::span<const int> params);
  void enter(std::span<const int> initial, std::span<const int> params);
  void poll();

  // Loops band by band (execute_bands.cc). Nothing if this one had better run as it is.
  class Banded;
  std::optional<bool> banded_loop(const Step& s, int64_t start, int64_t stop, int64_t step);

  // Loops that are one function (execute_scalar.cc). Nothing if there is no code for it.
  std::optional<bool> scalar_loop(const Step& s);
  const codegen::Code* fitting_code(Plan::Program::LoopSite& site,
                                    std::span<const Tensor* const> layouts);
  void hand_over(const Step& s, size_t array, int output);

  const Plan::Program& p_;
  const ir::Graph& g_;
  Frame& f_;
};

}  // namespace runtime
