// The three kinds of failure, kept apart (docs/decisions.md, "Errors").
#pragma once
#include <sstream>
#include <stdexcept>
#include <string>

namespace ir {

// The user's mistake in something the user wrote: graph text, a spec, an option.
// The message starts with line and column where there are any.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What braze does not compile. Never shown as an error: the code runs eagerly and `explain` tells
// why.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A broken invariant of our own. The message names the pass, the object and the fact.
struct Bug : std::logic_error {
  using std::logic_error::logic_error;
};

// Collects a message with << and throws it: fail<Unsupported>() << "sum of " << name;
template <class E>
class fail {
 public:
  template <class T>
  fail& operator<<(const T& part) {
    message_ << part;
    return *this;
  }
  [[noreturn]] ~fail() noexcept(false) { throw E(message_.str()); }

 private:
  std::ostringstream message_;
};

// check(x) << "..." evaluates the message only on failure, and throws Bug.
#define BRAZE_CHECK(condition) \
  if (condition) [[likely]] {  \
  } else                       \
    ::ir::fail<::ir::Bug>()

}  // namespace ir
