// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace orrery::pipeline {

// The text of a file, or nothing when it can't be read. Handed in, so that tests need no /proc.
using ReadText = std::function<std::optional<std::string>(const std::string& path)>;

// Reads the machine's own files.
std::optional<std::string> ReadSystemFile(const std::string& path);

// What this process may use: the smallest limit of its cgroup (v2 or v1) and the groups around it,
// else the machine's memory. 0 when even that is not told.
uint64_t DetectMemoryBudget(const ReadText& read);

// Resident memory of this process by /proc/self/statm, 0 when it is not told.
uint64_t ReadResidentBytes(const ReadText& read, uint64_t page_bytes);

}  // namespace orrery::pipeline
