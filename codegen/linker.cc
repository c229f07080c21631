#include "codegen/linker.h"

#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cmath>
#include <cstring>

#include "ir/c_functions.h"
#include "ir/error.h"
#include "ir/lane.h"

namespace codegen {

namespace orc = llvm::orc;

namespace {

template <class T>
T value_of(llvm::Expected<T> e) {
  if (!e) ir::fail<ir::Bug>() << "codegen: " << llvm::toString(e.takeError());
  return std::move(*e);
}
void need(llvm::Error e) {
  if (e) ir::fail<ir::Bug>() << "codegen: " << llvm::toString(std::move(e));
}

}  // namespace

Linker::Linker()
    : session_(value_of(orc::SelfExecutorProcessControl::Create(
          nullptr, std::make_unique<orc::InPlaceTaskDispatcher>()))),
      layer_(session_),
      process_(session_.createBareJITDylib("process")) {
  session_.setErrorReporter([this](llvm::Error e) { reported_ = llvm::toString(std::move(e)); });
  orc::SymbolMap symbols;
  auto add = [&](const char* name, auto* function) {
    symbols[session_.intern(name)] = {orc::ExecutorAddr::fromPtr(function),
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
  using ir::CFunction;
  add("braze_complex_f32", static_cast<void (*)(CFunction, float*, int32_t)>(&ir::c_function));
  add("braze_complex_f64", static_cast<void (*)(CFunction, double*, int32_t)>(&ir::c_function));
  add("hypot", static_cast<double (*)(double, double)>(&std::hypot));
  add("hypotf", static_cast<float (*)(float, float)>(&std::hypot));
  add(
      "braze_gcd", +[](uint64_t x, uint64_t y) {
        return exact_gcd(ir::Lane<uint64_t>{x}, ir::Lane<uint64_t>{y}).v;
      });
  add(
      "braze_lcm", +[](uint64_t x, uint64_t y) {
        return exact_lcm(ir::Lane<uint64_t>{x}, ir::Lane<uint64_t>{y}).v;
      });
  need(process_.define(orc::absoluteSymbols(std::move(symbols))));
}

Linker::~Linker() { llvm::consumeError(session_.endSession()); }

orc::JITDylib& Linker::new_library(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto& library = session_.createBareJITDylib(name + "#" + std::to_string(++libraries_));
  library.addToLinkOrder(process_);
  return library;
}

orc::ExecutorAddr Linker::link(orc::JITDylib& library, const std::string& symbol,
                               std::span<const char> object) {
  const std::lock_guard lock(mutex_);
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy({object.data(), object.size()}, symbol);
  need(layer_.add(library, std::move(buffer)));
  auto found = session_.lookup({&library}, symbol);
  if (!found) {
    ir::fail<ir::Bug>() << "codegen: " << llvm::toString(found.takeError()) << ": " << reported_;
  }
  return found->getAddress();
}

void Linker::remove(orc::JITDylib& library) {
  const std::lock_guard lock(mutex_);
  llvm::consumeError(session_.removeJITDylib(library));
  session_.getSymbolStringPool()->clearDeadEntries();
}

}  // namespace codegen
