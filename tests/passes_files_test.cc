// Pass tests as text files, tests/passes/*.braze: the first line names the passes ("; run: fold
// fuse"), then a graph, then "; expect:" and the graph that they make of it. UPDATE=1 writes what
// they make.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ir/text.h"
#include "ir/verify.h"
#include "passes/kernel.h"
#include "passes/pass.h"

namespace {

namespace fs = std::filesystem;

struct Case {
  std::string head;  // the first line and any comments
  std::vector<std::string> passes;
  std::string input, expected;
};

Case read_case(const fs::path& path) {
  std::ifstream file(path);
  Case c;
  std::string* part = &c.head;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("; run:")) {
      std::istringstream words(line.substr(6));
      for (std::string word; words >> word;) {
        if (word != "pipeline")
          c.passes.push_back(word);
        else
          for (const passes::Pass& p : passes::pipeline()) c.passes.push_back(p.name);
      }
    }
    if (line.starts_with("; expect:")) {
      part = &c.expected;
      continue;
    }
    if (part == &c.head && !line.starts_with(";")) part = &c.input;
    *part += line + "\n";
  }
  return c;
}

void describe_kernels(const ir::Graph& g, ir::BodyId body) {
  for (ir::Ref r : g.body(body).nodes)
    for (ir::BodyId b : g.bodies_of(r)) {
      if (g.op(r) == ir::Op::kernel)
        passes::describe(g, b);
      else
        describe_kernels(g, b);
    }
}

class PassFile : public testing::TestWithParam<fs::path> {};

TEST_P(PassFile, gives_the_expected_graph) {
  const Case c = read_case(GetParam());
  ASSERT_FALSE(c.passes.empty()) << "the first line must say `; run: PASS...`";
  ir::Graph g = ir::parse(c.input);
  const std::string once = ir::print(g);
  EXPECT_EQ(ir::print(ir::parse(once)), once);
  passes::run(g, {.verify = true, .dump = {}, .only = c.passes});
  describe_kernels(g, ir::Graph::main);
  const std::string result = ir::print(g);
  EXPECT_EQ(ir::print(ir::parse(result)), result);
  if (std::getenv("UPDATE")) {
    std::ofstream(GetParam()) << c.head << c.input << "; expect:\n" << result;
    return;
  }
  EXPECT_EQ(result, c.expected) << "UPDATE=1 accepts it";
}

std::vector<fs::path> files() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(BRAZE_TEST_DIR) / "passes"))
    if (entry.path().extension() == ".braze") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

INSTANTIATE_TEST_SUITE_P(passes, PassFile, testing::ValuesIn(files()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
