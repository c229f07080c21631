// Links objects into this process: one ORC session, one library of the functions that generated
// code may call, and a library (and so a resource tracker) for each object.
#pragma once
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <mutex>
#include <span>
#include <string>

namespace codegen {

class Linker {
 public:
  Linker();
  ~Linker();
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  llvm::orc::JITDylib& new_library(const std::string& name);
  // Links the object into the library and finds its function.
  llvm::orc::ExecutorAddr link(llvm::orc::JITDylib& library, const std::string& symbol,
                               std::span<const char> object);
  void remove(llvm::orc::JITDylib& library);

 private:
  std::mutex mutex_;
  std::string reported_;  // the cause of the last failure
  uint64_t libraries_ = 0;
  llvm::orc::ExecutionSession session_;
  llvm::orc::ObjectLinkingLayer layer_;
  llvm::orc::JITDylib& process_;
};

}  // namespace codegen
