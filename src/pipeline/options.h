// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace orrery::pipeline {

struct IngestQueueOptions {
  size_t max_bytes = size_t{64} << 20;  // Of requests that wait, uncompressed, and their spans.
  size_t max_requests = 4096;
  size_t group_bytes = size_t{8} << 20;  // As much is handed to the store at once.
};

struct MemoryLimiterOptions {
  uint64_t limit_bytes = 0;  // Resident memory; 0: a quarter of the cgroup or the machine.
  // New data is refused from here on. What is left is for what was admitted already: bodies on
  // their way in, the queue on its way into the head, merges and queries.
  double soft_fraction = 0.64;
};

struct PipelineOptions {
  IngestQueueOptions queue;
  MemoryLimiterOptions memory;
  // Added to every resource that lacks them. Empty: received data is stored as it came.
  std::map<std::string, std::string> add_resource_attributes;
};

}  // namespace orrery::pipeline
