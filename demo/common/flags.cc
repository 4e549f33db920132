// SPDX-License-Identifier: Apache-2.0
#include "demo/common/flags.h"

#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace demo {
namespace {

std::string Number(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

Flags::Flags(std::string what, std::string env_prefix)
    : what_(std::move(what)), env_prefix_(std::move(env_prefix)) {}

void Flags::AddText(std::string name, std::string help, std::string* target) {
  flags_.push_back({.name = std::move(name), .help = std::move(help), .text = target});
}

void Flags::AddNumber(std::string name, std::string help, double least, double most,
                      double* target) {
  flags_.push_back({.name = std::move(name),
                    .help = std::move(help),
                    .number = target,
                    .least = least,
                    .most = most});
}

std::string Flags::Set(const Flag& flag, std::string_view source, const std::string& value) {
  if (flag.text != nullptr) {
    *flag.text = value;
    return "";
  }
  double number = 0;
  const char* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || !(number >= flag.least) ||
      !(number <= flag.most)) {
    return std::string(source) + " is \"" + value + "\"; write a number from " +
           Number(flag.least) + " to " + Number(flag.most);
  }
  *flag.number = number;
  return "";
}

std::string Flags::EnvironmentName(const Flag& flag) const {
  std::string name = env_prefix_ + "_";
  for (const char c : flag.name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string Flags::ReadEnvironment() const {
  for (const Flag& flag : flags_) {
    const std::string name = EnvironmentName(flag);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    if (std::string mistake = Set(flag, name, value); !mistake.empty()) return mistake;
  }
  return "";
}

std::string Flags::ReadCommandLine(const std::vector<std::string>& words) const {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Flag* flag = nullptr;
    for (const Flag& candidate : flags_) {
      if (name == "--" + candidate.name) flag = &candidate;
    }
    if (flag == nullptr) return "unknown argument \"" + word + "\"; --help lists the flags";
    if (equals == std::string::npos && i + 1 == words.size()) {
      return name + " has no value; write " + name + "=VALUE";
    }
    const std::string value = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    if (std::string mistake = Set(*flag, name, value); !mistake.empty()) return mistake;
  }
  return "";
}

std::optional<int> Flags::Parse(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") {
      PrintHelp();
      return 0;
    }
  }
  std::string mistake = ReadEnvironment();
  if (mistake.empty()) mistake = ReadCommandLine(words);
  if (mistake.empty()) return std::nullopt;
  std::fprintf(stderr, "%s: %s\n", argv[0], mistake.c_str());
  return 2;
}

void Flags::PrintHelp() const {
  std::printf("%s\n\n", what_.c_str());
  for (const Flag& flag : flags_) {
    const std::string fallback = flag.text != nullptr ? *flag.text : Number(*flag.number);
    std::printf("  --%-14s %s (default %s; %s)\n", flag.name.c_str(), flag.help.c_str(),
                fallback.empty() ? "none" : fallback.c_str(), EnvironmentName(flag).c_str());
  }
  std::printf("\nTelemetry goes to OTEL_EXPORTER_OTLP_ENDPOINT (default http://localhost:4317).\n");
}

}  // namespace demo
