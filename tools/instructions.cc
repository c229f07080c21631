// instructions [--write] DIR: how many instructions an element takes in each DIR/*.braze, beside
// what DIR/counts.txt says. Nothing is timed: one call is run step by step for each of two sizes,
// and the difference counts, so that a figure is the same on every machine that has the processor's
// instructions. Exit status 1 if one has grown by more than `margin`, or stands in one place alone.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "ir/text.h"
#include "passes/pass.h"
#include "runtime/memory.h"
#include "runtime/plan.h"

namespace {

namespace fs = std::filesystem;
using runtime::Tensor;
using runtime::Value;

constexpr double margin = 0.03;
constexpr int64_t rows = 2, sizes[2] = {2048, 4096};
constexpr uint64_t trap_flag = 0x100;

volatile int64_t steps = 0;
volatile bool stepping = false;

// After every instruction while the trap flag is set; ends it once `stepping` is false.
void on_step(int, siginfo_t*, void* context) {
  auto* machine = static_cast<ucontext_t*>(context);
  if (stepping)
    steps = steps + 1;
  else
    machine->uc_mcontext.gregs[REG_EFL] &= ~greg_t(trap_flag);
}

template <class F>
int64_t count_steps(F&& run) {
  steps = 0;
  stepping = true;
  asm volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
  run();
  stepping = false;
  asm volatile("nop" ::: "memory");
  return steps;
}

// Numbers for which every function is defined and none takes a rare way.
void fill(const Tensor& t) {
  for (int64_t i = 0, n = t.size(); i < n; ++i) {
    const double v = 0.5 + double((i * 37) % 101) / 128;
    char* at = t.data + i * t.itemsize();
    ir::visit(t.dtype, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (std::is_floating_point_v<T>) {
        const T x = T(v);
        std::memcpy(at, &x, sizeof x);
      } else if constexpr (std::is_integral_v<T>) {
        const T x = T(1 + i % (ir::DType::b1 == t.dtype ? 1 : 7));
        std::memcpy(at, &x, sizeof x);
      } else {
        std::memset(at, 0, size_t(t.itemsize()));
      }
    });
  }
}

// Arguments in C order: the size n is `n`, others are `rows`.
std::vector<Value> arguments(const ir::Graph& g, int64_t n) {
  std::vector<Value> out;
  for (ir::Ref p : g.body(ir::Graph::main).params) {
    const ir::Type& type = g.type(p);
    Tensor t;
    t.dtype = type.dtype;
    t.rank = int8_t(type.rank());
    for (int k = 0; k < type.rank(); ++k) {
      const ir::DimId d = type.dims[size_t(k)];
      const auto fixed = g.dims.value(d);
      t.shape[size_t(k)] = fixed ? *fixed : g.dims.symbol_name(d) == "n" ? n : rows;
    }
    runtime::set_c_strides(t);
    runtime::allocate(t);
    fill(t);
    out.push_back({t});
  }
  return out;
}

double per_element(const fs::path& file, const std::shared_ptr<codegen::Jit>& jit) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  auto graph = std::make_shared<ir::Graph>(ir::parse(text.str()));
  passes::run(*graph);
  const runtime::Plan plan(graph, jit, {.threads = 1});
  const runtime::Host host;
  int64_t counts[2], elements[2];
  for (int i = 0; i < 2; ++i) {
    const std::vector<Value> given = arguments(*graph, sizes[i]);
    for (int warm = 0; warm < 3; ++warm)
      if (!plan.run(given, host)) throw ir::UserError(file.string() + " does not run");
    elements[i] = std::get<Tensor>(given[0].is).size();
    counts[i] = count_steps([&] { (void)plan.run(given, host); });
  }
  return double(counts[1] - counts[0]) / double(elements[1] - elements[0]);
}

using Counts = std::map<std::pair<std::string, std::string>, double>;  // by kernel and processor

Counts read_counts(const fs::path& file) {
  Counts counts;
  std::ifstream in(file);
  std::string name, cpu;
  for (double count; in >> name >> cpu >> count;) counts[{name, cpu}] = count;
  return counts;
}

void write_counts(const fs::path& file, const Counts& counts) {
  std::ofstream out(file);
  for (const auto& [key, count] : counts) {
    char line[160];
    std::snprintf(line, sizeof line, "%-24s %-10s %8.3f\n", key.first.c_str(), key.second.c_str(),
                  count);
    out << line;
  }
}

bool runs(const std::string& cpu) {
  return cpu == "x86-64-v4" ? __builtin_cpu_supports("x86-64-v4")
                            : __builtin_cpu_supports("x86-64-v3");
}

// Prints a line and returns whether it is as it should be.
bool compare(const std::string& name, const std::string& cpu, const Counts& before,
             const Counts& now) {
  const auto old = before.find({name, cpu}), fresh = now.find({name, cpu});
  if (fresh == now.end()) {
    const bool possible = runs(cpu);
    std::printf("%-24s %-10s %8.3f  %s\n", name.c_str(), cpu.c_str(), old->second,
                possible ? "GONE" : "this processor cannot run it");
    return !possible;
  }
  if (old == before.end()) {
    std::printf("%-24s %-10s          %8.3f  NEW\n", name.c_str(), cpu.c_str(), fresh->second);
    return false;
  }
  const double change = fresh->second / old->second - 1;
  std::printf("%-24s %-10s %8.3f %8.3f  %+6.1f %%%s\n", name.c_str(), cpu.c_str(), old->second,
              fresh->second, 100 * change, change > margin ? "  GROWN" : "");
  return change <= margin;
}

int check(const fs::path& folder, bool write) {
  Counts now;
  const Counts before = read_counts(folder / "counts.txt");
  for (const std::string cpu : {"x86-64-v3", "x86-64-v4"}) {
    if (!runs(cpu)) continue;
    const auto jit = std::make_shared<codegen::Jit>(codegen::JitOptions{.cpu = cpu});
    for (const auto& file : fs::directory_iterator(folder))
      if (file.path().extension() == ".braze")
        now[{file.path().stem().string(), cpu}] = per_element(file.path(), jit);
  }
  Counts all = before;
  all.insert(now.begin(), now.end());
  bool good = !now.empty();
  std::printf("instructions per element:\n");
  for (const auto& [key, count] : all) good &= compare(key.first, key.second, before, now);
  if (write) write_counts(folder / "counts.txt", now);
  return good || write ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool write = argc == 3 && std::string_view(argv[1]) == "--write";
  if (argc != 2 + write || argv[argc - 1][0] == '-') {
    std::fprintf(stderr, "usage: instructions [--write] DIR\n");
    return 2;
  }
  struct sigaction action = {};
  action.sa_sigaction = on_step;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, nullptr);
  try {
    return check(argv[argc - 1], write);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "instructions: %s\n", e.what());
    return 2;
  }
}
