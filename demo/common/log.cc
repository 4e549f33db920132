// SPDX-License-Identifier: Apache-2.0
#include "demo/common/log.h"

#include <cstdio>
#include <ctime>

namespace demo {
namespace {

std::string& ProgramName() {
  static std::string name = "demo";
  return name;
}

std::string Timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char text[40];
  const size_t used = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + used, sizeof text - used, ".%03ldZ", now.tv_nsec / 1'000'000);
  return text;
}

bool NeedsQuotes(std::string_view value) {
  for (const unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
  }
  return value.empty();
}

void AppendValue(std::string& line, std::string_view value) {
  if (!NeedsQuotes(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ') {
      line += '?';
    } else {
      line += c;
    }
  }
  line += '"';
}

void Write(std::string_view level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = "time=" + Timestamp() + " level=";
  line += level;
  line += " program=" + ProgramName() + " msg=";
  AppendValue(line, message);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    AppendValue(line, value);
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);  // One call: stdio's own lock keeps it whole.
}

}  // namespace

void LogInfo(std::string_view message, std::initializer_list<Field> fields) {
  Write("info", message, fields);
}

void LogWarning(std::string_view message, std::initializer_list<Field> fields) {
  Write("warning", message, fields);
}

void LogError(std::string_view message, std::initializer_list<Field> fields) {
  Write("error", message, fields);
}

void NameProgram(std::string_view name) { ProgramName() = name; }

}  // namespace demo
