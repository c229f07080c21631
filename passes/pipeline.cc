#include <algorithm>
#include <chrono>

#include "ir/text.h"
#include "ir/verify.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace passes {

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> passes = {
#define PASS(name, sentence) {#name, name, sentence},
#include "passes/passes.def"
  };
  return passes;
}

namespace {

const Pass& pass_named(const std::string& name) {
  for (const Pass& p : pipeline())
    if (p.name == name) return p;
  std::string names;
  for (const Pass& p : pipeline()) names += std::string(names.empty() ? "" : ", ") + p.name;
  throw ir::UserError("no pass is called \"" + name + "\"; there are " + names);
}

bool dumps(const RunOptions& options, const char* name) {
  return std::ranges::any_of(options.dump,
                             [&](const std::string& d) { return d == "all" || d == name; });
}

Stage run_one(Graph& graph, const Pass& pass, const RunOptions& options) {
  Stage stage{pass.name, "", false, 0};
  const size_t before = fingerprint(graph);
  const auto start = std::chrono::steady_clock::now();
  pass.run(graph);
  stage.ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  stage.changed = fingerprint(graph) != before;
  if (options.verify) ir::verify(graph, pass.name);
  if (dumps(options, pass.name)) stage.text = ir::print(graph);
  return stage;
}

}  // namespace

std::vector<Stage> run(Graph& graph, const RunOptions& options) {
  std::vector<Pass> passes;
  for (const std::string& name : options.only) passes.push_back(pass_named(name));
  if (options.only.empty()) passes = pipeline();
  std::vector<Stage> stages;
  for (const Pass& pass : passes) stages.push_back(run_one(graph, pass, options));
  return stages;
}

}  // namespace passes
