#include "frontend/bindings/entries.h"

#include <algorithm>
#include <limits>

#include "frontend/bindings/array.h"

namespace bindings {

namespace {

constexpr size_t most_entries = 128;

// The calls that pay for what is done once: of a rewritten function, whose regions compile then.
constexpr int warm = 1, warm_divided = 4;

// Null where the two ways may give other bits, which must not change from call to call.
std::shared_ptr<Regulation> regulation_of(const Entry& entry) {
  if (entry.instead)
    return std::make_shared<Regulation>(warm_divided, std::numeric_limits<int64_t>::max());
  if (!entry.specialisation || !entry.specialisation->exact()) return nullptr;
  return std::make_shared<Regulation>(warm, entry.specialisation->surely_faster_from());
}

}  // namespace

Entry entry_of(const CallKey& key, py::handle made, bool regulates) {
  Entry entry{{key.words().begin(), key.words().end()}, Held(), py::object(), nullptr};
  if (PyFunction_Check(made.ptr()))
    entry.instead = py::reinterpret_borrow<py::object>(made);
  else if (made.ptr() == Py_NotImplemented)
    entry.kept = false;
  else if (!made.is_none())
    entry.specialisation = Held(made);
  if (regulates) entry.regulation = regulation_of(entry);
  return entry;
}

CallKey::CallKey(std::span<PyObject* const> arguments, size_t positional, PyObject* names) {
  const size_t named = names ? arguments.size() - positional : 0;
  if (1 + named + arguments.size() > few_.size()) many_.resize(1 + named + arguments.size());
  uint64_t* out = many_.empty() ? few_.data() : many_.data();
  const uint64_t* first = out;
  *out++ = positional;
  // Keyword names are interned strings, so their addresses tell them apart.
  for (size_t i = 0; i < named; ++i)
    *out++ = reinterpret_cast<uint64_t>(PyTuple_GET_ITEM(names, Py_ssize_t(i)));
  for (PyObject* a : arguments) *out++ = signature(a);
  words_ = {first, out};
}

bool CallKey::operator==(const Key& other) const {
  if (words_.size() != other.size()) return false;
  uint64_t differ = 0;
  for (size_t i = 0; i < words_.size(); ++i) differ |= words_[i] ^ other[i];
  return differ == 0;
}

// The place of the entry that serves; the number of entries if there is none. If the time of the
// call is wanted, it begins before guards are asked.
size_t Entries::at(const CallKey& key, std::span<PyObject* const> arguments, const Clock& clock,
                   Choice& choice) {
  size_t unguarded = all_.size();
  for (size_t i = 0; i < all_.size(); ++i) {
    Entry& e = all_[i];
    if (!(key == e.key)) continue;
    if (e.regulation) {
      if (choice.size == 0) choice.size = size_class(arguments);
      if (e.alone && e.regulation->skips_guards(choice.size)) return i;
      if (choice.begin == 0 && e.regulation->measures(choice.size)) choice.begin = clock.now();
    }
    if (!e.specialisation) {
      unguarded = std::min(unguarded, i);
      continue;
    }
    if (!e.specialisation->has_guards()) return i;
    const Held held = e.specialisation;  // guards run Python code, which may change the entries
    if (!held->holds(arguments)) continue;
    return i < all_.size() && all_[i].specialisation == held ? i : all_.size();
  }
  const bool there = unguarded < all_.size() && key == all_[unguarded].key;
  return there && !all_[unguarded].specialisation ? unguarded : all_.size();
}

Choice Entries::find(const CallKey& key, std::span<PyObject* const> arguments, const Clock& clock) {
  Choice choice;
  const size_t i = at(key, arguments, clock, choice);
  if (i >= all_.size()) return choice;
  if (i > 0) std::rotate(all_.begin(), all_.begin() + long(i), all_.begin() + long(i) + 1);
  const Entry& e = all_[0];
  choice.found = true;
  if (e.regulation && !e.regulation->compiled_serves(choice.size)) {
    runtime::Trial& trial = e.regulation->trial(choice.size);
    choice.plain = trial.way() == Regulation::Way::plain;
    if (trial.settled()) {
      trial.count();
    } else {
      choice.regulation = e.regulation;
    }
    if (choice.plain && !choice.regulation) return choice;
    // Where guards are asked for the plain function too, they are a part of its time.
    if (choice.plain && e.alone && choice.begin != 0) choice.begin = clock.now();
  }
  choice.specialisation = e.specialisation;
  choice.instead = e.instead;
  return choice;
}

Choice Entries::other(const CallKey& key, std::span<PyObject* const> arguments,
                      std::span<const Held> tried) const {
  Choice choice;
  std::vector<Held> others;  // guards run code, which may change entries
  for (const Entry& e : all_) {
    if (!(key == e.key)) continue;
    if (!e.specialisation) {
      choice.found = true;
      if (!choice.instead) choice.instead = e.instead;
    } else if (std::ranges::find(tried, e.specialisation) == tried.end()) {
      others.push_back(e.specialisation);
    }
  }
  for (const auto& one : others) {
    if (!one->holds(arguments)) continue;
    choice.specialisation = one;
    choice.found = true;
    break;
  }
  return choice;
}

void Entries::prefer(const Held& served) {
  const auto at = std::ranges::find(all_, served, &Entry::specialisation);
  if (at != all_.end()) std::rotate(all_.begin(), at, at + 1);
}

bool Entries::resizes(const Held& tried, bool again) {
  const auto at = std::ranges::find(all_, tried, &Entry::specialisation);
  return at != all_.end() && std::exchange(at->resized, again);
}

void Entries::add(Entry entry) {
  for (Entry& e : all_) {
    if (e.key != entry.key) continue;
    e.alone = entry.alone = false;
  }
  all_.insert(all_.begin(), std::move(entry));
  if (all_.size() > most_entries) all_.pop_back();
}

void Entries::settle(Entry entry, std::vector<Entry>& gone) {
  for (auto e = all_.begin(); e != all_.end();) {
    const bool replaced = e->key == entry.key && !e->specialisation && !e->instead;
    if (replaced) gone.push_back(std::move(*e));
    e = replaced ? all_.erase(e) : e + 1;
  }
  add(std::move(entry));
}

void Entries::swap(PyObject* old, const py::object& now, std::vector<py::object>& gone) {
  for (Entry& e : all_) {
    if (!e.instead || !e.instead.is(py::handle(old))) continue;
    gone.push_back(std::exchange(e.instead, now));
    if (e.regulation) e.regulation->restart();
  }
}

}  // namespace bindings
