// A plan: an optimised graph as a flat program for the executor, with its kernels and size
// programs. Made once per specialisation, run on every call, safe to run from several threads at
// once.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "codegen/jit.h"
#include "ir/graph.h"
#include "runtime/errors.h"
#include "runtime/value.h"

namespace runtime {

// An operand of a call: one of both.
struct Operand {
  const Tensor* tensor = nullptr;
  const Number* number = nullptr;
};

// A call of an `eager` node.
struct EagerCall {
  const ir::Graph& graph;
  ir::Ref node;
  std::span<const Operand> operands;
  std::span<Value> made;        // to be filled: one for each result
  std::shared_ptr<void>& kept;  // what the host keeps for this step of the frame; at first null
  std::shared_ptr<void>& done;  // what it keeps for this call of the plan; at first null
};

// What the embedding provides. Python fills it with NumPy; a C++ program may leave it empty.
struct Host {
  // Memory for a result that the caller will own: fills data and owner; dtype, shape, strides are
  // set. Results may also be views of such memory.
  std::function<void(Tensor&)> allocate_result;
  // Runs a PROD op on tensors; empty: the kernels of runtime/calls/.
  std::function<Tensor(ir::Op, std::span<const Tensor>)> call;
  // Runs an `eager` node. False where what it calls raises, gives values of other types, or is not
  // known; the values are the call's alone. Empty: graphs with such nodes do not run.
  std::function<bool(EagerCall&)> eager = nullptr;
  // Takes back what eager calls have changed outside (EagerCall::done), after a call that failed.
  void (*take_back)(void* done) = nullptr;
  // Writes the matrix product of arrays with one or two axes to `out`, which is in C order. May be
  // empty; false where `call` must do it.
  bool (*matmul)(const Tensor& a, const Tensor& b, const Tensor& out) = nullptr;
  // Called around a long kernel, in which nothing else here is called: Python lets other threads
  // run.
  void* (*unlock)() = nullptr;
  void (*lock)(void* token) = nullptr;
  // Called now and then in loops; may throw to end the call.
  void (*poll)() = nullptr;
};

struct PlanOptions {
  int threads = 0;      // 0: as many as the process may use
  bool kernels = true;  // false: every node runs in the reference engine (the oracle)
};

struct PlanStats {
  int64_t launches = 0;
  int64_t compiles = 0, cache_hits = 0;  // pieces of code: made for this plan, or found
  double compile_ms = 0;                 // of both
};

// One kernel node's machine code for one variant, for inspection.
struct CompiledKernel {
  ir::BodyId body;
  codegen::Variant variant;
  std::shared_ptr<const codegen::Code> code;
  passes::Kernel::Form form;  // the body's own, or the other one where memory lies the other way
};

// The same of a loop over numbers and elements, for arrays such as those of the first call.
struct CompiledLoop {
  const passes::ScalarLoop& loop;
  codegen::Jit::SizePlace place;
  codegen::LoopVariant variant;
  std::shared_ptr<const codegen::Code> code;
};

struct Frame;    // runtime/program.h
struct Profile;  // runtime/profile.h

class Plan {
 public:
  // Unsupported if there is no plan for the graph: then nothing of it is compiled.
  Plan(std::shared_ptr<const ir::Graph> graph, std::shared_ptr<codegen::Jit> jit,
       PlanOptions options);
  ~Plan();

  // One call. Its values stay with the plan for the next one: calls that are alike allocate
  // nothing.
  class Call {
   public:
    explicit Call(const Plan& plan);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    // To be set before `run`; they may hold those of an earlier call. Their memory is the caller's:
    // arrays have no owner.
    std::span<Value> arguments() const;
    // False if a check does not hold for these arguments (shapes that do not fit, empty where not
    // allowed, an index out of range, overflow of Python ints): nothing has been changed, and the
    // caller runs the plain function, which raises the real error. Arguments must have the types of
    // the graph's parameters (dtype, rank, which sizes are 1). Elements of tuples count as
    // arguments of their own in Value::argument. The memory of every array among the results is an
    // argument's, or came from the host if it allocates. False too if floating-point errors that
    // `errors` asks for were raised, before or after any results were made; null: none is asked
    // for.
    bool run(const Host& host, Errors* errors = nullptr, Profile* profile = nullptr);
    // After `run`, as long as this lives.
    std::span<const Value> results() const;
    // Whether the graph is for arguments of these sizes; if not, another graph of the same function
    // may be.
    bool fits() const;

   private:
    bool execute(const Host& host, Errors* errors);
    const Plan& plan_;
    Frame* frame_;
    int berth_ = -1;
    std::unique_ptr<Frame> own_;
  };
  // The results of one call; nothing where Call::run is false.
  std::optional<std::vector<Value>> run(std::span<const Value> arguments, const Host& host,
                                        Errors* errors = nullptr, Profile* profile = nullptr) const;

  // The kinds of errors to look for, if NumPy is asked to report these; 0: none may happen.
  uint8_t watched(uint8_t reported) const;
  // True if the processor's flags tell of every underflow that NumPy would report.
  bool underflow_shows() const;

  // Compiles what a call with such arguments will need, as far as can be told, where that is more
  // than one piece of code: on several threads. If `ahead`, while others work: on this thread, even
  // one piece, and what branches will need.
  void prepare(std::span<const Value> arguments, const Host& host, bool ahead) const;

  const ir::Graph& graph() const;
  PlanStats stats() const;
  std::vector<CompiledKernel> kernels() const;
  std::vector<CompiledLoop> loops() const;

  struct Program;  // runtime/program.h

 private:
  std::unique_ptr<Program> program_;
};

}  // namespace runtime
