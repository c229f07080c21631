#include "codegen/object_store.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <llvm/Support/xxhash.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

namespace codegen {

namespace {

constexpr char magic[8] = {'B', 'R', 'A', 'Z', 'E', 'O', 'B', '1'};
constexpr const char* suffix = ".o";
constexpr const char* unfinished = ".new";

// In front of the code in each file.
struct Header {
  char magic[8];
  uint64_t check_low, check_high;  // hash of what follows, of the code and of the key
  uint64_t scratch_per_column;
  uint64_t bytes;
};

llvm::XXH128_hash_t check_of(const Header& h, std::span<const char> code, const std::string& key) {
  std::vector<uint8_t> all(2 * sizeof(uint64_t));
  std::memcpy(all.data(), &h.scratch_per_column, all.size());
  all.insert(all.end(), code.begin(), code.end());
  all.insert(all.end(), key.begin(), key.end());
  return llvm::xxh3_128bits(all);
}

// The linker's name for the program or library that this function is in, in hexadecimal: it
// changes with every change of its code. "" if it has none.
struct BuildId {
  uintptr_t here;
  std::string text;
};

void read_notes(const char* note, size_t size, std::string& out) {
  auto padded = [](size_t n) { return (n + 3) & ~size_t(3); };
  for (const char* end = note + size; note + sizeof(ElfW(Nhdr)) <= end;) {
    const auto* h = reinterpret_cast<const ElfW(Nhdr)*>(note);
    const char* name = note + sizeof *h;
    const char* value = name + padded(h->n_namesz);
    if (h->n_type == NT_GNU_BUILD_ID && h->n_namesz == 4 && !std::memcmp(name, "GNU", 4)) {
      char digits[3];
      for (size_t i = 0; i < std::min<size_t>(h->n_descsz, 8); ++i) {
        std::snprintf(digits, sizeof digits, "%02x", uint8_t(value[i]));
        out += digits;
      }
      return;
    }
    note = value + padded(h->n_descsz);
  }
}

int find_build_id(dl_phdr_info* info, size_t, void* data) {
  auto& id = *static_cast<BuildId*>(data);
  const std::span segments(info->dlpi_phdr, info->dlpi_phnum);
  const bool ours = std::ranges::any_of(segments, [&](const auto& s) {
    const uintptr_t begin = info->dlpi_addr + s.p_vaddr;
    return s.p_type == PT_LOAD && id.here >= begin && id.here < begin + s.p_memsz;
  });
  if (!ours) return 0;
  for (const auto& s : segments) {
    if (s.p_type != PT_NOTE || !id.text.empty()) continue;
    read_notes(reinterpret_cast<const char*>(info->dlpi_addr + s.p_vaddr), s.p_memsz, id.text);
  }
  return 1;
}

const std::string& build_id() {
  static const std::string text = [] {
    BuildId id{reinterpret_cast<uintptr_t>(&find_build_id), {}};
    dl_iterate_phdr(&find_build_id, &id);
    return id.text;
  }();
  return text;
}

// A descriptor of a directory that nobody else can write to, or -1.
int open_trusted(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(path, ignored);
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat s;
  const bool trusted =
      !::fstat(fd, &s) && s.st_uid == ::geteuid() && !(s.st_mode & (S_IWGRP | S_IWOTH));
  if (trusted) return fd;
  ::close(fd);
  return -1;
}

bool write_all(int fd, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes = bytes.subspan(size_t(n));
  }
  return true;
}

bool read_all(int fd, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::read(fd, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes = bytes.subspan(size_t(n));
  }
  return true;
}

}  // namespace

ObjectStore::ObjectStore(std::string directory, uint64_t limit_bytes) : limit_(limit_bytes) {
  if (!directory.empty() && !build_id().empty()) directory_ = open_trusted(directory);
  // Processes are many and short: which of them look is left to chance.
  until_trim_ = std::random_device()() % (limit_ / 16 + 1);
}

ObjectStore::~ObjectStore() {
  if (open()) ::close(directory_);
}

std::string ObjectStore::file_of(const std::string& key) const {
  return key + "-" + build_id() + suffix;
}

std::optional<ObjectStore::Object> ObjectStore::load(const std::string& key) const {
  if (!open()) return std::nullopt;
  const std::string file = file_of(key);
  const int fd = ::openat(directory_, file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  Header h;
  Object out;
  struct stat s;
  bool good = !::fstat(fd, &s) && read_all(fd, {reinterpret_cast<char*>(&h), sizeof h}) &&
              !std::memcmp(h.magic, magic, sizeof magic) &&
              uint64_t(s.st_size) == sizeof h + h.bytes;
  if (good) {
    out.code.resize(h.bytes);
    out.scratch_per_column = h.scratch_per_column;
    good = read_all(fd, out.code);
  }
  if (good) {
    const auto check = check_of(h, out.code, key);
    good = check.low64 == h.check_low && check.high64 == h.check_high;
  }
  if (good) ::futimens(fd, nullptr);  // the entry used last is the last to go
  ::close(fd);
  return good ? std::optional(std::move(out)) : std::nullopt;
}

void ObjectStore::save(const std::string& key, std::span<const char> code,
                       size_t scratch_per_column) {
  if (!open()) return;
  Header h{};
  std::memcpy(h.magic, magic, sizeof magic);
  h.scratch_per_column = scratch_per_column;
  h.bytes = code.size();
  const auto check = check_of(h, code, key);
  h.check_low = check.low64;
  h.check_high = check.high64;
  static std::atomic<uint64_t> number = 0;
  const std::string file = file_of(key);
  const std::string temporary =
      file + "." + std::to_string(::getpid()) + "." + std::to_string(++number) + unfinished;
  const int fd = ::openat(directory_, temporary.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return;
  const bool written =
      write_all(fd, {reinterpret_cast<const char*>(&h), sizeof h}) && write_all(fd, code);
  ::close(fd);
  if (!written || ::renameat(directory_, temporary.c_str(), directory_, file.c_str())) {
    ::unlinkat(directory_, temporary.c_str(), 0);
    return;
  }
  const uint64_t size = sizeof h + code.size();
  if (until_trim_ < size) {
    trim();
  } else {
    until_trim_ -= size;
  }
}

// Removes the entries used longest ago until a quarter of the limit is free.
void ObjectStore::trim() {
  const std::lock_guard lock(trimming_);
  struct File {
    std::string name;
    timespec used;
    uint64_t bytes;
  };
  std::vector<File> files;
  uint64_t total = 0;
  DIR* listing = ::fdopendir(::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing) return;
  while (const dirent* e = ::readdir(listing)) {
    struct stat s;
    const std::string name = e->d_name;
    if (!name.ends_with(suffix) && !name.ends_with(unfinished)) continue;
    if (::fstatat(directory_, e->d_name, &s, AT_SYMLINK_NOFOLLOW)) continue;
    files.push_back({name, s.st_mtim, uint64_t(s.st_size)});
    total += uint64_t(s.st_size);
  }
  ::closedir(listing);
  until_trim_ = limit_ / 16;
  if (total <= limit_) return;
  std::ranges::sort(files, {},
                    [](const File& f) { return std::pair(f.used.tv_sec, f.used.tv_nsec); });
  for (const File& f : files) {
    if (total <= limit_ - limit_ / 4) break;
    if (!::unlinkat(directory_, f.name.c_str(), 0)) total -= f.bytes;
  }
}

}  // namespace codegen
