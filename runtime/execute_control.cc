// Branches and loops: bodies run on the same slots, values pass from block to block.
#include <algorithm>
#include <cstring>

#include "runtime/executor.h"

namespace runtime {

// Moves or copies the results of a block to other slots, all at once: a result may be a parameter
// that another result replaces.
void Executor::pass(const Block& b, std::span<const int> to) {
  if (std::ranges::find(b.movable, char(false)) == b.movable.end()) {
    for (size_t i = 0; i < to.size(); ++i) take(slot(to[i]), slot(b.results[i]), true);
    return;
  }
  List<Slot, 4> values(to.size());
  for (size_t i = 0; i < to.size(); ++i) take(values[i], slot(b.results[i]), b.movable[i]);
  for (size_t i = 0; i < to.size(); ++i) take(slot(to[i]), values[i], true);
}

// An array stays where it is if the caller holds it; else `to` holds it.
void Executor::take(Slot& to, Slot& from, bool move) {
  const bool own = from.tensor == &from.own;
  if (own) {
    if (move) {
      to.own = std::move(from.own);
    } else {
      to.own = from.own;
    }
  } else {
    to.own.owner.reset();
  }
  to.tensor = own ? &to.own : from.tensor;
  to.number = from.number;
  to.argument = from.argument;
  to.same_object = from.same_object;
  to.hosted = from.hosted;
}

bool Executor::branch(const Step& s) {
  const Block& b = s.bodies[integer(slot(s.inputs[0]).number) ? 0 : 1];
  if (!run(b)) return false;
  pass(b, s.outputs);
  return true;
}

// The values that nothing else needs are the loop's own from here on.
void Executor::enter(const Step& s, std::span<const int> initial, std::span<const int> params) {
  enter(initial, params);
  for (int i : s.enters) slot(i).own.owner.reset();
}

// Puts the initial values where the loop carries them: slots of the body's parameters.
void Executor::enter(std::span<const int> initial, std::span<const int> params) {
  for (size_t i = 0; i < initial.size(); ++i) take(slot(params[i]), slot(initial[i]), false);
}

// Lets the host end a loop (Ctrl-C): after long kernels, and every so many rounds of short ones.
void Executor::poll() {
  if ((++f_.rounds % 64 != 0 && !f_.lasted) || !f_.host->poll) return;
  f_.lasted = false;
  const uint8_t before = error_flags();  // which Python code may clear
  f_.host->poll();
  raise_error_flags(before);
}

// The rounds of a loop, whose carried values stand in the slots of the body's parameters.
bool Executor::rounds(const Block& body, int64_t start, int64_t stop, int64_t step) {
  const auto params = std::span(body.params);
  Number& counter = slot(params[0]).number;
  counter = {p_.slots[size_t(params[0])].dtype, true, {}};
  for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
    std::memcpy(counter.bytes.data(), &i, sizeof i);
    if (!run(body)) return false;
    pass(body, params.subspan(1));
    poll();
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return true;
}

bool Executor::for_loop(const Step& s) {
  if (s.site >= 0) {
    if (const auto done = scalar_loop(s)) return *done;
  }
  const Block& body = s.bodies[0];
  const int64_t start = integer(slot(s.inputs[0]).number), stop = integer(slot(s.inputs[1]).number),
                step = integer(slot(s.inputs[2]).number);
  if (step == 0) return false;
  const auto params = std::span(body.params);
  auto done = s.bands >= 0 ? banded_loop(s, start, stop, step) : std::nullopt;
  if (!done) {
    enter(s, std::span(s.inputs).subspan(3), params.subspan(1));
    done = rounds(body, start, stop, step);
  }
  if (!*done) return false;
  for (size_t k = 0; k < s.outputs.size(); ++k) take(slot(s.outputs[k]), slot(params[k + 1]), true);
  return true;
}

bool Executor::while_loop(const Step& s) {
  if (s.site >= 0) {
    if (const auto done = scalar_loop(s)) return *done;
  }
  const Block &test = s.bodies[0], &body = s.bodies[1];
  enter(s, s.inputs, test.params);
  for (;;) {
    enter(test.params, body.params);
    if (!run(test)) return false;
    if (!integer(slot(test.results[0]).number)) break;
    if (!run(body)) return false;
    pass(body, test.params);
    poll();
  }
  for (size_t k = 0; k < s.outputs.size(); ++k)
    take(slot(s.outputs[k]), slot(body.params[k]), true);
  return true;
}

}  // namespace runtime
