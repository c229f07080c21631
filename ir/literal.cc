// Literals as text: shortest digits that read back.
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "ir/text.h"

namespace ir {

namespace {

std::string print_double(double v) {
  if (std::isnan(v)) {
    const uint64_t bits = std::bit_cast<uint64_t>(v);
    if (bits == 0x7ff8000000000000u) return "nan";
    char text[32];
    std::snprintf(text, sizeof text, "nan:%016llx", static_cast<unsigned long long>(bits));
    return text;
  }
  if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
  char text[40];
  std::string out(text, std::to_chars(text, text + sizeof text, v).ptr);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

}  // namespace

std::string print_literal(Literal value, DType dtype) {
  switch (info(dtype).kind) {
    case 'b': return value.bits[0] ? "true" : "false";
    case 'f': return print_double(value.as_double());
    case 'u': return std::to_string(uint64_t(value.bits[0]));
    case 'c':
      return print_double(value.as_double()) + " " +
             print_double(std::bit_cast<double>(value.bits[1]));
    default: return std::to_string(value.bits[0]);
  }
}

bool read_literal(std::string_view text, DType t, int64_t& bits) {
  const char *first = text.data(), *last = first + text.size();
  if (is_bool(t)) {
    bits = text == "true";
    return text == "true" || text == "false";
  }
  if (is_unsigned(t)) {
    uint64_t u = 0;
    const auto r = std::from_chars(first, last, u);
    bits = int64_t(u);
    return r.ec == std::errc() && r.ptr == last;
  }
  if (is_integer(t)) {
    const auto r = std::from_chars(first, last, bits);
    return r.ec == std::errc() && r.ptr == last;
  }
  if (text.starts_with("nan")) {
    uint64_t payload = 0x7ff8000000000000u;
    if (text.size() > 3) {
      const auto r = std::from_chars(first + 4, last, payload, 16);
      if (r.ec != std::errc() || r.ptr != last) return false;
    }
    bits = int64_t(payload);
    return true;
  }
  double d = 0;
  const auto r = std::from_chars(first, last, d);
  bits = std::bit_cast<int64_t>(d);
  return r.ec == std::errc() && r.ptr == last;
}

}  // namespace ir
