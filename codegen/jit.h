// Compiles kernels to machine code in this process. Includes no LLVM: the rest of braze sees only
// this.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/abi.h"
#include "ir/graph.h"
#include "passes/kernel.h"
#include "passes/scalar_loop.h"

namespace codegen {

struct Variant {
  std::vector<Access> access;  // per pointer of KernelArgs: array operands, then outputs
  bool stream = false;   // non-temporal stores: outputs are large, unit access and 64-byte aligned
  bool checked = false;  // reports all floating-point errors, not only what flags do not say
  bool large = false;    // worth more code for more speed; columns are many (Form::map)
  friend auto operator<=>(const Variant&, const Variant&) = default;
};

// What code of a scalar loop counts on.
struct LoopVariant {
  // Per array: the elements of a row are adjacent and distinct indices are distinct elements, as in
  // C order or in slices of it. Missing entries: nothing is known.
  std::vector<bool> rows = {};
  bool checked = false;  // reports all floating-point errors

  bool dense(size_t array) const { return array < rows.size() && rows[array]; }
};

struct Timing {
  double build_ms = 0;    // graph to LLVM IR
  double compile_ms = 0;  // LLVM IR to object code
  double link_ms = 0;
};

// Where code came from: the code generator, code that this process already has for a kernel with
// the same content, or a file (codegen/object_store.h).
enum class Origin : uint8_t { compiled, shared, stored };

// Machine code of one kernel variant. Dropping the last reference frees the code.
struct Code {
  struct Resources;

  KernelEntry entry = nullptr;  // if it is a kernel
  LoopEntry loop = nullptr;     // if it is a scalar loop
  std::string symbol;
  Timing timing;
  uint64_t llvm_hash = 0;                // of the LLVM module; only where invariants are checked
  size_t bytes = 0;                      // of object code
  size_t scratch_per_column = 0;         // bytes of row buffers (rows form)
  std::shared_ptr<Resources> resources;  // holds the code in memory

  // Whole vectors may be written past the last column.
  size_t scratch_bytes(int64_t columns) const {
    return scratch_per_column * size_t(columns + scratch_slack) + 64;
  }
};

// What a Jit is made for.
struct JitOptions {
  // This machine, or a lesser one such as "x86-64-v3". UserError if LLVM does not know it.
  std::string cpu = "host";
  std::string directory = "";  // where object code is kept for other processes; "": nowhere
  uint64_t limit_bytes = uint64_t(128) << 20;  // of the files in it
};

// Thread-safe. One per process is enough; it is created on the first compile, not at import.
class Jit {
 public:
  explicit Jit(const JitOptions& options = {});
  ~Jit();
  std::shared_ptr<const Code> compile(const ir::Graph& graph, const passes::Kernel& kernel,
                                      const Variant& variant, Origin* origin = nullptr);
  // What names its content: kernels of equal names have equal code.
  std::string symbol(const ir::Graph& graph, const passes::Kernel& kernel,
                     const Variant& variant) const;
  // A scalar loop; `place` is where LoopArgs::sizes has a size of the graph.
  using SizePlace = std::function<int(ir::DimId)>;
  std::shared_ptr<const Code> compile(const ir::Graph& graph, const passes::ScalarLoop& loop,
                                      const SizePlace& place, const LoopVariant& variant = {},
                                      Origin* origin = nullptr);
  // For inspection.
  struct Text {
    std::string llvm, assembly;  // of the module, of the machine code
  };
  Text text(const ir::Graph& graph, const passes::Kernel& kernel, const Variant& variant);
  Text text(const ir::Graph& graph, const passes::ScalarLoop& loop, const SizePlace& place,
            const LoopVariant& variant);
  // Other bytes that are kept beside the object code; who reads them compares the key, of which
  // the file's name is a hash.
  std::optional<std::string> kept(std::string_view key) const;
  void keep(std::string_view key, std::string_view bytes);
  // "znver5, 512-bit vectors": the target, for people.
  std::string target() const;
  int vector_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace codegen
