// math_accuracy [NAME...] [--all] [--count=N]: the largest error in ulp of each vector function of
// one argument, and where it is. f32 is walked with a stride, or completely with --all; f64 takes N
// random arguments (default 1M) and as many in structured places. Exits 1 if an error exceeds 1
// ulp.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ir/math/math.h"
#include "tests/ulp.h"

namespace {

struct Worst {
  double error = 0, at = 0;
  void take(double e, double x) {
    if (e > error) error = e, at = x;
  }
  void take(Worst w) { take(w.error, w.at); }
};

struct Function {
  const char* name;
  void (*f32)(float* x, int n);
  void (*f64)(double* x, int n);
  double (*reference32)(double);
  long double (*reference64)(long double);
  double low, high;
};

template <class T, class F>
void map(F f, T* x, int n) {
  for (int i = 0; i < n; ++i) x[i] = f(ir::Lane<T>{x[i]}).v;
}

#define MATH1(name, reference, low, high)                                         \
  {#name,                                                                         \
   [](float* x, int n) { map([](auto v) { return ir::math::name(v); }, x, n); },  \
   [](double* x, int n) { map([](auto v) { return ir::math::name(v); }, x, n); }, \
   [](double x) -> double { return reference(x); },                               \
   [](long double x) -> long double { return reference(x); },                     \
   low,                                                                           \
   high},
const Function functions[] = {
#include "tests/math_functions.def"
};

constexpr int block = 4096;

// Every stride-th float32 from `first` on.
Worst walk_f32(const Function& f, uint64_t first, uint64_t stride) {
  Worst worst;
  std::vector<float> x(block), y(block);
  for (uint64_t at = first; at < (uint64_t(1) << 32); at += stride * block) {
    for (int i = 0; i < block; ++i) x[i] = std::bit_cast<float>(uint32_t(at + i * stride));
    y = x;
    f.f32(y.data(), block);
    for (int i = 0; i < block; ++i) {
      worst.take(tests::ulps(y[i], f.reference32(double(x[i]))), x[i]);
    }
  }
  return worst;
}

// An argument chosen by the low bits of `random`: uniform in the range, near one of its powers of
// two, near zero or one, any bit pattern.
double structured(const Function& f, uint64_t kind, uint64_t random) {
  const double unit = double(random >> 11) * 0x1p-53;
  switch (kind % 5) {
    case 0: return std::ldexp(1 + unit, int(random % 64) - 54) * (random & 1024 ? -1 : 1);
    case 1: return 1 + std::ldexp(unit - 0.5, -int(random % 53));
    case 2: return f.high + std::ldexp(unit - 0.5, -int(random % 12)) * std::fabs(f.high);
    case 3: return f.low + std::ldexp(unit - 0.5, -int(random % 12)) * std::fabs(f.low);
    default: return std::bit_cast<double>(random);
  }
}

Worst sample_f64(const Function& f, uint64_t seed, int64_t count) {
  Worst worst;
  std::mt19937_64 random(seed);
  std::vector<double> x(block), y(block);
  for (int64_t done = 0; done < count; done += block) {
    for (int i = 0; i < block; ++i) {
      const uint64_t r = random();
      x[i] = i % 2 ? f.low + (f.high - f.low) * (double(r >> 11) * 0x1p-53)
                   : structured(f, uint64_t(i) / 2, r);
    }
    y = x;
    f.f64(y.data(), block);
    for (int i = 0; i < block; ++i) {
      worst.take(tests::ulps(y[i], f.reference64((long double)x[i])), x[i]);
    }
  }
  return worst;
}

template <class F>
Worst on_all_cores(F part) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<Worst> found(cores);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < cores; ++i) threads.emplace_back([&, i] { found[i] = part(i, cores); });
  for (auto& thread : threads) thread.join();
  Worst worst;
  for (const Worst& w : found) worst.take(w);
  return worst;
}

// The cores walk interleaved arithmetic progressions.
bool check(const Function& f, uint64_t stride, int64_t count) {
  const Worst w32 =
      on_all_cores([&](unsigned i, unsigned n) { return walk_f32(f, i * stride, stride * n); });
  const Worst w64 =
      on_all_cores([&](unsigned i, unsigned n) { return sample_f64(f, 1 + i, 2 * count / n); });
  std::printf("%-10s f32 %.4f ulp at %-16a f64 %.4f ulp at %a\n", f.name, w32.error, w32.at,
              w64.error, w64.at);
  std::fflush(stdout);
  return w32.error <= 1 && w64.error <= 1;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t stride = 1021;
  int64_t count = 1000000;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--all")
      stride = 1;
    else if (argument.rfind("--count=", 0) == 0)
      count = std::stoll(argument.substr(8));
    else
      names.push_back(argument);
  }
  bool good = true;
  size_t known = 0;
  for (const Function& f : functions) {
    if (!names.empty() && std::find(names.begin(), names.end(), f.name) == names.end()) continue;
    ++known;
    good = check(f, stride, count) && good;
  }
  if (known < names.size()) {
    std::fprintf(stderr, "math_accuracy: unknown function; see tests/math_functions.def\n");
    return 1;
  }
  return good ? 0 : 1;
}
