// Splits the text form into tokens, each with its line and column.
#pragma once
#include <string>
#include <string_view>

namespace ir {

struct Token {
  enum Kind : uint8_t { end, word, value, number, string, mark };
  Kind kind = end;
  std::string_view text;  // a value without its %, a string without its quotes
  int line = 1, column = 1;
  bool is(std::string_view t) const { return kind != string && kind != end && text == t; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { next(); }
  const Token& peek() const { return token_; }
  Token next();  // returns the current token and moves on
  // Throws UserError "line L, column C: message".
  [[noreturn]] static void refuse(const Token& at, const std::string& message);

 private:
  void skip_blanks();
  void advance(size_t n);
  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1, column_ = 1;
  Token token_;
};

}  // namespace ir
