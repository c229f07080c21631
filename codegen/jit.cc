// The JIT: kernels are compiled to objects and linked by ORC, each in a library (and so with a
// resource tracker) of its own, which is removed with its Code.
#include "codegen/jit.h"

#include <llvm/ADT/ArrayRef.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/xxhash.h>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <unordered_map>

#include "codegen/linker.h"
#include "codegen/module.h"
#include "codegen/object_store.h"
#include "ir/error.h"

namespace codegen {

namespace {

double now_ms() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

// Holds the linker too, so that code may outlive the Jit it came from.
struct Code::Resources {
  std::shared_ptr<Linker> linker;
  llvm::orc::JITDylib& library;
  Resources(std::shared_ptr<Linker> l, const std::string& name)
      : linker(std::move(l)), library(linker->new_library(name)) {}
  ~Resources() { linker->remove(library); }
};

struct Jit::State {
  explicit State(const JitOptions& options)
      : target(target_named(options.cpu)), store(options.directory, options.limit_bytes) {}

  using Build = std::function<KernelModule(const llvm::TargetMachine&)>;
  struct Found {
    std::shared_ptr<Code> code;
    Origin origin = Origin::compiled;
  };

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

  // Code for the content that `key` names: what there is, or what `build` makes.
  Found find(const std::string& key, const Build& build) {
    if (auto code = shared(key)) {
      check_equal(*code, build);
      return {code, Origin::shared};
    }
    Found out;
    if (const auto object = store.load(key)) {
      out = {std::make_shared<Code>(), Origin::stored};
      out.code->scratch_per_column = object->scratch_per_column;
      link(*out.code, key, object->code);
    } else {
      auto machine = take();
      const double begin = now_ms();
      KernelModule module = build(*machine);
      out.code = emit(key, module, *machine, begin);
      give(std::move(machine));
    }
    const std::lock_guard lock(mutex);
    remember(key, out.code);
    return out;
  }

  // As above, where only the module itself says what its content is.
  Found find(const Build& build) {
    auto machine = take();
    const double begin = now_ms();
    KernelModule module = build(*machine);
    const std::string key = key_of(module, target);
    auto code = shared(key);
    if (code) {
      give(std::move(machine));
      return {code, Origin::shared};
    }
    Found out;
    if (const auto object = store.load(key)) {
      out = {std::make_shared<Code>(), Origin::stored};
      link(*out.code, module.symbol, object->code);
    } else {
      out.code = emit(key, module, *machine, begin);
    }
    give(std::move(machine));
    const std::lock_guard lock(mutex);
    remember(key, out.code);
    return out;
  }

  Text text(const Build& build) {
    auto machine = take();
    KernelModule module = build(*machine);
    Text out;
    llvm::raw_string_ostream llvm(out.llvm);
    module.module->print(llvm, nullptr);
    out.assembly = emit_assembly(module, *machine);
    give(std::move(machine));
    return out;
  }

  Target target;
  ObjectStore store;
  std::shared_ptr<Linker> linker = std::make_shared<Linker>();

 private:
  std::shared_ptr<Code> emit(const std::string& key, KernelModule& module,
                             llvm::TargetMachine& machine, double begin) {
    auto code = std::make_shared<Code>();
    const double built = now_ms();
#ifndef NDEBUG
    code->llvm_hash = hash_of(module);
#endif
    const Bytes object = emit_object(module, machine);
    code->timing.build_ms = built - begin;
    code->timing.compile_ms = now_ms() - built;
    code->scratch_per_column = module.scratch_per_column;
    link(*code, module.symbol, object);
    store.save(key, object, module.scratch_per_column);
    return code;
  }

  void link(Code& code, const std::string& symbol, std::span<const char> object) {
    const double begin = now_ms();
    code.symbol = symbol;
    code.bytes = object.size();
    code.resources = std::make_shared<Code::Resources>(linker, symbol);
    const auto address = linker->link(code.resources->library, symbol, object);
    code.entry = address.toPtr<KernelEntry>();
    code.loop = address.toPtr<LoopEntry>();
    code.timing.link_ms = now_ms() - begin;
  }

