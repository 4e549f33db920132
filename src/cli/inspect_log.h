// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "fs/file_system.h"

namespace orrery::cli {

// What is in a log of trace requests. `damages` counts what fails its checks; a torn end is not
// among them, since a running server may just be writing there.
struct LogSummary {
  std::string text;  // A table, then a line for each damage. Empty without segments.
  uint64_t damages = 0;
};

// Reads and verifies all segments in `dir`.
Result<LogSummary> SummarizeLog(fs::FileSystem& fs, const std::string& dir);

// Prints the spans of segments above `after_segment`, a line of OTLP JSON for each request.
Status DumpLog(fs::FileSystem& fs, const std::string& dir, uint64_t after_segment);

}  // namespace orrery::cli
