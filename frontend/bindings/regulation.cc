#include "frontend/bindings/regulation.h"

#include <algorithm>
#include <bit>
#include <chrono>

#include "frontend/bindings/array.h"

namespace bindings {

namespace {

constexpr size_t most_sizes = 32;
constexpr uint32_t guards_asked_every = 64;

uint64_t magnitude(PyObject* number) {
  int overflow = 0;
  const int64_t v = PyLong_AsLongLongAndOverflow(number, &overflow);
  if (overflow) return uint64_t(1) << 62;
  return v < 0 ? -uint64_t(v) : uint64_t(v);
}

// Of a list, as if all its items were as the first.
uint64_t elements_in(PyObject* sequence) {
  const uint64_t n = uint64_t(PySequence_Fast_GET_SIZE(sequence));
  if (n == 0) return 0;
  return n * std::max<uint64_t>(1, element_count(PySequence_Fast_GET_ITEM(sequence, 0)));
}

}  // namespace

// Sizes that differ by a factor of about four are one class.
SizeClass size_class(std::span<PyObject* const> arguments) {
  uint64_t elements = 0, ints = 0;
  for (PyObject* o : arguments) {
    if (const uint64_t n = element_count(o)) {
      elements += n;
    } else if (PyList_CheckExact(o) || PyTuple_CheckExact(o)) {
      elements += elements_in(o);
    } else if (PyLong_CheckExact(o)) {
      ints += magnitude(o);
    }
  }
  return SizeClass(std::bit_width(elements) / 2) << 8 | SizeClass(std::bit_width(ints) / 2);
}

int64_t Clock::now() const {
  if (replaced) return replaced().cast<int64_t>();
  using namespace std::chrono;
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

runtime::Trial& Regulation::trial(SizeClass size) {
  const auto found = std::ranges::find(trials_, size, &Entry::size);
  if (found != trials_.end()) {
    std::rotate(trials_.begin(), found, found + 1);
  } else {
    if (trials_.size() >= most_sizes) trials_.pop_back();
    trials_.insert(trials_.begin(), {size, runtime::Trial(warm_, sure_from_)});
  }
  return trials_[0].trial;
}

bool Regulation::skips_guards(SizeClass size) {
  if (over_ || trials_.empty() || trials_[0].size != size) return false;
  const runtime::Trial& t = trials_[0].trial;
  return t.settled() && t.way() == Way::plain && ++skipped_ % guards_asked_every != 0;
}

bool Regulation::measures(SizeClass size) {
  return !compiled_serves(size) && trial(size).measures();
}

void Regulation::remember(SizeClass size) {
  const runtime::Trial& t = trial(size);
  if (t.settled() && t.way() == Way::compiled) settled_ = size;
}

py::object describe(const runtime::Trial& trial) {
  using Way = Regulation::Way;
  const auto &compiled = trial.side(Way::compiled), &plain = trial.side(Way::plain);
  if (compiled.calls == 0 || plain.calls == 0) return py::none();
  py::dict d;
  d["settled"] = trial.settled();
  d["serves"] = trial.way() == Way::plain ? "plain" : "compiled";
  d["compiled_us"] = double(compiled.least) / 1e3;
  d["plain_us"] = double(plain.least) / 1e3;
  d["measured_calls"] = compiled.calls + plain.calls;
  return d;
}

}  // namespace bindings
