// math_accuracy [NAME...] [--all] [--count=N]: the largest error in ulp of each vector function,
// and where it is. f32 functions of one argument are walked with a stride, or completely with
// --all; all others take N random arguments (default 1M) and as many in structured places. Exits 1
// if an error exceeds 1 ulp.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ir/math/math.h"
#include "tests/ulp.h"

namespace {

struct Worst {
  double error = 0, x = 0, y = 0;
  void take(Worst w) {
    if (w.error > error) *this = w;
  }
};

struct Range {
  double low, high;
};

constexpr int block = 4096;

// Blocks of arguments x, y (y is unused by functions of one argument) and results.
template <class T>
struct Block {
  std::vector<T> x = std::vector<T>(block), y = x, result = x;
};

// A function and its reference, over whole blocks so that the compiler makes vector code.
struct Function {
  const char* name;
  int arity;
  void (*f32)(Block<float>&);
  void (*f64)(Block<double>&);
  double (*exact32)(double, double);
  long double (*exact64)(long double, long double);
  Range x, y;
};

template <class T, class F>
void map(F f, Block<T>& b) {
  for (int i = 0; i < block; ++i) { b.result[i] = f(ir::Lane<T>{b.x[i]}, ir::Lane<T>{b.y[i]}).v; }
}

#define ROW(name, arity, ours, exact, xs, ys)                             \
  {name,                                                                  \
   arity,                                                                 \
   [](Block<float>& b) { map([](auto x, auto y) { return ours; }, b); },  \
   [](Block<double>& b) { map([](auto x, auto y) { return ours; }, b); }, \
   [](double x, double y) -> double { return exact; },                    \
   [](long double x, long double y) -> long double { return exact; },     \
   xs,                                                                    \
   ys},
#define MATH1(name, reference, low, high) \
  ROW(#name, 1, (void(y), ir::math::name(x)), (void(y), reference(x)), (Range{low, high}), Range{})
#define MATH2(name, reference, x_low, x_high, y_low, y_high)                   \
  ROW(#name, 2, ir::math::name(x, y), reference(x, y), (Range{x_low, x_high}), \
      (Range{y_low, y_high}))
#define POWER(n, low, high)                                                                     \
  ROW("power" #n, 1, (void(y), ir::math::whole_power(x, num(x, n))), (void(y), std::pow(x, n)), \
      (Range{low, high}), Range{})
const Function functions[] = {
#include "tests/math_functions.def"
};

Worst worst_of(const Function& f, Block<float>& b) {
  Worst worst;
  f.f32(b);
  for (int i = 0; i < block; ++i) {
    worst.take({tests::ulps(b.result[i], f.exact32(b.x[i], b.y[i])), b.x[i], b.y[i]});
  }
  return worst;
}

Worst worst_of(const Function& f, Block<double>& b) {
  Worst worst;
  f.f64(b);
  for (int i = 0; i < block; ++i) {
    worst.take({tests::ulps(b.result[i], f.exact64(b.x[i], b.y[i])), b.x[i], b.y[i]});
  }
  return worst;
}

// Every stride-th float32 from `first` on.
Worst walk(const Function& f, uint64_t first, uint64_t stride) {
  Worst worst;
  Block<float> b;
  for (uint64_t at = first; at < (uint64_t(1) << 32); at += stride * block) {
    for (int i = 0; i < block; ++i) b.x[i] = std::bit_cast<float>(uint32_t(at + i * stride));
    worst.take(worst_of(f, b));
  }
  return worst;
}

// An argument: uniform in the range, of any size, near 1, near an end of the range, any bit
// pattern.
template <class T>
T argument(Range range, uint64_t random) {
  const double unit = double(random >> 11) * 0x1p-53;
  const int some = int(random >> 3) % 64;
  switch (random % 8) {
    case 0: return T(std::ldexp(1 + unit, some - 54) * (random & 1024 ? -1 : 1));
    case 1: return T(1 + std::ldexp(unit - 0.5, -some));
    case 2: return T(range.high + std::ldexp(unit - 0.5, -some / 4) * std::fabs(range.high));
    case 3: return T(range.low + std::ldexp(unit - 0.5, -some / 4) * std::fabs(range.low));
    case 4: return std::bit_cast<T>(ir::detail::Bits<T>(random >> (64 - 8 * sizeof(T))));
    default: return T(range.low + (range.high - range.low) * unit);
  }
}

template <class T>
Worst sample(const Function& f, uint64_t seed, int64_t count) {
  Worst worst;
  Block<T> b;
  std::mt19937_64 random(seed);
  for (int64_t done = 0; done < count; done += block) {
    for (T& x : b.x) x = argument<T>(f.x, random());
    if (f.arity == 2) {
      for (T& y : b.y) y = argument<T>(f.y, random());
    }
    worst.take(worst_of(f, b));
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

void print(const char* type, const Function& f, Worst w) {
  std::printf("  %s %.4f ulp at %a", type, w.error, w.x);
  if (f.arity == 2) std::printf(", %a", w.y);
}

// The cores walk interleaved arithmetic progressions.
bool check(const Function& f, uint64_t stride, int64_t count) {
  const Worst w32 = on_all_cores([&](unsigned i, unsigned n) {
    return f.arity == 1 ? walk(f, i * stride, stride * n) : sample<float>(f, 1 + i, 2 * count / n);
  });
  const Worst w64 =
      on_all_cores([&](unsigned i, unsigned n) { return sample<double>(f, 1 + i, 2 * count / n); });
  std::printf("%-7s", f.name);
  print("f32", f, w32);
  print("f64", f, w64);
  std::printf("\n");
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
    if (argument == "--all") {
      stride = 1;
    } else if (argument.rfind("--count=", 0) == 0) {
      count = std::atoll(argument.c_str() + 8);
    } else {
      names.push_back(argument);
    }
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
