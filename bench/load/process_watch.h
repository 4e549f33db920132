// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace orrery::load {

// What a process has cost so far.
struct ProcessCost {
  double cpu_seconds = 0;          // user and system, all threads
  uint64_t peak_memory_bytes = 0;  // VmHWM
};

// Nothing when there is no such process. `proc` is where procfs is mounted.
std::optional<ProcessCost> ReadProcessCost(int pid, const std::string& proc = "/proc");

}  // namespace orrery::load
