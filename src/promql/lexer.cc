// SPDX-License-Identifier: Apache-2.0
#include "promql/lexer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "promql/lex_literal.h"

namespace orrery::promql {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 23> kSymbols = {"==", "!=", "=~", "!~", "<=", ">=", "=", "<",
                                                       ">",  "+",  "-",  "*",  "/",  "%",  "^", "(",
                                                       ")",  "{",  "}",  "[",  "]",  ",",  "@"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      SkipBlanks();
      Token token;
      token.span.start = static_cast<uint32_t>(at_);
      if (at_ < text_.size()) ORRERY_RETURN_IF_ERROR(Next(token));
      token.span.end = static_cast<uint32_t>(at_);
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::kEnd) break;
    }
    return tokens;
  }

 private:
  Status Next(Token& token) {
    const char c = text_[at_];
    if (c == '"' || c == '\'' || c == '`') return String(token);
    const bool dot_number = c == '.' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]);
    if (IsDigit(c) || dot_number) return Number(token);
    if (IsLetter(c) || (c == ':' && !in_brackets_)) return Word(token);
    return Symbol(token);
  }

  void SkipBlanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (IsBlank(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  Status String(Token& token) {
    size_t length = 0;
    auto value = ReadString(text_.substr(at_), length);
    if (!value.ok()) {
      return ParseError(text_, static_cast<uint32_t>(at_), value.status().message());
    }
    token.kind = TokenKind::kString;
    token.text = *std::move(value);
    at_ += length;
    return OkStatus();
  }

  Status Number(Token& token) {
    const std::string_view rest = text_.substr(at_);
    size_t length = DurationLength(rest);
    if (length > 0) {
      token.kind = TokenKind::kDuration;
      const auto millis = ParseDurationMillis(rest.substr(0, length));
      if (!millis.ok()) {
        return ParseError(text_, token.span.start, millis.status().message());
      }
      token.number = static_cast<double>(*millis) / 1000;
    } else {
      token.kind = TokenKind::kNumber;
      length = NumberLength(rest);
      const auto value = ReadNumber(rest.substr(0, length));
      const bool runs_on =
          length < rest.size() && (IsLetter(rest[length]) || IsDigit(rest[length]));
      if (!value.ok() || runs_on) {
        const auto end = std::ranges::find_if_not(
            rest, [](char c) { return IsLetter(c) || IsDigit(c) || c == '.'; });
        const auto shown = rest.substr(0, static_cast<size_t>(end - rest.begin()));
        return ParseError(text_, token.span.start,
                          fmt::format("bad number or duration syntax: {:?}", shown));
      }
      token.number = *value;
    }
    token.text = rest.substr(0, length);
    at_ += length;
    return OkStatus();
  }

  Status Word(Token& token) {
    token.kind = TokenKind::kWord;
    const size_t start = at_;
    const auto belongs = [this](char c) {
      return IsLetter(c) || IsDigit(c) || (c == ':' && !in_brackets_);
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    token.text = text_.substr(start, at_ - start);
    return OkStatus();
  }

  Status Symbol(Token& token) {
    token.kind = TokenKind::kSymbol;
    const std::string_view rest = text_.substr(at_);
    if (in_brackets_ && rest.front() == ':') {
      token.text = ":";
      ++at_;
      return OkStatus();
    }
    for (const std::string_view symbol : kSymbols) {
      if (!rest.starts_with(symbol)) continue;
      token.text = symbol;
      at_ += symbol.size();
      if (symbol == "[" || symbol == "{") in_brackets_ = true;
      if (symbol == "]" || symbol == "}") in_brackets_ = false;
      return OkStatus();
    }
    size_t length = 1;
    while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xc0) == 0x80) {
      ++length;
    }
    return ParseError(text_, token.span.start,
                      fmt::format("unexpected character: '{}'", rest.substr(0, length)));
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool in_brackets_ = false;
};

}  // namespace

Result<std::vector<Token>> Lex(std::string_view text) { return Lexer(text).Run(); }

std::string PositionText(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t begin = before.rfind('\n');
  const size_t column = before.size() - (begin == std::string_view::npos ? 0 : begin + 1) + 1;
  return fmt::format("{}:{}", line, column);
}

Status ParseError(std::string_view text, uint32_t offset, std::string_view message) {
  return InvalidArgument(fmt::format("{}: parse error: {}", PositionText(text, offset), message));
}

}  // namespace orrery::promql
