// Object code on disk: what one process compiled, the next one only links.
//
// An entry is a file named by its key, which is a hash of everything that the code depends on; the
// build of braze is part of the file's name, so that no other version reads it. Files are written
// whole under another name and then renamed. A damaged entry is a miss. A directory that another
// user could write to is not used at all.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace codegen {

class ObjectStore {
 public:
  struct Object {
    std::vector<char> code;
    size_t scratch_per_column = 0;
  };

  // Makes the directory if there is none; "" is no directory.
  ObjectStore(std::string directory, uint64_t limit_bytes);
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  // False where there is no directory, or none to be trusted: then loads miss and saves do nothing.
  bool open() const { return directory_ >= 0; }
  std::optional<Object> load(const std::string& key) const;
  // Never fails: what cannot be kept is compiled again another time.
  void save(const std::string& key, std::span<const char> code, size_t scratch_per_column);

 private:
  std::string file_of(const std::string& key) const;
  void trim();

  int directory_ = -1;
  uint64_t limit_ = 0;
  std::mutex trimming_;
  std::atomic<uint64_t> until_trim_ = 0;  // bytes to be saved until the next look at the total
};

}  // namespace codegen