  std::shared_ptr<Code> shared(const std::string& key) {
    const std::lock_guard lock(mutex);
    const auto found = live.find(key);
    return found == live.end() ? nullptr : found->second.lock();
  }

  void remember(const std::string& key, const std::shared_ptr<Code>& code) {
    if (live.size() >= sweep_at) {
      std::erase_if(live, [](const auto& entry) { return entry.second.expired(); });
      sweep_at = std::max<size_t>(256, 2 * live.size());
    }
    live[key] = code;
  }

  // That a key is all that matters: the module for the same key is the same.
  void check_equal([[maybe_unused]] const Code& code, [[maybe_unused]] const Build& build) {
#ifndef NDEBUG
    if (!code.llvm_hash) return;
    auto machine = take();
    KernelModule module = build(*machine);
    BRAZE_CHECK(hash_of(module) == code.llvm_hash) << "codegen: two kernels named " << code.symbol;
    give(std::move(machine));
#endif
  }

  std::mutex mutex;
  std::vector<std::unique_ptr<llvm::TargetMachine>> idle;
  std::unordered_map<std::string, std::weak_ptr<Code>> live;
  size_t sweep_at = 256;
};

Jit::Jit(const JitOptions& options) : state_(std::make_unique<State>(options)) {}
Jit::~Jit() = default;

std::shared_ptr<const Code> Jit::compile(const ir::Graph& graph, const passes::Kernel& kernel,
                                         const Variant& variant, Origin* origin) {
  const auto key = symbol_of(graph, kernel, variant, state_->target);
  auto found = state_->find(key, [&](const llvm::TargetMachine& machine) {
    return build(graph, kernel, variant, state_->target, machine);
  });
  if (origin) *origin = found.origin;
  return found.code;
}

std::string Jit::symbol(const ir::Graph& graph, const passes::Kernel& kernel,
                        const Variant& variant) const {
  return symbol_of(graph, kernel, variant, state_->target);
}

std::shared_ptr<const Code> Jit::compile(const ir::Graph& graph, const passes::ScalarLoop& loop,
                                         const SizePlace& place, const LoopVariant& variant,
                                         Origin* origin) {
  auto found = state_->find([&](const llvm::TargetMachine& machine) {
    return build(graph, loop, place, variant, state_->target, machine);
  });
  if (origin) *origin = found.origin;
  return found.code;
}

Jit::Text Jit::text(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant) {
  return state_->text([&](const llvm::TargetMachine& machine) {
    return build(graph, kernel, variant, state_->target, machine);
  });
}

Jit::Text Jit::text(const ir::Graph& graph, const passes::ScalarLoop& loop, const SizePlace& place,
                    const LoopVariant& variant) {
  return state_->text([&](const llvm::TargetMachine& machine) {
    return build(graph, loop, place, variant, state_->target, machine);
  });
}

namespace {

std::string file_of(std::string_view key) {
  const auto hash =
      llvm::xxh3_128bits(llvm::ArrayRef(reinterpret_cast<const uint8_t*>(key.data()), key.size()));
  char digits[33];
  std::snprintf(digits, sizeof digits, "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return std::string("function_") + digits;
}

}  // namespace

std::optional<std::string> Jit::kept(std::string_view key) const {
  const auto object = state_->store.load(file_of(key));
  if (!object) return std::nullopt;
  return std::string(object->code.begin(), object->code.end());
}

void Jit::keep(std::string_view key, std::string_view bytes) {
  state_->store.save(file_of(key), bytes, 0);
}

std::string Jit::target() const { return state_->target.text(); }
int Jit::vector_bytes() const { return state_->target.vector_bytes; }

}  // namespace codegen
