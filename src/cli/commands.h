// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::cli {

// One function per subcommand; each prints to stdout, problems to stderr, and returns the exit
// code: 0 fine, 1 it did not work, 2 it was called wrongly.

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kCalledWrongly = 2;

struct ServeArguments {
  std::string config_file;            // Empty: none.
  std::vector<std::string> settings;  // --name=value, as they came.
};
int Serve(const ServeArguments& arguments);

struct CheckConfigArguments {
  std::string config_file;
  bool print = false;
  bool reference = false;
};
int CheckConfig(const CheckConfigArguments& arguments);

struct QueryArguments {
  std::string query;
  std::string url;
  std::string since;    // A duration; empty: all of time.
  uint64_t limit = 20;  // Of traces.
  std::string step;     // Of metrics: seconds or a duration; empty: the server chooses.
  bool instant = false;
  bool json = false;
  bool plan = false;  // Says how the query would be answered, and asks nobody.
};
int Query(const QueryArguments& arguments);

struct InspectArguments {
  std::string data_dir;
  bool dump = false;
};
int Inspect(const InspectArguments& arguments);

int PrintVersion();

}  // namespace orrery::cli
