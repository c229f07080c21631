// Every block starts with a header, in front of the address that callers see. Small blocks pass
// through a list per thread and size class without a lock; the rest, and what overflows, through
// one pool with a lock. The pool holds its blocks by size class, newest first, and by age: what has
// lain idle for `idle_seconds`, or exceeds the limit, goes back to the system, oldest first.
#include "runtime/memory.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

#include "runtime/machine.h"

#if defined(__SANITIZE_ADDRESS__)
#define BRAZE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BRAZE_ASAN 1
#endif
#endif
#ifdef BRAZE_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address))
#endif

namespace runtime {
namespace {

constexpr size_t alignment = 64;
constexpr size_t huge_page = size_t(2) << 20;
constexpr size_t page = 4096;
constexpr size_t mapped_from = huge_page;  // larger blocks are mapped, smaller ones from malloc
constexpr size_t thread_class = size_t(256) << 10;  // bytes that one of those lists may hold
constexpr int64_t idle_seconds = 10;

// Two cache lines in front of the data: the block's own facts, and room for its shared_ptr's
// counts.
struct Header {
  size_t bytes;  // capacity of the data, exactly that of the size class
  int32_t size_class;
  int32_t stamp;                      // second in which it was put away
  Header *newer, *older;              // in the pool: by age
  Header *next_same, *previous_same;  // in the pool or a thread's list: of this class
  alignas(64) std::byte counts[64];
};
static_assert(sizeof(Header) == 128);

Header* header_of(void* block) { return static_cast<Header*>(block) - 1; }
const Header* header_of(const void* block) { return static_cast<const Header*>(block) - 1; }
void* data_of(Header* h) { return h + 1; }

// Size classes: multiples of 64 up to 512 bytes, then eight per doubling.
constexpr int linear_classes = 8;
constexpr int class_count = linear_classes + 8 * (48 - 9) + 1;

int class_of(size_t bytes) {
  if (bytes <= 512) return bytes == 0 ? 0 : int((bytes - 1) / 64);
  int exponent = std::bit_width(bytes - 1) - 1;  // 2^exponent < bytes <= 2^(exponent + 1)
  size_t eighth = size_t(1) << (exponent - 3);
  int step = int((bytes - 1 - (size_t(1) << exponent)) / eighth);
  return linear_classes + 8 * (exponent - 9) + step;
}

size_t class_bytes(int c) {
  if (c < linear_classes) return size_t(c + 1) * 64;
  int exponent = 9 + (c - linear_classes) / 8, step = (c - linear_classes) % 8;
  return (size_t(1) << exponent) + size_t(step + 1) * (size_t(1) << (exponent - 3));
}
constexpr int thread_classes = linear_classes + 8 * (16 - 9);  // those up to 64 KiB

int32_t seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return int32_t(t.tv_sec);
}

// The data starts at a multiple of the huge page, its header at the end of the page before. Only
// whole huge pages ask for one, so that a block just over a multiple does not occupy another two
// MiB.
void* map(size_t bytes) {
  size_t length = page + (bytes + page - 1) / page * page, reserved = length + huge_page;
  char* base = static_cast<char*>(
      mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (base == MAP_FAILED) return nullptr;
  auto address = reinterpret_cast<uintptr_t>(base) + page;
  char* data = base + page + (huge_page - address % huge_page) % huge_page;
  char *first = data - page, *last = first + length, *end = base + reserved;
  if (first > base) munmap(base, size_t(first - base));
  if (end > last) munmap(last, size_t(end - last));
#ifdef MADV_HUGEPAGE
  madvise(data, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
  return data - sizeof(Header);
}

void unmap(Header* h) {
  size_t length = page + (h->bytes + page - 1) / page * page;
  munmap(static_cast<char*>(data_of(h)) - page, length);
}

void poison(Header* h) { ASAN_POISON_MEMORY_REGION(data_of(h), h->bytes); }
void unpoison(Header* h) { ASAN_UNPOISON_MEMORY_REGION(data_of(h), h->bytes); }

class Pool {
 public:
  Pool() : limit_(std::min(memory_limit() / 8, int64_t(4) << 30)) {}

  // A kept block of class c, or one that is at most a quarter larger; else null.
  Header* take(int c) {
    std::lock_guard lock(mutex_);
    int last = class_bytes(c) >= mapped_from ? std::min(c + 2, class_count - 1) : c;
    for (int k = c; k <= last; ++k) {
      if (Header* h = classes_[k]) {
        unlink(h);
        return h;
      }
    }
    return nullptr;
  }

  void put(Header* h) {
    std::lock_guard lock(mutex_);
    link(h);
    int32_t now = h->stamp;
    while (oldest_ && (kept_ > limit_ || now - oldest_->stamp > idle_seconds)) drop(oldest_);
  }

  Header* fresh(int c) {
    size_t bytes = class_bytes(c);
    void* memory =
        bytes >= mapped_from ? map(bytes) : aligned_alloc(alignment, sizeof(Header) + bytes);
    if (!memory) return nullptr;
    auto* h = static_cast<Header*>(memory);
    h->bytes = bytes;
    h->size_class = c;
    system_.fetch_add(int64_t(bytes), std::memory_order_relaxed);
    fresh_.fetch_add(1, std::memory_order_relaxed);
    return h;
  }

  void give_back(Header* h) {
    system_.fetch_sub(int64_t(h->bytes), std::memory_order_relaxed);
    unpoison(h);
    if (h->bytes >= mapped_from) {
      unmap(h);
    } else {
      std::free(h);
    }
  }

  void trim() {
    std::lock_guard lock(mutex_);
    while (oldest_) drop(oldest_);
  }

  MemoryStats stats() {
    std::lock_guard lock(mutex_);
    return {system_.load(), kept_, fresh_.load(), limit_};
  }

  std::mutex& mutex() { return mutex_; }

 private:
  void link(Header* h) {
    h->stamp = seconds();
    h->older = newest_;
    h->newer = nullptr;
    (newest_ ? newest_->newer : oldest_) = h;
    newest_ = h;
    Header*& head = classes_[h->size_class];
    h->next_same = head;
    h->previous_same = nullptr;
    if (head) head->previous_same = h;
    head = h;
    kept_ += int64_t(h->bytes);
  }

  void unlink(Header* h) {
    (h->newer ? h->newer->older : newest_) = h->older;
    (h->older ? h->older->newer : oldest_) = h->newer;
    (h->previous_same ? h->previous_same->next_same : classes_[h->size_class]) = h->next_same;
    if (h->next_same) h->next_same->previous_same = h->previous_same;
    kept_ -= int64_t(h->bytes);
  }

  void drop(Header* h) {
    unlink(h);
    give_back(h);
  }

  std::mutex mutex_;
  Header* classes_[class_count] = {};
  Header *newest_ = nullptr, *oldest_ = nullptr;
  int64_t kept_ = 0;
  const int64_t limit_;
  std::atomic<int64_t> system_ = 0, fresh_ = 0;
};

// Never destroyed: results may outlive everything else in the process.
Pool& pool() {
  static Pool* the_pool = [] {
    auto* p = new Pool;
    pthread_atfork([] { pool().mutex().lock(); }, [] { pool().mutex().unlock(); },
                   [] { pool().mutex().unlock(); });
    return p;
  }();
  return *the_pool;
}

// A thread's own lists of small blocks.
struct ThreadLists {
  Header* heads[thread_classes] = {};
  uint32_t counts[thread_classes] = {};
  ~ThreadLists();
  void flush() {
    for (int c = 0; c < thread_classes; ++c) {
      while (Header* h = heads[c]) {
        heads[c] = h->next_same;
        pool().put(h);
      }
      counts[c] = 0;
    }
  }
};

// Null before first use and after the thread's end, when blocks go to the pool directly.
thread_local ThreadLists* lists = nullptr;
thread_local bool ended = false;
ThreadLists::~ThreadLists() {
  flush();
  lists = nullptr;
  ended = true;
}

ThreadLists* start_lists() {
  if (ended) return nullptr;
  thread_local ThreadLists own;
  pool();
  return lists = &own;
}
inline ThreadLists* own_lists() { return lists ? lists : start_lists(); }

}  // namespace

void* allocate(size_t bytes) {
  if (bytes > class_bytes(class_count - 1)) throw std::bad_alloc();
  int c = class_of(bytes);
  if (c < thread_classes) {
    if (ThreadLists* own = own_lists(); own && own->heads[c]) {
      Header* h = own->heads[c];
      own->heads[c] = h->next_same;
      --own->counts[c];
      unpoison(h);
      return data_of(h);
    }
  }
  Header* h = pool().take(c);
  if (h) unpoison(h);
  if (!h) h = pool().fresh(c);
  if (!h) {
    pool().trim();
    h = pool().fresh(c);
  }
  if (!h) throw std::bad_alloc();
  return data_of(h);
}

void release(void* block) noexcept {
  if (!block) return;
  Header* h = header_of(block);
  poison(h);
  if (h->size_class < thread_classes) {
    ThreadLists* own = own_lists();
    uint32_t room = uint32_t(std::clamp<size_t>(thread_class / h->bytes, 4, 64));
    if (own && own->counts[h->size_class] < room) {
      ++own->counts[h->size_class];
      h->next_same = own->heads[h->size_class];
      own->heads[h->size_class] = h;
      return;
    }
  }
  pool().put(h);
}

void* reallocate(void* block, size_t bytes) {
  if (!block) return allocate(bytes);
  size_t old = capacity(block);
  if (bytes <= old && bytes >= old / 2) return block;
  void* moved = allocate(bytes);
  std::memcpy(moved, block, std::min(bytes, old));
  release(block);
  return moved;
}

size_t capacity(const void* block) { return header_of(block)->bytes; }

namespace {

// Puts a shared_ptr's counts into the header; when they go, the block goes.
template <class T>
struct InHeader {
  using value_type = T;
  void* block;
  explicit InHeader(void* b) : block(b) {}
  template <class U>
  InHeader(const InHeader<U>& other) : block(other.block) {}
  T* allocate(size_t) {
    static_assert(sizeof(T) <= sizeof(Header::counts) && alignof(T) <= 64);
    return reinterpret_cast<T*>(header_of(block)->counts);
  }
  void deallocate(T*, size_t) { release(block); }
  template <class U>
  bool operator==(const InHeader<U>& other) const {
    return block == other.block;
  }
};

struct Nothing {
  void operator()(void*) const {}
};

}  // namespace

std::shared_ptr<void> allocate_shared(size_t bytes) {
  void* block = allocate(bytes);
  return std::shared_ptr<void>(block, Nothing{}, InHeader<std::byte>(block));
}

void allocate(Tensor& t) {
  t.owner = allocate_shared(size_t(t.size()) * size_t(t.itemsize()));
  t.data = static_cast<char*>(t.owner.get());
}

MemoryStats memory_stats() { return pool().stats(); }

void trim_memory() {
  if (ThreadLists* own = own_lists()) own->flush();
  pool().trim();
}

}  // namespace runtime
