// SPDX-License-Identifier: Apache-2.0
#include "traceql/lexer.h"

#include <array>

#include "base/nearest.h"
#include "traceql/lex_literal.h"

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Longest first, so that the first that fits is the right one.
constexpr std::array<std::string_view, 38> kSymbols = {
    "&>>", "&<<", "!>>", "!<<", "&&", "||", "&>", "&<", "&~", "!>", "!<", "!~", "!=",
    ">>",  "<<",  ">=",  "<=",  "=~", "=",  "!",  ">",  "<",  "+",  "-",  "*",  "/",
    "%",   "^",   "|",   "~",   "(",  ")",  "{",  "}",  ",",  "[",  "]",  ";"};

struct ScopeWord {
  std::string_view word;
  AttributeScope scope;
};
constexpr std::array<ScopeWord, 5> kScopes = {
    {{"span", AttributeScope::kSpan},
     {"resource", AttributeScope::kResource},
     {"event", AttributeScope::kEvent},
     {"link", AttributeScope::kLink},
     {"instrumentation", AttributeScope::kInstrumentation}}};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> Run() {
    do {
      Next();
    } while (tokens_.back().kind != TokenKind::kEnd && tokens_.back().kind != TokenKind::kError);
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  std::string_view Rest() const { return source_.substr(at_); }

  Token& Add(TokenKind kind, size_t begin, size_t length) {
    Token& token = tokens_.emplace_back();
    token.kind = kind;
    token.offset = begin;
    token.end = at_ = begin + length;
    return token;
  }
  void Fail(size_t offset, std::string message) {
    Add(TokenKind::kError, offset, 0).text = std::move(message);
  }

  // Spaces and comments. False when a comment has no end.
  bool SkipBlanks() {
    for (;;) {
      while (at_ < source_.size() && IsSpace(source_[at_])) ++at_;
      if (Rest().starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (Rest().starts_with("/*")) {
        const size_t end = source_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return false;
        at_ = end + 2;
      } else {
        return true;
      }
    }
  }

  void Next() {
    if (!SkipBlanks()) return Fail(at_, "comment without its closing */");
    const char c = Peek();
    if (at_ >= source_.size()) {
      Add(TokenKind::kEnd, at_, 0);
    } else if (c == '"' || c == '`') {
      ReadString();
    } else if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
      ReadNumber();
    } else if (c == '.') {
      ReadAttribute(at_, 1, AttributeScope::kAny, false);
    } else if (IsLetter(c)) {
      ReadWord();
    } else {
      ReadSymbol();
    }
  }

  void ReadSymbol() {
    if (Rest().starts_with("==")) return Fail(at_, "'==' is not an operator; write '='");
    if (Peek() == '\'') {
      return Fail(at_, "strings stand in double quotes or backquotes, not in single quotes");
    }
    for (const std::string_view symbol : kSymbols) {
      if (Rest().starts_with(symbol)) {
        Add(TokenKind::kSymbol, at_, symbol.size()).text = symbol;
        return;
      }
    }
    Fail(at_, "unexpected character");
  }

  void ReadString() {
    Literal literal = ScanString(Rest());
    if (!literal.error.empty()) return Fail(at_ + literal.length, std::move(literal.error));
    Add(TokenKind::kConstant, at_, literal.length).constant = std::move(literal.constant);
  }

  void ReadNumber() {
    Literal literal = ScanNumber(Rest());
    if (!literal.error.empty()) return Fail(at_, std::move(literal.error));
    Add(TokenKind::kConstant, at_, literal.length).constant = std::move(literal.constant);
  }

  void ReadWord() {
    const size_t begin = at_;
    size_t end = at_;
    while (end < source_.size() && (IsLetter(source_[end]) || IsDigit(source_[end]))) ++end;
    const std::string_view word = source_.substr(begin, end - begin);
    const char after = end < source_.size() ? source_[end] : '\0';
    if (after == ':') return ReadScopedIntrinsic(begin, end);
    if (after == '.') {
      if (word == "parent") return ReadParentAttribute(begin, end);
      for (const ScopeWord& scope : kScopes) {
        if (scope.word == word) return ReadAttribute(begin, end + 1 - begin, scope.scope, false);
      }
    }
    Add(TokenKind::kWord, begin, end - begin).text = word;
  }

  void ReadParentAttribute(size_t begin, size_t dot) {
    const std::string_view rest = source_.substr(dot);
    for (const auto scope : {kScopes[0], kScopes[1]}) {
      const std::string prefix = "." + std::string(scope.word) + ".";
      if (rest.starts_with(prefix)) {
        return ReadAttribute(begin, dot + prefix.size() - begin, scope.scope, true);
      }
    }
    ReadAttribute(begin, dot + 1 - begin, AttributeScope::kAny, true);
  }

  // `begin` is where the scope stands, `prefix` how long it is with its dot.
  void ReadAttribute(size_t begin, size_t prefix, AttributeScope scope, bool of_parent) {
    std::string name;
    size_t end = begin + prefix;
    while (end < source_.size() && !EndsName(source_[end])) {
      if (source_[end] != '"') {
        name += source_[end++];
        continue;
      }
      const size_t quote = end++;
      while (end < source_.size() && source_[end] != '"') {
        if (source_[end] == '\\' && end + 1 < source_.size() &&
            (source_[end + 1] == '"' || source_[end + 1] == '\\')) {
          ++end;
        }
        name += source_[end++];
      }
      if (end == source_.size()) return Fail(quote, "quoted name without its closing '\"'");
      ++end;
    }
    if (name.empty()) {
      return Fail(begin, "attribute name missing after '" +
                             std::string(source_.substr(begin, prefix)) + "'");
    }
    Token& token = Add(TokenKind::kField, begin, end - begin);
    token.field = Field::Of(scope, std::move(name));
    token.field.of_parent = of_parent;
  }

  void ReadScopedIntrinsic(size_t begin, size_t colon) {
    size_t end = colon + 1;
    while (end < source_.size() && (IsLetter(source_[end]) || IsDigit(source_[end]))) ++end;
    const std::string_view text = source_.substr(begin, end - begin);
    const IntrinsicEntry* entry = FindIntrinsic(text);
    if (entry == nullptr) {
      return Fail(begin, UnknownIntrinsic(text, source_.substr(colon + 1, end - colon - 1)));
    }
    Add(TokenKind::kField, begin, end - begin).field = Field::Of(entry->intrinsic);
  }

  static std::string UnknownIntrinsic(std::string_view text, std::string_view name) {
    std::string message = "unknown intrinsic '" + std::string(text) + "'";
    std::vector<std::string_view> candidates;
    for (const IntrinsicEntry& entry : Intrinsics()) {
      if (entry.scoped.empty()) continue;
      // The right name under the wrong scope.
      if (entry.scoped.ends_with(":" + std::string(name)) || (entry.old == name)) {
        return message + "; did you mean '" + std::string(entry.scoped) + "'?";
      }
      candidates.push_back(entry.scoped);
    }
    const auto nearest = Nearest(text, candidates);
    if (!nearest.empty()) message += "; did you mean '" + std::string(nearest) + "'?";
    return message;
  }

  const std::string_view source_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Lex(std::string_view source) { return Lexer(source).Run(); }

}  // namespace orrery::traceql
