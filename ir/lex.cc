#include "ir/lex.h"

#include <cctype>

#include "ir/error.h"

namespace ir {

void Lexer::refuse(const Token& at, const std::string& message) {
  throw UserError("line " + std::to_string(at.line) + ", column " + std::to_string(at.column) +
                  ": " + message);
}

void Lexer::advance(size_t n) {
  for (; n > 0; --n, ++at_) {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
  }
}

// Blanks, and comments from ; to the end of the line.
void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    if (text_[at_] == ';') {
      while (at_ < text_.size() && text_[at_] != '\n') advance(1);
    } else if (std::isspace(static_cast<unsigned char>(text_[at_]))) {
      advance(1);
    } else {
      return;
    }
  }
}

namespace {

bool word_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool word_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

// Length of a number at the front: digits, a fraction, an exponent.
size_t number_length(std::string_view s) {
  size_t n = 0;
  while (n < s.size() && digit(s[n])) ++n;
  if (n + 1 < s.size() && s[n] == '.' && digit(s[n + 1]))
    for (++n; n < s.size() && digit(s[n]);) ++n;
  if (n < s.size() && (s[n] == 'e' || s[n] == 'E')) {
    size_t e = n + 1;
    if (e < s.size() && (s[e] == '+' || s[e] == '-')) ++e;
    if (e < s.size() && digit(s[e])) {
      while (e < s.size() && digit(s[e])) ++e;
      n = e;
    }
  }
  return n;
}

}  // namespace

Token Lexer::next() {
  const Token current = token_;
  skip_blanks();
  token_ = {Token::end, {}, line_, column_};
  if (at_ == text_.size()) return current;
  const std::string_view rest = text_.substr(at_);
  const auto take = [&](Token::Kind kind, size_t length, size_t drop_front, size_t drop_back) {
    token_.kind = kind;
    token_.text = rest.substr(drop_front, length - drop_front - drop_back);
    advance(length);
  };
  const auto run = [&](size_t from) {
    while (from < rest.size() && word_part(rest[from])) ++from;
    return from;
  };
  if (word_start(rest[0])) {
    take(Token::word, run(1), 0, 0);
  } else if (rest[0] == '%' && rest.size() > 1 && digit(rest[1])) {
    take(Token::value, run(1), 1, 0);
  } else if (digit(rest[0])) {
    take(Token::number, number_length(rest), 0, 0);
  } else if (rest[0] == '"') {
    const size_t close = rest.find('"', 1);
    if (close == std::string_view::npos ||
        rest.substr(0, close).find('\n') != std::string_view::npos)
      refuse(token_, "a string is not closed");
    take(Token::string, close + 1, 1, 1);
  } else {
    const std::string_view two = rest.substr(0, 2);
    const bool pair = two == ">=" || two == "==" || two == "!=" || two == "//";
    take(Token::mark, pair ? 2 : 1, 0, 0);
  }
  return current;
}

}  // namespace ir
