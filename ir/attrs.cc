#include "ir/attrs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "ir/error.h"

namespace ir {

Literal Literal::of(double v) { return {{std::bit_cast<int64_t>(v), 0}}; }
double Literal::as_double() const { return std::bit_cast<double>(bits[0]); }

namespace {

constexpr std::pair<std::string_view, AttrKind> kind_names[] = {
    {"int", AttrKind::integer},   {"bool", AttrKind::boolean}, {"ints", AttrKind::integers},
    {"dtype", AttrKind::dtype},   {"dim", AttrKind::dim},      {"dims", AttrKind::dims},
    {"scalar", AttrKind::scalar}, {"text", AttrKind::text},    {"type", AttrKind::type},
    {"body", AttrKind::body}};

std::vector<AttrField> parse_schema(std::string_view row) {
  std::vector<AttrField> fields;
  while (!row.empty()) {
    const size_t colon = row.find(':'), space = std::min(row.find(' '), row.size());
    const std::string_view kind = row.substr(colon + 1, space - colon - 1);
    for (const auto& [name, value] : kind_names)
      if (name == kind) fields.push_back({row.substr(0, colon), value});
    row.remove_prefix(std::min(space + 1, row.size()));
  }
  return fields;
}

// Words that hold so many characters.
size_t words_for(size_t characters) { return (characters + sizeof(int64_t) - 1) / sizeof(int64_t); }

// Words that a field takes, given the words from its start.
size_t width(AttrKind kind, std::span<const int64_t> words) {
  switch (kind) {
    case AttrKind::integers:
    case AttrKind::dims: return words.empty() ? 1 : 1 + size_t(words[0]);
    case AttrKind::text: return words.empty() ? 1 : 1 + words_for(size_t(words[0]));
    case AttrKind::scalar: return 2;
    default: return 1;
  }
}

}  // namespace

std::span<const AttrField> schema(Op op) {
  static const auto schemas = [] {
    std::array<std::vector<AttrField>, op_count> all;
    for (int i = 0; i < op_count; ++i) all[size_t(i)] = parse_schema(op_table[i].attrs);
    return all;
  }();
  return schemas[size_t(op)];
}

Attrs& Attrs::integer(int64_t v) {
  words.push_back(v);
  return *this;
}
Attrs& Attrs::boolean(bool v) { return integer(v); }
Attrs& Attrs::integers(std::span<const int64_t> v) {
  words.push_back(int64_t(v.size()));
  words.insert(words.end(), v.begin(), v.end());
  return *this;
}
Attrs& Attrs::dtype(DType v) { return integer(int64_t(v)); }
Attrs& Attrs::dim(DimId v) { return integer(v.id); }
Attrs& Attrs::dims(std::span<const DimId> v) {
  words.push_back(int64_t(v.size()));
  for (DimId d : v) words.push_back(d.id);
  return *this;
}
Attrs& Attrs::scalar(Literal v) {
  words.push_back(v.bits[0]);
  words.push_back(v.bits[1]);
  return *this;
}
Attrs& Attrs::text(std::string_view v) {
  const bool plain =
      std::ranges::all_of(v, [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
  if (!plain) throw UserError("a text with a quote, a control character or none of ASCII");
  words.push_back(int64_t(v.size()));
  const size_t first = words.size();
  words.resize(first + words_for(v.size()), 0);
  std::ranges::copy(v, reinterpret_cast<char*>(words.data() + first));
  return *this;
}
Attrs& Attrs::type(TypeId v) { return integer(v.id); }
Attrs& Attrs::body(BodyId v) { return integer(v.id); }

std::span<const int64_t> AttrView::field(std::string_view name, AttrKind kind) const {
  std::span<const int64_t> rest = words_;
  for (const AttrField& f : schema(op_)) {
    const size_t n = width(f.kind, rest);
    BRAZE_CHECK(n <= rest.size()) << "attrs: " << info(op_).name << " lacks "
                                  << std::string(f.name);
    if (f.name == name && f.kind == kind) return rest.first(n);
    rest = rest.subspan(n);
  }
  fail<Bug>() << "attrs: " << info(op_).name << " has no attribute " << std::string(name)
              << " of that kind";
  return {};
}

int64_t AttrView::integer(std::string_view name) const { return field(name, AttrKind::integer)[0]; }
bool AttrView::boolean(std::string_view name) const {
  return field(name, AttrKind::boolean)[0] != 0;
}
std::vector<int64_t> AttrView::integers(std::string_view name) const {
  const auto words = field(name, AttrKind::integers).subspan(1);
  return {words.begin(), words.end()};
}
DType AttrView::dtype(std::string_view name) const {
  return DType(field(name, AttrKind::dtype)[0]);
}
DimId AttrView::dim(std::string_view name) const {
  return {uint32_t(field(name, AttrKind::dim)[0])};
}
std::vector<DimId> AttrView::dims(std::string_view name) const {
  std::vector<DimId> out;
  for (int64_t w : field(name, AttrKind::dims).subspan(1)) out.push_back({uint32_t(w)});
  return out;
}
Literal AttrView::scalar(std::string_view name) const {
  const auto words = field(name, AttrKind::scalar);
  return {{words[0], words[1]}};
}
std::string AttrView::text(std::string_view name) const {
  const auto words = field(name, AttrKind::text);
  return {reinterpret_cast<const char*>(words.data() + 1), size_t(words[0])};
}
TypeId AttrView::type(std::string_view name) const {
  return {uint32_t(field(name, AttrKind::type)[0])};
}
BodyId AttrView::body(std::string_view name) const {
  return {uint32_t(field(name, AttrKind::body)[0])};
}

}  // namespace ir
