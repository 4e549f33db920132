// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

// Flags reads `--name value` or `--name=value`, and for what the command line leaves out the
// environment: flag `llm-url` of prefix ORRERY_DEMO_SERVER is ORRERY_DEMO_SERVER_LLM_URL.
//
// Life:    declare every flag with Add*, call Parse once; the targets then hold the values.
// Failure: Parse prints one sentence that says what to write instead. Cost: start-up only.
class Flags {
 public:
  // `what` is the first line of --help; `env_prefix` has no trailing underscore.
  Flags(std::string what, std::string env_prefix);

  // Targets hold the default, and must outlive Parse.
  void AddText(std::string name, std::string help, std::string* target);
  void AddNumber(std::string name, std::string help, double least, double most, double* target);

  // The exit code, when the program shall stop here (0 after --help, 2 after a mistake).
  std::optional<int> Parse(int argc, char** argv);

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string* text = nullptr;
    double* number = nullptr;
    double least = 0;
    double most = 0;
  };

  // Empty when the value was taken, else the sentence about it; `source` names its origin.
  static std::string Set(const Flag& flag, std::string_view source, const std::string& value);
  std::string EnvironmentName(const Flag& flag) const;
  std::string ReadEnvironment() const;
  std::string ReadCommandLine(const std::vector<std::string>& words) const;
  void PrintHelp() const;

  const std::string what_;
  const std::string env_prefix_;
  std::vector<Flag> flags_;
};

}  // namespace demo
