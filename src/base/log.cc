// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <ctime>

#include <fmt/format.h>
#include <unistd.h>

#include "base/utf8.h"

namespace orrery {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') return true;
  }
  return !IsValidUtf8(text);
}

void AppendLogfmt(std::string_view text, std::string& out) {
  if (!NeedsQuotes(text)) {
    out += text;
    return;
  }
  out += '"';
  AppendJsonEscaped(text, out);
  out += '"';
}

bool IsPlainInJson(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void AppendJsonField(std::string_view key, std::string_view value, bool is_number,
                     std::string& out) {
  out += '"';
  AppendJsonEscaped(key, out);
  out += is_number ? "\":" : "\":\"";
  if (is_number) {
    out += value;
  } else {
    AppendJsonEscaped(value, out);
    out += '"';
  }
}

}  // namespace

LogField::LogField(std::string_view k, std::string_view text) : key(k), value(text) {}
LogField::LogField(std::string_view k, int64_t number)
    : key(k), value(fmt::format("{}", number)), is_number(true) {}
LogField::LogField(std::string_view k, uint64_t number)
    : key(k), value(fmt::format("{}", number)), is_number(true) {}
LogField::LogField(std::string_view k, double number)
    : key(k),
      value(fmt::format("{}", number)),
      is_number(number == number && number - number == 0) {}

Logger::Logger(const Clock& clock, int fd, LogFormat format, LogLevel least)
    : clock_(clock), fd_(fd), format_(format), least_(least) {}

void Logger::Debug(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Logger::Warn(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kWarn, message, fields);
}
void Logger::Error(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kError, message, fields);
}

void Logger::Write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) const {
  if (level < least_) return;
  std::string line;
  if (format_ == LogFormat::kLogfmt) {
    line = fmt::format("ts={} level={} msg=", FormatTime(clock_.WallNow()), LevelName(level));
    AppendLogfmt(message, line);
    for (const LogField& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      AppendLogfmt(field.value, line);
    }
  } else {
    line = "{";
    AppendJsonField("ts", FormatTime(clock_.WallNow()), false, line);
    line += ',';
    AppendJsonField("level", LevelName(level), false, line);
    line += ',';
    AppendJsonField("msg", message, false, line);
    for (const LogField& field : fields) {
      line += ',';
      AppendJsonField(field.key, field.value, field.is_number, line);
    }
    line += '}';
  }
  line += '\n';
  // One write keeps lines whole between threads; a full pipe or disk loses the line, by contract.
  [[maybe_unused]] const auto written = write(fd_, line.data(), line.size());
}

std::string FormatTime(UnixNanos time) {
  const auto seconds = static_cast<time_t>(time / kNanosPerSecond);
  tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     time % kNanosPerSecond / kNanosPerMilli);
}

void AppendJsonEscaped(std::string_view text, std::string& out) {
  for (;;) {
    // Mostly there is nothing to escape; runs of that are copied whole.
    size_t plain = 0;
    while (plain < text.size() && IsPlainInJson(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const auto c = static_cast<unsigned char>(text.front());
    if (c >= 0x80) {
      const size_t length = Utf8SequenceLength(text);
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
      text.remove_prefix(length == 0 ? 1 : length);
      continue;
    }
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += fmt::format("\\u{:04x}", c);
    }
    text.remove_prefix(1);
  }
}

}  // namespace orrery
