// The JIT: kernels are compiled to objects and linked by ORC, each in a library (and so with a
// resource tracker) of its own, which is removed with its Code.
#include "codegen/jit.h"

#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>

#include "codegen/module.h"
#include "ir/error.h"
#include "ir/lane.h"

namespace codegen {

namespace orc = llvm::orc;

namespace {

double now_ms() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

template <class T>
T value_of(llvm::Expected<T> e) {
  if (!e) ir::fail<ir::Bug>() << "codegen: " << llvm::toString(e.takeError());
  return std::move(*e);
}
void need(llvm::Error e) {
  if (e) ir::fail<ir::Bug>() << "codegen: " << llvm::toString(std::move(e));
}

// The linker: one ORC session, one library of the functions that generated code may call.
struct Linker {
  Linker()
      : session(value_of(orc::SelfExecutorProcessControl::Create(
            nullptr, std::make_unique<orc::InPlaceTaskDispatcher>()))),
        layer(session),
        process(session.createBareJITDylib("process")) {
    session.setErrorReporter([this](llvm::Error e) { reported = llvm::toString(std::move(e)); });
    orc::SymbolMap symbols;
    auto add = [&](const char* name, auto* function) {
      symbols[session.intern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                       llvm::JITSymbolFlags::Exported};
    };
    // What LLVM calls of its own accord: moves of memory, the remainder of floats, and fma where
    // there is no instruction.
    add("memset", &std::memset);
    add("memcpy", &std::memcpy);
    add("memmove", &std::memmove);
    add("fmod", static_cast<double (*)(double, double)>(&std::fmod));
    add("fmodf", static_cast<float (*)(float, float)>(&std::fmod));
    add("fma", static_cast<double (*)(double, double, double)>(&std::fma));
    add("fmaf", static_cast<float (*)(float, float, float)>(&std::fma));
    // What formulas call that no instruction does.
    add(
        "braze_gcd", +[](uint64_t x, uint64_t y) {
          return exact_gcd(ir::Lane<uint64_t>{x}, ir::Lane<uint64_t>{y}).v;
        });
    add(
        "braze_lcm", +[](uint64_t x, uint64_t y) {
          return exact_lcm(ir::Lane<uint64_t>{x}, ir::Lane<uint64_t>{y}).v;
        });
    need(process.define(orc::absoluteSymbols(std::move(symbols))));
  }
  ~Linker() { llvm::consumeError(session.endSession()); }

  orc::JITDylib& new_library(const std::string& name) {
    const std::lock_guard lock(mutex);
    auto& library = session.createBareJITDylib(name + "#" + std::to_string(++libraries));
    library.addToLinkOrder(process);
    return library;
  }

  // Links the object into the library and finds its function.
  orc::ExecutorAddr link(orc::JITDylib& library, const std::string& symbol, const Bytes& object) {
    const std::lock_guard lock(mutex);
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy({object.data(), object.size()}, symbol);
    need(layer.add(library, std::move(buffer)));
    auto found = session.lookup({&library}, symbol);
    if (!found) {
      ir::fail<ir::Bug>() << "codegen: " << llvm::toString(found.takeError()) << ": " << reported;
    }
    return found->getAddress();
  }

  void remove(orc::JITDylib& library) {
    const std::lock_guard lock(mutex);
    llvm::consumeError(session.removeJITDylib(library));
    session.getSymbolStringPool()->clearDeadEntries();
  }

  std::mutex mutex;
  std::string reported;  // the cause of the last failure
  uint64_t libraries = 0;
  orc::ExecutionSession session;
  orc::ObjectLinkingLayer layer;
  orc::JITDylib& process;
};

}  // namespace

// Holds the linker too, so that code may outlive the Jit it came from.
struct Code::Resources {
  std::shared_ptr<Linker> linker;
  orc::JITDylib& library;
  Resources(std::shared_ptr<Linker> l, const std::string& name)
      : linker(std::move(l)), library(linker->new_library(name)) {}
  ~Resources() { linker->remove(library); }
};

struct Jit::State {
  explicit State(const std::string& cpu) : target(target_named(cpu)) {}

  Target target;
  std::shared_ptr<Linker> linker = std::make_shared<Linker>();

  // A code generator is used by one thread at a time, and kept for the next.
  std::unique_ptr<llvm::TargetMachine> take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return target.machine();
    auto machine = std::move(idle.back());
    idle.pop_back();
    return machine;
  }
  void give(std::unique_ptr<llvm::TargetMachine> machine) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(machine));
  }

  // Builds a module and makes machine code of it, linked into this process.
  template <class F>
  std::pair<std::shared_ptr<Code>, orc::ExecutorAddr> make(F&& build_module) {
    auto code = std::make_shared<Code>();
    auto machine = take();
    const double begin = now_ms();
    KernelModule module = build_module(*machine);
    const double built = now_ms();
    const Bytes object = emit_object(module, *machine);
    const double compiled = now_ms();
    give(std::move(machine));
    code->symbol = module.symbol;
    code->scratch_per_column = module.scratch_per_column;
    code->bytes = object.size();
    code->resources = std::make_shared<Code::Resources>(linker, code->symbol);
    const auto address = linker->link(code->resources->library, code->symbol, object);
    code->timing = {built - begin, compiled - built, now_ms() - compiled};
    return {code, address};
  }

 private:
  std::mutex mutex;
  std::vector<std::unique_ptr<llvm::TargetMachine>> idle;
};

Jit::Jit(const std::string& cpu) : state_(std::make_unique<State>(cpu)) {}
Jit::~Jit() = default;

std::shared_ptr<const Code> Jit::compile(const ir::Graph& graph, const passes::Kernel& kernel,
                                         const Variant& variant) {
  auto [code, address] = state_->make([&](const llvm::TargetMachine& machine) {
    return build(graph, kernel, variant, state_->target, machine);
  });
  code->entry = address.toPtr<KernelEntry>();
  return code;
}

std::shared_ptr<const Code> Jit::compile(const ir::Graph& graph, const passes::ScalarLoop& loop,
                                         const SizePlace& place) {
  auto [code, address] = state_->make([&](const llvm::TargetMachine& machine) {
    return build(graph, loop, place, state_->target, machine);
  });
  code->loop = address.toPtr<LoopEntry>();
  return code;
}

std::string Jit::llvm_text(const ir::Graph& graph, const passes::Kernel& kernel,
                           const Variant& variant) {
  auto machine = state_->take();
  const KernelModule module = build(graph, kernel, variant, state_->target, *machine);
  state_->give(std::move(machine));
  std::string text;
  llvm::raw_string_ostream out(text);
  module.module->print(out, nullptr);
  return text;
}

std::string Jit::assembly(const ir::Graph& graph, const passes::Kernel& kernel,
                          const Variant& variant) {
  auto machine = state_->take();
  KernelModule module = build(graph, kernel, variant, state_->target, *machine);
  std::string text = emit_assembly(module, *machine);
  state_->give(std::move(machine));
  return text;
}

std::string Jit::target() const { return state_->target.text(); }
int Jit::vector_bytes() const { return state_->target.vector_bytes; }

}  // namespace codegen
