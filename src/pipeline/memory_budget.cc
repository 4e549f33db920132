// SPDX-License-Identifier: Apache-2.0
#include "pipeline/memory_budget.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string_view>

namespace orrery::pipeline {
namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc()) return std::nullopt;
  return number;
}

// The limit in a file such as memory.max; "max" and a missing file are none.
uint64_t LimitIn(const ReadText& read, const std::string& path) {
  const auto text = read(path);
  return text.has_value() ? ParseNumber(*text).value_or(kNoLimit) : kNoLimit;
}

// The smallest limit from the group at `path` up to the root. Inside a container the path may name
// groups of the host that are not there; those above them still are.
uint64_t SmallestOnPath(const ReadText& read, const std::string& root, std::string path,
                        const std::string& file) {
  uint64_t smallest = LimitIn(read, root + "/" + file);
  while (path.size() > 1) {
    smallest = std::min(smallest, LimitIn(read, root + path + "/" + file));
    path.resize(path.rfind('/'));
  }
  return smallest;
}

uint64_t CgroupLimit(const ReadText& read) {
  uint64_t smallest = kNoLimit;
  std::istringstream lines(read("/proc/self/cgroup").value_or(""));
  // Lines such as "0::/user.slice" (v2) and "9:memory:/docker/1f" (v1).
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos || line.substr(second + 1, 1) != "/") continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") {
      smallest = std::min(smallest, SmallestOnPath(read, "/sys/fs/cgroup", path, "memory.max"));
    } else if (controllers.find(",memory,") != std::string::npos) {
      smallest = std::min(
          smallest, SmallestOnPath(read, "/sys/fs/cgroup/memory", path, "memory.limit_in_bytes"));
    }
  }
  return smallest;
}

uint64_t MachineMemory(const ReadText& read) {
  const std::string text = read("/proc/meminfo").value_or("");
  const std::string_view label = "MemTotal:";
  const size_t at = text.find(label);
  if (at == std::string::npos) return kNoLimit;
  const size_t digits = text.find_first_not_of(' ', at + label.size());
  if (digits == std::string::npos) return kNoLimit;
  const auto kilobytes = ParseNumber(std::string_view(text).substr(digits));
  return kilobytes.has_value() ? *kilobytes * 1024 : kNoLimit;
}

}  // namespace

std::optional<std::string> ReadSystemFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

uint64_t DetectMemoryBudget(const ReadText& read) {
  const uint64_t budget = std::min(CgroupLimit(read), MachineMemory(read));
  return budget == kNoLimit ? 0 : budget;
}

uint64_t ReadResidentBytes(const ReadText& read, uint64_t page_bytes) {
  const std::string text = read("/proc/self/statm").value_or("");
  const size_t space = text.find(' ');
  if (space == std::string::npos) return 0;
  return ParseNumber(std::string_view(text).substr(space + 1)).value_or(0) * page_bytes;
}

}  // namespace orrery::pipeline
