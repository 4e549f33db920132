// SPDX-License-Identifier: Apache-2.0
#include "server/process_metrics.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <dirent.h>
#include <unistd.h>

namespace orrery::server {
namespace {

// Places in /proc/self/stat, counted from the process's state, which follows its name.
constexpr size_t kUserTicks = 11;
constexpr size_t kSystemTicks = 12;
constexpr size_t kThreads = 17;
constexpr size_t kStartTicks = 19;
constexpr size_t kResidentPages = 21;

std::string ReadText(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// 0 when the system does not tell.
double StatField(size_t field) {
  const std::string text = ReadText("/proc/self/stat");
  // The name stands in parentheses and may itself hold blanks and parentheses.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string state;
  fields >> state;
  double value = 0;
  for (size_t i = 0; i < field; ++i) {
    if (!(fields >> value)) return 0;
  }
  return value;
}

double TicksToSeconds(double ticks) { return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)); }

double BootTime() {
  std::istringstream lines(ReadText("/proc/stat"));
  std::string word;
  double seconds = 0;
  while (lines >> word) {
    if (word == "btime") lines >> seconds;
  }
  return seconds;
}

double OpenFiles() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  double count = 0;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') ++count;
  }
  ::closedir(directory);
  return count - 1;  // The one that this looked with.
}

}  // namespace

void AddProcessMetrics(Telemetry& telemetry) {
  telemetry.AddCounterCallback("process_cpu_seconds_total", "CPU time used, user and system.", [] {
    return TicksToSeconds(StatField(kUserTicks) + StatField(kSystemTicks));
  });
  telemetry.AddGaugeCallback(
      "process_resident_memory_bytes", "Memory in use, as the system sees it.",
      [] { return StatField(kResidentPages) * static_cast<double>(::sysconf(_SC_PAGESIZE)); });
  telemetry.AddGaugeCallback("process_open_fds", "Open files and sockets.", OpenFiles);
  telemetry.AddGaugeCallback("process_threads", "Threads.", [] { return StatField(kThreads); });
  const double start = BootTime() + TicksToSeconds(StatField(kStartTicks));
  telemetry.AddGaugeCallback("process_start_time_seconds", "When the process began, Unix time.",
                             [start] { return start; });
}

}  // namespace orrery::server
