// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"

namespace orrery {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

// One key and its value, already text. Numbers keep their type in JSON.
struct LogField {
  LogField(std::string_view key, std::string_view text);
  LogField(std::string_view key, const char* text) : LogField(key, std::string_view(text)) {}
  LogField(std::string_view key, const std::string& text) : LogField(key, std::string_view(text)) {}
  LogField(std::string_view key, int64_t number);
  LogField(std::string_view key, uint64_t number);
  LogField(std::string_view key, int number) : LogField(key, static_cast<int64_t>(number)) {}
  LogField(std::string_view key, uint32_t number) : LogField(key, static_cast<uint64_t>(number)) {}
  LogField(std::string_view key, double number);

  std::string_view key;
  std::string value;
  bool is_number = false;
};

// Logger writes one line per event to a file descriptor, in logfmt or JSON.
//
//   ts=2026-11-23T14:05:32.123Z level=info msg="block written" block=000017 spans=520
//
// Threads: all methods may be called concurrently; a line is one write.
// Failure: a line that cannot be written is lost; logging never blocks the program's work for it.
class Logger {
 public:
  // `clock` must outlive the logger. `fd` stays open as long as the logger lives; not owned.
  Logger(const Clock& clock, int fd, LogFormat format, LogLevel least);

  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  void Write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) const;

  const Clock& clock_;
  const int fd_;
  const LogFormat format_;
  const LogLevel least_;
};

// RFC 3339 in UTC with milliseconds: 2026-11-23T14:05:32.123Z.
std::string FormatTime(UnixNanos time);
// `text` as the inside of a JSON string literal, without the quotes; invalid UTF-8 becomes U+FFFD.
void AppendJsonEscaped(std::string_view text, std::string& out);

}  // namespace orrery
