#include "codegen/module.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include "codegen/columns.h"
#include "codegen/kernel_builder.h"
#include "codegen/loop_passes.h"
#include "codegen/map.h"
#include "codegen/rows.h"
#include "codegen/scalar_loop.h"
#include "ir/error.h"

namespace codegen {

namespace {

void emit_body(KernelBuilder& k) {
  switch (k.kernel.form) {
    case passes::Kernel::Form::map: return emit_map(k);
    case passes::Kernel::Form::rows: return emit_rows(k);
    case passes::Kernel::Form::columns: return emit_columns(k);
  }
}

// In release builds, too: it takes one to three hundredths of the time to compile, and with what is
// wrong LLVM may crash the process.
void verify(llvm::Module& module) {
  std::string message;
  llvm::raw_string_ostream out(message);
  BRAZE_CHECK(!llvm::verifyModule(module, &out)) << "codegen: " << message;
}

void improve(KernelModule& m, llvm::TargetMachine& machine) {
  if (improve_loops(*m.module, machine) || !m.one_by_one) return;
  KernelModule other = m.one_by_one();
  m.module = std::move(other.module);
  m.context = std::move(other.context);
  improve_loops(*m.module, machine);
}

void run(KernelModule& m, llvm::TargetMachine& machine, llvm::raw_pwrite_stream& out,
         llvm::CodeGenFileType type) {
  llvm::legacy::PassManager passes;
  if (m.loop) improve(m, machine);
  const bool refused = machine.addPassesToEmitFile(passes, out, nullptr, type, true);
  BRAZE_CHECK(!refused) << "codegen: the target cannot emit a file";
  passes.run(*m.module);
}

}  // namespace

namespace {

KernelModule new_module(std::string symbol, const Target& target,
                        const llvm::TargetMachine& machine) {
  KernelModule m;
  m.symbol = std::move(symbol);
  m.context = std::make_unique<llvm::LLVMContext>();
  m.module = std::make_unique<llvm::Module>(m.symbol, *m.context);
  m.module->setTargetTriple(target.triple);
  m.module->setDataLayout(machine.createDataLayout());
  return m;
}

void set_target(Builder& b, const Target& target) {
  b.native_half = target.native_half;
  b.big_masks = target.big_masks;
  b.vector_bytes = target.vector_bytes;
}

}  // namespace

KernelModule build(const ir::Graph& graph, const passes::ScalarLoop& loop,
                   const Jit::SizePlace& place, const LoopVariant& variant, const Target& target,
                   const llvm::TargetMachine& machine) {
  // Each loop is compiled once, into a library of its own: the name says nothing.
  const auto make = [&, place](bool hold_notes) {
    KernelModule m = new_module("scalar_loop", target, machine);
    Builder b(*m.module);
    set_target(b, target);
    m.loop = true;
    const bool held = emit_scalar_loop(b, graph, loop, place, variant, m.symbol, hold_notes);
    verify(*m.module);
    return std::pair(std::move(m), held);
  };
  auto [m, held] = make(true);
  if (held) m.one_by_one = [make] { return make(false).first; };
  return std::move(m);
}

KernelModule build(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant,
                   const Target& target, const llvm::TargetMachine& machine) {
  KernelModule m = new_module(symbol_of(graph, kernel, variant, target), target, machine);
  Builder b(*m.module);
  set_target(b, target);
  KernelBuilder k(b, graph, kernel, variant, m.symbol);
  k.function->addFnAttr("prefer-vector-width", std::to_string(target.vector_bytes * 8));
  emit_body(k);
  m.scratch_per_column = k.scratch_per_column;
  verify(*m.module);
  return m;
}

Bytes emit_object(KernelModule& m, llvm::TargetMachine& machine) {
  Bytes bytes;
  llvm::raw_svector_ostream out(bytes);
  run(m, machine, out, llvm::CodeGenFileType::ObjectFile);
  return bytes;
}

std::string emit_assembly(KernelModule& m, llvm::TargetMachine& machine) {
  Bytes bytes;
  llvm::raw_svector_ostream out(bytes);
  run(m, machine, out, llvm::CodeGenFileType::AssemblyFile);
  return {bytes.begin(), bytes.end()};
}

}  // namespace codegen
