// Object code on disk: what is saved loads again, and the directory does not outgrow its limit.
#include "codegen/object_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

struct Directory {
  Directory() {
    std::string name = (fs::temp_directory_path() / "braze-store-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path); }
  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const auto& e : fs::directory_iterator(path)) sum += e.file_size();
    return sum;
  }
  fs::path path;
};

TEST(object_store, what_is_saved_loads) {
  Directory d;
  codegen::ObjectStore store(d.path, 1 << 20);
  ASSERT_TRUE(store.open());
  const std::vector<char> code = {1, 2, 3, 0, 5};
  store.save("a", code, 24);
  store.save("empty", {}, 0);
  const auto found = store.load("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->code, code);
  EXPECT_EQ(found->scratch_per_column, 24u);
  ASSERT_TRUE(store.load("empty"));
  EXPECT_TRUE(store.load("empty")->code.empty());
  EXPECT_FALSE(store.load("b"));
}

TEST(object_store, a_new_entry_takes_the_place_of_the_old) {
  Directory d;
  codegen::ObjectStore store(d.path, 1 << 20);
  store.save("a", std::vector<char>(10, 1), 0);
  store.save("a", std::vector<char>(20, 2), 0);
  EXPECT_EQ(store.load("a")->code, std::vector<char>(20, 2));
  EXPECT_EQ(std::distance(fs::directory_iterator(d.path), {}), 1);
}

TEST(object_store, what_was_used_last_stays) {
  Directory d;
  const uint64_t limit = 64 << 10;
  codegen::ObjectStore store(d.path, limit);
  const std::vector<char> code(1 << 10, 7);
  store.save("kept", code, 0);
  for (int i = 0; i < 200; ++i) {
    store.save("k" + std::to_string(i), code, 0);
    ASSERT_TRUE(store.load("kept")) << i;
    // What is saved between two looks at the directory comes on top.
    ASSERT_LE(d.bytes(), limit + limit / 8 + 4096) << i;
  }
  EXPECT_TRUE(store.load("k199"));
  EXPECT_FALSE(store.load("k0"));
}

TEST(object_store, no_directory_keeps_nothing) {
  codegen::ObjectStore store("", 1 << 20);
  EXPECT_FALSE(store.open());
  store.save("a", std::vector<char>(10, 1), 0);
  EXPECT_FALSE(store.load("a"));
}

}  // namespace
