// What a dispatcher knows: for each kind of call an entry that says what serves it.
#pragma once
#include <array>
#include <memory>
#include <span>
#include <vector>

#include "frontend/bindings/regulation.h"
#include "frontend/bindings/specialisation.h"

namespace bindings {

// Words of one call: the number of positional arguments, the names of the others, a word per
// argument.
using Key = std::vector<uint64_t>;

// The key of the call at hand. On the stack, since guards may run code that calls other functions.
class CallKey {
 public:
  CallKey(std::span<PyObject* const> arguments, size_t positional, PyObject* names);
  CallKey(const CallKey&) = delete;
  std::span<const uint64_t> words() const { return words_; }
  bool operator==(const Key& other) const;

 private:
  std::array<uint64_t, 24> few_;
  std::vector<uint64_t> many_;
  std::span<const uint64_t> words_;
};

// A specialisation, kept alive by its Python object: that count needs no atomic operations.
class Held {
 public:
  Held() = default;
  explicit Held(py::handle object)
      : object_(py::reinterpret_borrow<py::object>(object)), is_(object.cast<Specialisation*>()) {}
  const Specialisation* operator->() const { return is_; }
  explicit operator bool() const { return is_ != nullptr; }
  bool operator==(const Held& other) const { return is_ == other.is_; }
  const py::object& object() const { return object_; }

 private:
  py::object object_;
  const Specialisation* is_ = nullptr;
};

struct Entry {
  Key key;
  // Null: another function serves these arguments, the plain one or `instead`.
  Held specialisation;
  // The plain function rewritten, with compiled regions in it; or null.
  py::object instead;
  // Whether these are worth it; null if they serve in any case.
  std::shared_ptr<Regulation> regulation;
  bool alone = true;    // no other entry has this key
  bool resized = true;  // whether to compile for sizes that it is not for
  bool kept = true;     // else the next call asks again
};

// An entry for what Python has made for these arguments: a specialisation, a function to call
// instead of the plain one, None, or NotImplemented where the next call is to ask again.
Entry entry_of(const CallKey& key, py::handle made, bool regulates);

// What serves a call.
struct Choice {
  Held specialisation;
  py::object instead;
  // Null if nothing is to be found out by this call.
  std::shared_ptr<Regulation> regulation;
  SizeClass size = 0;
  int64_t begin = 0;   // of the time that is measured, if it is
  bool plain = false;  // the plain function serves, as the regulation has it
  bool found = false;
};

class Entries {
 public:
  // What serves this call, as far as is known. An entry that is not compiled, and so has no guards,
  // counts only where the guards of no other hold.
  Choice find(const CallKey& key, std::span<PyObject* const> arguments, const Clock& clock);
  void add(Entry entry);
  // Another entry for this call than those of which the code has been tried, as `find` chooses.
  Choice other(const CallKey& key, std::span<PyObject* const> arguments,
               std::span<const Held> tried) const;
  // Has this one be asked first from now on.
  void prefer(const Held& served);
  // Whether to compile for sizes that this code is not for; asked once, unless that succeeds.
  bool resizes(const Held& tried, bool again);
  // Puts an entry in the place of one by which the plain function serves.
  void settle(Entry entry, std::vector<Entry>& gone);
  // Calls `now` where `old` was called instead of the plain function; if it is null, the plain
  // function. The references that are given up are put into `gone`.
  void swap(PyObject* old, const py::object& now, std::vector<py::object>& gone);
  // Drops everything; the entries themselves go last, since that may run code.
  std::vector<Entry> take() { return std::exchange(all_, {}); }
  const std::vector<Entry>& all() const { return all_; }

 private:
  size_t at(const CallKey& key, std::span<PyObject* const> arguments, const Clock& clock,
            Choice& choice);
  std::vector<Entry> all_;  // the most recently used first
};

}  // namespace bindings
