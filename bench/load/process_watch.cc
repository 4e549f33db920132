// SPDX-License-Identifier: Apache-2.0
#include "bench/load/process_watch.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

namespace orrery::load {

std::optional<ProcessCost> ReadProcessCost(int pid, const std::string& proc) {
  const std::string folder = proc + "/" + std::to_string(pid);
  std::ifstream stat_file(folder + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(stat_file)), {});
  // The second field is the name in parentheses and may hold blanks and parentheses itself.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  if (!(fields >> user_ticks >> system_ticks)) return std::nullopt;
  ProcessCost cost;
  cost.cpu_seconds =
      static_cast<double>(user_ticks + system_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));

  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    std::istringstream value(line.substr(6));
    uint64_t kilobytes = 0;
    value >> kilobytes;
    cost.peak_memory_bytes = kilobytes * 1024;
  }
  return cost;
}

}  // namespace orrery::load
