// The name of a kernel: a hash of everything its code depends on.
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/xxhash.h>

#include <cstdio>
#include <map>
#include <vector>

#include "codegen/module.h"

namespace codegen {

namespace {

struct Content {
  std::vector<uint8_t> bytes;
  void add(uint64_t v) {
    for (int i = 0; i < 8; ++i) bytes.push_back(uint8_t(v >> (8 * i)));
  }
  void add(const std::string& s) {
    add(s.size());
    bytes.insert(bytes.end(), s.begin(), s.end());
  }
  void add(const Target& target) {
    add(target.triple.str());
    add(target.cpu);
    add(target.features);
  }
  std::string name(const char* prefix) const {
    const llvm::XXH128_hash_t hash = llvm::xxh3_128bits(bytes);
    char digits[40];
    std::snprintf(digits, sizeof digits, "%016llx%016llx", (unsigned long long)hash.high64,
                  (unsigned long long)hash.low64);
    return std::string(prefix) + digits;
  }
};

// Names of values count from 0 within the kernel; sizes do not matter, how values vary does.
void add_values(Content& c, const ir::Graph& graph, const passes::Kernel& kernel) {
  std::map<ir::Ref, uint64_t> numbers;
  auto number = [&](ir::Ref r) { c.add(numbers.contains(r) ? numbers[r] : UINT64_MAX); };
  for (size_t i = 0; i < kernel.order.size(); ++i) {
    const ir::Ref r = kernel.order[i];
    numbers.emplace(r, i);
    c.add(uint64_t(graph.op(r)));
    c.add(uint64_t(graph.type(r).dtype));
    c.add(uint64_t(kernel.values[i].extent));
    c.add(uint64_t(kernel.values[i].phase));
    c.add(graph[r].loc.scalar);  // decides what is reported
    if (graph.op(r) == ir::Op::constant)
      for (int64_t word : graph.attrs(r).scalar("value").bits) c.add(uint64_t(word));
    for (ir::Ref in : graph.inputs(r)) number(in);
  }
  for (auto* refs : {&kernel.arrays, &kernel.scalars, &kernel.tables, &kernel.outputs}) {
    c.add(refs->size());
    for (ir::Ref r : *refs) number(r);
  }
}

std::string bitcode(const KernelModule& module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::WriteBitcodeToFile(*module.module, out);
  return text;
}

}  // namespace

std::string symbol_of(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant,
                      const Target& target) {
  Content c;
  c.add(uint64_t(kernel.form));
  c.add(uint64_t(kernel.phases));
  add_values(c, graph, kernel);
  for (Access a : variant.access) c.add(uint64_t(a));
  c.add(variant.stream);
  c.add(variant.checked);
  c.add(variant.large);
  c.add(target);
  return c.name("kernel_");
}

std::string key_of(const KernelModule& module, const Target& target) {
  Content c;
  c.add(bitcode(module));
  c.add(target);
  return c.name("loop_");
}

uint64_t hash_of(const KernelModule& module) { return llvm::xxh3_64bits(bitcode(module)); }

}  // namespace codegen
