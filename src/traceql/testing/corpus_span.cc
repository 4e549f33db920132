// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_span.h"

#include <charconv>

#include "traceql/lexer.h"

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;

std::string_view NextWord(std::string_view& line) {
  const size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  size_t end = std::min(line.find(' '), line.size());
  if (line.starts_with('"')) end = std::min(line.find('"', 1), line.size() - 1) + 1;
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::string_view Unquote(std::string_view word) {
  if (word.size() >= 2 && word.starts_with('"')) return word.substr(1, word.size() - 2);
  return word;
}

class AttributeReader {
 public:
  AttributeReader(std::string_view text, CorpusSpan* span) : tokens_(Lex(text)), span_(span) {}

  std::string Run() {
    while (error_.empty() && Current().kind != TokenKind::kEnd) ReadOne();
    return error_;
  }

 private:
  const Token& Current() const { return tokens_[at_]; }
  Token Take() {
    Token token = Current();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool Accept(std::string_view symbol) {
    if (!Current().IsSymbol(symbol)) return false;
    Take();
    return true;
  }
  void Fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  void ReadOne() {
    const Token key = Take();
    if (!Accept("=")) return Fail("expected key=value at '" + key.text + "'");
    if (key.kind == TokenKind::kField && key.field.kind == Field::Kind::kAttribute) {
      return ReadAttribute(key.field);
    }
    const Token value = Take();
    const std::string text =
        value.kind == TokenKind::kConstant && value.constant.type == Type::kString
            ? value.constant.text
            : value.text;
    if (key.IsWord("status")) {
      span_->status = StatusFromName(text).value_or(0);
    } else if (key.IsWord("message")) {
      span_->message = text;
    } else if (key.IsWord("scope")) {
      span_->scope_name = text.substr(0, text.find('@'));
      if (const size_t at = text.find('@'); at != std::string::npos) {
        span_->scope_version = text.substr(at + 1);
      }
    } else if (key.IsWord("parent") && text == "missing") {
      span_->parent_missing = true;
    } else if (key.IsWord("same_id_as")) {
      span_->same_id_as = static_cast<int>(value.constant.number) - 1;
    } else if (key.IsWord("event")) {
      ReadEvent(text);
    } else if (key.IsWord("link")) {
      ReadLink(text);
    } else {
      Fail("unknown key '" + key.text + "'");
    }
  }

  void ReadEvent(const std::string& name) {
    CorpusEvent event;
    event.name = name;
    if (Accept("+")) event.offset_nanos = Take().constant.number;
    span_->events.push_back(std::move(event));
  }

  void ReadLink(const std::string& text) {
    CorpusLink link;
    const size_t slash = text.find('/');
    link.trace = text.substr(0, slash);
    if (slash != std::string::npos) {
      std::from_chars(text.data() + slash + 1, text.data() + text.size(), link.span);
    }
    span_->links.push_back(std::move(link));
  }

  void ReadAttribute(const Field& field) {
    CorpusAttribute attribute;
    attribute.scope = field.attribute.scope == AttributeScope::kAny ? AttributeScope::kSpan
                                                                    : field.attribute.scope;
    attribute.name = field.attribute.name;
    if (Accept("[")) {
      attribute.is_array = true;
      while (error_.empty() && !Accept("]")) {
        attribute.values.push_back(ReadValue());
        Accept(",");
      }
    } else {
      attribute.values.push_back(ReadValue());
    }
    if (attribute.scope == AttributeScope::kEvent) {
      if (span_->events.empty()) return Fail("event." + attribute.name + " before any event=");
      span_->events.back().attributes.push_back(std::move(attribute));
    } else if (attribute.scope == AttributeScope::kLink) {
      if (span_->links.empty()) return Fail("link." + attribute.name + " before any link=");
      span_->links.back().attributes.push_back(std::move(attribute));
    } else {
      span_->attributes.push_back(std::move(attribute));
    }
  }

  Constant ReadValue() {
    const bool negative = Accept("-");
    Token token = Take();
    if (token.kind == TokenKind::kConstant) {
      if (negative) token.constant.number = -token.constant.number;
      if (negative) token.constant.real = -token.constant.real;
      return token.constant;
    }
    if (token.IsWord("true")) return Constant::Bool(true);
    if (token.IsWord("false")) return Constant::Bool(false);
    if (!token.IsWord("null")) Fail("expected a value, found '" + token.text + "'");
    return Constant::Nil();
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  CorpusSpan* span_;
  std::string error_;
};

}  // namespace

std::string ReadCorpusSpan(std::string_view line, CorpusSpan* span) {
  span->service = Unquote(NextWord(line));
  span->name = Unquote(NextWord(line));
  const std::string_view kind_name = NextWord(line);
  const auto kind = KindFromName(kind_name);
  if (!kind) return "unknown kind '" + std::string(kind_name) + "'";
  span->kind = *kind;
  std::string_view offset = NextWord(line);
  if (!offset.starts_with('+')) return "expected an offset such as +20ms";
  offset.remove_prefix(1);
  const auto offset_nanos = ParseDuration(offset);
  const auto duration_nanos = ParseDuration(NextWord(line));
  if (!offset_nanos || !duration_nanos) return "expected an offset and a duration";
  span->offset_nanos = *offset_nanos;
  span->duration_nanos = *duration_nanos;
  return AttributeReader(line, span).Run();
}

}  // namespace orrery::traceql
