#include "runtime/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace runtime {
namespace {

// The folders of this process's cgroup and all around it, for version 2 and for one controller of
// version 1. Inside a container the path that the kernel names may not exist: the root then counts.
std::vector<std::string> cgroup_folders(const std::string& controller) {
  std::vector<std::string> folders;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    bool unified = controllers == ",,";
    if (!unified && controllers.find("," + controller + ",") == std::string::npos) continue;
    std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + controller;
    for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
      folders.push_back(root + path + "/");
      if (path.find('/') == std::string::npos) break;
    }
    folders.push_back(root + "/");
  }
  return folders;
}

// The numbers in a file; a word such as "max" ends them.
std::vector<double> numbers(const std::string& path) {
  std::vector<double> values;
  std::ifstream file(path);
  for (double v; file >> v;) values.push_back(v);
  return values;
}

// Processors' worth of time that cgroups allow; infinite if there is no limit.
double quota() {
  double least = INFINITY;
  for (const std::string& folder : cgroup_folders("cpu")) {
    if (auto v = numbers(folder + "cpu.max"); v.size() == 2 && v[1] > 0) {
      least = std::min(least, v[0] / v[1]);
    }
    auto time = numbers(folder + "cpu.cfs_quota_us"),
         period = numbers(folder + "cpu.cfs_period_us");
    if (time.size() == 1 && period.size() == 1 && time[0] > 0 && period[0] > 0) {
      least = std::min(least, time[0] / period[0]);
    }
  }
  return least;
}

}  // namespace

int usable_processors() {
  int count = int(sysconf(_SC_NPROCESSORS_ONLN));
#ifdef __linux__
  // The mask is as long as the machine is large, so grow it until it fits.
  for (int most = 1024; most <= (1 << 20); most *= 4) {
    cpu_set_t* mask = CPU_ALLOC(most);
    if (!mask) break;
    size_t bytes = CPU_ALLOC_SIZE(most);
    bool fits = sched_getaffinity(0, bytes, mask) == 0;
    if (fits) count = CPU_COUNT_S(bytes, mask);
    CPU_FREE(mask);
    if (fits) break;
  }
#endif
  return std::max(1, int(std::min<double>(count, std::ceil(quota()))));
}

int64_t memory_limit() {
  double least = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  for (const std::string& folder : cgroup_folders("memory")) {
    for (const char* file : {"memory.max", "memory.limit_in_bytes"}) {
      if (auto v = numbers(folder + file); v.size() == 1) least = std::min(least, v[0]);
    }
  }
  return int64_t(least);
}

int64_t second_level_cache() {
  int64_t bytes = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
  bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
  return bytes > 0 ? bytes : int64_t(1) << 20;
}

int64_t last_level_cache() {
  int64_t bytes = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
  bytes = std::max<int64_t>(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
#endif
  return bytes > 0 ? bytes : int64_t(8) << 20;
}

}  // namespace runtime
