// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace demo {

// One key and value of a log line.
using Field = std::pair<std::string_view, std::string>;

// Writes one logfmt line to stderr: time, level, program, message, then the fields. Values with
// blanks, quotes or control characters are quoted. Lines of several threads never mix.
void LogInfo(std::string_view message, std::initializer_list<Field> fields = {});
void LogWarning(std::string_view message, std::initializer_list<Field> fields = {});
void LogError(std::string_view message, std::initializer_list<Field> fields = {});

// Names the program in every later line. Call it once, before the first thread starts.
void NameProgram(std::string_view name);

}  // namespace demo
