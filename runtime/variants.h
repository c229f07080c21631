// The compiled variants of one kernel. Finding one takes no lock; a new one is compiled under a
// lock, so that threads which want the same variant compile it once.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "codegen/jit.h"

namespace runtime {

class Variants {
 public:
  Variants() = default;
  ~Variants();
  Variants(const Variants&) = delete;
  Variants& operator=(const Variants&) = delete;

  // Null if there is none yet. The code lives as long as this object.
  const codegen::Code* find(const codegen::Variant& variant) const;
  // Compiles it if there is none yet.
  const codegen::Code* get(const codegen::Variant& variant, const ir::Graph& graph,
                           const passes::Kernel& kernel, codegen::Jit& jit);

  struct Entry {
    codegen::Variant variant;
    std::shared_ptr<const codegen::Code> code;
    codegen::Origin origin = codegen::Origin::compiled;
    double ms = 0;  // wall time of compiling or finding it
    Entry* next = nullptr;
  };
  // All of them, newest first.
  std::vector<const Entry*> all() const;

 private:
  std::atomic<Entry*> newest_ = nullptr;
  std::mutex mutex_;
};

}  // namespace runtime
