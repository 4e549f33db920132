// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/json.h"

#include <cstdint>
#include <cstdio>
#include <utility>

#include "sdk/genai/message.h"

namespace orrery::genai {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool IsContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<uint8_t>(text[at]) & 0xc0) == 0x80;
}

// The bytes of the UTF-8 character at `at`; 0 when there is none, overlong forms and surrogates
// included.
size_t CharacterBytes(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, at + i)) return 0;
  }
  const auto second = static_cast<uint8_t>(text[at + 1]);
  const bool bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
                   (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
  return bad ? 0 : length;
}

void AppendAscii(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<uint8_t>(c) >= 0x20) {
    out += c;
    return;
  }
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
  out += escape;
}

// Checker walks over JSON text and keeps nothing.
class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  bool WholeText() {
    if (!Value(0)) return false;
    Blanks();
    return at_ == text_.size();
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  void Blanks() {
    while (Peek() == ' ' || Peek() == '\n' || Peek() == '\t' || Peek() == '\r') ++at_;
  }

  bool Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool Digits() {
    const size_t from = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > from;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (!Take('e') && !Take('E')) return true;
    if (!Take('+')) Take('-');
    return Digits();
  }

  bool Escape() {
    const char c = Peek();
    ++at_;
    if (c != 'u') return c != '\0' && std::string_view("\"\\/bfnrt").find(c) != std::string::npos;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (std::string_view("0123456789abcdefABCDEF").find(Peek()) == std::string::npos)
        return false;
    }
    return true;
  }

  bool String() {
    if (!Take('"')) return false;
    while (at_ < text_.size()) {
      if (Take('"')) return true;
      if (Take('\\')) {
        if (!Escape()) return false;
        continue;
      }
      const size_t bytes = CharacterBytes(text_, at_);
      if (bytes == 0 || static_cast<uint8_t>(Peek()) < 0x20) return false;
      at_ += bytes;
    }
    return false;
  }

  bool Member(int depth) {
    Blanks();
    if (!String()) return false;
    Blanks();
    return Take(':') && Value(depth);
  }

  // The inside of an array or an object, up to `end`.
  bool Items(char end, int depth) {
    Blanks();
    if (Take(end)) return true;
    do {
      if (!(end == '}' ? Member(depth) : Value(depth))) return false;
      Blanks();
    } while (Take(','));
    return Take(end);
  }

  bool Value(int depth) {
    if (depth == kMaxDepth) return false;
    Blanks();
    switch (Peek()) {
      case '{':
        ++at_;
        return Items('}', depth + 1);
      case '[':
        ++at_;
        return Items(']', depth + 1);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = CharacterBytes(text, at);
    if (bytes == 0) {
      out += kReplacement;
      ++at;
    } else if (bytes == 1) {
      AppendAscii(out, text[at++]);
    } else {
      out += text.substr(at, bytes);
      at += bytes;
    }
  }
  return out + "\"";
}

bool IsJson(std::string_view text) { return Checker(text).WholeText(); }

void JsonObject::Name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  out_ += Quoted(name);
  out_ += ':';
}

void JsonObject::Add(std::string_view name, std::string_view text) {
  Name(name);
  out_ += Quoted(text);
}

void JsonObject::AddIfAny(std::string_view name, std::string_view text) {
  if (!text.empty()) Add(name, text);
}

void JsonObject::AddRaw(std::string_view name, std::string_view json) {
  Name(name);
  out_ += json;
}

void JsonObject::AddJsonOrText(std::string_view name, std::string_view value) {
  if (IsJson(value)) {
    AddRaw(name, value);
  } else {
    Add(name, value);
  }
}

std::string JsonObject::Take() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace orrery::genai
